package machine

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// History is what an application lived through, as it was kept: with what it began, what was done to it, and what was answered. It holds
// personal data.
type History struct {
	Start activity.Start
	Acts  []activity.Act // that took effect, in their order
	// Answer is what was answered at the visit of a node, with its instant; false where nothing was asked there.
	Answer func(l activity.Lookup) (activity.Answer, bool)
	Know   func(at time.Time) activity.Facts // what is known at an instant at which only time has passed
	Until  time.Time                         // how far it is told
}

// Parting is where a plan does not go the way of a history.
type Parting struct {
	Code string
	Step string // code of the step at which it parts; "" where it is the whole application
	To   string // what comes in its place: a step, an outcome or a refusal
	Was  string // the outcome of the history; "" where it has not ended
}

// Codes of partings.
const (
	NotBegun    = "not-begun"    // the application would be refused at once: To
	NotAsked    = "not-asked"    // Step needs an answer for which nobody was asked then
	NotThere    = "not-there"    // what was done at Step could not be: the application would be at To
	NotTaken    = "not-taken"    // what was done at Step would be refused: To
	EndsBefore  = "ends-before"  // it would have ended with To before what was done at Step
	EndsAs      = "ends-as"      // it would have ended with To, and did not, or with another outcome
	StillWaits  = "still-waits"  // it would still wait at Step, and has ended
	WaitsOther  = "waits-other"  // it waits at Step, and would wait at To
	FindsNoWay  = "finds-no-way" // an operator would be asked at Step: To says why
	NeverSettle = "never-settles"
)

// mostReplayed bounds the events of a replay: acts, answers and time limits.
const mostReplayed = 5000

// Replay takes an application through what another plan, or this one, lived through: token-based replay, as process mining has it. Everything
// happens when it happened, time limits run out between, and whoever has done something holds the role that this plan asks for. It gives the
// state in which that ends, and where it could not go on; nil where nothing hindered it. Compare says whether the state is that of the history.
//
// Source: W. van der Aalst, Process Mining (2016), chapter 8, conformance checking.
func (p *Program) Replay(h History) (State, *Parting) {
	s, _, refused := p.Step(State{}, Event{Start: &h.Start})
	if refused != "" {
		return State{}, &Parting{Code: NotBegun, To: string(refused)}
	}
	at, acts := h.Start.Facts.At, h.Acts
	for range mostReplayed {
		waits := p.Waits(s)
		e, when, found := p.answered(h, waits, at)
		act := len(acts) > 0 && (!found || !acts[0].Facts.At.After(when))
		if act {
			when, found = acts[0].Facts.At, true
		}
		if m, armed := s.DueAt(); armed && !m.DueAt.After(h.Until) && (!found || m.DueAt.Before(when)) && s.Status != Ended {
			when, found, act = m.DueAt, true, false
			due := &Due{At: when}
			if p.Knows() {
				facts := h.Know(when)
				due.Calendar, due.Tariffs = facts.Calendar, facts.Tariffs
			}
			e = Event{Due: due}
		}
		if !found {
			return s, nil
		}
		if act {
			done := acts[0]
			if failed, first := unanswered(&done, waits); first {
				e = failed
			} else if why := p.fit(&done, s, waits); why != nil {
				return s, why
			} else {
				e, acts = Event{Act: &done}, acts[1:]
			}
		}
		next, _, refused := p.Step(s, e)
		if refused != "" {
			return s, &Parting{Code: NotTaken, Step: p.stepOf(e), To: string(refused)}
		}
		s = next
		if when.After(at) {
			at = when
		}
	}
	return s, &Parting{Code: NeverSettle}
}

// answered is the first answer that was given to what is waited for, not before at.
func (p *Program) answered(h History, waits []Wait, at time.Time) (e Event, when time.Time, found bool) {
	for _, w := range waits {
		if w.Lookup == nil {
			continue
		}
		a, asked := h.Answer(*w.Lookup)
		if !asked {
			continue
		}
		if a.Facts.At.Before(at) {
			a.Facts.At = at
		}
		if !found || a.Facts.At.Before(when) {
			e, when, found = Event{Answer: &LookupAnswer{Node: w.Node, Visit: w.Visit, Answer: a}}, a.Facts.At, true
		}
	}
	return e, when, found
}

