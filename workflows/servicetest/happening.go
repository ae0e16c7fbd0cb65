package servicetest

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
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
		if (h.Event.Value == machine.Reopen) != (r.state.Status == machine.Ended) {
			continue // nothing else comes after the end
		}
		since := r.since[submitted]
		if h.Event.Value == machine.Reopen {
			if _, ended := r.since[i]; !ended {
				r.since[i] = r.now
			}
			since = r.since[i]
		}
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

// happen lets an event come, in every capacity that could bring it: who may is proved by the runtime's own tests.
func (r *rehearsal) happen(h *catalog.Happening) {
	if h.Event.Value == catalog.DayOff {
		r.publish(h)
		return
	}
	act := &activity.Act{
		ID: "scenario", Facts: r.facts(), Action: h.Event.Value, Actor: applicant, Capacities: r.everybody(), About: h.About.Value,
		Comment: true, Reads: r.brings(h.Event.Value, h.Gives.Node()),
	}
	if len(r.differences) > 0 {
		return
	}
	switch act.Action {
	case machine.Reopen, machine.Suspend, machine.Resume:
		act.Actor = "officer" // nobody decides on their own application
	}
	if h.Event.Value == catalog.Withdraws {
		r.note("", "the applicant withdraws")
	} else {
		r.note("", "the event {event} comes", "event", h.Event.Value)
	}
	switch refused := r.take(machine.Event{Act: act}); {
	case refused == "":
	case h.Event.Value == catalog.Withdraws:
		r.differ("scenario-event", h.Event.Range(), "the applicant cannot withdraw").help("Write withdraw: {refund: {…}} at the service.")
	default:
		d := r.differ("scenario-event", h.Event.Range(), "nothing waits for the event {event:q}", "event", h.Event.Value)
		d.Suggestion = diag.Near(h.Event.Value, append(r.u.p.MayHappen(r.state, act.Capacities), catalog.Withdraws))
	}
}

// publish declares a day off. Nobody tells the application: what happens to it next brings the calendar of then.
func (r *rehearsal) publish(h *catalog.Happening) {
	if _, err := time.Parse(time.DateOnly, h.About.Value); err != nil {
		r.differ("scenario-event", h.Event.Range(), "it is not written which day is off").help("Write about: with the day, such as about: 2026-12-15.")
		return
	}
	r.note("", "{day} is declared a day off", "day", h.About.Value)
	r.daysOff = append(slices.Clip(r.daysOff), h.About.Value)
	r.course.brought = time.Time{}
}

// everybody are the capacities of all who could bring an event.
func (r *course) everybody() []string {
	out := []string{machine.Events, machine.Applicant}
	authority := r.u.p.Plan().Authority
	for _, role := range r.u.c.Roles(authority) {
		out = append(out, authority+":"+role.Code.Value)
	}
	return out
}

// brings is what an event gives to those who wait for it, by the types that they read it by.
func (r *rehearsal) brings(event string, gives *source.Node) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, w := range r.u.p.Waits(r.state) {
		if w.Kind == machine.EventTask && slices.Contains(w.Actions, event) {
			maps.Copy(out, r.under(w.Node, gives, r.u.told(event)))
		}
	}
	return out
}

// MayHappen are the events that may come at any time, besides those that a step waits for.
func (w *Walk) MayHappen() []string {
	return slices.DeleteFunc(w.u.p.MayHappen(w.state, w.everybody()), func(event string) bool { return event == catalog.Withdraws })
}

// Happen lets an event come, about something where what waits for it asks so, with what it gives, written as in a scenario; nil is nothing.
func (w *Walk) Happen(event, about string, gives *source.Node) error {
	r := &rehearsal{course: w.course, sc: new(catalog.Scenario)}
	reads := r.brings(event, gives)
	if len(r.differences) > 0 {
		return errors.New(r.differences[0].Summary)
	}
	w.keep()
	w.note("", "the event {event} comes", "event", event)
	for path, v := range reads { // a paper may be printed at once
		root, name, _ := strings.Cut(path, ".")
		values := maps.Clone(w.answers[root])
		if values == nil {
			values = map[string]json.RawMessage{}
		}
		values[name] = v
		w.know(root, values)
	}
	actor := applicant
	if slices.Contains([]string{machine.Reopen, machine.Suspend, machine.Resume}, event) {
		actor = "officer" // nobody decides on their own application
	}
	return w.refusedAs(w.take(machine.Event{Act: &activity.Act{
		ID: "walk", Facts: w.facts(), Action: event, Actor: actor, Capacities: w.everybody(), About: about, Comment: true, Reads: reads,
	}}))
}

// fields are what somebody writes who is asked at a step.
func (r *rehearsal) fields(w machine.Wait, n *source.Node) map[string]json.RawMessage {
	types := r.u.roots[r.root(w.Node)]
	if step := r.u.s.Step(w.Step); len(types) == 0 && step != nil { // no formula reads them
		for i := range step.Fields {
			types = append(types, formula.Field{Name: step.Fields[i].Code.Value, Type: step.Fields[i].Formula()})
		}
	}
	return r.under(w.Node, n, types)
}

// under reads values by their types and puts them under what formulas read them by; what nothing reads is left out.
func (r *rehearsal) under(node string, n *source.Node, types []formula.Field) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	if n == nil {
		return out
	}
	root := r.root(node)
	for name, raw := range r.object(n, types) {
		if root != "" {
			out[root+"."+name] = raw
		}
	}
	return out
}

// root is the name under which formulas read what a node brings, or "" where none does.
func (r *rehearsal) root(node string) string {
	for i := range r.u.p.Plan().Nodes {
		if at := &r.u.p.Plan().Nodes[i]; at.Key == node {
			return at.Root()
		}
	}
	return ""
}

// told are the fields of what an event gives.
func (u *unit) told(event string) []formula.Field {
	if e := u.c.Event(event); e != nil {
		return typesOf(e.Gives)
	}
	return nil
}
