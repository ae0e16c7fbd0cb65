package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// scenarios: a service has examples, and they speak of what it has. That they come out as they say, and which endings they show, is found by
// running them, elsewhere.
func scenarios(p *pass) {
	s := p.service
	if len(s.Scenarios) == 0 {
		p.add(problem("no-scenario", s.RangeOf("scenarios"), "the service has no scenario").
			WithHelp("Write at least one: what the applicant answers, what the registries say, and what must come out."))
		return
	}
	seen := map[string]source.Text{}
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if first, twice := seen[sc.Title.Value]; twice {
			p.add(problem("twice", sc.Title.Range(), "two scenarios have this title").WithRelated(first.Range(), "the first one").WithHelp("Give one of them another title."))
		}
		seen[sc.Title.Value] = sc.Title
		scenario(p, sc)
	}
}

func scenario(p *pass, sc *catalog.Scenario) {
	s, c := p.service, p.catalogue
	if !sc.On.IsZero() && !isDate(sc.On.Value) {
		p.add(notDate(sc.On.Range(), sc.On.Value))
	}
	if !sc.Expect.Has("findings") { // such a scenario may give what the form does not have
		keys(p, sc.Form, "field", fieldCodes(s))
	}
	beginning(p, sc)
	keys(p, sc.Person, "fact of the applicant", []string{"nationalNumber", "name", "birthDate", "sex"})
	if keys(p, sc.OnBehalf, "fact of the representative", []string{"as", "nationalNumber", "name", "birthDate"}); sc.OnBehalf != nil {
		switch _, as := sc.OnBehalf.Get("as"); {
		case as == nil:
			p.add(problem("missing-key", sc.OnBehalf.Head(), "required key {key:q} is missing", "key", "as").WithHelp("Say in which capacity somebody applies for the applicant."))
		case !slices.Contains(capacities(s), as.Value):
			p.add(unknownAt("capacity", as.Range(), as.Value, capacities(s)))
		}
	}
	registries(p, sc, c)
	reviews := stepCodes(s, catalog.ReviewStep, catalog.InspectStep, catalog.InviteStep, catalog.PlaceStep)
	for _, e := range sc.Decide.Entries {
		step := s.Step(stepOf(e.Key.Value))
		words := repliesAt(step)
		if step != nil && step.Kind() == catalog.PlaceStep && s.Round != nil && !s.Round.Accept.IsZero() { // a place is offered, and somebody answers
			words = append(step.Decisions.Keys(), "accept", "decline", catalog.Silence)
		}
		if words != nil {
			for _, word := range e.Value.Values {
				if !slices.Contains(words, word.Value) {
					p.add(unknown("decision", word, words))
				}
			}
			continue
		}
		switch {
		case step != nil && step.Kind() == catalog.InviteStep && step.Decisions.Len() == 0 && len(step.Fields) > 0:
			for _, word := range e.Value.Values {
				if !slices.Contains(sendWords, word.Value) {
					p.add(unknown("decision", word, sendWords))
				}
			}
			continue
		case step == nil || step.Kind() != catalog.ReviewStep && step.Decisions.Len() == 0:
			p.add(unknown("review", e.Key, reviews))
			continue
		case step.Decisions.Len() == 0: // reported at the step
			continue
		}
		for _, word := range e.Value.Values {
			if word.Value != catalog.Silence && decisionNamed(step, word) == nil {
				p.add(unknown("decision", word, step.Decisions.Keys()))
			}
		}
	}
	speaksOf(p, sc.Corrections, "review", reviews)
	speaksOf(p, sc.Pay, "payment", stepCodes(s, catalog.PayStep))
	speaksOf(p, sc.Takes, "step", stepCodes(s))
	speaksOf(p, sc.Fields, "step", stepCodes(s))
	speaksOf(p, sc.Draw, "draw", stepCodes(s, catalog.DrawStep))
	speaksOf(p, sc.Started, "service that is started", stepCodes(s, catalog.StartStep))
	for i := range sc.Events {
		if at := sc.Events[i].At; !at.IsZero() && s.Step(at.Value) == nil {
			p.add(unknown("step", at, stepCodes(s)))
		}
	}
	expectation(p, &sc.Expect)
}

