package interpret_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// senior is the licence service after a change: a senior officer decides.
func senior(t *testing.T) *machine.Program {
	t.Helper()
	pl := licencePlan(t)
	for i := range pl.Nodes {
		if pl.Nodes[i].Key == "review" {
			pl.Nodes[i].Review.Role = "senior-officer"
		}
	}
	p, err := machine.Load(pl)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// moved is what came of a wish to go on by another plan.
type moved struct {
	movable, result activity.MoveResult
	answered        bool
	err             error
}

// move asks after some time whether the application can go on by the plan d2, and then that it does.
func (w *world) move(after time.Duration) *moved {
	m := &moved{}
	w.env.RegisterDelayedCallback(func() {
		wish := activity.Move{Plan: "d2", Facts: activity.Facts{At: w.env.Now().UTC()}, Reads: start().Reads, Tariff: start().Tariff}
		v, err := w.env.QueryWorkflow(activity.MoveQuery, wish)
		if err != nil {
			m.err = err
			return
		}
		m.err = v.Get(&m.movable)
		w.env.UpdateWorkflow(activity.MoveUpdate, "m"+after.String(), &testsuite.TestUpdateCallback{
			OnReject: func(err error) { m.err = err },
			OnComplete: func(v any, err error) {
				m.answered, m.err = true, err
				if r, ok := v.(activity.MoveResult); ok {
					m.result = r
				}
			},
		}, wish)
	}, after)
	return m
}

func TestAnApplicationThatWaitsGoesOnByAnotherPlanInANewRun(t *testing.T) {
	w := newWorld(t)
	w.programs.Add("d2", senior(t))
	paid, m := w.act(time.Hour, "a1", "pay", "paid"), w.move(2*time.Hour)
	err := w.run()
	var again *workflow.ContinueAsNewError
	if !errors.As(err, &again) || !paid.answered || !m.answered || m.err != nil || len(m.result.Obstacles)+len(m.movable.Obstacles) > 0 {
		t.Fatalf("%v, %+v", err, m)
	}
	last := w.applied[len(w.applied)-1]
	if last.Plan != "d2" || last.Node != "review" || len(last.Effects) != 1 || last.Effects[0].Task.Role != "transport:senior-officer" {
		t.Fatalf("%+v", last)
	}
	var in interpret.Input
	if err := converter.GetDefaultDataConverter().FromPayloads(again.Input, &in); err != nil || in.Plan != "d2" {
		t.Fatalf("%+v, %v", in, err)
	}
	next := newWorld(t)
	next.programs.Add("d2", senior(t))
	approved := next.act(time.Hour, "a2", "review", "approve", func(a *activity.Act) { a.Capacities, a.Revision = []string{"transport:senior-officer"}, 2 })
	next.env.ExecuteWorkflow(service, in)
	if err := next.env.GetWorkflowError(); err != nil || approved.result.Code != "" || next.end() != "issued" {
		t.Fatalf("%v %+v", err, approved)
	}
}

func TestAnApplicationThatCannotBeMovedGoesOnByItsOwnPlan(t *testing.T) {
	w := newWorld(t)
	w.programs.Add("d2", sideBySide(t))
	m := w.move(30 * time.Minute)
	w.must("issued", w.act(time.Hour, "a1", "pay", "paid"), w.act(2*time.Hour, "a2", "review", "approve"))
	if gone := (activity.Obstacle{Code: machine.StepGone, At: "pay"}); !slices.Contains(m.result.Obstacles, gone) || !slices.Contains(m.movable.Obstacles, gone) || m.err != nil {
		t.Fatalf("%+v", m)
	}
}
