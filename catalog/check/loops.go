package check

import (
	"github.com/diwan-gov/diwan/catalog"
)

// loops: every way back is bounded, and what comes after the last is written.
func loops(p *pass) {
	f := p.flow
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(f.Points))
	var visit func(at int)
	visit = func(at int) {
		state[at] = open
		for _, i := range onward(f, at) {
			w := &f.Ways[i]
			switch {
			case w.AtMost > 0 || w.Bound:
			case state[w.To] == fresh:
				visit(w.To)
			case state[w.To] == open:
				endless(p, w)
			}
		}
		state[at] = done
	}
	for i := range f.Points {
		if state[i] == fresh {
			visit(i)
		}
	}
	for step := range p.service.AllSteps() {
		if step.Kind() == catalog.GoStep && step.Has("atMost") {
			if step.AtMost < 1 || step.AtMost > mostRounds {
				p.add(problem("unbounded-return", step.RangeOf("atMost"), "it is not written how often").WithHelp("Write atMost: 2 (up to 20)."))
			}
			if step.Then == nil {
				p.add(problem("unbounded-return", step.KeyRange("atMost"), "it is not written what follows after the last time").
					WithHelp("Write then: continue, {to: step} or {end: outcome}."))
			}
		}
		if r := step.Repeat; r != nil {
			if r.Has("atMost") && (r.AtMost < 1 || r.AtMost > mostRounds) {
				p.add(problem("unbounded-return", r.RangeOf("atMost"), "it is not written how often").WithHelp("Write atMost: 2 (up to 20)."))
			}
			if len(r.Steps) == 0 {
				p.add(problem("no-steps", r.RangeOf("steps"), "nothing is repeated").WithHelp("Write its steps, or remove it."))
			}
		}
	}
}

// onward are the ways by which it goes on from a point; from the end of a branch those behind the branches.
func onward(f *catalog.Flow, at int) []int {
	if f.Points[at].Kind != catalog.JoinPoint {
		return f.From(at)
	}
	var out []int
	for _, i := range f.From(f.Areas[f.Points[at].Area].Fork) {
		if f.Ways[i].Branch == nil {
			out = append(out, i)
		}
	}
	return out
}

// endless reports a way that closes a circle without a bound, where it is written.
func endless(p *pass, w *catalog.Way) {
	from, to := &p.flow.Points[w.From], &p.flow.Points[w.To]
	if from.Kind == catalog.CorrectPoint || to.Step == nil {
		return // a return without a bound is reported as such
	}
	if to.Step.Kind() == catalog.RepeatStep && to.Step.Repeat.AtMost <= 0 {
		return
	}
	p.add(problem("endless-loop", w.At, "this leads back to {step} without a bound", "step", to.Step.Code.Value).
		WithRelated(to.Step.Code.Range(), "where it comes back to").WithHelp("Write atMost: 3 beside it, and then: with what follows after the last time."))
}
