package plan

import "slices"

// Clock is the time limits of a node, armed when the node is entered: a ladder of rungs, each of which comes once, in the order of their
// instants. The last one that is an outcome, if there is one, ends the waiting.
type Clock struct {
	Rungs []Rung `json:"rungs"`
}

// Rung is one time limit and what happens when it is over. It is over Span after the clock is armed; with Date it is over with that day, or
// with the day that lies Span before or after it. Minutes and hours are exact; a limit in any other unit is over when its last day is.
type Rung struct {
	Span Span   `json:"span,omitzero"`
	Date string `json:"date,omitempty"` // formula of a day
	Side string `json:"side,omitempty"` // before, after: where Span lies from Date
	Then string `json:"then"`           // remind, escalate: do so and go on waiting; anything else is the outcome of the node
}

// What a rung may do beside being an outcome.
const (
	Remind   = "remind"   // whoever is waited for is told again
	Escalate = "escalate" // the task is overdue, and its supervisors see it
)

// Extend is Plan.LateHolidays of a service whose limits a late holiday makes longer.
const Extend = "extend"

// Sides of a date.
const (
	Before = "before"
	After  = "after"
)

// Span is a length of time.
type Span struct {
	Count int    `json:"count"`
	Unit  string `json:"unit"` // minutes, hours, days, working days, weeks, months, years
}

// Outcomes are the outcomes to which the rungs lead, each once, in their order.
func (c *Clock) Outcomes() []string {
	var out []string
	if c == nil {
		return nil
	}
	for _, r := range c.Rungs {
		if r.Then != Remind && r.Then != Escalate && !slices.Contains(out, r.Then) {
			out = append(out, r.Then)
		}
	}
	return out
}

// Promise is the first limit of the clock that is counted from its arming and does more than to remind: within what something is to be done.
func (c *Clock) Promise() (Span, bool) {
	if c != nil {
		for _, r := range c.Rungs {
			if r.Then != Remind && r.Date == "" {
				return r.Span, true
			}
		}
	}
	return Span{}, false
}
