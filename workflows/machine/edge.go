package machine

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// edge is a plan's edge made ready.
type edge struct {
	index, to int
	on        string
	guard     *expression // nil = always
	atMost    int
	out       int
	back      bool
	forgets   []int // nodes of the steps that it invalidates
}

// taken is how often the current token's scope has taken e.
func (r *run) taken(e *edge) int {
	in := r.t().Scope
	for _, x := range r.s.Taken {
		if x.Edge == e.index && x.In == in {
			return x.Count
		}
	}
	return 0
}

// cross does what an edge brings with it when it is taken.
func (r *run) cross(e *edge) {
	if e.atMost > 0 {
		in := r.t().Scope
		taken := slices.Clone(r.s.Taken)
		i := slices.IndexFunc(taken, func(x Taken) bool { return x.Edge == e.index && x.In == in })
		if i < 0 {
			taken = append(taken, Taken{Edge: e.index, In: in})
			i = len(taken) - 1
		}
		taken[i].Count++
		r.s.Taken = taken
	}
	if len(e.forgets) > 0 {
		r.invalidate(e.forgets)
	}
	if e.out > 0 {
		r.rise(e.out)
	}
}

// invalidate forgets what was decided and answered at nodes.
func (r *run) invalidate(nodes []int) {
	is := func(node int) bool { return slices.Contains(nodes, node) }
	r.s.Deciders = without(r.s.Deciders, func(d Decider) bool { return is(d.Node) })
	for _, i := range nodes {
		if result := r.p.nodes[i].result(); result != "" {
			r.forget(result)
		}
	}
}

// result is the root under which formulas read what the node brings, or "".
func (n *node) result() string {
	switch n.Kind {
	case plan.Lookup:
		return n.Lookup.Result
	}
	return ""
}

// leads tells whether an edge of the node follows an outcome.
func (n *node) leads(outcome string) bool {
	return slices.ContainsFunc(n.edges, func(e edge) bool { return e.on == outcome })
}
