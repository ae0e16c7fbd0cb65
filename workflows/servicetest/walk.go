package servicetest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Walk is an application that a person takes through a service by hand, in virtual time, with a way back from every step. It belongs to one
// goroutine.
//
//	w, problems := suite.Walk(s)
//	w.Begin("2026-11-22", nil)
//	problems, err := w.Submit(typed)
//	for _, wait := range w.Waits() { … w.Act(wait, "approve") … }
type Walk struct {
	place
	before []place // the way back
	told   int     // entries that News has given
	tape   *tape   // of a walk of moves
}

// place is where a walk is.
type place struct {
	course
	form    map[string]json.RawMessage            // as it was submitted
	opened  []activity.Answer                     // to what was asked before the form, in order
	answers map[string]map[string]json.RawMessage // of registries, by result
}

// Walk compiles s and stands before its form. It is nil where the findings have errors.
func (x *Suite) Walk(s *catalog.Service) (*Walk, diag.List) {
	u, problems := x.compile(s)
	if u == nil {
		return nil, problems
	}
	return &Walk{place: place{course: newCourse(u, new(machine.Trace))}}, problems
}

// Begin sets the day of submission and the applicant: those of a scenario, or the usual sample person. The error says what of the scenario
// cannot be read.
func (w *Walk) Begin(day string, sc *catalog.Scenario) error {
	at, err := time.ParseInLocation(time.DateOnly, day, w.u.p.Zone())
	if err != nil {
		return errors.New("the day of submission is written as 2026-11-22")
	}
	w.day, w.now = day, at.Add(opening)
	r := &rehearsal{course: w.course, sc: sc}
	if r.sc == nil {
		r.sc = new(catalog.Scenario)
	}
	r.introduce()
	if len(r.differences) > 0 {
		return errors.New(r.differences[0].Summary)
	}
	w.behalf = r.behalf
	return nil
}

// Typed is the form of a scenario as it would be typed.
func (w *Walk) Typed(sc *catalog.Scenario) map[string]any {
	r := &rehearsal{course: w.course, sc: sc}
	return r.written(sc.Form)
}

// Upload keeps a file of a name such as "report.pdf 6 MB" for a field, and gives what the form holds of it.
func (w *Walk) Upload(name string, field *plan.FormField) string {
	var accept []string
	if field != nil {
		accept = field.Accept
	}
	return w.upload(name, accept)
}

// Form is the service's form, Context what it is filled in with, Texts its words and Plan its plan.
func (w *Walk) Form() *form.Form      { return w.u.f }
func (w *Walk) Context() form.Context { return w.context() }
func (w *Walk) Texts() *plan.Texts    { return w.u.texts }
func (w *Walk) Plan() *plan.Plan      { return w.u.p.Plan() }
func (w *Walk) Service() *catalog.Service {
	return w.u.s
}

// Now is the instant at which the walk is, in the plan's zone.
func (w *Walk) Now() time.Time { return w.now }

// Capacities are those in which somebody may apply for the applicant.
func (w *Walk) Capacities() []string {
	var out []string
	for _, r := range w.Plan().Form.OnBehalf {
		out = append(out, r.As)
	}
	return out
}

// Represented lets the usual other sample person apply for the applicant, in that capacity.
func (w *Walk) Represented(as string) error {
	raw, err := json.Marshal(as)
	if err != nil {
		return err
	}
	w.behalf = map[string]json.RawMessage{"as": raw}
	for name, value := range usualRepresentative {
		w.behalf[name] = json.RawMessage(value)
	}
	return nil
}

// Open makes the lookups before the form, which answer answers, and decides whether the applicant may fill it in: it gives the key of the reason why
// not, or "". What was answered is answered again when the application starts. The error is that of answer.
func (w *Walk) Open(answer func(*activity.Lookup) (activity.Answer, error)) (refused string, err error) {
	w.opened = nil
	with, refused, err := w.u.f.Open(context.Background(), w.context(), func(_ context.Context, registry, operation string, args map[string]json.RawMessage) (bool, json.RawMessage, error) {
		l := &activity.Lookup{Registry: registry, Operation: operation}
		for _, name := range slices.Sorted(maps.Keys(args)) {
			l.With = append(l.With, activity.Argument{Name: name, Value: args[name]})
		}
		a, err := answer(l)
		if err != nil {
			return false, nil, err
		}
		w.opened = append(w.opened, a)
		raw, err := json.Marshal(a.Values)
		return a.Found, raw, err
	})
	if err == nil {
		w.course.before = with.Given
	}
	return refused, err
}

