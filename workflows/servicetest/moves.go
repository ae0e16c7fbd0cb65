package servicetest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Move is one thing that is done on a walk, as it can be kept and done again. A walk of moves goes one step back by being played again without
// the last one, so that nobody has to keep the walk itself.
//
//	w, problems := suite.Walk(s)
//	for _, m := range moves { problems, err := w.Play(m) … }
type Move struct {
	Do    Deed   `json:"do"`
	Node  string `json:"node,omitempty"` // key of what is waited for, "" before the form
	Visit int    `json:"visit,omitempty"`

	// What is the decision, the event, the answer (as a definition writes it), or until when time passes (2026-11-25T10:00).
	What  string         `json:"what,omitempty"`
	About string         `json:"about,omitempty"` // of an event
	With  string         `json:"with,omitempty"`  // what is filled in beside a decision, or comes with an event, as a definition writes it
	Form  map[string]any `json:"form,omitempty"`  // as it is typed, with the names of files in the place of files

	Day     string `json:"day,omitempty"`     // of submission, where a walk begins
	Example string `json:"example,omitempty"` // title of the scenario whose applicant it has
	As      string `json:"as,omitempty"`      // in which capacity somebody applies for the applicant
}

// Deed says what a Move does.
type Deed string

// The deeds.
const (
	Begins   Deed = "begin"    // the first of all
	Answers  Deed = "answer"   // a registry answers
	Submits  Deed = "submit"   // the form is sent
	Acts     Deed = "act"      // somebody decides, pays …
	Gives    Deed = "give"     // a draw gives a channel, a service that was started its outcome
	Corrects Deed = "correct"  // the form is sent again
	Passes   Deed = "pass"     // time passes to the end of the next clock
	Waits    Deed = "wait"     // time passes until What
	Happens  Deed = "happen"   // an event comes
	Retires  Deed = "withdraw" // the applicant withdraws
)

// Misplaced is why a move cannot be played: order (nothing of the kind can be done now), gone (what it answers is not waited for), unknown
// (there is no such move), written (what stands in it cannot be read).
type Misplaced string

func (m Misplaced) Error() string { return "the move cannot be played: " + string(m) }

// Kinds of Misplaced.
const (
	OutOfOrder Misplaced = "order"
	Gone       Misplaced = "gone"
	Unknown    Misplaced = "unknown"
	Unreadable Misplaced = "written"
)

// clockForm is how a move writes an instant, in the plan's zone.
const clockForm = "2006-01-02T15:04"

// longestWait bounds how far a move lets time pass.
const longestWait = 50 * 366 * 24 * time.Hour

// Play does a move, and at once what the platform does by itself. The problems are those of a form that is sent. The error is a Misplaced, a
// Refused, or says what cannot be read; nothing has happened then.
func (w *Walk) Play(m Move) ([]form.Problem, error) {
	if (w.tape == nil) != (m.Do == Begins) {
		return nil, OutOfOrder
	}
	problems, err := w.play(m)
	if err == nil && len(problems) == 0 {
		err = w.settle()
	}
	return problems, err
}

func (w *Walk) play(m Move) ([]form.Problem, error) {
	started := w.state.Status != ""
	switch m.Do {
	case Begins:
		return nil, w.setOff(m)
	case Answers:
		return nil, w.reply(m)
	case Submits:
		if started || w.tape.pending != nil || w.tape.barred != "" {
			return nil, OutOfOrder
		}
		return w.Submit(w.attached(w.Plan().Form.Fields, m.Form))
	}
	if !started {
		return nil, OutOfOrder
	}
	switch m.Do {
	case Acts:
		return nil, w.acts(m)
	case Gives:
		wait, err := w.waiting(m, machine.LookupWait, machine.ChildTask)
		if err != nil {
			return nil, err
		}
		if wait.Kind == machine.LookupWait && wait.Lookup.Do != activity.Draw || m.What == "" {
			return nil, OutOfOrder
		}
		return nil, w.Give(wait, m.What)
	case Corrects:
		wait, err := w.waiting(m, machine.CorrectTask)
		if err != nil {
			return nil, err
		}
		return w.Correct(wait, w.attached(w.Plan().Form.Fields, m.Form))
	case Passes:
		if _, armed := w.NextClock(); !armed {
			return nil, OutOfOrder
		}
		return nil, w.Pass()
	case Waits:
		return nil, w.until(m.What)
	case Happens:
		var gives *source.Node
		if m.With != "" {
			var err error
			if gives, err = read(m.With); err != nil {
				return nil, err
			}
		}
		return nil, w.Happen(m.What, m.About, gives)
	case Retires:
		return nil, w.Withdraw()
	}
	return nil, Unknown
}

