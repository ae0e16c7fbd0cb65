package machine

import "github.com/diwan-gov/diwan/workflows/activity"

// Trace collects what steps come by, for whoever measures what a set of applications covers. The zero Trace is ready; it belongs to one
// goroutine.
type Trace struct{ Seen map[Mark]int }

// Mark is one thing of a plan that a step came by.
type Mark struct {
	What MarkKind
	At   int    // index of a node, or of an edge where What is EdgeMark or GuardMark; else 0
	Name string // fee code, or what a time limit leads to
	Held bool   // of a condition
}

// MarkKind is what a Mark is of.
type MarkKind string

// The kinds of mark.
const (
	NodeMark  MarkKind = "node"  // the node was entered
	EdgeMark  MarkKind = "edge"  // the edge was taken
	GuardMark MarkKind = "guard" // the edge's guard was asked, and Held or not
	FeeMark   MarkKind = "fee"   // the fee line was assessed, and is due where Held
	LimitMark MarkKind = "limit" // a time limit of the node was over
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
