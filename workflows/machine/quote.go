package machine

import (
	"fmt"
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Quote is what an application would cost, as far as that can be told without a person: up to its first payment or its end. Where somebody
// decides before that, the quote is for the case that they decide in favour, and says so.
type Quote struct {
	Lines    []activity.Line
	Sums     []activity.Sum
	Total    int64 // minor units of Currency
	Currency string
	Assumed  bool      // an officer decides first; the quote is for a decision in favour
	Kind     plan.Kind // of the node where the dry run stopped: pay, review, correct or end
	Node     string    // its key
	Outcome  string    // where Kind is end
	Reason   string    // key of the text that says why, where the end has one
}

// Quote runs the steps that an application would take, asking registries by ask, and carries nothing out. The error is that of ask, or
// says which incident an operator would see.
func (p *Program) Quote(start activity.Start, ask func(activity.Lookup) (activity.Answer, error)) (Quote, error) {
	if start.Application == "" {
		start.Application = "quote" // nothing is stored under it
	}
	r := run{p: p, dry: true}
	if refused := r.take(Event{Start: &start}); refused != "" {
		return Quote{}, fmt.Errorf("quote of %s: %s", p.plan.Service, refused)
	}
	for range p.nodes { // a lookup is asked once, since only decisions lead back
		waits := r.p.Waits(r.s)
		at := slices.IndexFunc(waits, func(w Wait) bool { return w.Lookup != nil })
		if at < 0 {
			break
		}
		asked := *waits[at].Lookup
		a, err := ask(asked)
		if err != nil {
			return Quote{}, fmt.Errorf("quote of %s: %w", p.plan.Service, err)
		}
		if a.Facts.At.IsZero() {
			a.Facts.At = start.Facts.At
		}
		r.take(Event{Answer: &LookupAnswer{Node: asked.Node, Visit: asked.Visit, Answer: a}})
	}
	n := &r.p.nodes[r.s.Node]
	for i := range r.s.Tokens {
		if at := &r.p.nodes[r.s.Tokens[i].Node]; at.Kind == plan.Pay {
			n = at
			break
		}
	}
	q := Quote{Currency: p.plan.Currency, Assumed: r.assumed, Kind: n.Kind, Node: n.Key}
	for _, w := range r.p.Waits(r.s) {
		switch {
		case w.Kind == IncidentTask:
			return Quote{}, fmt.Errorf("quote of %s: %s at %s", p.plan.Service, w.Incident, w.Node)
		case w.Lookup != nil:
			return Quote{}, fmt.Errorf("quote of %s: lookups do not end", p.plan.Service)
		}
	}
	switch {
	case n.Kind == plan.Pay:
		a := r.s.Assessments[len(r.s.Assessments)-1]
		q.Lines, q.Sums, q.Total = a.Lines, a.Sums, a.Total
	case n.Kind == plan.End:
		q.Outcome = n.End.Outcome
		if n.End.Reason {
			q.Reason = n.Key
		}
	}
	return q, nil
}

// inFavour is the first decision of a review or an invitation that leads on: neither back to the applicant nor to an end.
func (r *run) inFavour(n *node) (action string, ok bool) {
	for _, d := range n.decisions() {
		for _, e := range n.edges {
			to := &r.p.nodes[e.to]
			against := to.Kind == plan.Join && to.Join.Against
			if e.on == d.Action && to.Kind != plan.Correct && to.Kind != plan.End && !against && !e.back {
				return d.Action, true
			}
		}
	}
	return "", false
}

// foreseen passes what a dry run must not do, where that is sure to lead on; what only happening can tell stops it.
func (r *run) foreseen(n *node) (outcome string, on bool) {
	if n.Kind == plan.Draw || n.Kind == plan.Start && n.Start.Wait {
		return "", false
	}
	r.assumed = true
	return n.answered, true
}
