package machine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// rung is one rung of a clock made ready.
type rung struct {
	*plan.Rung
	date *expression // nil = counted from the arming
}

// loadClock checks and compiles a ladder; its formulas may take when as given.
func loadClock(c *compiler, clock *plan.Clock, when string) ([]rung, error) {
	if clock == nil {
		return nil, nil
	}
	var out []rung
	for i := range clock.Rungs {
		x := &clock.Rungs[i]
		span := x.Span != (plan.Span{})
		switch {
		case x.Then == "":
			return nil, errors.New("a time limit without a consequence")
		case span && !measured(x.Span), !span && x.Date == "":
			return nil, errors.New("a time limit without a count from 1 or without a unit")
		case x.Date == "" && x.Side != "", x.Date != "" && span != (x.Side == plan.Before || x.Side == plan.After):
			return nil, errors.New("a time limit lies before or after a date, or on it")
		case x.Side == plan.Before && (x.Span.Unit == "minutes" || x.Span.Unit == "hours" || x.Span.Unit == workingHours):
			return nil, errors.New("before a date days are counted, or longer")
		}
		date, err := c.optional(source{text: x.Date, kind: "date"}, when)
		if err != nil {
			return nil, err
		}
		out = append(out, rung{x, date})
	}
	if len(out) == 0 {
		return nil, errors.New("a clock without a time limit")
	}
	return out, nil
}

func measured(s plan.Span) bool {
	return s.Count >= 1 && s.Count <= mostUnits && slices.Contains(units, s.Unit)
}

// arm arms the node's clock for the current token; false means that it could not and that an incident is open.
func (r *run) arm(n *node) bool {
	if len(n.rungs) == 0 {
		return true
	}
	clock := make([]Moment, 0, len(n.rungs))
	for i := range n.rungs {
		at, bad := r.moment(&n.rungs[i])
		if bad != "" {
			r.incident(bad)
			return false
		}
		m := Moment{DueAt: at, Then: n.rungs[i].Then}
		if n.rungs[i].date == nil {
			m.In = countedIn(n.rungs[i].Span.Unit)
		}
		clock = append(clock, m)
	}
	slices.SortStableFunc(clock, func(a, b Moment) int { return a.DueAt.Compare(b.DueAt) })
	r.keepClock(clock)
	return true
}

// moment is the instant at which a rung is over; bad is the incident where that cannot be told.
func (r *run) moment(x *rung) (at time.Time, bad string) {
	if x.date == nil {
		at, err := due(x.Span, r.at, r.p.zone, r.s.Calendar)
		if err != nil {
			return at, NoCalendar
		}
		return at, ""
	}
	v, err := r.eval(x.date)
	if err != nil {
		return at, NoValue
	}
	on, err := dayIn(v)
	if err != nil {
		return at, NoValue
	}
	switch x.Side {
	case plan.Before:
		if on, err = on.back(x.Span, r.s.Calendar); err != nil {
			return at, NoCalendar
		}
		return on.end(r.p.zone), ""
	case plan.After:
		noon := time.Date(on.Year(), on.Month(), on.Day(), 12, 0, 0, 0, r.p.zone)
		if at, err = due(x.Span, noon, r.p.zone, r.s.Calendar); err != nil {
			return at, NoCalendar
		}
		return at, ""
	}
	return on.end(r.p.zone), ""
}

// dayIn is the day that a formula gives.
func dayIn(v any) (day, error) {
	d, is := v.(formula.Date)
	if !is {
		return day{}, fmt.Errorf("%T is no date", v)
	}
	if !d.Valid() {
		return day{}, errors.New("no day of the calendar")
	}
	return day{time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)}, nil
}

// dueAt is when what the current token waits for is due: its first rung that does more than to remind.
func (r *run) dueAt() *time.Time {
	for i := range r.t().Clock {
		if m := &r.t().Clock[i]; m.Then != plan.Remind {
			return &m.DueAt // nobody writes to what a state holds
		}
	}
	return nil
}
