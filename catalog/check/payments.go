package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// payments: each fee is paid in exactly one step, and no payment is waited for without end.
func payments(p *pass) {
	s := p.service
	paid := map[string]source.Text{}
	var have []string
	for i := range s.Fees {
		have = append(have, s.Fees[i].Code.Value)
	}
	for i := range s.Steps {
		step := &s.Steps[i]
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
			if first, twice := paid[fee.Value]; twice {
				p.add(problem("paid-twice", fee.Range(), "the fee {fee} is paid twice", "fee", fee.Value).WithRelated(first.Range(), "first paid here").
					WithHelp("Let one step ask for it."))
				continue
			}
			paid[fee.Value] = fee
		}
		if !step.Within.Given() {
			p.add(problem("no-limit", step.KeyRange("pay"), "it is not written how long the payment may take").WithHelp("Write within: {14 days: lapse}."))
		} else if step.Within.Then.Value != lapse {
			p.add(unknown("consequence", step.Within.Then, []string{lapse}))
		}
	}
	reached := reachable(s)
	for i := range s.Fees {
		fee := &s.Fees[i]
		at := slices.IndexFunc(s.Steps, func(st catalog.Step) bool { return slices.Contains(values(st.Pay), fee.Code.Value) })
		switch {
		case at < 0:
			p.add(problem("never-paid", fee.Code.Range(), "no step asks for the fee {fee}", "fee", fee.Code.Value).
				WithHelp("Name it in a step that has pay, or remove it."))
		case !reached[at]:
			p.add(problem("never-paid", fee.Code.Range(), "the step that asks for the fee {fee} is never reached", "fee", fee.Code.Value).
				WithRelated(s.Steps[at].Code.Range(), "the step"))
		}
	}
}
