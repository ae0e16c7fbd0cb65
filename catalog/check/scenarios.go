package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// scenarios: a service has examples, they speak of what it has, and each ending is shown by one. That they come out as they say is found
// by running them, elsewhere.
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
			p.add(problem("twice", sc.Title.Range(), "two scenarios have this title").WithRelated(first.Range(), "the first one"))
		}
		seen[sc.Title.Value] = sc.Title
		scenario(p, sc)
	}
	coverage(p)
}

func scenario(p *pass, sc *catalog.Scenario) {
	s, c := p.service, p.catalogue
	if !sc.On.IsZero() && !isDate(sc.On.Value) {
		p.add(notDate(sc.On.Range(), sc.On.Value))
	}
	keys(p, sc.Form, "field", fieldCodes(s))
	inputs(p, sc.Form)
	keys(p, sc.Person, "fact of the applicant", []string{"nationalNumber", "name", "birthDate", "sex"})
	var asked []string
	known := true
	for i := range s.Steps {
		if a := s.Steps[i].Ask.Value; a != "" {
			asked = append(asked, a)
			_, op := c.Operation(a)
			known = known && op != nil
		}
	}
	if known { // where a lookup is misspelt, the scenarios are probably right
		keys(p, sc.Answers, "lookup", asked)
	}
	if sc.Answers != nil {
		for name, answer := range sc.Answers.Pairs() {
			if _, op := c.Operation(name.Value); op != nil && answer.Kind == source.Mapping {
				keys(p, answer, "field of the answer", op.Gives.Keys())
			}
		}
	}
	reviewSteps := stepCodes(s, catalog.ReviewStep)
	for _, e := range sc.Decide.Entries {
		step := s.Step(e.Key.Value)
		if step == nil || step.Kind() != catalog.ReviewStep {
			p.add(unknown("review", e.Key, reviewSteps))
		} else if decisionNamed(step, e.Value) == nil {
			p.add(unknown("decision", e.Value, step.Decisions.Keys()))
		}
	}
	expectation(p, &sc.Expect)
}

func expectation(p *pass, x *catalog.Expectation) {
	s := p.service
	for _, step := range x.Path {
		if s.Step(step.Value) == nil {
			p.add(unknown("step", step, stepCodes(s, "")))
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
		if _, err := formula.ParseMoney(e.Value.Value); err != nil {
			p.add(problem("amount", e.Value.Range(), "{value:q} is no amount", "value", e.Value.Value).
				WithHelp("Write 250.00 " + p.catalogue.Settings.Currency.Value + "."))
		}
	}
	if outcomes := outcomesOf(s); !x.End.IsZero() && !slices.Contains(outcomes, x.End.Value) {
		p.add(unknown("outcome", x.End, outcomes))
	}
}

// keys: each key of a free mapping is one of those that there are.
func keys(p *pass, n *source.Node, what string, have []string) {
	if n == nil {
		return
	}
	if n.Kind != source.Mapping {
		p.add(problem("wrong-kind", n.Head(), "expected {want}, have {have}", "want", "keys with values", "have", n.Kind.String()))
		return
	}
	for k := range n.Pairs() {
		if slices.Contains(have, k.Value) {
			continue
		}
		d := problem("unknown-"+dashed(what), k.Range(), "there is no {what} {name:q}", "what", what, "name", k.Value)
		p.add(d.WithSuggestion(diag.Near(k.Value, have)))
	}
}

// stepCodes lists the steps of a kind, or all for "".
func stepCodes(s *catalog.Service, k catalog.StepKind) []string {
	var out []string
	for i := range s.Steps {
		if k == "" || s.Steps[i].Kind() == k {
			out = append(out, s.Steps[i].Code.Value)
		}
	}
	return out
}

// The outcomes that steps lead to by themselves.
const (
	refused   = "refused"
	issued    = "issued"
	answered  = "answered"
	completed = "completed"
	withdrawn = "withdrawn"
	lapsed    = "lapsed"
)

// outcomesOf lists the outcomes that a service can have.
func outcomesOf(s *catalog.Service) []string {
	var out []string
	put := func(word string) {
		if word != "" && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		switch step.Kind() {
		case catalog.IssueStep:
			put(issued)
		case catalog.AnswerStep:
			put(answered)
		case catalog.RefuseStep:
			put(refused)
		}
		if step.NotFound != nil {
			put(refused)
		}
		if step.Within.Then.Value == lapse {
			put(lapsed)
		}
		for _, e := range step.Decisions.Entries {
			put(e.Value.End.Value)
			if e.Value.Within.Then.Value == lapse {
				put(lapsed)
			}
		}
	}
	if completes(s) {
		put(completed)
	}
	if s.Withdraw != nil {
		put(withdrawn)
	}
	return out
}

// completes tells that an application can pass the last step where nothing is issued.
func completes(s *catalog.Service) bool {
	return len(s.Steps) > 0 && !stops(&s.Steps[len(s.Steps)-1]) && len(stepCodes(s, catalog.IssueStep)) == 0
}

// coverage warns of endings that no scenario shows.
func coverage(p *pass) {
	s := p.service
	shown := func(step *catalog.Step, decision string) bool {
		return slices.ContainsFunc(s.Scenarios, func(sc catalog.Scenario) bool {
			path := sc.Expect.Path
			if len(path) == 0 || path[len(path)-1].Value != step.Code.Value {
				return false
			}
			taken, _ := sc.Decide.Get(step.Code.Value)
			return decision == "" || taken.Value == decision
		})
	}
	if completes(s) && !slices.ContainsFunc(s.Scenarios, func(sc catalog.Scenario) bool { return sc.Expect.End.Value == completed }) {
		p.add(uncovered(s.Steps[len(s.Steps)-1].Code, completed))
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		switch step.Kind() {
		case catalog.RefuseStep, catalog.AnswerStep:
			if !shown(step, "") {
				p.add(uncovered(step.Code, step.Code.Value))
			}
		case catalog.IssueStep:
			if i == len(s.Steps)-1 && !shown(step, "") {
				p.add(uncovered(step.Code, step.Code.Value))
			}
		case catalog.ReviewStep:
			for _, e := range step.Decisions.Entries {
				if e.Value.Has("end") && !shown(step, e.Key.Value) {
					p.add(uncovered(e.Key, step.Code.Value+": "+e.Key.Value))
				}
			}
		}
	}
}

func uncovered(at source.Text, ending string) diag.Diagnostic {
	return warning("ending-not-shown", at.Range(), "no scenario ends with {ending}", "ending", ending).
		WithHelp("Write a scenario whose expected path ends here.")
}
