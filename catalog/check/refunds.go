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

// refunds: wherever an application can end after a payment, it is written of each fee whether it goes back. Only who passes the last step,
// or gets an answer, has had what was paid for.
func refunds(p *pass) {
	type written struct {
		refund source.Map[source.Text]
		at     diag.Range
		due    []string
	}
	var all []*written
	reached := p.flow.Reached()
	used := map[*source.Node]bool{}
	for i := range p.flow.Points {
		point := &p.flow.Points[i]
		if point.Kind != catalog.EndPoint || point.Outcome == "" {
			continue
		}
		used[point.Refund.Node()] = true
		if !reached[i] || point.Earned() {
			continue
		}
		due := slices.DeleteFunc(p.flow.Paid(i), func(fee string) bool { return p.settledBefore(i, fee) })
		k := slices.IndexFunc(all, func(w *written) bool { return w.at == point.RefundAt && w.refund.Node() == point.Refund.Node() })
		if k < 0 {
			k = len(all)
			all = append(all, &written{refund: point.Refund, at: point.RefundAt})
		}
		for _, fee := range due {
			if !slices.Contains(all[k].due, fee) {
				all[k].due = append(all[k].due, fee)
			}
		}
	}
	for _, w := range all {
		refund(p, w.refund, w.at, w.due)
	}
	for step := range p.service.AllSteps() {
		if step.Has("refund") && !used[step.Refund.Node()] && takes(step.Kind(), "refund") {
			p.add(warning("no-refund", step.KeyRange("refund"), "the step ends nothing by itself, so this refund never happens").
				WithHelp("Write it in the decision that ends."))
		}
	}
}

// takes tells that steps of a kind may have the key.
func takes(kind catalog.StepKind, key string) bool { return slices.Contains(StepKeys(kind), key) }

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
		p.add(warning("never-paid-by-then", e.Key.Range(), "the fee {fee} is never paid by then", "fee", e.Key.Value).
			WithHelp("Remove it."))
	}
}
