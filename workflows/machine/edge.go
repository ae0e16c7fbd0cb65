package machine

import (
	"errors"
	"fmt"
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
	left := r.s.Left
	if len(e.forgets) > 0 {
		r.invalidate(e.forgets)
	}
	if e.back {
		r.goBack(e)
	}
	if e.out > 0 {
		r.rise(e.out)
	}
	if len(e.forgets) > 0 && r.t().Of != 0 {
		r.anew(e.forgets, left)
	}
}

// invalidate forgets what was decided, answered and paid at nodes. What was paid counts when they are come to again.
func (r *run) invalidate(nodes []int) {
	is := func(node int) bool { return slices.Contains(nodes, node) }
	r.s.Deciders = without(r.s.Deciders, func(d Decider) bool { return is(d.Node) })
	r.s.Left = without(r.s.Left, func(l Left) bool { return is(l.Node) })
	r.s.Standing = without(r.s.Standing, func(l Left) bool { return is(l.Node) })
	r.void(nodes)
	for i, a := range r.s.Assessments {
		if a.Paid && !a.Superseded && is(a.Node) {
			r.s.Assessments = slices.Clone(r.s.Assessments)
			r.s.Assessments[i].Superseded = true
		}
	}
	for _, i := range nodes {
		if root := r.p.nodes[i].Root(); root != "" {
			r.forget(root)
		}
	}
}

// leads tells whether an edge of the node follows an outcome.
func (n *node) leads(outcome string) bool {
	return slices.ContainsFunc(n.edges, func(e edge) bool { return e.on == outcome })
}

func (p *Program) loadEdges(c *compiler) error {
	not := map[int][]string{}
	for i := range p.plan.Edges {
		e := &p.plan.Edges[i]
		if e.From < 0 || e.From >= len(p.nodes) || e.To < 0 || e.To >= len(p.nodes) || e.AtMost < 0 || e.Out < 0 {
			return errors.New("an edge to a node that does not exist, or with a limit below zero")
		}
		// What the node takes as given holds here too, and the edges before it without a limit were not taken.
		guard, err := c.optional(source{text: e.Guard, kind: "bool"}, append([]string{p.nodes[e.From].When}, not[e.From]...)...)
		if err != nil {
			return fmt.Errorf("edge from %s: %w", p.nodes[e.From].Key, err)
		}
		if e.Guard != "" && e.AtMost == 0 {
			not[e.From] = append(not[e.From], "not ("+e.Guard+")")
		}
		if p.nodes[e.To].Kind == plan.Undo {
			return fmt.Errorf("node %s: an edge leads to what takes something back", p.nodes[e.From].Key)
		}
		out := edge{index: i, to: e.To, on: e.On, guard: guard, atMost: e.AtMost, out: e.Out, back: e.Back}
		for at := range p.nodes {
			if slices.Contains(e.Invalidates, p.nodes[at].Step) && p.nodes[at].Step != "" {
				out.forgets = append(out.forgets, at)
			}
		}
		p.returns = p.returns || e.Back
		p.nodes[e.From].edges = append(p.nodes[e.From].edges, out)
		p.most += min(e.AtMost, mostUnits) * len(p.nodes)
	}
	p.most = min(p.most+len(p.nodes), mostEntered)
	for i := range p.nodes {
		n := &p.nodes[i]
		for _, outcome := range n.outcomes() {
			if !n.leads(outcome) {
				return fmt.Errorf("node %s: the outcome %q leads nowhere", n.Key, outcome)
			}
		}
		if stays := n.Kind == plan.End || n.Kind == plan.Join || n.Kind == plan.Undo; stays != (len(n.edges) == 0) {
			return fmt.Errorf("node %s: an end, a join or what takes something back leads nowhere, every other node somewhere", n.Key)
		}
	}
	return nil
}

// mostEntered bounds the nodes that one step may enter.
const mostEntered = 10_000
