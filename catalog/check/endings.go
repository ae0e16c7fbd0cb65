package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// reachable tells of each step whether an application can come to it. Steps run in order, so it can until one lets nobody on.
func reachable(s *catalog.Service) []bool {
	out := make([]bool, len(s.Steps))
	for i := range s.Steps {
		out[i] = true
		if stops(&s.Steps[i]) {
			break
		}
	}
	return out
}

// stops tells that no application goes on after the step.
func stops(step *catalog.Step) bool {
	if !step.When.IsZero() {
		return false
	}
	switch step.Kind() {
	case catalog.RefuseStep, catalog.AnswerStep:
		return true
	case catalog.ReviewStep:
		return step.Decisions.Len() > 0 && !slices.ContainsFunc(step.Decisions.Entries, continues)
	}
	return false
}

// endings: every step can be reached, and whoever passes the last one got what the outcome says.
func endings(p *pass) {
	s := p.service
	reached := reachable(s)
	for i := range s.Steps {
		if reached[i] {
			continue
		}
		if s.Steps[i-1].Kind() == catalog.RefuseStep {
			return // reported as a step that refuses everybody
		}
		p.add(problem("unreachable", s.Steps[i].Code.Range(), "no application comes to this step").
			WithRelated(s.Steps[i-1].Code.Range(), "nobody goes on after this one").WithHelp("Move it up, or write when at the step before."))
		return // the others follow from the same step
	}
	if len(s.Steps) == 0 || stops(&s.Steps[len(s.Steps)-1]) {
		return
	}
	always := func(st catalog.Step) bool { return st.Kind() == catalog.IssueStep && st.When.IsZero() }
	if sometimes := stepCodes(s, catalog.IssueStep); len(sometimes) > 0 && !slices.ContainsFunc(s.Steps, always) {
		p.add(warning("may-issue-nothing", s.Step(sometimes[0]).RangeOf("when"), "an application for which no document is issued still ends as issued").
			WithHelp("Issue one document without a condition, or refuse before when none of the conditions holds."))
	}
}

func continues(e source.Entry[catalog.Decision]) bool { return e.Value.Continue }
