package machine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Extend is the action by which an officer lengthens the deadline of an application.
const Extend = "extend"

// anytime is an event that may happen wherever the application is.
type anytime struct {
	*plan.Anytime
	role  string // capacity that may say so
	when  *expression
	about *expression // of an event
}

// loadAnytime compiles what may happen at any time; withdrawal is the first of it.
func (p *Program) loadAnytime(c *compiler) error {
	pl := p.plan
	if w := pl.Withdraw; w >= len(p.nodes) || w >= 0 && p.nodes[w].Kind != plan.End {
		return errors.New("withdrawal does not lead to an end")
	} else if w >= 0 {
		p.anytime = append(p.anytime, anytime{Anytime: &plan.Anytime{Event: Withdraw, By: Applicant, To: w}, role: Applicant})
	}
	for i := range pl.Anytime {
		a := &pl.Anytime[i]
		if a.Event == "" || a.Event == Extend || a.Event == Reopen || a.Event == Suspend || a.Event == Resume || slices.ContainsFunc(p.anytime, func(o anytime) bool { return o.Event == a.Event }) {
			return fmt.Errorf("the event %q has no name, or is named twice", a.Event)
		}
		out := anytime{Anytime: a, role: Events}
		switch a.By {
		case "":
		case Applicant:
			out.role = Applicant
		default:
			out.role = pl.Authority + ":" + a.By
		}
		var err error
		if out.when, err = c.optional(source{text: a.When, kind: "bool"}); err != nil {
			return fmt.Errorf("event %s: %w", a.Event, err)
		}
		if out.about, err = c.optional(source{text: a.About, kind: "text"}); err != nil {
			return fmt.Errorf("event %s: about: %w", a.Event, err)
		}
		p.anytime = append(p.anytime, out)
		p.awaits = p.awaits || out.role == Events
	}
	return nil
}

// occur takes an act that is aimed at no task: a withdrawal, an extension, an event.
func (r *run) occur(a *activity.Act) Refusal {
	r.cur = 0
	if r.s.ending(r.p) {
		return BeingUndone
	}
	switch {
	case a.Action == Extend && r.p.deadline != nil:
		return r.extend(a)
	case a.Action == Suspend && r.p.plan.Suspend != nil:
		return r.suspend(a)
	case a.Action == Resume && r.s.Suspended != nil:
		return r.resumeBy(a)
	}
	for i := range r.p.anytime {
		x := &r.p.anytime[i]
		if x.Event != a.Action {
			continue
		}
		if !slices.Contains(a.Capacities, x.role) && !(a.Action == Withdraw && slices.Contains(a.Capacities, Parent)) {
			return Forbidden
		}
		if x.about != nil && a.About != "" { // whose it is was decided before it was sent; an act that says nothing of that is a rehearsal's
			if about, err := r.text(x.about); err != nil || about != a.About {
				return Closed
			}
		}
		if x.when != nil {
			if holds, err := r.eval(x.when); err != nil || holds != true {
				return Closed
			}
		}
		r.leap(a.Action, a.Actor, x.To)
		return ""
	}
	if slices.Contains(a.Capacities, Events) {
		return r.happens(a)
	}
	return UnknownAction
}

// leap takes the whole application to a node: whatever runs is called off.
func (r *run) leap(outcome, actor string, to int) {
	r.cur = 0
	r.callOff(outcome, actor)
	r.close(outcome, actor)
	if r.t().Undoing == nil && r.t().Next == nil { // else what is taken back is so before the end, or it was left before
		r.done(outcome, actor)
	}
	r.t().Undoing, r.t().Next = nil, nil
	if r.p.nodes[to].Kind == plan.End {
		r.s.Suspended = nil
	}
	r.walk(to)
}

// MayHappen are the acts without a task that somebody with the capacities may send now: withdraw, and what else the plan allows.
func (p *Program) MayHappen(s State, capacities []string) []string {
	if _, open := s.ReopenedUntil(); open && slices.Contains(capacities, p.plan.Authority+":"+p.plan.Reopen.Role) {
		return []string{Reopen}
	}
	if s.Status == "" || s.Status == Ended || p.IsBeingUndone(s) {
		return nil
	}
	var out []string
	for _, a := range p.anytime {
		if slices.Contains(capacities, a.role) {
			out = append(out, a.Event)
		}
	}
	switch o := p.plan.Suspend; {
	case s.Suspended != nil:
		if slices.Contains(capacities, s.Suspended.Role) {
			out = append(out, Resume)
		}
	case o != nil && s.Suspensions < o.Times && slices.Contains(capacities, p.plan.Authority+":"+o.Role):
		out = append(out, Suspend)
	}
	if d := p.deadline; d != nil && d.role != "" && slices.Contains(capacities, d.role) && s.Case != nil && !s.Case.Extended {
		out = append(out, Extend)
	}
	return out
}
