package servicetest

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// course is an application on its way through a service in virtual time, with what has come of it. Whoever drives it says what happens next.
type course struct {
	u      *unit
	trace  *machine.Trace
	now    time.Time // in the plan's zone
	state  machine.State
	day    string                     // of submission, YYYY-MM-DD
	person map[string]json.RawMessage // facts of the applicant
	behalf map[string]json.RawMessage // facts of whoever applies for the applicant, nil where nobody does
	typed  map[string]any             // the form as it was typed last
	before map[string]map[string]any  // answers of the lookups before the form
	files  map[string]form.Uploaded   // uploads by ID
	names  map[string]string          // what they are called, as a scenario writes it
	watch  watcher                    // nil where nobody wants to know

	brought   time.Time // first day of the calendar slice that the machine has
	happened  []Entry
	path      []string
	dates     map[string]string
	tasks     map[string][]task
	fees      []activity.Line
	asked     map[string][]activity.Line // the last assessment of each step
	refunds   []activity.LineRefund
	documents []string
	daysOff   []string // that were published after submission
	undone    []string // steps whose writes were taken back
	notices   []told
	paidOut   []told
	deposits  []told
	rights    []right
	papers    *papers // nil where nobody wants them
}

// told is a thing under its name: a notice or a payment by its step, a deposit by its fee.
type told struct{ name, what string }

// right is a right that was granted or changed.
type right struct{ code, change string }

type task struct{ role, due string }

// watcher is told of everything that an application takes: before it does, and what came of it.
type watcher interface {
	before(e machine.Event)
	after(e machine.Event, effects []activity.Effect)
}

func newCourse(u *unit, trace *machine.Trace) course {
	return course{u: u, trace: trace, dates: map[string]string{}, tasks: map[string][]task{}, asked: map[string][]activity.Line{}, person: map[string]json.RawMessage{}, files: map[string]form.Uploaded{}, names: map[string]string{}}
}

// clone is a copy that goes on by itself.
func (r *course) clone() course {
	out := *r
	out.files, out.names, out.asked = maps.Clone(r.files), maps.Clone(r.names), maps.Clone(r.asked)
	out.dates, out.tasks = maps.Clone(r.dates), maps.Clone(r.tasks)
	out.happened, out.path = slices.Clip(r.happened), slices.Clip(r.path)
	out.fees, out.refunds, out.documents = slices.Clip(r.fees), slices.Clip(r.refunds), slices.Clip(r.documents)
	out.undone, out.daysOff = slices.Clip(r.undone), slices.Clip(r.daysOff)
	out.notices, out.paidOut, out.deposits, out.rights = slices.Clip(r.notices), slices.Clip(r.paidOut), slices.Clip(r.deposits), slices.Clip(r.rights)
	return out
}

// facts are what every event brings.
func (r *course) facts() activity.Facts {
	f := activity.Facts{At: r.now.UTC()}
	if r.brought.IsZero() || r.now.Sub(r.brought) > worktime.Reach/2*24*time.Hour {
		f.Calendar, r.brought = r.u.calendar.with(r.daysOff).from(r.now), r.now
	}
	return f
}

// take lets an event happen, if the machine takes it.
func (r *course) take(e machine.Event) machine.Refusal {
	if r.watch != nil {
		r.watch.before(e)
	}
	next, effects, refused := r.u.p.StepTraced(r.state, e, r.trace)
	if refused == "" {
		r.state = next
		r.papers.learn(r.u.p.Plan(), e)
		r.record(effects)
		if r.watch != nil {
			r.watch.after(e, effects)
		}
	}
	return refused
}

// expire lets a clock run out.
func (r *course) expire(w machine.Wait) machine.Refusal {
	if w.DueAt.After(r.now) {
		r.now = w.DueAt.In(r.u.p.Zone())
	}
	r.note(w.Step, "the time is over")
	return r.take(machine.Event{Due: &machine.Due{At: w.DueAt, Calendar: r.facts().Calendar}})
}