// setOff begins the walk.
func (w *Walk) setOff(m Move) error {
	var sc *catalog.Scenario
	if m.Example != "" {
		i := slices.IndexFunc(w.u.s.Scenarios, func(sc catalog.Scenario) bool { return sc.Title.Value == m.Example })
		if i < 0 {
			return Gone
		}
		sc = &w.u.s.Scenarios[i]
	}
	if err := w.Begin(m.Day, sc); err != nil {
		return err
	}
	if m.As != "" {
		if !slices.Contains(w.Capacities(), m.As) {
			return Gone
		}
		if err := w.Represented(m.As); err != nil {
			return err
		}
	}
	r := newRehearsal(w.u, sc, new(machine.Trace))
	if r.course, r.sc = w.clone(), sc; sc == nil {
		r.sc = new(catalog.Scenario)
	}
	filled, starts := r.triggered()
	if len(r.differences) > 0 {
		return errors.New(r.differences[0].Summary)
	}
	if !starts {
		return errors.New(string(r.silenced))
	}
	w.tape = newTape(w, sc, m.As)
	w.tape.filled = filled
	w.watch = w.tape
	return w.reopen()
}

// Opening is what the form opens with: what identity attests, what a trigger has filled in and, over it, what the example has.
func (w *Walk) Opening() map[string]any {
	typed := w.Form().Prefill(w.Context())
	maps.Copy(typed, w.tape.filled)
	if w.tape.example != nil {
		maps.Copy(typed, w.Typed(w.tape.example))
	}
	return w.Named(typed)
}

// Started tells whether the form was sent.
func (w *Walk) Started() bool { return w.state.Status != "" }

// Pending is what is asked of a registry before the form, nil where nothing is.
func (w *Walk) Pending() *activity.Lookup {
	if w.Started() || w.tape == nil {
		return nil
	}
	return w.tape.pending
}

// Barred is the key of the reason why the applicant may not fill in the form, or "".
func (w *Walk) Barred() string {
	if w.tape == nil {
		return ""
	}
	return w.tape.barred
}

// reopen opens the form with what registries have said so far.
func (w *Walk) reopen() error {
	said := 0
	w.tape.pending = nil
	refused, err := w.Open(func(l *activity.Lookup) (activity.Answer, error) {
		if said < len(w.tape.opened) {
			said++
			return w.tape.opened[said-1], nil
		}
		w.tape.pending = l
		return activity.Answer{}, errUnsaid
	})
	if w.tape.pending != nil {
		return nil
	}
	w.tape.barred = refused
	return err
}

// reply lets a registry answer, before the form or after it.
func (w *Walk) reply(m Move) error {
	n, err := read(m.What)
	if err != nil {
		return err
	}
	if w.state.Status == "" {
		if w.tape.pending == nil || m.Node != "" {
			return OutOfOrder
		}
		a, err := w.Read(w.tape.pending, n)
		if err != nil {
			return err
		}
		if a.Failed != "" { // whoever applies is asked to try later
			return OutOfOrder
		}
		w.tape.opened = append(w.tape.opened, a)
		w.tape.asked = append(w.tape.asked, w.tape.pending.Registry+"/"+w.tape.pending.Operation)
		return w.reopen()
	}
	wait, err := w.waiting(m, machine.LookupWait)
	if err != nil {
		return err
	}
	if wait.Lookup.Do != activity.Ask && wait.Lookup.Do != activity.Write {
		return OutOfOrder
	}
	a, err := w.Read(wait.Lookup, n)
	if err != nil {
		return err
	}
	return w.Answer(wait, a)
}

// acts lets somebody decide.
func (w *Walk) acts(m Move) error {
	wait, err := w.waiting(m)
	if err != nil {
		return err
	}
	if wait.Kind == machine.LookupWait || wait.Kind == machine.CorrectTask || wait.Kind == machine.ChildTask || wait.Kind == machine.EventTask || !slices.Contains(wait.Actions, m.What) {
		return OutOfOrder
	}
	if wait.From.After(w.now) { // nobody may before
		if err := w.until(wait.From.In(w.now.Location()).Format(clockForm)); err != nil {
			return err
		}
	}
	if m.With == "" {
		return w.act(wait, m.What, nil)
	}
	n, err := read(m.With)
	if err != nil {
		return err
	}
	r := &rehearsal{course: w.course, sc: new(catalog.Scenario)}
	reads := r.fields(wait, n)
	if len(r.differences) > 0 {
		return errors.New(r.differences[0].Summary)
	}
	before := w.answers
	for path, v := range reads {
		root, name, _ := strings.Cut(path, ".")
		values := maps.Clone(w.answers[root])
		if values == nil {
			values = map[string]json.RawMessage{}
		}
		values[name] = v
		w.know(root, values)
	}
	if err := w.act(wait, m.What, reads); err != nil {
		w.answers = before
		return err
	}
	return nil
}

