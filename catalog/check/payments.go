package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// payments: each fee is paid in one step, or in several that exclude each other, or in a share and the rest.
func payments(p *pass) {
	s := p.service
	paid := map[string][]payment{}
	var have []string
	for i := range s.Fees {
		have = append(have, s.Fees[i].Code.Value)
	}
	for step := range s.AllSteps() {
		if step.Kind() != catalog.PayStep {
			continue
		}
		if len(step.Pay) == 0 {
			p.add(problem("no-fees", step.RangeOf("pay"), "nothing is paid here").WithHelp("Write the fee lines: pay: [renewal]."))
		}
		for _, fee := range step.Pay {
			if s.Fee(fee.Value) == nil {
				p.add(unknown("fee", fee, have))
				continue
			}
			paidOnce(p, payment{step, fee}, paid[fee.Value])
			paid[fee.Value] = append(paid[fee.Value], payment{step, fee})
		}
		shares(p, step)
		instalments(p, step)
	}
	for i := range s.Fees {
		fee := &s.Fees[i]
		// An enquiry with fees is reported itself, and so is a step to which nobody comes.
		if len(paid[fee.Code.Value]) == 0 && len(stepCodes(s, catalog.AnswerStep)) == 0 {
			p.add(problem("never-paid", fee.Code.Range(), "no step asks for the fee {fee}", "fee", fee.Code.Value).
				WithHelp("Name it in a step that has pay, or remove it."))
		}
	}
}

// payment is a fee in a step that asks for it.
type payment struct {
	step *catalog.Step
	fee  source.Text
}

// paidOnce: no way leads past two steps that ask for the same fee, nor twice past one.
func paidOnce(p *pass, x payment, before []payment) {
	at := p.flow.At(x.step)
	if at < 0 {
		return
	}
	if p.flow.ItemArea(p.flow.Points[at].Area) != 0 {
		p.add(problem("paid-twice", x.fee.Range(), "the fee {fee} would be paid once for each item", "fee", x.fee.Value).
			WithHelp("Let one step before or after the branches ask for it, with an amount for all items."))
		return
	}
	if p.flow.Repeats(at) {
		p.add(problem("paid-twice", x.fee.Range(), "the application may come back to this step, and would be asked for {fee} again", "fee", x.fee.Value).
			WithHelp("Lead back to a step behind the payment, or ask for it behind the loop."))
	}
	for _, other := range before {
		if x.step.Share.Value != "" && other.step.Share.Value != "" && other.step != x.step {
			continue // a share and the rest
		}
		first := p.flow.At(other.step)
		if other.step == x.step || first >= 0 && (p.flow.Follows(first, at) || p.flow.Follows(at, first) || beside(p.flow, first, at)) {
			p.add(problem("paid-twice", x.fee.Range(), "the fee {fee} is paid twice", "fee", x.fee.Value).WithRelated(other.fee.Range(), "first paid here").
				WithHelp("Let one step ask for it."))
			return
		}
	}
}

// shares: after a share comes the rest, and before the rest a share, of the same fees.
func shares(p *pass, step *catalog.Step) {
	if step.Share.Value == "" {
		return
	}
	at := p.flow.At(step)
	rest := step.Share.Value == catalog.RestWord
	for other := range p.service.AllSteps() {
		i := p.flow.At(other)
		if other == step || at < 0 || i < 0 || other.Share.Value == "" || !slices.Equal(values(other.Pay), values(step.Pay)) {
			continue
		}
		if rest && other.Share.Value != catalog.RestWord && p.flow.Surely(at, other.Code.Value) ||
			!rest && other.Share.Value == catalog.RestWord && p.flow.Follows(at, i) {
			return
		}
	}
	if rest {
		p.add(problem("share", step.Share.Range(), "not every way to here comes past a step that asks for a share of the same fees").
			WithHelp("Write a step with the same pay and share: 50 before."))
		return
	}
	p.add(problem("share", step.Share.Range(), "no later step asks for the rest of the same fees").
		WithHelp("Write a later step with {pay} and share: rest.", "pay", "pay: ["+strings.Join(values(step.Pay), ", ")+"]"))
}

// instalments: several payments, each within a time.
func instalments(p *pass, step *catalog.Step) {
	i := step.Instalments
	if i == nil {
		return
	}
	if step.Share.Value != "" {
		p.add(problem("misplaced-key", step.KeyRange("instalments"), "a payment in shares has no {key}", "key", "instalments").
			WithHelp("Write share or instalments, not both."))
	}
	if i.Count < 2 || i.Count > mostInstalments {
		p.add(problem("instalments", i.RangeOf("count"), "there are 2 to 60 instalments").WithHelp("Write count: 4. One payment needs no instalments."))
	}
	durationAt(p, i.Every)
	if w := i.Missed.Value; w != catalog.LapseWord && w != catalog.EscalateWord {
		p.add(unknown("consequence", i.Missed, []string{catalog.LapseWord, catalog.EscalateWord}))
	}
}

const mostInstalments = 60
