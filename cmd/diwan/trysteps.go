package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/catalog/unit"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// mostSteps bounds a walk; nobody takes so many by hand.
const mostSteps = 10_000

// follow shows what has happened, and lets the person say what happens next, until they leave or go back to the form.
func (t *walker) follow() error {
	for range mostSteps {
		t.news()
		var err error
		if outcome, ended := t.w.Ended(); ended {
			err = t.ended(outcome)
		} else {
			err = t.next()
		}
		var refused servicetest.Refused
		if errors.As(err, &refused) {
			t.say("  ! The application does not take this: {code}", "code", string(refused))
		} else if err != nil {
			return err
		}
	}
	return errLeft
}

// next asks a registry, or shows what is waited for and what may be done.
func (t *walker) next() error {
	var choices []choice
	waits := t.w.Waits()
	beside := 0 // steps at which somebody may act
	for _, w := range waits {
		if w.Kind != machine.LookupWait && w.Step != "" && w.Kind != machine.ClockWait {
			beside++
		}
	}
	for _, w := range waits {
		if w.Kind == machine.LookupWait {
			return t.outside(w)
		}
		if w.Step == "" {
			continue // the time limits of the whole application
		}
		for _, c := range t.choices(w) {
			if beside > 1 { // the same word may stand at several of them
				c.word, c.label = w.Step+" "+c.word, t.title(w.Step)+": "+c.label
			}
			choices = append(choices, c)
		}
	}
	if clock, armed := t.w.NextClock(); armed {
		choices = append(choices, choice{"time", diag.Say("Let time pass to {day}: {then}", "day", clock.DueAt.In(t.w.Now().Location()).Format("2006-01-02 15:04"), "then", clock.Then).In(t.l), t.w.Pass})
	}
	if t.w.MayWithdraw() {
		choices = append(choices, choice{"withdraw", diag.Say("The applicant withdraws").In(t.l), t.w.Withdraw})
	}
	for _, event := range t.w.MayHappen() {
		choices = append(choices, choice{event, diag.Say("The event {event} comes", "event", event).In(t.l), func() error { return t.w.Happen(event, "", nil) }})
	}
	return t.choose(append(choices, t.ways()...), false)
}

// happen lets an event come that a step waits for: about what, and with what, is asked.
func (t *walker) happen(w machine.Wait, event string) error {
	about := ""
	for i := range t.w.Plan().Nodes {
		if n := &t.w.Plan().Nodes[i]; n.Key == w.Node && n.Wait.About != "" {
			t.say("  What is it about? The service waits for: {formula}", "formula", n.Wait.About)
			var err error
			if about, err = t.ask(); err != nil {
				return err
			}
		}
	}
	var shape []string
	if e := t.c.Event(event); e != nil {
		for name, typ := range e.Gives.All() {
			shape = append(shape, name+": "+typ.Word)
		}
	}
	if len(shape) == 0 {
		return t.w.Happen(event, about, nil)
	}
	t.say("  Write {shape}", "shape", "{"+strings.Join(shape, ", ")+"}")
	text, err := t.ask()
	if err != nil {
		return err
	}
	return t.write(text, func(n *source.Node) error { return t.w.Happen(event, about, n) })
}

// ways are what may always be done.
func (t *walker) ways() []choice {
	return []choice{
		{"undo", diag.Say("Go back one step").In(t.l), t.undo},
		{"story", diag.Say("Show everything that has happened").In(t.l), t.story},
		{"quit", diag.Say("Leave").In(t.l), func() error { return errLeft }},
	}
}

func (t *walker) undo() error {
	if !t.w.Undo() {
		return nil
	}
	if len(t.w.Happened()) == 0 {
		t.say("Back at the form.")
		return errAgain
	}
	t.say("One step back.")
	return nil
}

func (t *walker) story() error {
	for _, e := range t.w.Happened() {
		t.line("  %s  %s", e.At.Format(time.DateOnly), e.In(t.l))
	}
	return nil
}

