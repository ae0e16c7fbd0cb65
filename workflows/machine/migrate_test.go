package machine_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// migrate carries the journey over to another plan, and fails the test where that cannot be.
func (j *journey) migrate(to *machine.Program) (notes []activity.Obstacle) {
	j.t.Helper()
	next, effects, obstacles, notes := j.p.Migrate(j.s, to, j.migration())
	if len(obstacles) > 0 {
		j.t.Fatalf("%v", obstacles)
	}
	j.p, j.s, j.effects = to, next, effects
	return notes
}

func (j *journey) migration() activity.Move {
	return activity.Move{Facts: activity.Facts{At: j.at, Calendar: week}, Reads: j.s.Reads, Tariff: j.s.Tariff}
}

// refuses is why the journey cannot go on by another plan; nothing has changed then.
func (j *journey) refuses(to *machine.Program, want ...activity.Obstacle) {
	j.t.Helper()
	before := encode(j.t, j.s)
	next, effects, obstacles, _ := j.p.Migrate(j.s, to, j.migration())
	if !slices.Equal(obstacles, want) {
		j.t.Errorf("obstacles %v, want %v", obstacles, want)
	}
	if encode(j.t, next) != before || len(effects) > 0 {
		j.t.Error("it changed something")
	}
}

// atReview is a licence that waits for its officer.
func atReview(t *testing.T) *journey {
	j := begin(t, licence(t))
	j.valid("2027-01-01")
	j.must(j.act("paid"))
	return j
}

func TestAnApplicationGoesOnByAnotherPlanFromWhereItIs(t *testing.T) {
	j := atReview(t)
	due := j.dueAt()
	notes := j.migrate(licence(t, func(pl *plan.Plan) {
		// Nodes in another order, so that every index is another.
		slices.Reverse(pl.Nodes[1:])
		n := len(pl.Nodes)
		at := func(i int) int {
			if i > 0 {
				return n - i
			}
			return i
		}
		for i := range pl.Edges {
			pl.Edges[i].From, pl.Edges[i].To = at(pl.Edges[i].From), at(pl.Edges[i].To)
		}
		pl.Withdraw = at(pl.Withdraw)
	}))
	if len(notes) > 0 || len(j.effects) > 0 || !j.dueAt().Equal(due) {
		t.Fatalf("%v %v %s", notes, j.effects, j.dueAt())
	}
	j.waitsFor("review:review")
	j = roundTripped(t, j)
	j.must(j.act("sendBack", comment))
	j.must(j.act("submit", func(a *activity.Act) { a.Reads = start().Reads }))
	j.must(j.act("approve"))
	j.ended("issued")
}

func TestAnOpenTaskOffersWhatTheOtherPlanOffers(t *testing.T) {
	j := atReview(t)
	old := j.act("approve")
	j.migrate(licence(t, func(pl *plan.Plan) {
		r := node(pl, "review").Review
		r.Role = "senior-officer"
		r.Decisions = slices.DeleteFunc(r.Decisions, func(d plan.Decision) bool { return d.Action == "sendBack" })
	}))
	j.expect("open-task:review")
	task := j.effects[0].Task
	if task.Role != "transport:senior-officer" || slices.Contains(task.Actions, "sendBack") || task.Revision != 2 {
		t.Fatalf("%+v", task)
	}
	if r := j.step(old); r != machine.Revision && r != machine.Forbidden {
		t.Fatalf("an act on what was offered before: %q", r)
	}
	j.must(j.act("approve"))
	j.ended("issued")
}

func TestWhatCannotGoOnStaysAndSaysWhy(t *testing.T) {
	j := begin(t, licence(t))
	j.refuses(licence(t), activity.Obstacle{Code: machine.IsBusy, At: "licence"})

	j = atReview(t)
	j.refuses(licence(t, func(pl *plan.Plan) { node(pl, "review").Key = "look" }), activity.Obstacle{Code: machine.StepGone, At: "review"})
	j.refuses(licence(t, func(pl *plan.Plan) { pl.Service = "other" }), activity.Obstacle{Code: machine.OtherService, At: "other"})
	j.refuses(licence(t, func(pl *plan.Plan) {
		for i := range pl.Scope {
			if pl.Scope[i].Name == "form" {
				pl.Scope[i].Fields = append(pl.Scope[i].Fields, plan.Field{Name: "colour", Kind: "text"})
			}
		}
		pl.Reads = append(pl.Reads, "form.colour")
	}), activity.Obstacle{Code: machine.ValueMissing, At: "form.colour"})
	j.refuses(licence(t, func(pl *plan.Plan) {
		for i := range pl.Scope {
			if pl.Scope[i].Name == "licence" {
				for k := range pl.Scope[i].Fields {
					if f := &pl.Scope[i].Fields[k]; f.Name == "unpaidFines" {
						f.Kind = "date"
					}
				}
			}
		}
		for i := range pl.Edges {
			pl.Edges[i].Guard = ""
		}
	}), activity.Obstacle{Code: machine.ValueOther, At: "licence"})

	j.must(j.act("approve"))
	j.refuses(licence(t), activity.Obstacle{Code: machine.HasEnded})
}