// repliesAt are what may be said at a step that has no decisions of its own; nil where it has, or nobody is asked.
func repliesAt(step *catalog.Step) []string {
	switch {
	case step == nil:
		return nil
	case skippable(step):
		return []string{catalog.Skip}
	case step.Kind() == catalog.AppointmentStep:
		return []string{"attended", "missed", catalog.Silence}
	case step.Kind() != catalog.InviteStep || step.Decisions.Len() > 0:
		return nil
	case step.Triage != nil:
		return []string{catalog.Taken, catalog.SetAside, catalog.Silence}
	}
	return []string{catalog.SubmitOutcome, catalog.Silence}
}

// skippable tells the steps that an operator may skip when what they ask or do outside has failed for good.
func skippable(step *catalog.Step) bool {
	switch step.Kind() {
	case catalog.LookupStep, catalog.WriteStep, catalog.ChangeStep, catalog.StartStep:
		return true
	}
	return false
}

// sendWords are what may become of an invitation that has fields and no decisions.
var sendWords = []string{catalog.SubmitOutcome, catalog.Silence}

// stepOf is the step of a step, or of one of the nodes that it becomes, such as review/sendBack.
func stepOf(key string) string {
	step, _, _ := strings.Cut(key, "/")
	return step
}

// speaksOf: replies stand under steps that ask for them, which are named by what they are.
func speaksOf[T any](p *pass, said source.Map[source.Successive[T]], what diag.Phrase, have []string) {
	for _, e := range said.Entries {
		if !slices.Contains(have, stepOf(e.Key.Value)) {
			p.add(missing("unknown-reply", what, e.Key.Range(), e.Key.Value, have))
		}
	}
}

// registries: they answer what is asked, with what they give.
func registries(p *pass, sc *catalog.Scenario, c *catalog.Catalogue) {
	s := p.service
	var asked []string
	known := true
	for i := range s.Before {
		_, op := c.Operation(s.Before[i].Ask.Value)
		asked, known = append(asked, s.Before[i].Ask.Value), known && op != nil
	}
	for i := range s.OnBehalf {
		if m := s.OnBehalf[i].Mandate; m != nil {
			_, op := c.Operation(m.Ask.Value)
			asked, known = append(asked, m.Ask.Value), known && op != nil
		}
	}
	for step := range s.AllSteps() {
		called := []string{step.Ask.Value, step.Write.Value}
		if step.Undo != nil && !step.Undo.Write.IsZero() {
			called = append(called, step.Undo.Write.Value)
		}
		for _, a := range called {
			if a == "" {
				continue
			}
			asked = append(asked, a)
			_, op := c.Operation(a)
			known = known && op != nil
		}
	}
	for _, e := range sc.Answers.Entries {
		if known && !slices.Contains(asked, e.Key.Value) { // where a lookup is misspelt, the scenarios are probably right
			p.add(unknown("lookup", e.Key, asked))
			continue
		}
		_, op := c.Operation(e.Key.Value)
		if op == nil {
			continue
		}
		for _, answer := range e.Value.Values {
			if answer != nil && answer.Kind == source.Mapping {
				keys(p, answer, "field of the answer", op.Gives.Keys())
			}
		}
	}
}