// choices shows one wait and gives what may be done about it.
func (t *walker) choices(w machine.Wait) []choice {
	t.line("\n%s  %s", t.w.Now().Format(time.DateOnly), t.title(w.Step))
	var out []choice
	switch w.Kind {
	case machine.PaymentTask:
		t.fees(w.Step)
		out = append(out, choice{"pay", diag.Say("Pay").In(t.l), func() error { return t.w.Act(w, machine.Paid) }})
	case machine.PayoutTask:
		out = append(out, choice{"arrives", diag.Say("The money arrives").In(t.l), func() error { return t.w.Act(w, machine.PaidOut) }})
	case machine.CorrectTask:
		t.say("  The applicant is asked to correct the form.")
		out = append(out, choice{"correct", diag.Say("Correct the form and send it").In(t.l), func() error { return t.correct(w) }})
	case machine.IncidentTask:
		t.say("  An operator is asked: {incident}", "incident", w.Incident)
		out = append(out, choice{machine.Retry, diag.Say("Try again").In(t.l), func() error { return t.w.Act(w, machine.Retry) }})
		if slices.Contains(w.Actions, machine.Skip) {
			out = append(out, choice{machine.Skip, diag.Say("Skip the step").In(t.l), func() error { return t.w.Act(w, machine.Skip) }})
		}
	case machine.EventTask:
		for _, event := range w.Actions {
			out = append(out, choice{event, diag.Say("The event {event} comes", "event", event).In(t.l), func() error { return t.happen(w, event) }})
		}
	case machine.ClockWait:
	case machine.ChildTask:
		t.say("  The service that was started is to end.")
		out = append(out, choice{"ended", diag.Say("It ends; type with what outcome").In(t.l), func() error {
			outcome, err := t.ask()
			if err != nil {
				return err
			}
			return t.w.Give(w, outcome)
		}})
	default:
		t.say("  {role} is asked.", "role", w.Role)
		for _, action := range w.Actions {
			out = append(out, choice{action, t.decision(w.Step, action), func() error { return t.decide(w, action) }})
		}
	}
	if !w.DueAt.IsZero() {
		t.say("  Time limit: {day}, then {then}", "day", w.DueAt.In(t.w.Now().Location()).Add(-time.Nanosecond).Format(time.DateOnly), "then", w.Then)
	}
	return out
}

// decide asks for what is filled in beside a decision, where something is, and takes it.
func (t *walker) decide(w machine.Wait, action string) error {
	own, err := t.w.Own(w)
	if err != nil {
		return err
	}
	if own == nil {
		return t.w.Act(w, action)
	}
	typed, err := t.fill(own, map[string]any{}, nil)
	if err != nil {
		return err
	}
	return t.w.Fill(w, action, own, typed)
}

// title is the step in the words of the service.
func (t *walker) title(step string) string {
	if words := t.w.Texts().Steps[step].In(t.lang, t.w.Texts().Languages...); words != "" {
		return words + " (" + step + ")"
	}
	return step
}

func (t *walker) decision(step, action string) string {
	if words := t.w.Texts().Decisions[step+"/"+action].In(t.lang, t.w.Texts().Languages...); words != "" {
		return words
	}
	switch action {
	case "approve":
		return diag.Say("Approve").In(t.l)
	case "sendBack":
		return diag.Say("Send back").In(t.l)
	case "refuse":
		return diag.Say("Refuse").In(t.l)
	}
	return action
}

// fees shows the fee lines of a payment and how each came about.
func (t *walker) fees(step string) {
	for _, l := range t.w.Lines(step) {
		title := t.w.Texts().Fees[l.Fee].In(t.lang, t.w.Texts().Languages...)
		t.line("  %-14s %s", l.Amount, title)
		if l.Formula != "" {
			t.line("  %-14s   = %s", "", l.Formula)
		}
		if len(l.Reads) > 0 {
			t.line("  %-14s   %s", "", strings.Join(l.Reads, ", "))
		}
		for _, row := range l.Rows {
			t.line("  %-14s   %s", "", row)
		}
	}
}

// correct asks the form again, with what was sent, but for what can no longer be changed.
func (t *walker) correct(w machine.Wait) error {
	typed := t.w.Sent()
	frozen := []string(nil)
	for _, n := range t.w.Plan().Nodes {
		if n.Key == w.Node && n.Correct != nil {
			frozen = n.Correct.Frozen
		}
	}
	typed, err := t.fill(t.w.Sheet(), typed, frozen)
	if err != nil {
		return err
	}
	_, err = t.w.Correct(w, typed)
	return err
}

// outside lets the person say what came of what is done outside: an answer, a draw. What the platform does itself is done at once.
func (t *walker) outside(w machine.Wait) error {
	switch w.Lookup.Do {
	case activity.Change:
		return t.w.Give(w, cmp.Or(w.Lookup.Of, "R-1"))
	case activity.Begin:
		return t.w.Give(w, "started")
	case activity.Authority:
		return t.w.Address(w)
	case activity.Withdraw:
		return t.w.Answer(w, activity.Answer{Found: true})
	case activity.Draw:
		t.line("\n%s  %s", t.w.Now().Format(time.DateOnly), t.title(w.Step))
		var out []choice
		for _, c := range w.Lookup.Channels {
			out = append(out, choice{c.Name, c.Name, func() error { return t.w.Give(w, c.Name) }})
		}
		return t.choose(append(out, t.ways()...), true)
	}
	return t.lookup(w)
}

// lookup lets the person say what a registry answers.
func (t *walker) lookup(w machine.Wait) error {
	t.line("\n%s  %s", t.w.Now().Format(time.DateOnly), t.title(w.Step))
	return t.reply(w.Lookup, t.ways(), func(a activity.Answer) error { return t.w.Answer(w, a) })
}

