package machine

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Actions and outcomes of an appointment.
const (
	Book     = "book"
	attended = "attended"
	missed   = "missed"
)

var (
	bookable = []string{Book}
	held     = []string{attended, missed}
)

// appoint asks the applicant to book.
func (r *run) appoint(n *node) {
	if r.arm(n) {
		r.open(&Task{Kind: AppointmentTask, Role: Applicant, Actions: bookable}, nil)
	}
}

// book takes a slot: the act's reference is its instant (RFC 3339). Who has booked may book another slot, as often as the plan allows.
func (r *run) book(n *node, t *Task, a *activity.Act) Refusal {
	at, err := time.Parse(time.RFC3339, a.Reference)
	switch {
	case !slices.Contains(a.Capacities, Applicant):
		return Forbidden
	case err != nil || !at.After(r.at):
		return Invalid
	case t.Booked >= n.Appointment.AtMost:
		return UnknownAction
	}
	at = at.UTC()
	r.effect(activity.CloseTask).Outcome = Book
	r.keepClock(nil) // it was the time limit for booking
	next := &Task{Kind: AppointmentTask, Role: n.role, Actions: held, From: &at, Booked: t.Booked + 1}
	r.reopen(next, t.Revision+1).From = &at
	return ""
}

// appointed takes what became of the appointment; a missed one may be booked again while bookings are left.
func (r *run) appointed(n *node, t *Task, a *activity.Act) Refusal {
	switch {
	case a.Actor == r.s.Applicant:
		return OwnApplication
	case t.From != nil && r.at.Before(*t.From):
		return TooEarly
	case a.Action == missed && t.Booked < n.Appointment.AtMost:
		r.effect(activity.CloseTask).Outcome = missed
		if r.arm(n) {
			r.reopen(&Task{Kind: AppointmentTask, Role: Applicant, Actions: bookable, Booked: t.Booked}, t.Revision+1)
		}
		return ""
	}
	r.goOn(a.Action, a.Actor)
	return ""
}

// reopen opens another task in the same visit of the node.
func (r *run) reopen(t *Task, revision int) *activity.Task {
	e := r.open(t, nil)
	t.Revision, e.Task.Revision = revision, revision
	return e.Task
}
