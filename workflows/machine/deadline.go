package machine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Case is the clock of the whole application.
type Case struct {
	From     time.Time  `json:"from"`               // from when it counts
	Clock    []Moment   `json:"clock,omitempty"`    // the rungs that are still to come, the earliest first
	Over     []int      `json:"over,omitempty"`     // rungs of the plan that have come
	PausedAt *time.Time `json:"pausedAt,omitempty"` // since when it stands still
	Extended bool       `json:"extended,omitempty"`
}

// runs tells whether there is a clock that counts.
func (c *Case) runs() bool { return c != nil && c.PausedAt == nil && len(c.Clock) > 0 }

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
		c.PausedAt = &at
		r.s.Case = &c
		return
	}
	// What lies before the deadline began to count was no pause of it.
	since := *c.PausedAt
	if since.Before(c.From) {
		since = c.From
	}
	c.PausedAt = nil
	r.s.Case = &c
	if r.at.After(since) {
		r.moveDeadline(func(m Moment) (time.Time, bool) { return r.later(m, since), true })
	}
}

// paused tells whether the application waits at a step at which the deadline stands still.
func (r *run) paused() bool {
	list := r.p.deadline.Paused
	return slices.ContainsFunc(r.s.Tokens, func(t Token) bool {
		n := &r.p.nodes[t.Node]
		return slices.Contains(list, n.Step) || t.Task != nil && (t.Task.Role == Applicant || t.Task.Kind == PaymentTask) && slices.Contains(list, Applicant)
	})
}

// armDeadline arms the rungs of the deadline. Without a calendar a limit in working time is left out until the deadline counts on after a pause.
func (r *run) armDeadline() {
	c := *r.s.Case
	c.Clock = nil
	for i := range r.p.deadline.rungs {
		x := &r.p.deadline.rungs[i]
		m := Moment{Then: x.Then, Rung: i}
		if x.date != nil {
			at, bad := r.moment(x)
			if bad != "" {
				continue
			}
			m.DueAt = at
		} else {
			at, err := due(x.Span, c.From, r.p.zone, r.s.Calendar)
			if err != nil {
				continue
			}
			m.DueAt, m.In = at, countedIn(x.Span.Unit)
		}
		c.Clock = append(c.Clock, m)
	}
	r.s.Case = &c
	r.sortDeadline()
}

// moveDeadline gives the rungs that are still to come other instants. A rung on a day that a formula gives lies where the formula says now.
func (r *run) moveDeadline(to func(Moment) (at time.Time, ok bool)) {
	c := *r.s.Case
	c.Clock = slices.Clone(c.Clock)
	for i := range c.Clock {
		m := &c.Clock[i]
		if x := &r.p.deadline.rungs[m.Rung]; x.date != nil {
			if at, bad := r.moment(x); bad == "" {
				m.DueAt = at
			}
		} else if at, ok := to(*m); ok {
			m.DueAt = at
		}
	}
	r.s.Case = &c
	r.sortDeadline()
}

// sortDeadline puts the rungs of a case that is this run's own in their order.
func (r *run) sortDeadline() {
	slices.SortStableFunc(r.s.Case.Clock, func(a, b Moment) int { return a.DueAt.Compare(b.DueAt) })
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
	r.moveDeadline(func(m Moment) (time.Time, bool) {
		at, err := due(d.Extension.By, m.DueAt.Add(-time.Second), r.p.zone, r.s.Calendar)
		return at, err == nil
	})
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