// unanswered is the failure that an operator has answered by an act. Failures are not kept, only what was done about them.
func unanswered(act *activity.Act, waits []Wait) (e Event, first bool) {
	if act.Action != Retry && act.Action != Skip {
		return e, false
	}
	at := slices.IndexFunc(waits, func(w Wait) bool { return w.Node == act.Node && w.Visit == act.Visit && w.Lookup != nil })
	if at < 0 {
		return e, false
	}
	return Event{Answer: &LookupAnswer{Node: act.Node, Visit: act.Visit, Answer: activity.Answer{Facts: act.Facts, Failed: Unavailable}}}, true
}

// fit makes an act one about the task that is open at its node now, in the role that is asked there; or says why there is none.
func (p *Program) fit(act *activity.Act, s State, waits []Wait) *Parting {
	if act.Node == "" { // what may happen at any time
		return nil
	}
	at := slices.IndexFunc(waits, func(w Wait) bool { return w.Node == act.Node && w.Visit == act.Visit && w.Lookup == nil })
	if at < 0 {
		at = slices.IndexFunc(waits, func(w Wait) bool { return w.Node == act.Node && w.Lookup == nil })
	}
	if at >= 0 {
		w := waits[at]
		if w.Kind == IncidentTask && !slices.Contains(w.Actions, act.Action) {
			return hinders(waits[at : at+1])
		}
		act.Visit, act.Revision, act.Capacities = w.Visit, w.Revision, append(slices.Clone(act.Capacities), w.Role)
		return nil
	}
	step := p.stepOf(Event{Act: act})
	if s.Status == Ended {
		return &Parting{Code: EndsBefore, Step: step, To: s.Outcome}
	}
	if why := hinders(waits); why != nil {
		return why
	}
	return &Parting{Code: NotThere, Step: step, To: place(waits)}
}

// stepOf is the step of what an event is about; the key of the node where the plan has no such node.
func (p *Program) stepOf(e Event) string {
	key := ""
	switch {
	case e.Act != nil:
		key = e.Act.Node
	case e.Answer != nil:
		key = e.Answer.Node
	}
	if i, known := p.index[key]; known {
		return p.nodes[i].Step
	}
	return key
}

// hinders says why waits go no further whoever acts: an answer that nobody can give, or no way on.
func hinders(waits []Wait) *Parting {
	for _, w := range waits {
		switch {
		case w.Lookup != nil:
			return &Parting{Code: NotAsked, Step: w.Step}
		case w.Kind == IncidentTask:
			return &Parting{Code: FindsNoWay, Step: w.Step, To: w.Incident}
		}
	}
	return nil
}

// place is the first step of waits.
func place(waits []Wait) string {
	for _, w := range waits {
		if w.Step != "" {
			return w.Step
		}
	}
	return ""
}

// Compare says how a state differs from that in which a history has ended by another plan; nil where both have the same outcome, or wait for the
// same.
func (p *Program) Compare(s State, other *Program, was State) *Parting {
	waits, waited := p.Waits(s), other.Waits(was)
	switch {
	case s.Status == Ended && (was.Status != Ended || was.Outcome != s.Outcome):
		return &Parting{Code: EndsAs, Step: place(waited), To: s.Outcome, Was: was.Outcome}
	case s.Status == Ended:
		return nil
	}
	same := func(a, b Wait) bool { return a.Node == b.Node && a.Kind == b.Kind }
	for _, w := range waits {
		if slices.ContainsFunc(waited, func(b Wait) bool { return same(w, b) }) {
			continue
		}
		switch why := hinders([]Wait{w}); {
		case why != nil:
			return why
		case was.Status == Ended:
			return &Parting{Code: StillWaits, Step: w.Step, Was: was.Outcome}
		}
		return &Parting{Code: WaitsOther, Step: place(waited), To: w.Step}
	}
	for _, w := range waited {
		if !slices.ContainsFunc(waits, func(b Wait) bool { return same(w, b) }) {
			return &Parting{Code: WaitsOther, Step: w.Step, To: place(waits)}
		}
	}
	return nil
}