// reply shows a question to a registry and takes the answer that is chosen. What the scenarios have is offered, the one that is followed first.
func (t *walker) reply(l *activity.Lookup, ways []choice, take func(activity.Answer) error) error {
	name := l.Registry + "/" + l.Operation
	var with []string
	for _, a := range l.With {
		with = append(with, a.Name+" = "+string(a.Value))
	}
	t.say("  The registry {name} is asked: {with}", "name", name, "with", strings.Join(with, ", "))
	answer := func(n *source.Node) error {
		a, err := t.w.Read(l, n)
		if err != nil {
			t.line("  ! %v", err)
			return nil
		}
		return take(a)
	}
	var out []choice
	for _, n := range t.known(name) {
		out = append(out, choice{"", servicetest.OneLine(n), func() error { return answer(n) }})
	}
	for _, word := range []string{catalog.NotFound, catalog.Failed} {
		out = append(out, choice{word, word, func() error { return t.write(word, answer) }})
	}
	out = append(out, choice{"other", diag.Say("Type another answer").In(t.l), func() error { return t.other(name, answer) }})
	return t.choose(append(out, ways...), true)
}

// mostKnown is how many answers are offered.
const mostKnown = 6

// known are the answers of an operation that scenarios have, each once.
func (t *walker) known(name string) []*source.Node {
	var out []*source.Node
	take := func(sc *catalog.Scenario) {
		answers, _ := sc.Answers.Get(name)
		for _, n := range answers.Values {
			if n != nil && n.Kind == source.Mapping && len(out) < mostKnown &&
				!slices.ContainsFunc(out, func(o *source.Node) bool { return servicetest.OneLine(o) == servicetest.OneLine(n) }) {
				out = append(out, n)
			}
		}
	}
	if t.scenario != nil {
		take(t.scenario)
	}
	for i := range t.s.Scenarios {
		take(&t.s.Scenarios[i])
	}
	return out
}

// write answers with what is written as in a definition.
func (t *walker) write(text string, answer func(*source.Node) error) error {
	root, list := source.Parse("answer", []byte("answer: "+text+"\n"), source.Limits{})
	if list.HasErrors() || root == nil {
		t.line("  ! %s", list[0].In(t.l).Summary)
		return nil
	}
	_, n := root.Get("answer")
	return answer(n)
}

func (t *walker) other(name string, answer func(*source.Node) error) error {
	_, op := t.c.Operation(name)
	var fields []string
	for field, typ := range op.Gives.All() {
		fields = append(fields, field+": "+typ.Word)
	}
	t.say("  Write {shape}", "shape", "{"+strings.Join(fields, ", ")+"}")
	text, err := t.ask()
	if err != nil {
		return err
	}
	return t.write(text, answer)
}

// news shows what has happened since it was shown last, and papers and answers with their rows.
func (t *walker) news() {
	for _, e := range t.w.News() {
		t.line("  %s  %s", e.At.Format(time.DateOnly), e.In(t.l))
		switch e.Kind {
		case activity.Issue:
			d := t.w.Texts().Documents[e.Subject]
			cells, err := t.w.Paper(e.Subject)
			t.table(d.Title.In(t.lang, t.w.Texts().Languages...), cells, d.Rows, err)
		case activity.ShowRows:
			for _, n := range t.w.Plan().Nodes {
				if n.Key == e.Subject && n.Answer != nil {
					cells, err := t.w.Shown(n.Answer)
					t.table(t.title(n.Step), cells, t.w.Texts().Answers[n.Key], err)
				}
			}
		}
	}
}

func (t *walker) table(title string, cells []machine.Cell, labels []plan.Text, err error) {
	t.line("    %s", title)
	if err != nil {
		t.line("    ! %v", err)
		return
	}
	for _, c := range cells {
		label := ""
		if c.Index < len(labels) {
			label = labels[c.Index].In(t.lang, t.w.Texts().Languages...)
		}
		value := shownValue(c.Value)
		if c.Unit != "" {
			value += " " + unit.Name(c.Unit, t.lang)
		}
		t.line("      %s: %s", label, value)
	}
}

// shownValue shows a value of JSON as people write it.
func shownValue(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	if m, is := v.(map[string]any); is && len(m) == 2 && m["currency"] != nil {
		return fmt.Sprint(m["value"], " ", m["currency"])
	}
	if text, is := v.(string); is {
		return text
	}
	return string(raw)
}

func (t *walker) ended(outcome string) error {
	t.line("")
	t.say("The application has ended: {outcome}", "outcome", outcome)
	if reason := t.w.Texts().Reasons[t.w.Reason()].In(t.lang, t.w.Texts().Languages...); reason != "" {
		t.line("  %s", reason)
	}
	return t.choose(t.ways(), false)
}
