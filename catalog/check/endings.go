package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
)

// endings: every step can be reached, and whoever passes the last one got what the outcome says.
func endings(p *pass) {
	s := p.service
	reached := p.flow.Reached()
	unreached(p, s.Steps, reached, nil)
	for i := range s.Anytime {
		unreached(p, s.Anytime[i].Steps, reached, nil)
	}
	last := p.flow.Index("end/" + catalog.IssuedOutcome)
	if last < 0 || !reached[last] {
		return
	}
	var issue []int
	for step := range s.AllSteps() {
		if i := p.flow.At(step); i >= 0 && step.Kind() == catalog.IssueStep {
			if p.flow.Surely(last, step.Code.Value) {
				return
			}
			issue = append(issue, i)
		}
	}
	if len(issue) > 0 && p.flow.Avoids(last, issue) {
		first := p.flow.Points[issue[0]].Step
		at := first.Issue.Range()
		if first.Has("when") {
			at = first.RangeOf("when")
		}
		p.add(warning("may-issue-nothing", at, "an application for which no document is issued still ends as issued").
			WithHelp("Issue one document without a condition, or refuse before when none of the conditions holds."))
	}
}

// unreached reports the first of each row of steps to which nobody comes; the others follow from the same step.
func unreached(p *pass, steps []catalog.Step, reached []bool, before *catalog.Step) {
	told := false
	for i := range steps {
		step := &steps[i]
		at := p.flow.Before(step)
		if at < 0 {
			continue
		}
		if reached[at] {
			told = false
			for _, inner := range step.Inner() {
				unreached(p, inner, reached, step)
			}
		} else if !told {
			told = true
			d := problem("unreachable", step.Code.Range(), "no application comes to this step").WithHelp("Move it up, or write when at the step before.")
			if before != nil {
				d = d.WithRelated(before.Code.Range(), "nobody goes on after this one")
			}
			p.add(d)
		}
		before = step
	}
}

// stepCodes lists the steps of the kinds, or all where none is named.
func stepCodes(s *catalog.Service, kinds ...catalog.StepKind) []string {
	var out []string
	for step := range s.AllSteps() {
		if len(kinds) == 0 || slices.Contains(kinds, step.Kind()) {
			out = append(out, step.Code.Value)
		}
	}
	return out
}
