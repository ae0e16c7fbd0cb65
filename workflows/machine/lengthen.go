package machine

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// lengthen lets limits in working time that are not over end later by what was published since as not worked, where the plan says so; was is the
// calendar of the event before. Nothing ends earlier, and what was over before it was published stays as it was. Else a promise that was made stands.
func (r *run) lengthen(was *worktime.Calendar) {
	if r.p.plan.LateHolidays != plan.Extend || was == nil || was.Version == r.s.Calendar.Version || r.s.Status == Ended {
		return
	}
	since, err := time.ParseInLocation(time.DateOnly, was.From, r.p.zone)
	if err != nil {
		return
	}
	for i := range r.s.Tokens {
		r.cur = i
		t := r.t()
		clock, moved := r.lengthened(t.Clock, orSince(t.HeldAt, since), was)
		if !moved {
			continue
		}
		t.Clock, r.postponed = clock, true
	}
	if c := r.s.Case; c != nil {
		if clock, moved := r.lengthened(c.Clock, orSince(c.PausedAt, since), was); moved {
			next := *c
			next.Clock, r.postponed = clock, true
			r.s.Case = &next
		}
	}
	r.cur = 0
	if r.postponed {
		dues := r.dues()
		r.effect(activity.Postponed).Dues = dues
	}
}

// dues are when what is open is due, as far as its clocks run.
func (r *run) dues() (out []activity.NewDue) {
	for i := range r.s.Tokens {
		r.cur = i
		if t, at := r.t(), r.dueAt(); at != nil && t.Task != nil && t.HeldAt == nil {
			out = append(out, activity.NewDue{Node: r.node().Key, Visit: t.Visit, DueAt: *at})
		}
	}
	r.cur = 0
	return out
}

func orSince(at *time.Time, since time.Time) time.Time {
	if at != nil {
		return *at
	}
	return since
}

// lengthened is a clock of which as much is left as there was at an instant.
func (r *run) lengthened(clock []Moment, since time.Time, was *worktime.Calendar) (out []Moment, moved bool) {
	out = slices.Clone(clock)
	for i := range out {
		m := &out[i]
		at := m.DueAt
		switch m.In {
		case workingDays:
			from, last := dayOf(since, r.p.zone), dayOf(m.DueAt.Add(-time.Second), r.p.zone)
			if on, err := workingDay(r.s.Calendar, from, was.Days(from.Time, last.Time)); err == nil && on.After(last.Time) {
				at = on.end(r.p.zone)
			}
		case workingHours:
			if left := was.Minutes(since, m.DueAt, r.p.zone); left > 0 {
				if over, err := r.s.Calendar.Add(since, left, r.p.zone); err == nil {
					at = over
				}
			}
		}
		if at.After(m.DueAt) {
			m.DueAt, moved = at, true
		}
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return a.DueAt.Compare(b.DueAt) })
	return out, moved
}

// early refuses a clock that is not due, unless that is so since limits have just been postponed.
func (r *run) early() Refusal {
	if r.postponed {
		return ""
	}
	return Late
}

// Knows tells whether time itself has to bring what is known: a calendar for what is counted in working time from then on, or tariffs.
func (p *Program) Knows() bool { return p.knows }

// knowing tells whether a plan counts in working time or takes tariffs of other days than that of the submission.
func knowing(pl *plan.Plan) bool {
	if pl.TariffOn != "" {
		return true
	}
	var spans []plan.Span
	ladder := func(c *plan.Clock) {
		if c != nil {
			for _, r := range c.Rungs {
				spans = append(spans, r.Span)
			}
		}
	}
	for i := range pl.Nodes {
		n := &pl.Nodes[i]
		ladder(n.Clock())
		if n.Wait != nil && n.Wait.For != nil {
			spans = append(spans, *n.Wait.For)
		}
		if n.Review != nil && n.Review.Panel != nil && n.Review.Panel.Notice != nil {
			spans = append(spans, *n.Review.Panel.Notice)
		}
	}
	if d := pl.Deadline; d != nil {
		ladder(&d.Clock)
		if d.Extension != nil {
			spans = append(spans, d.Extension.By)
		}
	}
	if pl.Round != nil && pl.Round.Accept != nil {
		spans = append(spans, *pl.Round.Accept)
	}
	if pl.Reopen != nil {
		spans = append(spans, pl.Reopen.Within)
	}
	return slices.ContainsFunc(spans, func(s plan.Span) bool { return s.Unit == workingDays || s.Unit == workingHours })
}
