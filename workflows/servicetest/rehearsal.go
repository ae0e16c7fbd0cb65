package servicetest

import (
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// mostEvents bounds a scenario; return loops are bounded by the plan.
const mostEvents = 500

// opening is the time of day at which everything begins.
const opening = 10 * time.Hour

const (
	applicant = "applicant"
	never     = "never"
)

// rehearsal is one scenario as it runs.
type rehearsal struct {
	course
	sc          *catalog.Scenario
	differences []Difference

	replies map[visit]*reply
	used    map[string]int // replies that were taken, by what they answer
	over    map[int]bool   // happenings that have happened
	since   map[int]time.Time
	stuck   bool

	trigger  *plan.Trigger // by which it was started, nil for the applicant
	silenced diag.Phrase   // why nothing was started, or ""
	barred   string        // why the form was not asked, or ""

	deciders int // officers who have decided
}

// visit tells one wait from the next at the same node.
type visit struct {
	node string
	n    int
}

func rehearse(u *unit, sc *catalog.Scenario, trace *machine.Trace) *rehearsal {
	r := newRehearsal(u, sc, trace)
	r.run()
	return r
}

func newRehearsal(u *unit, sc *catalog.Scenario, trace *machine.Trace) *rehearsal {
	return &rehearsal{
		course: newCourse(u, trace), sc: sc, replies: map[visit]*reply{}, used: map[string]int{}, over: map[int]bool{}, since: map[int]time.Time{},
	}
}

// run plays the scenario from its beginning to where nothing more comes.
func (r *rehearsal) run() {
	u, sc := r.u, r.sc
	day, err := time.ParseInLocation(time.DateOnly, sc.On.Value, u.p.Zone())
	if err != nil {
		r.differ("scenario-day", sc.RangeOf("on"), "the scenario does not say on which day the application is submitted").
			help("Write on: with the day, as 2026-01-31.")
		return
	}
	r.day, r.now = sc.On.Value, day.Add(opening)
	start := r.start()
	if start == nil {
		r.compareNotStarted()
		r.tell()
		return
	}
	r.note("", "submitted")
	r.since[submitted] = r.now
	r.step(machine.Event{Start: start})
	for range mostEvents {
		if len(r.differences) > 0 || r.stuck || r.state.Status == machine.Ended && !r.reopens() {
			break
		}
		r.next()
	}
	r.compare()
}

// reopens tells whether what has ended is taken up again in the scenario.
func (r *rehearsal) reopens() bool {
	_, open := r.state.ReopenedUntil()
	for i := range r.sc.Events {
		if open && r.sc.Events[i].Event.Value == machine.Reopen && !r.over[i] {
			return true
		}
	}
	return false
}

// next lets the earliest of all that may come happen: something from outside, a reply, or the end of a clock.
func (r *rehearsal) next() {
	waits := r.u.p.Waits(r.state)
	var what func()
	var at time.Time
	offer := func(when time.Time, do func()) {
		if what == nil || when.Before(at) {
			at, what = when, do
		}
	}
	r.happenings(waits, offer)
	for _, w := range waits {
		answer := r.replyTo(w)
		if len(r.differences) > 0 {
			return
		}
		if !answer.silent {
			offer(answer.at, answer.do)
		}
	}
	if clock, armed := r.u.p.NextClock(r.state); armed {
		offer(clock.DueAt, func() { r.passes(clock) })
	}
	if what == nil {
		r.stuck = true
		return
	}
	if at.After(r.now) {
		r.now = at.In(r.u.p.Zone())
	}
	what()
}

// passes lets a clock run out. Where the application goes on waiting, somebody may break the silence then.
func (r *rehearsal) passes(w machine.Wait) {
	if key := (visit{w.Node, w.Visit}); r.replies[key] != nil && r.replies[key].silent {
		delete(r.replies, key)
	}
	r.refuses(r.expire(w))
}

func (r *rehearsal) step(e machine.Event) { r.refuses(r.take(e)) }

// refuses reports what the machine does not take.
func (r *rehearsal) refuses(refused machine.Refusal) {
	if refused != "" {
		at := "its start"
		if waits := r.u.p.Waits(r.state); len(waits) > 0 {
			at = waits[0].Node
		}
		r.differ("scenario-refused", r.sc.Title.Range(), "the application cannot go on at {node}: {problem}", "node", at, "problem", string(refused))
	}
}

func (r *rehearsal) act(a *activity.Act) {
	a.ID = "scenario"
	r.step(machine.Event{Act: a})
}

// Difference is one thing that came out otherwise than the scenario says, or that the scenario does not say. Its code is scenario- and the
// aspect; its summary says both, and its help what happened.
type Difference struct {
	Aspect string // path, fees, end …
	Want   string // "" where the scenario expects nothing
	Have   string // "" where nothing came
	diag.Diagnostic

	alone diag.Diagnostic // without what happened
}

// Todo is what to write, in a language (nil is English), or "". The help of the finding says what happened too.
func (d *Difference) Todo(l *diag.Language) string { return d.alone.In(l).Help }

func (r *rehearsal) differ(code diag.Code, at diag.Range, phrase diag.Phrase, args ...any) *Difference {
	aspect := strings.TrimPrefix(string(code), "scenario-")
	r.differences = append(r.differences, Difference{Aspect: aspect, Diagnostic: diag.New(diag.Error, code, at, phrase, args...)})
	return &r.differences[len(r.differences)-1]
}

// help says what to do about the difference.
func (d *Difference) help(phrase diag.Phrase, args ...any) {
	d.Diagnostic = d.WithHelp(phrase, args...)
}
