package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// targets: where it goes on is a step, and no way leads into or out of a branch, or into a case, but by its beginning and its end.
func targets(p *pass) {
	for step := range p.service.AllSteps() {
		from := p.flow.At(step)
		target(p, step.Go, from)
		for i := range step.Decisions.Entries {
			d := &step.Decisions.Entries[i].Value
			if p.service.Step(d.To.Value) == nil && !d.To.IsZero() && !d.Returns() {
				p.add(unknown("step", d.To, append([]string{catalog.ApplicantPlace}, stepCodes(p.service)...)))
			} else if !d.Returns() {
				target(p, d.To, from)
			}
			for j := range d.Within.Rungs {
				leadTarget(p, &d.Within.Rungs[j].Then, from)
			}
			invalidated(p, step, d, from)
			if d.Against && from >= 0 && p.flow.Points[from].Area == 0 {
				p.add(problem("against-nothing", d.KeyRange("against"), "nothing is counted here: the step stands in no branch").
					WithHelp("Write {end: refused}, or put the step in a branch of together."))
			}
		}
		for i := range step.Within.Rungs {
			leadTarget(p, &step.Within.Rungs[i].Then, from)
		}
		for _, c := range []*catalog.Consequence{step.Missed, step.Otherwise, step.Then} {
			if c != nil {
				follows(p, c)
				leadTarget(p, c, from)
			}
		}
		if step.Repeat != nil && step.Repeat.Then != nil {
			follows(p, step.Repeat.Then)
			leadTarget(p, step.Repeat.Then, from)
		}
	}
	if d := p.service.Deadline; d != nil {
		for i := range d.Within.Rungs {
			leadTarget(p, &d.Within.Rungs[i].Then, p.flow.Start)
		}
	}
	for i := range p.service.Anytime {
		leadTarget(p, &p.service.Anytime[i].Then, p.flow.Start)
	}
}

func leadTarget(p *pass, c *catalog.Consequence, from int) {
	target(p, c.To, from)
	if c.Then != nil {
		leadTarget(p, c.Then, from)
	}
}

// target looks at one place to which the step at point from leads.
func target(p *pass, to source.Text, from int) {
	if to.IsZero() {
		return
	}
	step := p.service.Step(to.Value)
	if step == nil {
		p.add(unknown("step", to, stepCodes(p.service)))
		return
	}
	at := p.flow.Before(step)
	if from < 0 || at < 0 {
		return
	}
	f := p.flow
	here, there := f.Points[from].Area, f.Points[at].Area
	switch {
	case here == there && !f.Enters(from, at):
	case here == there:
		p.add(problem("enters-case", to.Range(), "{step} stands in a case that this way would not ask about", "step", to.Value).
			WithRelated(step.Code.Range(), "the step").WithHelp("Lead to the step that chooses, or to one outside its cases."))
	case f.Inside(here, there):
		p.add(problem("leaves-branch", to.Range(), "{step} stands outside this branch, and the other branches are still running", "step", to.Value).
			WithRelated(step.Code.Range(), "the step").
			WithHelp("Let the branch end: in favour behind its last step, or by {against: true}; or end the application by {end: …}. Write where it goes on at together, in otherwise."))
	default:
		p.add(problem("enters-branch", to.Range(), "{step} stands in a branch, and this way would come to it alone", "step", to.Value).
			WithRelated(step.Code.Range(), "the step").WithHelp("Lead to the step that has together."))
	}
}

// invalidated: what is forgotten was decided before.
func invalidated(p *pass, step *catalog.Step, d *catalog.Decision, from int) {
	for _, name := range d.Invalidates {
		other := p.service.Step(name.Value)
		switch {
		case other == nil:
			p.add(unknown("step", name, stepCodes(p.service)))
		case slices.Contains([]catalog.StepKind{catalog.RefuseStep, catalog.GoStep, catalog.ChooseStep, catalog.EndStep, catalog.PayStep, catalog.IssueStep}, other.Kind()):
			p.add(problem("never-decided", name.Range(), "nothing is decided or answered in {step}", "step", name.Value).
				WithRelated(other.Code.Range(), "the step").WithHelp("Name a review, a lookup or an invitation."))
		case from >= 0 && p.flow.At(other) >= 0 && beside(p.flow, from, p.flow.At(other)): // that branch begins again, where it has come so far
		case from >= 0 && other != step && !p.flow.Perhaps(from, name.Value):
			p.add(problem("never-decided", name.Range(), "{step} comes only later, so there is nothing to forget", "step", name.Value).
				WithRelated(other.Code.Range(), "the step"))
		}
	}
}
