package machine

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// LookupWait is the kind of a wait for a registry; every other wait is of the kind of its task.
const LookupWait TaskKind = "lookup"

// Wait is one thing that an application waits for, with what may be done about it. Whoever drives the machine without a runtime, such as
// a scenario or a preview, goes by waits and knows nothing else of a State.
type Wait struct {
	Kind     TaskKind
	Node     string // key
	Step     string // code, as the definition has it
	Visit    int
	Revision int
	Role     string   // capacity that may act
	Actions  []string // what may be done
	Comment  []string // actions that need a comment
	Incident string   // why an operator is asked
	Lookup   *activity.Lookup
	DueAt    time.Time // of its clock; zero where there is none
	Then     string    // what its clock leads to
}

// Waits are the things that an application waits for, in the order of its branches: none before its start and after its end.
func (p *Program) Waits(s State) []Wait {
	if s.Status == "" || s.Status == Ended || s.Node < 0 || s.Node >= len(p.nodes) {
		return nil
	}
	n := &p.nodes[s.Node]
	w := Wait{Node: n.Key, Step: n.Step, Visit: s.Visits[s.Node]}
	if c := s.Clock; c != nil {
		w.DueAt, w.Then = c.DueAt, c.Then
	}
	switch {
	case s.Asked != nil:
		w.Kind, w.Lookup = LookupWait, s.Asked
	case s.Task != nil:
		w.Kind, w.Role, w.Actions, w.Revision, w.Incident = s.Task.Kind, s.Task.Role, s.Task.Actions, s.Task.Revision, s.Task.Incident
		if w.Kind == ReviewTask {
			for _, d := range n.Review.Decisions {
				if d.Comment {
					w.Comment = append(w.Comment, d.Action)
				}
			}
		}
	default:
		return nil
	}
	return []Wait{w}
}

// NextClock is the instant of the clock that runs out first, and what it is of; false where none is armed.
func (p *Program) NextClock(s State) (Wait, bool) {
	waits := slices.DeleteFunc(p.Waits(s), func(w Wait) bool { return w.DueAt.IsZero() })
	if len(waits) == 0 {
		return Wait{}, false
	}
	return slices.MinFunc(waits, func(a, b Wait) int { return a.DueAt.Compare(b.DueAt) }), true
}

// MayWithdraw tells whether the applicant may end the application as it is.
func (p *Program) MayWithdraw(s State) bool {
	return s.Status != "" && s.Status != Ended && p.plan.Withdraw >= 0
}

// Act is the act that answers w by action, of one of those that may.
func (w Wait) Act(action, actor string, facts activity.Facts) *activity.Act {
	return &activity.Act{
		Facts: facts, Node: w.Node, Visit: w.Visit, Revision: w.Revision, Action: action, Actor: actor,
		Capacities: []string{w.Role}, Comment: slices.Contains(w.Comment, action),
	}
}
