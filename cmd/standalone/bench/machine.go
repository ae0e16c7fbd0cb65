package bench

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// machineSteps runs the sample service from its start to its paper on the pure machine, on one core.
func machineSteps(_ context.Context, r *report) error {
	p, _, err := samplePlan()
	if err != nil {
		return err
	}
	program, err := machine.Load(p)
	if err != nil {
		return err
	}
	start := sampleStart()
	act := func(node, action, capacity string, revision int) machine.Event {
		return machine.Event{Act: &activity.Act{
			ID: "a", Facts: start.Facts, Node: node, Visit: 1, Revision: revision, Action: action, Actor: "O1", Capacities: []string{capacity},
		}}
	}
	events := []machine.Event{
		{Start: start},
		{Answer: &machine.LookupAnswer{Node: "licence", Visit: 1, Answer: activity.Answer{Facts: start.Facts, Found: true, Values: sampleAnswer()}}},
		act("pay", "paid", machine.Gateway, 0),
		act("review", "approve", "transport:licensing-officer", 1),
	}
	took, err := perCall(func() error {
		s := machine.State{}
		for _, e := range events {
			next, _, refused := program.Step(s, e)
			if refused != "" {
				return fmt.Errorf("at %s: refused: %s", program.Key(s), refused)
			}
			s = next
		}
		if s.Outcome != "issued" {
			return fmt.Errorf("ended %q", s.Outcome)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.figure("machine.steps_per_s", float64(len(events))/took.Seconds(), "/s")
	return nil
}

// formulaGuard evaluates the guards of the sample service in turn; the figure is the mean of one.
func formulaGuard(_ context.Context, r *report) error {
	p, _, err := samplePlan()
	if err != nil {
		return err
	}
	program, err := machine.Load(p)
	if err != nil {
		return err
	}
	fields, err := machine.Fields(p.Scope)
	if err != nil {
		return err
	}
	env, err := formula.NewEnv(fields)
	if err != nil {
		return err
	}
	var guards []*formula.Formula
	for _, e := range p.Edges {
		if e.Guard == "" {
			continue
		}
		f, problems := env.CompileUnder(e.Guard, formula.Type{Kind: formula.KindBool}, nil)
		if len(problems) > 0 {
			return fmt.Errorf("%s: %s", e.Guard, problems[0].Summary)
		}
		guards = append(guards, f)
	}
	start := sampleStart()
	values, err := program.Values(machine.Source{
		Form:      map[string]json.RawMessage{"licenceNumber": start.Reads["form.licenceNumber"], "years": start.Reads["form.years"]},
		Applicant: map[string]json.RawMessage{"nationalNumber": start.Reads["applicant.nationalNumber"]},
		Answers:   map[string]map[string]json.RawMessage{"licence": sampleAnswer()}, Tariff: start.Tariff, Submitted: "2026-11-22",
	})
	if err != nil {
		return err
	}
	took, err := perCall(func() error {
		for _, g := range guards {
			if v, err := g.Eval(values); err != nil || v != false {
				return fmt.Errorf("a guard gives %v, %w", v, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.figure("formula.guard_us", micros(took)/float64(len(guards)), "us")
	return nil
}
