package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/bill"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// amount writes money that came as a decimal; what is none comes back as it is.
func (v *visit) amount(value, currency string) string {
	whole, rest, _ := strings.Cut(value, ".")
	digits := ui.MinorDigits(currency)
	if len(rest) > digits {
		return value + " " + currency
	}
	minor, err := strconv.ParseInt(whole+rest+strings.Repeat("0", digits-len(rest)), 10, 64)
	if err != nil {
		return value + " " + currency
	}
	return v.locale.Money(ui.Money{Minor: minor, Currency: currency})
}

// money shows what was assessed and what became of it.
func (k *kase) money() ([]ui.Component, error) {
	payments, err := k.o.Payments.OfApplication(k.ctx, k.a.ID)
	if err != nil {
		return nil, err
	}
	var parts []ui.Component
	for _, p := range payments {
		table := ui.FeeTable{
			Caption: k.caption(p), Total: ui.Money{Minor: p.Amount, Currency: p.Currency},
			Paid: p.Status == payment.Paid || p.Status == payment.Refunding || p.Status == payment.Refunded,
		}
		table.Rows = bill.Rows(k.locale, k.texts, p.Lines, p.Currency)
		if p.Status == payment.Waived {
			table.Total.Minor = 0
			for i := range table.Rows {
				table.Rows[i].Waived = true
			}
		}
		parts = append(parts, table, paid{Tag: k.paymentTag(p), Text: k.paymentText(p)})
		if p.Disputed != "" {
			tag := ui.Tag{State: map[string]string{payment.CameBack: ui.Done, payment.Borne: ui.Done, payment.Gone: ui.Overdue}[p.Disputed], Text: k.locale.T("desk.payment.dispute." + p.Disputed)}
			if tag.State == "" {
				tag.State = ui.Waiting
			}
			parts = append(parts, paid{Tag: tag})
		}
		for _, w := range p.Waivers {
			parts = append(parts, ui.Inset{Text: k.locale.T("desk.payment.letOff", "amount", ui.Money{Minor: w.Amount(), Currency: p.Currency}, "reason", w.Reason, "basis", w.Basis)})
		}
		for _, x := range p.Less {
			parts = append(parts, ui.Inset{Text: k.locale.T("desk.payment.less", "fee", bill.Title(k.locale, k.texts, x.Fee), "amount", ui.Money{Minor: x.Amount, Currency: p.Currency})})
		}
		for _, d := range p.Deposits {
			tag := ui.Tag{State: map[payment.DepositStatus]string{payment.Held: ui.Waiting, payment.Released: ui.Refunded, payment.Forfeited: ui.Paid}[d.Status],
				Text: k.locale.T("desk.deposit." + bill.Deposit(string(d.Status), d.HeldWith))}
			parts = append(parts, paid{Tag: tag, Text: bill.Title(k.locale, k.texts, d.Fee) + ": " + k.locale.Money(ui.Money{Minor: d.Amount, Currency: p.Currency})})
		}
	}
	payouts, err := k.o.Payments.PayoutsOf(k.ctx, k.a.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range payouts {
		state := map[payment.PayoutStatus]string{payment.PayoutPaid: ui.Paid, payment.PayoutFailed: ui.Lapsed, payment.PayoutCancelled: ui.Lapsed, payment.PayoutBack: ui.Lapsed, payment.PayoutByHand: ui.Paid}[x.Status]
		if state == "" {
			state = ui.Waiting
		}
		what := k.locale.T("desk.payout.refund")
		if !x.Refund {
			what = k.stepTitle(x.Step)
		}
		text := what + ": " + k.locale.Money(ui.Money{Minor: x.Amount, Currency: x.Currency})
		if x.Account != "" {
			text += " · " + k.locale.T("desk.payout.account", "last", x.Account)
		}
		if x.Failure != "" {
			text += " · " + k.said("desk.payout.failure."+x.Failure, x.Failure)
		}
		parts = append(parts, paid{Tag: ui.Tag{State: state, Text: k.locale.T("desk.payout." + string(x.Status))}, Text: text})
	}
	wrong, err := k.wentWrong()
	if parts = append(parts, wrong...); err != nil {
		return nil, err
	}
	if len(parts) > 0 && k.hasLedger() && slices.Contains(k.keeps(ledger.Accountant, ledger.Auditor), k.a.Authority) {
		parts = append(parts, ui.Button{Text: k.locale.T("desk.ledger.balance"), Kind: ui.Secondary, Href: ledgerPath + "/applications/" + k.a.ID.String()})
	}
	return parts, nil
}

// caption names a payment: which instalment it is, where it is one.
func (k *kase) caption(p payment.View) string {
	if p.Parts > 0 {
		return k.locale.T("desk.payment.part", "part", p.Part, "parts", p.Parts)
	}
	return k.locale.T("desk.case.fees")
}

// paid says below a table of fees what became of them.
type paid struct {
	Tag  ui.Tag
	Text string
}

func (paid) Component() string { return "desk/paid" }

func (k *kase) paymentTag(p payment.View) ui.Tag {
	state := map[payment.Status]string{payment.Due: ui.Due, payment.Paid: ui.Paid, payment.Cancelled: ui.Lapsed, payment.Waived: ui.Done, payment.Refunding: ui.Waiting, payment.Refunded: ui.Refunded}[p.Status]
	return ui.Tag{State: state, Text: k.said("desk.payment."+string(p.Status), string(p.Status))}
}

func (k *kase) paymentText(p payment.View) string {
	switch {
	case p.Refunded > 0:
		return k.locale.T("desk.payment.back", "amount", ui.Money{Minor: p.Refunded, Currency: p.Currency})
	case p.PaidAt != nil:
		return k.locale.DateTime(*p.PaidAt)
	case p.Overdue:
		return k.locale.T("desk.payment.overdue", "date", k.locale.Deadline(*p.DueAt))
	case p.Status == payment.Due && p.DueAt != nil:
		return k.locale.T("desk.payment.until", "date", k.locale.Deadline(*p.DueAt))
	}
	return ""
}

// papers are the documents that were issued.
func (k *kase) papers() ([]ui.Component, error) {
	issued, err := k.o.Documents.OfApplication(k.ctx, k.a.ID)
	if err != nil || len(issued) == 0 {
		return nil, err
	}
	holds, err := k.o.Documents.Holds(k.ctx, issued)
	if err != nil {
		return nil, err
	}
	parts := []ui.Component{ui.Heading{Text: k.locale.T("desk.case.documents")}}
	for _, d := range issued {
		card := ui.DocumentCard{
			Title: k.locale.Pick(d.Title), Number: d.Number, Issued: d.IssuedAt, Format: "PDF",
			Href: "/desk/applications/" + k.a.ID.String() + "/documents/" + d.ID, Verify: "/verify/" + d.ID,
			Tag: &ui.Tag{State: string(d.Status), Text: k.said("desk.paper."+string(d.Status), string(d.Status))},
		}
		if d.ValidUntil != "" {
			card.Valid = k.locale.T("desk.paper.until", "date", k.locale.Day(d.ValidUntil))
		}
		if d.ReplacedBy != "" {
			card.Valid = k.locale.T("desk.paper.replacedBy", "number", d.ReplacedBy)
		}
		parts = append(parts, card)
		if len(d.History) > 0 {
			parts = append(parts, k.turns(d))
		}
		hold, err := k.hold(d, holds)
		if err != nil {
			return nil, err
		}
		parts = append(parts, hold...)
	}
	return parts, nil
}

// turns are what became of a paper, the first first.
func (k *kase) turns(d document.Issued) ui.Component {
	list := ui.SummaryList{}
	for _, t := range d.History {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: k.said("desk.paper."+string(t.Status), string(t.Status)),
			Value: strings.TrimSpace(k.locale.DateTime(t.At) + "\n" + cmp.Or(k.locale.Pick(t.Because), t.Reason))})
	}
	return list
}
