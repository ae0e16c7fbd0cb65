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
	case plan.End:
		if n.End == nil || n.End.Outcome == "" {
			return out, missing
		}
	default:
		return out, missing
	}
	if clock != nil && (clock.Count < 1 || clock.Count > mostUnits || !slices.Contains(units, clock.Unit) || clock.Then == "") {
		return out, errors.New("a clock without count, unit or consequence")
	}
	return out, nil
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
	for _, e := range p.plan.Edges {
		if e.From < 0 || e.From >= len(p.nodes) || e.To < 0 || e.To >= len(p.nodes) {
			return errors.New("an edge to a node that does not exist")
		}
		guard, err := c.optional(source{text: e.Guard, kind: "bool"})
		if err != nil {
			return fmt.Errorf("edge from %s: %w", p.nodes[e.From].Key, err)
		}
		p.nodes[e.From].edges = append(p.nodes[e.From].edges, edge{e.To, e.On, guard})
	}
	for i := range p.nodes {
		n := &p.nodes[i]
		for _, outcome := range n.outcomes() {
			if !slices.ContainsFunc(n.edges, func(e edge) bool { return e.on == outcome }) {
				return fmt.Errorf("node %s: the outcome %q leads nowhere", n.Key, outcome)
			}
		}
		if (n.Kind == plan.End) != (len(n.edges) == 0) {
			return fmt.Errorf("node %s: an end leads nowhere, every other node somewhere", n.Key)
		}
	}
	return nil
}

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
	}
	if clock != nil && clock.Then != escalate {
		out = append(out, clock.Then)
	}
	return out
}