// Beside is what somebody has typed beside a decision, as a move brings it; the problems are those of what is typed.
func (w *Walk) Beside(own *Sheet, typed map[string]any) (with string, problems []form.Problem, err error) {
	values, problems, err := own.form.Validate(context.Background(), w.attached(own.Fields, typed), own.with)
	if err != nil || len(problems) > 0 {
		return "", problems, err
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return "", nil, err
	}
	return flow(decodedValue(raw)), nil, nil
}

// waiting is what a move answers; gone where it is not waited for, or is of another kind.
func (w *Walk) waiting(m Move, kinds ...machine.TaskKind) (machine.Wait, error) {
	for _, wait := range w.Waits() {
		if wait.Node == m.Node && (m.Visit == 0 || wait.Visit == m.Visit) && (len(kinds) == 0 || slices.Contains(kinds, wait.Kind)) {
			return wait, nil
		}
	}
	return machine.Wait{}, Gone
}

// until lets time pass: every clock that is over before runs out.
func (w *Walk) until(instant string) error {
	at, err := time.ParseInLocation(clockForm, instant, w.now.Location())
	if err != nil {
		return Unreadable
	}
	if !at.After(w.now) || at.Sub(w.now) > longestWait {
		return OutOfOrder
	}
	for range mostEvents {
		clock, armed := w.NextClock()
		if !armed || !clock.DueAt.Before(at) {
			break
		}
		if w.tape.passed++; w.tape.passed > mostEvents { // a walk of a few moves may not keep the machine busy for ever
			return OutOfOrder
		}
		if err := w.Pass(); err != nil {
			return err
		}
		if err := w.settle(); err != nil {
			return err
		}
	}
	if at.After(w.now) {
		w.now = at
	}
	return nil
}

// settle does what the platform does by itself: rights that change, services that are started and taken back, the authority that is looked for.
func (w *Walk) settle() error {
	for range mostEvents {
		i := slices.IndexFunc(w.Waits(), itselfDone)
		if i < 0 {
			return nil
		}
		wait := w.Waits()[i]
		var err error
		switch wait.Lookup.Do {
		case activity.Change:
			number := wait.Lookup.Of
			if number == "" {
				number = "R-1"
			}
			w.rights = append(w.rights, right{wait.Lookup.Subject, wait.Lookup.Operation})
			w.note(wait.Step, "{right}: {change}", "right", wait.Lookup.Subject, "change", wait.Lookup.Operation)
			err = w.Give(wait, number)
		case activity.Begin:
			err = w.Give(wait, "scenario-started")
		case activity.Authority:
			err = w.Address(wait)
		default:
			err = w.Answer(wait, activity.Answer{Found: true})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// itselfDone tells what the platform does by itself.
func itselfDone(w machine.Wait) bool {
	return w.Kind == machine.LookupWait && slices.Contains([]activity.Doing{activity.Change, activity.Begin, activity.Authority, activity.Withdraw}, w.Lookup.Do)
}

// longestText bounds what is read of one text of a move.
const longestText = 16 << 10

// read reads what is written as in a definition.
func read(text string) (*source.Node, error) {
	if len(text) > longestText {
		return nil, Unreadable
	}
	root, list := source.Parse("move", []byte("move: "+strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")+"\n"), source.Limits{})
	if list.HasErrors() || root == nil {
		return nil, Unreadable
	}
	_, n := root.Get("move")
	if n == nil {
		return nil, Unreadable
	}
	return n, nil
}

// attached is a form as it is typed with the files in the place of their names.
func (w *Walk) attached(fields []plan.FormField, typed map[string]any) map[string]any {
	out := map[string]any{}
	for code, v := range typed {
		out[code] = w.attach(named(fields, code), v)
	}
	return out
}

func (w *Walk) attach(field *plan.FormField, v any) any {
	switch v := v.(type) {
	case string:
		if field == nil || field.Type != string(catalog.FileField) || v == "" {
			return v
		}
		for _, id := range slices.Sorted(maps.Keys(w.names)) { // what stands already stays the same file
			if w.names[id] == v {
				return id
			}
		}
		return w.upload(v, field.Accept)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = w.attach(field, v[i])
		}
		return out
	case map[string]any:
		var inner []plan.FormField
		if field != nil {
			inner = field.Fields
		}
		return w.attached(inner, v)
	}
	return v
}

// Named is a form with the names of files in their place.
func (w *Walk) Named(typed map[string]any) map[string]any { return w.named(typed) }

func (r *course) named(typed map[string]any) map[string]any {
	out := map[string]any{}
	for code, v := range typed {
		out[code] = r.name(v)
	}
	return out
}

func (r *course) name(v any) any {
	switch v := v.(type) {
	case string:
		if name, file := r.names[v]; file {
			return name
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = r.name(v[i])
		}
		return out
	case map[string]any:
		return r.named(v)
	}
	return v
}

// decodedValue is JSON as encoding/json reads it, numbers as they are written.
func decodedValue(raw json.RawMessage) any {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}
