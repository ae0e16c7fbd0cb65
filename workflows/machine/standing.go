package machine

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// remember notes by which outcome a node was left, where the plan can come back to it.
func (r *run) remember(outcome string) {
	if !r.p.returns {
		return
	}
	t := r.t()
	switch n := r.node(); {
	case n.Kind == plan.Gate || n.Kind == plan.Join || n.Kind == plan.End || n.Kind == plan.Correct:
		return
	case !n.leads(outcome): // something that may happen at any time has led away
		return
	}
	r.s.Left = append(without(r.s.Left, func(l Left) bool { return l.Node == t.Node && l.In == t.Scope }), Left{t.Node, outcome, t.Scope})
	r.s.Left = slices.Clip(r.s.Left)
}

// goBack makes stand what an edge back does not invalidate: everything that was left, but the node from which it goes and the step to which.
// What runs beside goes its own way.
func (r *run) goBack(e *edge) {
	from, to, scope := r.t().Node, r.p.nodes[e.to].Step, r.t().Scope
	r.s.Left = without(r.s.Left, func(l Left) bool { return l.Node == from && l.In == scope })
	stands := without(r.s.Standing, func(l Left) bool { return !r.beside(l) })
	stands = slices.Clip(stands)
	for _, l := range r.s.Left {
		if r.beside(l) {
			continue
		}
		if step := r.p.nodes[l.Node].Step; step == to && step != "" || slices.ContainsFunc(e.forgets, func(i int) bool { return i == l.Node || r.p.inside(i, l.Node) }) {
			continue
		}
		stands = append(stands, l)
	}
	r.s.Standing = stands
}

// stands is the way on from a node that is passed because of what was decided there before; nil where it is to be decided anew, also because
// nothing leads on any more. What stands does so once.
func (r *run) stands(i int) *edge {
	if len(r.s.Standing) == 0 {
		return nil
	}
	scope := r.t().Scope
	is := func(l Left) bool { return l.Node == i && l.In == scope }
	at := slices.IndexFunc(r.s.Standing, is)
	if at < 0 {
		return nil
	}
	outcome := r.s.Standing[at].Outcome
	r.s.Standing = without(r.s.Standing, is)
	t := r.t()
	t.Node, t.Visit = i, r.s.Visits[i]
	if e, err := r.way(outcome); err == nil {
		return e
	}
	return nil
}

// inside tells whether node i lies in the region of a fork, however deep.
func (p *Program) inside(i, fork int) bool {
	for range p.nodes {
		if i = p.region[i]; i < 0 {
			return false
		} else if i == fork {
			return true
		}
	}
	return false
}
