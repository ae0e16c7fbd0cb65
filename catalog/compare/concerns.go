package compare

import "strings"

// kindConcern is what a change of a thing touches where nothing better is known.
var kindConcern = map[string]Concern{
	"service": Right, "authority": Right, "role": Right, "registry": Data, "operation": Data, "argument": Data, "gift": Data,
	"tariff": Money, "amount": Money, "version": Money, "table": Money, "calendar": Time, "holiday": Time, "document": Data, "row": Data, "block": Wording, "block-column": Wording,
	"settings": Right, "section": Data, "field": Data, "option": Data, "validation": Right, "fee": Money, "subtotal": Money, "rebate": Money,
	"exemption": Money, "step": Course, "decision": Right, "fact": Right, "scenario": Example, "refund": Money, "eligibility": Right, "representation": Right,
	"before": Data, "branch": Course, "right": Right, "blueprint": Right, "fragment": Data, "list": Data, "event": Course, "trigger": Right,
	"trigger-by": Right, "trigger-event": Right, "trigger-right": Right,
}

// keyConcern is what a change behind a key touches, whatever the thing; kind.key goes before key.
var keyConcern = map[string]Concern{
	"title": Wording, "label": Wording, "hint": Wording, "intro": Wording, "message": Wording, "summary": Wording, "keywords": Wording,
	"legalBasis": Wording, "text": Wording, "reason": Wording, "body": Wording, "refuse": Wording, "notFound": Right, "declaration": Wording,
	"otherwise": Right, "document.title": Wording, "sample": Wording, "lifeEvents": Wording, "source": Wording,

	"within": Time, "promised": Time, "keep": Data, "since": Time, "until": Time, "deadline": Time, "silence": Right, "wait": Time,
	"tariffOn": Money, "timeZone": Time, "calendar": Time, "weekend": Time, "holidays": Time, "round": Money, "on": Time,

	"refund": Money, "amount": Money, "fees": Money, "pay": Money, "instalments": Money, "share": Money, "payOut": Money, "account": Money, "release": Money,
	"forfeit": Money, "tariff": Money, "total": Money, "exempt": Money, "rebates": Money, "split": Money, "payee": Money, "deposit": Money,
	"currency": Money, "amounts": Money, "fee.when": Money, "fee.atLeast": Money, "fee.atMost": Money, "withdraw.refund": Money,

	"authority": Right, "type": Data, "service.type": Right, "review": Right, "decisions": Right, "eligible": Right, "onBehalf": Right,
	"withdraw": Right, "suspend": Right, "reopen": Right, "undo": Right, "roles": Right, "panel": Right, "assign": Course, "triage": Right, "publish": Data, "notSame": Right, "inspect": Right, "invite": Right, "atMost": Right,
	"then": Right, "end": Right, "rule": Right, "must": Right, "script": Right, "step.when": Right, "validUntil": Right, "proves": Right, "grant": Right,
	"revoke": Right, "validate": Right, "facts": Right, "evidence": Right, "languages": Right, "anytime": Right,
	"triggers": Right, "step.of": Right, "consent": Right, "for": Right, "heldWith": Money, "trigger-event.within": Right, "trigger-right.within": Right, "trigger-right.on": Right,

	"layout": Wording, "block.rows": Wording, "block.of": Wording, "block-column.share": Wording, "block-column.total": Wording,

	"form": Data, "field.atMost": Data, "steps": Course, "to": Course, "scenarios": Example, "rows": Data, "claim": Data, "before": Data,
}

// concernOf is what a change touches: of the key, or else of the thing, or else what a change round it does.
func concernOf(kind, key string, round Concern) Concern {
	if round == Example {
		return Example
	}
	if key == "" {
		if c, ok := kindConcern[kind]; ok {
			return c
		}
		return round
	}
	if c, ok := keyConcern[kind+"."+key]; ok {
		return c
	}
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		if c := keyConcern[key[i+1:]]; c == Wording {
			return c
		}
		return round
	}
	if c, ok := keyConcern[key]; ok {
		return c
	}
	return round
}

// orderConcern: in another order steps are another course; of everything else the order is only what people see.
func orderConcern(c Concern) Concern {
	switch c {
	case Course, Right, Example:
		return c
	}
	return Wording
}
