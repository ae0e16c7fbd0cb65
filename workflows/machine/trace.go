package machine

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Trace collects what steps come by, for whoever measures what a set of applications covers. The zero Trace is ready; it belongs to one
// goroutine.
type Trace struct{ Seen map[Mark]int }

// Mark is one thing of a plan that a step came by.
type Mark struct {
	What MarkKind
	At   int    // index of a node, of an edge where What is EdgeMark or GuardMark, of the exemption or rebate where it is ChangeMark; a row of a fact, from 1; else 0
	Name string // fee code, fact, or what a time limit leads to
	Kind string // what has changed a fee line: exempt, rebate, atLeast, atMost, round
	Held bool   // of a condition
}

// MarkKind is what a Mark is of.
type MarkKind string

// The kinds of mark.
const (
	NodeMark   MarkKind = "node"   // the node was entered
	EdgeMark   MarkKind = "edge"   // the edge was taken
	GuardMark  MarkKind = "guard"  // the edge's guard was asked, and Held or not
	FeeMark    MarkKind = "fee"    // the fee line was assessed, and is due where Held
	ChangeMark MarkKind = "change" // the fee line was changed
	LimitMark  MarkKind = "limit"  // a time limit of the node was over
	RowMark    MarkKind = "row"    // the row of the fact held
)

// StepTraced is Step, and notes in t what it comes by.
func (p *Program) StepTraced(s State, e Event, t *Trace) (State, []activity.Effect, Refusal) {
	if t.Seen == nil {
		t.Seen = map[Mark]int{}
	}
	return p.step(s, e, t)
}

// mark notes one thing where somebody wants to know.
func (r *run) mark(m Mark) {
	if r.trace != nil {
		r.trace.Seen[m]++
	}
}

// markRow notes which row of a fact holds, where the fact has rows.
func (r *run) markRow(f *fact, v *values) {
	if r.trace == nil || f.number == nil {
		return
	}
	if n, err := f.number.formula.Eval(v.roots); err == nil {
		r.mark(Mark{What: RowMark, Name: f.name, At: int(n.(int64))})
	}
}

// Evaluates tells whether the machine itself evaluates a fact that has rows; another one only forms, answers and documents read.
func (p *Program) Evaluates(fact string) bool { return p.evaluated[fact] }

// evaluates notes the facts that formulas need which the machine evaluates, where some fact has rows.
func (p *Program) evaluates(c *compiler) {
	if !slices.ContainsFunc(p.facts, func(f fact) bool { return f.number != nil }) {
		return
	}
	shown := map[*expression]bool{}
	for _, e := range p.rows {
		shown[e] = true
	}
	for _, e := range p.valid {
		shown[e] = true
	}
	p.evaluated = map[string]bool{}
	for s, e := range c.done {
		if s.paper || shown[e] || slices.ContainsFunc(p.facts, func(f fact) bool { return f.formula == e.formula || f.number == e }) {
			continue
		}
		for _, i := range e.facts {
			p.evaluated[p.facts[i].name] = true
		}
	}
}