func expectation(p *pass, x *catalog.Expectation) {
	s := p.service
	if !x.Has("end") && !x.Has("waits") && !x.Has("findings") && !x.Has("ineligible") && x.Node() != nil {
		p.add(problem("no-ending", x.Head(), "the scenario does not say how the application ends").
			WithHelp("Write end with an outcome, waits with the step at which it still waits, findings where the form is refused, or ineligible where nobody may apply."))
	}
	if x.Has("ineligible") && !x.Ineligible.IsZero() {
		if have := grounds(s); !slices.Contains(have, x.Ineligible.Value) && !saysWhy(s, x.Ineligible.Value) {
			p.add(unknown("reason of ineligibility", x.Ineligible, have))
		}
	}
	steps := stepCodes(s)
	for _, step := range append(slices.Concat(x.Path, x.Undone), x.Waits) {
		if !step.IsZero() && s.Step(step.Value) == nil {
			p.add(unknown("step", step, steps))
		}
	}
	for _, e := range x.Tasks.Entries {
		if s.Step(e.Key.Value) == nil {
			p.add(unknown("step", e.Key, steps))
		}
	}
	for _, e := range x.Dates.Entries {
		if e.Key.Value != "end" && s.Step(e.Key.Value) == nil {
			p.add(unknown("step", e.Key, steps))
		}
		if !isDate(e.Value.Value) {
			p.add(notDate(e.Value.Range(), e.Value.Value))
		}
	}
	var fees []string
	for i := range s.Fees {
		fees = append(fees, s.Fees[i].Code.Value)
	}
	for _, e := range x.Fees.Entries {
		if !slices.Contains(fees, e.Key.Value) {
			p.add(unknown("fee", e.Key, fees))
		}
		amount(p, e.Value)
	}
	if x.Has("total") {
		amount(p, x.Total)
	}
	for _, e := range x.Refunds.Entries {
		if !slices.Contains(fees, e.Key.Value) {
			p.add(unknown("fee", e.Key, fees))
		}
		if e.Value.Value != "all" && e.Value.Value != "keep" {
			p.add(unknown("refund", e.Value, []string{"all", "keep"}))
		}
	}
	// What follows from a mistake in the steps is not told again here.
	keys(p, x.Form, "field", fieldCodes(s))
	if outcomes := outcomesOf(p.flow); p.soundSteps() && !x.End.IsZero() && x.End.Value != catalog.NotStarted && !slices.Contains(outcomes, x.End.Value) {
		p.add(unknown("outcome", x.End, outcomes))
	}
}

// grounds are what a scenario may name as the reason why nobody may apply.
func grounds(s *catalog.Service) []string {
	var out []string
	for i := range s.Before {
		if !s.Before[i].Optional {
			out = append(out, s.Before[i].As.Value)
		}
	}
	for i := range s.OnBehalf {
		if r := &s.OnBehalf[i]; r.Mandate != nil {
			out = append(out, string(r.As))
		}
	}
	for i := range s.Eligible {
		out = append(out, strconv.Itoa(i+1))
	}
	return out
}

// saysWhy tells that words are such a reason in some language.
func saysWhy(s *catalog.Service, words string) bool {
	var all []catalog.Text
	for i := range s.Before {
		if b := &s.Before[i]; b.NotFound != nil {
			all = append(all, b.NotFound.Refuse)
		}
	}
	for i := range s.Eligible {
		all = append(all, s.Eligible[i].Otherwise)
	}
	for i := range s.OnBehalf {
		if m := s.OnBehalf[i].Mandate; m != nil {
			all = append(all, m.Otherwise)
		}
	}
	return slices.ContainsFunc(all, func(t catalog.Text) bool {
		for _, said := range t.Plain() {
			if said == words {
				return true
			}
		}
		return false
	})
}

func amount(p *pass, t source.Text) {
	if _, err := formula.ParseMoney(t.Value); err != nil {
		p.add(problem("amount", t.Range(), "{value:q} is no amount", "value", t.Value).
			WithHelp("Write it like this: {example}.", "example", "250.00 "+p.catalogue.Settings.Currency.Value))
	}
}

// keys: each key of a free mapping is one of those that there are.
func keys(p *pass, n *source.Node, what diag.Phrase, have []string) {
	if n == nil {
		return
	}
	if n.Kind != source.Mapping {
		p.add(problem("wrong-kind", n.Head(), "expected {want}, have {have}", "want", diag.Phrase("keys with values"), "have", n.Kind.Phrase()).WithHelp("Write a key and a value on each line."))
		return
	}
	for k := range n.Pairs() {
		if slices.Contains(have, k.Value) {
			continue
		}
		p.add(unknownAt(what, k.Range(), k.Value, have))
	}
}

// outcomesOf lists the outcomes that a service can have.
func outcomesOf(f *catalog.Flow) []string {
	var out []string
	for i := range f.Points {
		if word := f.Points[i].Outcome; word != "" && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}
