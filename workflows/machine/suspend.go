package machine

import (
	"errors"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Actions by which an officer lets an application stand still, and go on.
const (
	Suspend = "suspend"
	Resume  = "resume"
)

// Suspension is that an application stands still: nothing that people are asked may be done and no time limit runs. What comes from outside is
// taken, and leads on when the application is resumed.
type Suspension struct {
	Role  string    `json:"role"`  // capacity that may resume it
	Until time.Time `json:"until"` // then it goes on by itself
}

func (p *Program) loadSuspend() error {
	o := p.plan.Suspend
	if o != nil && (o.Role == "" || !measured(o.For) || o.Times < 1) {
		return errors.New("who may suspend it, how long and how often is not said")
	}
	return nil
}

// suspend lets everything stand still.
func (r *run) suspend(a *activity.Act) Refusal {
	o := r.p.plan.Suspend
	switch {
	case o == nil:
		return UnknownAction
	case !slices.Contains(a.Capacities, r.p.plan.Authority+":"+o.Role):
		return Forbidden
	case a.Actor == r.s.Applicant:
		return OwnApplication
	case r.s.Suspended != nil:
		return Suspended
	case r.s.Suspensions >= o.Times:
		return Closed
	case !a.Comment:
		return CommentRequired
	}
	until, err := due(o.For, r.at, r.p.zone, r.s.Calendar)
	if err != nil {
		return Closed
	}
	r.s.Suspensions++
	r.s.Suspended = &Suspension{Role: r.p.plan.Authority + ":" + o.Role, Until: until}
	for i := range r.s.Tokens {
		r.cur = i
		r.keepClock(r.t().Clock)
	}
	r.cur = 0
	e := r.effect(activity.Suspended)
	e.Actor, e.Until = a.Actor, &until
	return ""
}

// resumeBy lets an officer resume it.
func (r *run) resumeBy(a *activity.Act) Refusal {
	switch {
	case r.s.Suspended == nil:
		return Closed
	case !slices.Contains(a.Capacities, r.s.Suspended.Role):
		return Forbidden
	case a.Actor == r.s.Applicant:
		return OwnApplication
	}
	return r.resume(a.Actor)
}

// resume lets the clocks count on with what was left of them, and whatever came meanwhile lead on.
func (r *run) resume(actor string) Refusal {
	r.s.Suspended = nil
	var dues []activity.NewDue
	var next []arrival
	for i := range r.s.Tokens {
		r.cur = i
		t := r.t()
		if t.HeldAt != nil {
			clock := slices.Clone(t.Clock)
			for j := range clock {
				clock[j].DueAt = r.later(clock[j], *t.HeldAt)
			}
			slices.SortStableFunc(clock, func(a, b Moment) int { return a.DueAt.Compare(b.DueAt) })
			t.Clock, t.HeldAt = clock, nil
			if at := r.dueAt(); at != nil && t.Task != nil {
				dues = append(dues, activity.NewDue{Node: r.node().Key, Visit: t.Visit, DueAt: *at})
			}
		}
		if t.Next != nil {
			next = append(next, arrival{t.ID, *t.Next})
			t.Next = nil
		}
	}
	r.cur = 0
	e := r.effect(activity.Resumed)
	e.Actor, e.Dues = actor, dues
	if len(next) > 0 {
		r.arrivals = next
		r.arriveAll()
	}
	return ""
}

// standsStill notes, where the application is suspended, that the current token goes on to node i when it is resumed.
func (r *run) standsStill(i int) bool {
	if r.s.Suspended == nil {
		return false
	}
	r.t().Next = &i
	return true
}

// keepClock gives the current token its clock, which stands still from now on where the application is suspended.
func (r *run) keepClock(clock []Moment) {
	t := r.t()
	t.Clock, t.HeldAt = clock, nil
	if r.s.Suspended != nil && len(clock) > 0 {
		at := r.at
		t.HeldAt = &at
	}
}

// later is the instant of a moment for which its clock has stood still since an instant. Days count in days and working time in working time,
// so that what was due at the end of a day still is; a day that was written as such stays where it is.
func (r *run) later(m Moment, since time.Time) time.Time {
	if !r.at.After(since) { // clocks of different servers: what has stood still for no time is as it was
		return m.DueAt
	}
	from, to := dayOf(since, r.p.zone), dayOf(r.at, r.p.zone)
	last := dayOf(m.DueAt.Add(-time.Second), r.p.zone)
	switch m.In {
	case byTime:
		return m.DueAt.Add(r.at.Sub(since))
	case byDays:
		return last.add(int(to.Sub(from.Time).Hours() / 24)).end(r.p.zone)
	case workingDays:
		if n := r.s.Calendar.Days(from.Time, to.Time); n > 0 {
			if on, err := workingDay(r.s.Calendar, last, n); err == nil {
				return on.end(r.p.zone)
			}
		}
	case workingHours:
		if n := r.s.Calendar.Minutes(since, r.at, r.p.zone); n > 0 {
			if at, err := r.s.Calendar.Add(m.DueAt, n, r.p.zone); err == nil {
				return at
			}
		}
	}
	return m.DueAt
}

// How a moment counts, for when it has to count on; "" is a day of the calendar, which does not move.
const (
	byTime = "time"
	byDays = "days"
)

// countedIn is how a span of a unit counts.
func countedIn(unit string) string {
	switch unit {
	case "minutes", "hours":
		return byTime
	case workingDays, workingHours:
		return unit
	}
	return byDays
}

// SuspendedUntil is when what is suspended goes on by itself; false where it is not.
func (s *State) SuspendedUntil() (until time.Time, is bool) {
	if s.Suspended == nil {
		return time.Time{}, false
	}
	return s.Suspended.Until, true
}