func TestWhatWasPaidAtAStepThatHasGoneStaysThroughEveryMigration(t *testing.T) {
	j := atReview(t)
	renamed := licence(t, func(pl *plan.Plan) {
		n := node(pl, "pay")
		n.Key, n.Step = "payment", "payment"
	})
	j.migrate(renamed)
	j.migrate(renamed)
	j = roundTripped(t, j)
	j.migrate(licence(t))
	if len(j.s.Assessments) != 1 || !j.s.Assessments[0].Paid {
		t.Fatalf("%+v", j.s.Assessments)
	}
	j.must(j.act("refuse", comment))
	if !slices.ContainsFunc(j.effects, func(e activity.Effect) bool { return e.Kind == activity.Refund && len(e.Refunds) > 0 }) {
		t.Fatalf("nothing goes back: %+v", j.effects)
	}
}

func TestWhatIsWaitedForByTheOtherPlanIsTold(t *testing.T) {
	waiting := func(event string) *draft {
		hears := plan.Node{Key: "hear", Step: "hear", Kind: plan.Wait, Wait: &plan.WaitNode{Event: event, For: &plan.Span{Count: 3, Unit: "days"}}}
		return drawn(t, hears, end("completed")).wire(`hear -over> end/completed
			hear -happened> end/completed`)
	}
	j := waiting("moved").begin()
	also := waiting("moved")
	also.Anytime = []plan.Anytime{{Event: "died", To: also.at("end/completed")}}
	j.migrate(also.program())
	j.expect("await:")
	if got := j.effects[0].Awaits; len(got) != 2 || got[1].Event != "died" {
		t.Fatalf("%+v", got)
	}
	j.refuses(waiting("sold").program(), activity.Obstacle{Code: machine.StepGone, At: "hear"})
}

func TestBranchesAreFoundByTheirNames(t *testing.T) {
	j := consulted(t, 2).begin()
	j.took("fire", "approve")
	other := consulted(t, 2)
	slices.Reverse(other.Nodes[0].Fork.Branches)
	j.migrate(other.program())
	j.waitsFor("health:review roads:review")
	j.took("roads", "approve")
	j.ended("completed")

	j = consulted(t, 0).begin()
	fewer := consulted(t, 0)
	fewer.Nodes[0].Fork.Branches = fewer.Nodes[0].Fork.Branches[1:]
	j.refuses(fewer.program(), activity.Obstacle{Code: machine.BranchGone, At: "health"})
}

func TestMovedToItsOwnPlanAnApplicationIsTheSame(t *testing.T) {
	moved, busy := 0, 0
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		p, err := machine.Load(randomPlan(t, rnd))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		s, at := machine.State{}, monday
		for i := range 20 {
			at = at.Add(time.Duration(rnd.IntN(100)) * time.Hour)
			e := randomEvent(rnd, p, s, at)
			if i == 0 {
				e = machine.Event{Start: start()}
			}
			s, _, _ = p.Step(s, e)
			next, effects, obstacles, notes := p.Migrate(s, p, activity.Move{Facts: activity.Facts{At: at}, Reads: s.Reads, Tariff: s.Tariff})
			if len(obstacles) > 0 {
				for _, o := range obstacles {
					if o.Code != machine.HasEnded && o.Code != machine.IsBusy && o.Code != machine.NoDecision && o.Code != machine.ValueOther {
						t.Fatalf("seed %d: %v", seed, obstacles)
					}
				}
				busy++
				continue
			}
			moved++
			want := s
			want.Sequence++
			if len(notes) > 0 || len(effects) > 0 && !slices.ContainsFunc(effects, func(e activity.Effect) bool { return e.Task != nil && e.Task.Revision > 1 }) {
				t.Fatalf("seed %d: %v %v", seed, notes, effects)
			}
			if got := encode(t, next); len(effects) == 0 && got != encode(t, want) {
				t.Fatalf("seed %d:\n got %s\nwant %s", seed, got, encode(t, want))
			}
			if rnd.IntN(3) == 0 {
				s = next
			}
		}
	}
	if moved < 300 || busy < 300 {
		t.Fatalf("too tame: %d moved, %d not", moved, busy)
	}
}
