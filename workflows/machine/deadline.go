package machine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Case is the clock of the whole application, a ledger of the time for which it did not count.
type Case struct {
	From     time.Time  `json:"from"`               // from when it counts
	Clock    []Moment   `json:"clock,omitempty"`    // the rungs that are still to come, the earliest first; none while it stands still
	Over     []int      `json:"over,omitempty"`     // rungs of the plan that have come
	PausedAt *time.Time `json:"pausedAt,omitempty"` // since when it stands still
	Extended bool       `json:"extended,omitempty"`

	// For how long it stood still, in each of the ways in which limits are counted.
	Days   int           `json:"days,omitempty"`
	Worked int           `json:"worked,omitempty"` // working days
	Time   time.Duration `json:"time,omitempty"`
}

// deadline is the plan's made ready.
type deadline struct {
	*plan.Deadline
	rungs     []rung
	notBefore *expression
	role      string // capacity that may extend it
}

func (p *Program) loadDeadline(c *compiler) (err error) {
	d := p.plan.Deadline
	if d == nil {
		return nil
	}
	out := &deadline{Deadline: d}
	if out.rungs, err = loadClock(c, &d.Clock, ""); err != nil {
		return err
	}
	if out.notBefore, err = c.optional(source{text: d.NotBefore, kind: "date"}); err != nil {
		return err
	}
	if d.Extension != nil {
		if !measured(d.Extension.By) || d.Extension.Role == "" {
			return errors.New("an extension without a length or a role")
		}
		out.role = p.plan.Authority + ":" + d.Extension.Role
	}
	for _, outcome := range d.Clock.Outcomes() {
		if _, ok := wayOf(d, outcome); !ok {
			return fmt.Errorf("the outcome %q of the deadline leads nowhere", outcome)
		}
	}
	p.deadline = out
	return nil
}

func (d *deadline) way(outcome string) (int, bool) { return wayOf(d.Deadline, outcome) }

func wayOf(d *plan.Deadline, outcome string) (int, bool) {
	for _, w := range d.Ways {
		if w.On == outcome {
			return w.To, true
		}
	}
	return 0, false
}

// keepDeadline lets the deadline count or stand still, by where the application now is.
func (r *run) keepDeadline() {
	d := r.p.deadline
	if d == nil || r.s.ending(r.p) {
		return
	}
	r.cur = 0 // its formulas belong to no branch
	if r.s.Case == nil {
		r.s.Case = &Case{From: r.at}
		if d.notBefore != nil {
			if v, err := r.eval(d.notBefore); err == nil {
				if on, err := dayIn(v); err == nil && on.add(-1).end(r.p.zone).After(r.at) {
					r.s.Case.From = on.add(-1).end(r.p.zone)
				}
			}
		}
		r.armDeadline()
	}
	paused := r.s.Suspended != nil || r.paused()
	if paused == (r.s.Case.PausedAt != nil) {
		return
	}
	c := *r.s.Case
	if paused {
		at := r.at
		c.PausedAt, c.Clock = &at, nil
		r.s.Case = &c
		return
	}
	// What lies before the deadline began to count was no pause of it.
	since := *c.PausedAt
	if since.Before(c.From) {
		since = c.From
	}
	if r.at.After(since) {
		from, to := dayOf(since, r.p.zone), dayOf(r.at, r.p.zone)
		c.Days += int(to.Sub(from.Time).Hours() / 24)
		c.Worked += workedBetween(r.s.Calendar, from, to)
		c.Time += r.at.Sub(since)
	}
	c.PausedAt = nil
	r.s.Case = &c
	r.armDeadline()
}

// paused tells whether the application waits at a step at which the deadline stands still.
func (r *run) paused() bool {
	list := r.p.deadline.Paused
	return slices.ContainsFunc(r.s.Tokens, func(t Token) bool {
		n := &r.p.nodes[t.Node]
		return slices.Contains(list, n.Step) || t.Task != nil && (t.Task.Role == Applicant || t.Task.Kind == PaymentTask) && slices.Contains(list, Applicant)
	})
}

// armDeadline computes the rungs that are still to come from what has been counted. Without a calendar a limit in working days waits for the
// next event that brings one.
func (r *run) armDeadline() {
	c := *r.s.Case
	c.Clock = nil
	for i := range r.p.deadline.rungs {
		x := &r.p.deadline.rungs[i]
		if slices.Contains(c.Over, i) {
			continue
		}
		if at, ok := r.caseMoment(&c, x); ok {
			c.Clock = append(c.Clock, Moment{DueAt: at, Then: x.Then, Rung: i})
		}
	}
	slices.SortStableFunc(c.Clock, func(a, b Moment) int { return a.DueAt.Compare(b.DueAt) })
	r.s.Case = &c
}

func (r *run) caseMoment(c *Case, x *rung) (at time.Time, ok bool) {
	if x.date != nil {
		r.cur = 0
		at, bad := r.moment(x)
		return at, bad == ""
	}
	span := x.Span
	if span.Unit == workingDays {
		span.Count += c.Worked
	}
	at, err := due(span, c.From, r.p.zone, r.s.Calendar)
	if err != nil {
		return at, false
	}
	switch span.Unit {
	case "minutes", "hours":
		at = at.Add(c.Time)
	case workingDays:
	default:
		at = dayOf(at.Add(-time.Second), r.p.zone).add(c.Days).end(r.p.zone)
	}
	if c.Extended {
		if at, err = due(r.p.deadline.Extension.By, at.Add(-time.Second), r.p.zone, r.s.Calendar); err != nil {
			return at, false
		}
	}
	return at, true
}

// extend lengthens the deadline, once, by an officer who says why.
func (r *run) extend(a *activity.Act) Refusal {
	d, c := r.p.deadline, r.s.Case
	switch {
	case d.role == "" || c == nil || c.Extended:
		return Closed
	case !slices.Contains(a.Capacities, d.role):
		return Forbidden
	case !a.Comment:
		return CommentRequired
	}
	next := *c
	next.Extended = true
	r.s.Case = &next
	if next.PausedAt == nil {
		r.armDeadline()
	}
	e := r.effect(activity.Extended)
	e.Actor = a.Actor
	return ""
}

// overdue takes a rung of the deadline.
func (r *run) overdue() {
	c := *r.s.Case
	m := c.Clock[0]
	c.Over = append(slices.Clip(c.Over), m.Rung)
	if c.Clock = c.Clock[1:]; len(c.Clock) == 0 {
		c.Clock = nil
	}
	r.s.Case = &c
	switch m.Then {
	case plan.Remind:
		r.cur = 0
		r.effect(activity.Remind)
	case plan.Escalate:
		r.cur = 0
		told := false
		for i := range r.s.Tokens {
			if t := r.s.Tokens[i].Task; t != nil && t.Kind == ReviewTask {
				r.cur, told = i, true
				r.effect(activity.Escalate)
			}
		}
		if !told {
			r.effect(activity.Escalate)
		}
	default:
		to, _ := r.p.deadline.way(m.Then) // Load has checked that it leads somewhere
		r.leap(m.Then, "", to)
	}
}

// workedBetween counts the working days after from up to and with to; 0 where no event has brought a calendar.
func workedBetween(cal *activity.Calendar, from, to day) int {
	n := 0
	for d := from; to.After(d.Time); n++ {
		next, err := workingDay(cal, d, 1)
		if err != nil || next.After(to.Time) {
			return n
		}
		d = next
	}
	return n
}