// reopens answers what the application asks again of what was asked before its form.
func (w *Walk) reopens() machine.Refusal {
	for _, a := range w.opened {
		waits := w.Waits()
		if len(waits) != 1 || waits[0].Kind != machine.LookupWait || waits[0].Step != "" {
			break
		}
		if refused := w.answered(waits[0], a); refused != "" {
			return refused
		}
	}
	return ""
}

// Submit judges the form and, where there is no problem, starts the application.
func (w *Walk) Submit(typed map[string]any) ([]form.Problem, error) {
	values, problems, err := w.judge(typed)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	w.keep()
	w.typed, w.form = maps.Clone(typed), values
	w.note("", "submitted")
	refused := w.take(machine.Event{Start: w.begin(values)})
	if refused == "" {
		refused = w.reopens()
	}
	return nil, w.refusedAs(refused)
}

// Ended tells whether the application has ended, and how.
func (w *Walk) Ended() (outcome string, ended bool) {
	return w.state.Outcome, w.state.Status == machine.Ended
}

// Reason is the key of the text that says why the application has ended, or "".
func (w *Walk) Reason() string {
	if n := len(w.happened); n > 0 && w.happened[n-1].Kind == activity.Ended {
		return w.happened[n-1].Subject
	}
	return ""
}

// Waits are the things that the application waits for.
func (w *Walk) Waits() []machine.Wait { return w.u.p.Waits(w.state) }

// NextClock is what time leads to next.
func (w *Walk) NextClock() (machine.Wait, bool) { return w.u.p.NextClock(w.state) }

// MayWithdraw tells whether the applicant may end the application as it is.
func (w *Walk) MayWithdraw() bool { return w.u.p.MayWithdraw(w.state) }

// Read reads the answer of a registry as a definition would write it: a mapping, notFound or failed.
func (w *Walk) Read(lookup *activity.Lookup, n *source.Node) (activity.Answer, error) {
	r := &rehearsal{course: w.course, sc: new(catalog.Scenario)}
	a, ok := r.read(n, lookup.Registry+"/"+lookup.Operation)
	if !ok {
		return a, errors.New(r.differences[0].Summary)
	}
	return a, nil
}

// Answer lets a registry answer.
func (w *Walk) Answer(wait machine.Wait, a activity.Answer) error {
	w.keep()
	return w.refusedAs(w.answered(wait, a))
}

// Address answers what only the platform knows: whether there is the authority that the application names.
func (w *Walk) Address(wait machine.Wait) error {
	w.keep()
	a := w.u.authority(wait.Lookup)
	a.Facts = w.facts() // no formula reads it, so nothing is kept
	return w.refusedAs(w.take(machine.Event{Answer: &machine.LookupAnswer{Node: wait.Node, Visit: wait.Visit, Answer: a}}))
}

// answered keeps what a registry answers under the name by which formulas read it, and goes on.
func (w *Walk) answered(wait machine.Wait, a activity.Answer) machine.Refusal {
	if i := slices.IndexFunc(w.Plan().Nodes, func(n plan.Node) bool { return n.Key == wait.Node }); a.Found && i >= 0 && w.Plan().Nodes[i].Root() != "" {
		w.know(w.Plan().Nodes[i].Root(), a.Values)
	}
	a.Facts = w.facts()
	return w.take(machine.Event{Answer: &machine.LookupAnswer{Node: wait.Node, Visit: wait.Visit, Answer: a}})
}

// know keeps values under the name by which formulas read them. What an earlier place of the walk knows stays as it is.
func (w *Walk) know(root string, values map[string]json.RawMessage) {
	answers := maps.Clone(w.answers)
	if answers == nil {
		answers = map[string]map[string]json.RawMessage{}
	}
	answers[root] = values
	w.answers = answers
}

// Act lets one of those who may do one of a wait's actions.
func (w *Walk) Act(wait machine.Wait, action string) error { return w.act(wait, action, nil) }

