package machine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// loadNode checks and compiles what a node of its kind needs.
func (p *Program) loadNode(c *compiler, n *plan.Node) (node, error) {
	out := node{Node: n}
	missing := fmt.Errorf("kind %q without what it needs", n.Kind)
	var clock *plan.Clock
	switch n.Kind {
	case plan.Gate:
	case plan.Lookup:
		if n.Lookup == nil || p.scope[n.Lookup.Result] == nil {
			return out, missing
		}
		for _, a := range n.Lookup.With {
			e, err := c.compile(source{text: a.Formula, kind: a.Kind}, n.When)
			if err != nil {
				return out, err
			}
			out.with = append(out.with, e)
		}
		if !slices.Contains(p.results, n.Lookup.Result) {
			p.results = append(p.results, n.Lookup.Result)
		}
	case plan.Pay:
		if n.Pay == nil {
			return out, missing
		}
		for _, code := range n.Pay.Fees {
			f := p.fees[code]
			if f == nil {
				return out, fmt.Errorf("no such fee %q", code)
			}
			out.fees = append(out.fees, f)
		}
		clock = n.Pay.Clock
	case plan.Review:
		if n.Review == nil || n.Review.Role == "" || len(n.Review.Decisions) == 0 {
			return out, missing
		}
		clock = n.Review.Clock
		if err := checkDecisions(n.Review.Decisions); err != nil {
			return out, err
		}
	case plan.Correct:
		if n.Correct == nil {
			return out, missing
		}
		clock = n.Correct.Clock
	case plan.Issue:
		if n.Issue == nil {
			return out, missing
		}
	case plan.Answer:
		if n.Answer == nil {
			return out, missing
		}
		if err := p.loadRows(c, n.Answer.Rows, n.When, false); err != nil {
			return out, err
		}
	case plan.Fork:
		if err := p.loadFork(c, n, &out); err != nil {
			return out, err
		}
	case plan.Join:
		if n.Join == nil {
			return out, missing
		}
	case plan.End:
		if n.End == nil || n.End.Outcome == "" {
			return out, missing
		}
	default:
		return out, missing
	}
	var err error
	out.rungs, err = loadClock(c, clock, n.When)
	return out, err
}

// checkDecisions refuses a limit that leads nowhere, or to another limit.
func checkDecisions(ds []plan.Decision) error {
	for _, d := range ds {
		if d.Action == "" {
			return errors.New("a decision without a name")
		}
		if d.AtMost == 0 {
			continue
		}
		i := slices.IndexFunc(ds, func(o plan.Decision) bool { return o.Action == d.Then })
		if i < 0 || ds[i].AtMost != 0 || d.AtMost < 0 {
			return fmt.Errorf("after the last %s comes no decision without a limit", d.Action)
		}
	}
	return nil
}

func (p *Program) loadEdges(c *compiler) error {
	for i := range p.plan.Edges {
		e := &p.plan.Edges[i]
		if e.From < 0 || e.From >= len(p.nodes) || e.To < 0 || e.To >= len(p.nodes) || e.AtMost < 0 || e.Out < 0 {
			return errors.New("an edge to a node that does not exist, or with a limit below zero")
		}
		guard, err := c.optional(source{text: e.Guard, kind: "bool"})
		if err != nil {
			return fmt.Errorf("edge from %s: %w", p.nodes[e.From].Key, err)
		}
		out := edge{index: i, to: e.To, on: e.On, guard: guard, atMost: e.AtMost, out: e.Out, back: e.Back}
		for at := range p.nodes {
			if slices.Contains(e.Invalidates, p.nodes[at].Step) && p.nodes[at].Step != "" {
				out.forgets = append(out.forgets, at)
			}
		}
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
		if stays := n.Kind == plan.End || n.Kind == plan.Join; stays != (len(n.edges) == 0) {
			return fmt.Errorf("node %s: an end or a join leads nowhere, every other node somewhere", n.Key)
		}
	}
	return nil
}

// mostEntered bounds the nodes that one step may enter.
const mostEntered = 10_000

// outcomes are the ways in which the node can be left.
func (n *node) outcomes() []string {
	var out []string
	var clock *plan.Clock
	switch n.Kind {
	case plan.Lookup:
		out = []string{"found", "notFound"}
	case plan.Gate:
		out = []string{""}
	case plan.Pay:
		out, clock = []string{Paid}, n.Pay.Clock
	case plan.Review:
		clock = n.Review.Clock
		for _, d := range n.Review.Decisions {
			out = append(out, d.Action)
		}
	case plan.Correct:
		out, clock = []string{Submit}, n.Correct.Clock
	case plan.Issue:
		out = []string{"issued"}
	case plan.Answer:
		out = []string{"answered"}
	case plan.Fork:
		out = []string{allDone}
	}
	return append(out, clock.Outcomes()...)
}
