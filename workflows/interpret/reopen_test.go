package interpret_test

import (
	"slices"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func reopened(t *testing.T) *world {
	t.Helper()
	pl := licencePlan(t)
	to := slices.IndexFunc(pl.Nodes, func(n plan.Node) bool { return n.Key == "pay" })
	pl.Reopen = &plan.Reopen{Role: "head", Within: plan.Span{Count: 30, Unit: "days"}, Outcomes: []string{"refused"}, Times: 1, To: to}
	p, err := machine.Load(pl)
	if err != nil {
		t.Fatal(err)
	}
	return newWorld(t, p)
}

func head(a *activity.Act) { a.Actor, a.Capacities = "O2", []string{"transport:head"} }

func again(a *activity.Act) { a.Visit = 2 }

func TestARunThatHasEndedWaitsWhileItMayBeTakenUpAgain(t *testing.T) {
	w := reopened(t)
	w.must("issued",
		w.act(time.Hour, "a1", "pay", "paid"), w.act(2*time.Hour, "a2", "review", "refuse"),
		w.act(20*24*time.Hour, "a3", "", machine.Reopen, head),
		w.act(21*24*time.Hour, "a4", "pay", "paid", again), w.act(22*24*time.Hour, "a5", "review", "approve", again))
}

func TestARunThatIsNotTakenUpAgainInTimeIsOver(t *testing.T) {
	w := reopened(t)
	late := w.act(32*24*time.Hour, "a3", "", machine.Reopen, head)
	w.must("refused", w.act(time.Hour, "a1", "pay", "paid"), w.act(2*time.Hour, "a2", "review", "refuse"))
	if late.answered || len(w.applied) != 4 {
		t.Errorf("%+v, applied %d", late, len(w.applied))
	}
	if took := w.env.Now().Sub(monday); took < 30*24*time.Hour || took > 32*24*time.Hour {
		t.Errorf("it waited %s", took)
	}
}
