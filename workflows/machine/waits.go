package machine

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Kinds of waits beside those of tasks.
const (
	LookupWait   TaskKind = "lookup"    // for an answer from outside: Lookup
	ClockWait    TaskKind = "clock"     // for time to pass
	DeadlineWait TaskKind = "deadline"  // for nothing: the time limits of the whole application
	SuspendWait  TaskKind = "suspended" // to be resumed
)

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
	From     time.Time // nobody may act before; zero = at once
	DueAt    time.Time // of its next time limit; zero where there is none
	Then     string    // what that limit leads to: remind, escalate, or an outcome
	Clock    []Moment  // all time limits that are still to come, the earliest first
	Item     int       // number of the item, in a branch for each item; else 0
}

var resumes = []string{Resume}

// Waits are the things that an application waits for, in the order of its branches: none before its start and after its end. While it is
// suspended it waits to be resumed, and for what comes from outside.
func (p *Program) Waits(s State) []Wait {
	if s.Status == "" || s.Status == Ended || !p.fits(&s) {
		return nil
	}
	out := make([]Wait, 0, len(s.Tokens))
	if o := s.Suspended; o != nil {
		clock := []Moment{{DueAt: o.Until, Then: Resume}}
		out = append(out, Wait{Kind: SuspendWait, Role: o.Role, Actions: resumes, Clock: clock, DueAt: o.Until, Then: Resume})
	}
	for i := range s.Tokens {
		t := &s.Tokens[i]
		if t.Region != nil || s.Suspended != nil && t.Asked == nil && (t.Task == nil || t.Task.personal()) {
			continue
		}
		w := p.wait(s.Tokens, t)
		if s.Suspended != nil {
			w.Clock, w.DueAt, w.Then = nil, time.Time{}, ""
		}
		out = append(out, w)
	}
	if c := s.Case; c.runs() {
		out = append(out, Wait{Kind: DeadlineWait, Clock: c.Clock, DueAt: c.Clock[0].DueAt, Then: c.Clock[0].Then})
	}
	return out
}

func (p *Program) wait(tokens []Token, t *Token) Wait {
	n := &p.nodes[t.Node]
	w := Wait{Node: n.Key, Step: n.Step, Visit: t.Visit, Clock: t.Clock, Item: numberOf(tokens, t)}
	if len(t.Clock) > 0 {
		w.DueAt, w.Then = t.Clock[0].DueAt, t.Clock[0].Then
	}
	switch {
	case t.Asked != nil:
		w.Kind, w.Lookup = LookupWait, t.Asked
	case t.Task != nil:
		w.Kind, w.Role, w.Actions, w.Revision, w.Incident = t.Task.Kind, t.Task.Role, t.Task.Actions, t.Task.Revision, t.Task.Incident
		if w.Kind == ReviewTask || w.Kind == InviteTask {
			for _, d := range n.decisions() {
				if d.Comment {
					w.Comment = append(w.Comment, d.Action)
				}
			}
		}
		if w.Kind == IncidentTask && slices.Contains(w.Actions, Skip) {
			w.Comment = skips
		}
		if t.Task.From != nil {
			w.From = *t.Task.From
		}
	default:
		w.Kind = ClockWait
	}
	return w
}

// numberOf is the number of the item in whose branch t is, or 0.
func numberOf(tokens []Token, t *Token) int {
	if i := indexOf(tokens, t.Scope); i >= 0 {
		return tokens[i].Number
	}
	return 0
}

// DueAt is the instant at which time does something next: the one timer that a shell has to keep.
func (s *State) DueAt() (m Moment, ok bool) {
	if s.Suspended != nil {
		return Moment{DueAt: s.Suspended.Until, Then: Resume}, true
	}
	for i := range s.Tokens {
		if c := s.Tokens[i].Clock; len(c) > 0 && (!ok || c[0].DueAt.Before(m.DueAt)) {
			m, ok = c[0], true
		}
	}
	if c := s.Case; c.runs() && (!ok || c.Clock[0].DueAt.Before(m.DueAt)) {
		m, ok = c.Clock[0], true
	}
	return m, ok
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
	return s.Status != "" && s.Status != Ended && p.plan.Withdraw >= 0 && !p.IsBeingUndone(s)
}

// Act is the act that answers w by action, of one of those that may.
func (w Wait) Act(action, actor string, facts activity.Facts) *activity.Act {
	return &activity.Act{
		Facts: facts, Node: w.Node, Visit: w.Visit, Revision: w.Revision, Action: action, Actor: actor,
		Capacities: []string{w.Role}, Comment: slices.Contains(w.Comment, action),
	}
}
