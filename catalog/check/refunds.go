package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// refundWords are the fates of a fee that was paid.
var refundWords = []string{"all", "keep"}

// refunds: wherever an application can end after a payment, it is written of each fee whether it goes back.
func refunds(p *pass) {
	s := p.service
	for i := range s.Steps {
		step := &s.Steps[i]
		due := paidBefore(s, i)
		if ends := ownEndings(step); len(ends) > 0 {
			refund(p, step.Refund, step.KeyRange(ends[0]), due)
		} else if step.Has("refund") {
			p.add(warning("no-refund", step.KeyRange("refund"), "the step ends nothing by itself, so this refund never happens").
				WithHelp("Write it in the decision that ends."))
		}
		for j := range step.Decisions.Entries {
			if d := &step.Decisions.Entries[j].Value; d.Has("end") {
				refund(p, d.Refund, step.Decisions.Entries[j].Key.Range(), due)
			}
		}
	}
	if s.Withdraw != nil {
		refund(p, s.Withdraw.Refund, s.KeyRange("withdraw"), paidBefore(s, len(s.Steps)))
	}
}

// paidBefore are the fees that may be paid when step i is reached, in the order of payment.
func paidBefore(s *catalog.Service, i int) []string {
	var out []string
	for j := range s.Steps[:i] {
		for _, fee := range s.Steps[j].Pay {
			if s.Fee(fee.Value) != nil && !slices.Contains(out, fee.Value) {
				out = append(out, fee.Value)
			}
		}
	}
	return out
}

// ownEndings are the keys by which the step itself ends an application, decisions aside.
func ownEndings(step *catalog.Step) []string {
	switch step.Kind() {
	case catalog.LookupStep:
		if step.NotFound != nil {
			return []string{"notFound"}
		}
	case catalog.RefuseStep:
		return []string{"refuse"}
	case catalog.PayStep:
		if step.Within.Given() {
			return []string{"within"}
		}
	case catalog.ReviewStep:
		lapses := step.Within.Then.Value == lapse
		for _, e := range step.Decisions.Entries {
			lapses = lapses || e.Value.Within.Then.Value == lapse
		}
		if lapses {
			return []string{"review"}
		}
	}
	return nil
}

// refund compares what is written with the fees that may be paid by then.
func refund(p *pass, written source.Map[source.Text], at diag.Range, due []string) {
	var missing, lines []string
	for _, fee := range due {
		w, ok := written.Get(fee)
		if !ok {
			missing = append(missing, fee)
		}
		if !slices.Contains(refundWords, w.Value) {
			w.Value = "all"
		}
		lines = append(lines, fee+": "+w.Value)
	}
	if len(missing) > 0 {
		what := diag.Phrase("the fee {fee} may be paid by then, and it is not written whether it goes back")
		if len(missing) > 1 {
			what = "the fees {fee} may be paid by then, and it is not written whether they go back"
		}
		p.add(problem("no-refund", at, what, "fee", missing).
			WithHelp("Write all or keep for each: {refund}.", "refund", "refund: {"+strings.Join(lines, ", ")+"}"))
	}
	for _, e := range written.Entries {
		if !slices.Contains(refundWords, e.Value.Value) {
			p.add(unknown("kind of refund", e.Value, refundWords))
		}
		if slices.Contains(due, e.Key.Value) {
			continue
		}
		if p.service.Fee(e.Key.Value) == nil {
			var have []string
			for i := range p.service.Fees {
				have = append(have, p.service.Fees[i].Code.Value)
			}
			p.add(unknown("fee", e.Key, have))
			continue
		}
		p.add(warning("never-paid-by-then", e.Key.Range(), "the fee {fee} is never paid by then", "fee", e.Key.Value))
	}
}
