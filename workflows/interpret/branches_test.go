package interpret_test

import (
	"errors"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// sideBySide asks two registries at once; a third branch waits for a day, and the first two answers in favour go on.
func sideBySide(t *testing.T) *machine.Program {
	t.Helper()
	ask := func(key string, kind plan.Kind) plan.Node {
		return plan.Node{Key: key, Step: key, Kind: kind, Lookup: &plan.LookupNode{Registry: "r", Operation: key, Result: key, Keep: []string{}}}
	}
	p, err := machine.Load(&plan.Plan{
		Format: plan.Format, Service: service, Authority: "town", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: 7,
		Scope: []plan.Field{{Name: "a", Kind: "record"}, {Name: "b", Kind: "record"}},
		Nodes: []plan.Node{
			{Key: "together", Step: "together", Kind: plan.Fork, Fork: &plan.ForkNode{Need: 2, Branches: []plan.Branch{{Key: "a", Entry: 1}, {Key: "b", Entry: 2}, {Key: "c", Entry: 3}}}},
			ask("a", plan.Lookup), ask("b", plan.Write),
			{Key: "c", Step: "c", Kind: plan.Wait, Wait: &plan.WaitNode{For: &plan.Span{Count: 3, Unit: "days"}}},
			{Key: "for", Kind: plan.Join, Join: &plan.JoinNode{}}, {Key: "against", Kind: plan.Join, Join: &plan.JoinNode{Against: true}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}, {Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		},
		Edges: []plan.Edge{
			{From: 0, To: 6, On: "done"}, {From: 0, To: 7, On: "otherwise"}, {From: 1, To: 4, On: "found"}, {From: 1, To: 5, On: "notFound"},
			{From: 2, To: 4, On: "written"}, {From: 3, To: 4, On: "over"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTwoQuestionsAreOnTheirWayAtOnceAndTheClockRunsBesideThem(t *testing.T) {
	for name, c := range map[string]struct {
		lookup  func(l activity.Lookup, try int) (activity.Answer, error)
		outcome string
		after   time.Duration
	}{
		"both answer": {func(activity.Lookup, int) (activity.Answer, error) { return activity.Answer{Found: true}, nil }, "completed", 0},
		"one is slow": {func(l activity.Lookup, try int) (activity.Answer, error) {
			if l.Do == activity.Write && try < 6 {
				return activity.Answer{}, errors.New("not now")
			}
			return activity.Answer{Found: true}, nil
		}, "completed", time.Second},
		"one finds nothing, the other is written, the day comes": {func(l activity.Lookup, _ int) (activity.Answer, error) {
			return activity.Answer{Found: l.Do == activity.Write}, nil
		}, "completed", 86 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sideBySide(t))
			w.lookup = func(try int, l activity.Lookup) (activity.Answer, error) {
				a, err := c.lookup(l, try)
				a.Facts.At = w.env.Now()
				return a, err
			}
			w.must(c.outcome)
			if took := w.applied[len(w.applied)-1].At.Sub(monday); took < c.after || took > c.after+time.Hour {
				t.Fatalf("it took %s", took)
			}
		})
	}
}
