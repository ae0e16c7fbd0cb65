package compare

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// rule compares what it knows better than the walk does; false leaves it to the walk.
type rule func(w *walker, at place, k source.Key, a, b *source.Node) bool

// ruleOf is the rule for a key of a thing, for the key of any thing, or, where key is "", for the thing as a whole; nil where there is none.
func ruleOf(kind, key string) rule {
	last := key[strings.LastIndexByte(key, '.')+1:]
	switch {
	case kind == "scenario" && key == "":
		return scenario
	case kind == "amount" && key == "":
		return amount
	case kind == "row" && key == "":
		return tableRow
	case kind == "refund" && key == "":
		return refund
	case key == "":
		return nil
	case kind == "field" && key == "optional":
		return required
	case kind == "field" && key == "require":
		return requiredWhen
	case kind == "field" && (key == "min" || key == "max" || key == "maxSize" || key == "maxPages" || key == "atLeast" || key == "atMost" || key == "pattern" ||
		key == "files.atLeast" || key == "files.atMost"):
		return bound
	case last == "when":
		return condition
	case last == "within":
		return timeLimit
	case kind == "fee" && key == "amount":
		return feeAmount
	case kind == "step" && (key == "review" || key == "inspect"):
		return decidedBy
	case kind == "service" && key == "withdraw":
		return withdrawal
	case strings.HasPrefix(kind, triggerKind) && key == "consent":
		return consent
	}
	return nil
}

// required: a field without optional must be filled, as soon as it is shown.
func required(w *walker, at place, _ source.Key, a, b *source.Node) bool {
	switch {
	case b != nil:
		w.addNamed(at, "field-optional", "optional", a, b)
	default:
		_, when := at.new.Get("when")
		if when != nil && when.Kind == source.Scalar {
			w.addNamed(at, "field-required", "requiredWhen", a, b, arg{"new", value{plain: short(when.Value), code: true}})
		} else {
			w.addNamed(at, "field-required", "required", a, b)
		}
	}
	return true
}

func requiredWhen(w *walker, at place, k source.Key, a, b *source.Node) bool {
	if a != nil || b == nil || b.Kind != source.Scalar {
		return false
	}
	w.addNamed(at, "field-required", "requiredWhen", a, b, arg{"new", w.shown(b, k)})
	return true
}

// condition: what happens only when a formula is true.
func condition(w *walker, at place, k source.Key, a, b *source.Node) bool {
	verb := map[string]string{"field": "shown", "section": "shown", "row": "shown", "option": "shown", "fee": "due", "step": "happens"}[at.kind]
	if verb == "" || a != nil && b != nil || strings.Contains(at.key, ".") {
		return false
	}
	if a == nil {
		w.add(at, "onlyWhen/"+verb, a, b, arg{"new", w.shown(b, k)})
	} else {
		w.add(at, "always/"+verb, a, b, arg{"old", w.shown(a, k)})
	}
	return true
}

// feeAmount: where both are amounts, the sentence says no more than them.
func feeAmount(w *walker, at place, k source.Key, a, b *source.Node) bool {
	if a == nil || b == nil || a.Kind != source.Scalar || b.Kind != source.Scalar {
		return false
	}
	old, ok := amountIn(a.Value)
	new, alsoOk := amountIn(b.Value)
	if ok && alsoOk {
		w.add(at, "amount", a, b, arg{"old", plain(old)}, arg{"new", plain(new)})
	}
	return ok && alsoOk
}

// amount is an entry of a tariff.
func amount(w *walker, at place, k source.Key, a, b *source.Node) bool {
	if a.Kind != source.Scalar || b.Kind != source.Scalar || w.meaning(a, k, true) == w.meaning(b, k, false) {
		return false
	}
	w.add(at, "amount", a, b, arg{"old", w.shown(a, k)}, arg{"new", w.shown(b, k)})
	return true
}

// refund: how much of what was paid goes back.
func refund(w *walker, at place, _ source.Key, a, b *source.Node) bool {
	if a.Kind != source.Scalar || b.Kind != source.Scalar {
		return false
	}
	w.addNamed(at, "refund", "refund", a, b, arg{"old", spoken(a.Value)}, arg{"new", spoken(b.Value)})
	return true
}

func decidedBy(w *walker, at place, k source.Key, a, b *source.Node) bool {
	if a == nil || b == nil || a.Kind != source.Scalar || b.Kind != source.Scalar {
		return false
	}
	w.addNamed(at, "step-role", "by", a, b, arg{"old", w.shown(a, k)}, arg{"new", w.shown(b, k)})
	return true
}

func withdrawal(w *walker, at place, _ source.Key, a, b *source.Node) bool {
	switch {
	case a == nil:
		w.addNamed(at, "service-withdraw-added", "mayWithdraw", a, b)
	case b == nil:
		w.addNamed(at, "service-withdraw-removed", "noWithdrawal", a, b)
	default:
		return false
	}
	return true
}

// consent: whether anything is sent before the person agrees.
func consent(w *walker, at place, _ source.Key, a, b *source.Node) bool {
	if b == nil || b.Kind != source.Scalar {
		return false
	}
	said := map[string]string{"needed": "consentNeeded", "none": "noConsent"}[b.Value]
	if said != "" {
		w.addNamed(at, triggerKind+"-consent", said, a, b)
	}
	return said != ""
}

// scenario: an example is one change, however much of it is another.
func scenario(w *walker, at place, k source.Key, a, b *source.Node) bool {
	inner := &walker{renames: w.renames, meant: w.meant, titles: w.titles}
	inner.mapping(place{kind: "", own: at.own, old: a, new: b, concern: Example}, source.Key{Type: k.Type}, a, b)
	var keys []string
	for _, c := range inner.changes {
		if len(c.Subject) > 0 && c.Subject[0].Code == "" {
			c.Key = c.Subject[0].Kind
		}
		keys = append(keys, c.Key)
	}
	for _, l := range inner.loose {
		keys = append(keys, l.at.key)
	}
	for i := range keys {
		keys[i], _, _ = strings.Cut(keys[i], ".")
	}
	slices.Sort(keys)
	keys = slices.DeleteFunc(slices.Compact(keys), func(k string) bool { return k == "" })
	var en, ar []string
	for _, k := range keys {
		en, ar = append(en, keyWord("scenario", k, "en")), append(ar, keyWord("scenario", k, "ar"))
	}
	w.addNamed(at, "scenario-changed", "scenario", a, b,
		arg{"keys", value{plain: strings.Join(keys, ", "), en: strings.Join(en, ", "), ar: strings.Join(ar, "، ")}})
	return true
}