// act is Act with what is filled in beside it, under the paths by which formulas read it.
func (w *Walk) act(wait machine.Wait, action string, reads map[string]json.RawMessage) error {
	w.keep()
	a := wait.Act(action, "officer-"+strconv.Itoa(len(w.before)), w.facts()) // somebody else each time
	a.ID, a.Comment, a.Reads = "walk", true, reads
	if action == machine.Book {
		a.Reference = w.u.calendar.after(w.now, catalog.Duration{Count: 1, Unit: catalog.WorkingDays}).UTC().Format(time.RFC3339)
	}
	if wait.From.After(w.now) {
		w.now = wait.From.In(w.u.p.Zone())
		a.Facts = w.facts()
	}
	return w.refusedAs(w.take(machine.Event{Act: a}))
}

// Give answers what is no question to a registry with one value: the channel of a draw, the number of a right, a service that is started, or
// the outcome with which that ends.
func (w *Walk) Give(wait machine.Wait, value string) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.keep()
	if wait.Kind == machine.ChildTask {
		a := wait.Act(wait.Actions[0], "service", w.facts())
		a.ID = "walk"
		for i := range w.u.p.Plan().Nodes {
			if n := &w.u.p.Plan().Nodes[i]; n.Key == wait.Node {
				a.Reads = map[string]json.RawMessage{n.Root() + ".outcome": raw}
			}
		}
		return w.refusedAs(w.take(machine.Event{Act: a}))
	}
	name := map[activity.Doing]string{activity.Draw: "channel", activity.Change: "number", activity.Begin: "application"}[wait.Lookup.Do]
	return w.refusedAs(w.take(machine.Event{Answer: &machine.LookupAnswer{Node: wait.Node, Visit: wait.Visit, Answer: activity.Answer{
		Facts: w.facts(), Found: true, Values: map[string]json.RawMessage{name: raw},
	}}}))
}

// Correct sends the form back with another content.
func (w *Walk) Correct(wait machine.Wait, typed map[string]any) ([]form.Problem, error) {
	values, problems, err := w.judge(typed)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	w.keep()
	w.typed, w.form = maps.Clone(typed), values
	a := wait.Act(machine.Submit, applicant, w.facts())
	a.ID, a.Reads = "walk", w.reads(values)
	return nil, w.refusedAs(w.take(machine.Event{Act: a}))
}

// Sent is the form as it was typed last.
func (w *Walk) Sent() map[string]any { return maps.Clone(w.typed) }

// Pass lets time pass to the next clock.
func (w *Walk) Pass() error {
	clock, armed := w.NextClock()
	if !armed {
		return errors.New("no clock runs")
	}
	w.keep()
	return w.refusedAs(w.expire(clock))
}

// Withdraw lets the applicant withdraw.
func (w *Walk) Withdraw() error {
	w.keep()
	w.note("", "the applicant withdraws")
	return w.refusedAs(w.take(machine.Event{Act: &activity.Act{
		ID: "walk", Facts: w.facts(), Action: machine.Withdraw, Actor: applicant, Capacities: []string{machine.Applicant},
	}}))
}

// keep remembers where the walk is.
func (w *Walk) keep() {
	now := w.place
	now.course = w.clone()
	w.before = append(w.before, now)
}

// Undo goes back to where the walk was before the last thing that was done; false at the beginning.
func (w *Walk) Undo() bool {
	if len(w.before) == 0 {
		return false
	}
	w.place, w.before = w.before[len(w.before)-1], w.before[:len(w.before)-1]
	w.told = min(w.told, len(w.happened))
	return true
}

// Happened is everything that has happened, News what has since it was asked last.
func (w *Walk) Happened() []Entry { return w.happened }

// News is what has happened since it was asked last.
func (w *Walk) News() []Entry {
	news := w.happened[w.told:]
	w.told = len(w.happened)
	return news
}

// Refused is why the application does not take what was done; it is as it was before.
type Refused string

func (r Refused) Error() string { return string(r) }

func (w *Walk) refusedAs(r machine.Refusal) error {
	if r == "" {
		return nil
	}
	w.Undo()
	return Refused(r)
}
