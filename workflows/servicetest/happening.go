package servicetest

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// submitted is the moment from which happenings that name no step are counted, among those that name one.
const submitted = -1

// happenings offers what happens from outside: each once, so long after submission, or after the application came to wait at its step.
func (r *rehearsal) happenings(waits []machine.Wait, offer func(time.Time, func())) {
	for i := range r.sc.Events {
		h := &r.sc.Events[i]
		if r.over[i] {
			continue
		}
		since := r.since[submitted]
		if h.At.Value != "" {
			if _, waited := r.since[i]; !waited && slices.ContainsFunc(waits, func(w machine.Wait) bool { return w.Step == h.At.Value }) {
				r.since[i] = r.now
			}
			var waited bool
			if since, waited = r.since[i]; !waited {
				continue
			}
		}
		at := since
		if h.After.Value != "" {
			d, ok := catalog.ParseDuration(h.After.Value)
			if !ok {
				r.noDuration(h.After)
				return
			}
			at = r.u.calendar.after(since, d)
		}
		offer(at, func() {
			r.over[i] = true
			r.happen(h)
		})
	}
}

func (r *rehearsal) happen(h *catalog.Happening) {
	switch {
	case h.Event.Value != catalog.Withdraws:
		r.differ("scenario-event", h.Event.Range(), "nothing waits for the event {event:q}", "event", h.Event.Value).help("Write withdraw.")
	case !r.u.p.MayWithdraw(r.state):
		r.differ("scenario-event", h.Event.Range(), "the applicant cannot withdraw").help("Write withdraw: {refund: {…}} at the service.")
	default:
		r.note("", "the applicant withdraws")
		r.act(&activity.Act{Facts: r.facts(), Action: machine.Withdraw, Actor: applicant, Capacities: []string{machine.Applicant}})
	}
}
