package machine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// entry is a write, and back what takes it back.
func entry(key string) plan.Node {
	return plan.Node{Key: key, Step: key, Kind: plan.Write, Lookup: &plan.LookupNode{Registry: "land", Operation: "enter-" + key, Undo: key + "/undo",
		With: []plan.Argument{{Name: "area", Formula: "form.area", Kind: "int"}}}}
}

func back(key string) plan.Node {
	return plan.Node{Key: key + "/undo", Step: key, Kind: plan.Undo, Lookup: &plan.LookupNode{Registry: "land", Operation: "remove-" + key,
		With: []plan.Argument{{Name: "area", Formula: "form.area", Kind: "int"}}}}
}

func undoing(outcome string) plan.Node {
	n := end(outcome)
	n.End.Undo = true
	return n
}

// asks is what is asked for, by operation and visit.
func (j *journey) asks() string {
	var out []string
	for _, w := range j.p.Waits(j.s) {
		if w.Lookup != nil {
			out = append(out, w.Lookup.Operation+" "+string(rune('0'+w.Lookup.Visit)))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (j *journey) asksFor(want string) {
	j.t.Helper()
	if got := j.asks(); got != want {
		j.t.Fatalf("it asks for %q, want %q; it waits for %s", got, want, j.waits())
	}
}

// does answers what is asked for by an operation.
func (j *journey) does(operation string, change ...func(*activity.Answer)) {
	j.t.Helper()
	for _, w := range j.p.Waits(j.s) {
		if w.Lookup != nil && w.Lookup.Operation == operation {
			a := activity.Answer{Facts: activity.Facts{At: j.at}, Found: true}
			for _, c := range change {
				c(&a)
			}
			j.must(machine.Event{Answer: &machine.LookupAnswer{Node: w.Node, Visit: w.Visit, Answer: a}})
			return
		}
	}
	j.t.Fatalf("%s is not asked for: %s", operation, j.waits())
}

func fails(a *activity.Answer)       { a.Found, a.Failed = false, "refused" }
func unavailable(a *activity.Answer) { a.Found, a.Failed = false, machine.Unavailable }

func withdraws(at *journey) machine.Event {
	return machine.Event{Act: &activity.Act{Action: machine.Withdraw, Actor: "P1", Capacities: []string{machine.Applicant}, Facts: activity.Facts{At: at.at}}}
}

// two writes, then a review that approves, refuses or sends back to the first or the second write.
func two(t *testing.T) *draft {
	d := drawn(t, entry("a"), entry("b"), review("review", "approve", "refuse", "again", "second"), end("completed"), undoing("refused"), undoing("withdrawn"), back("a"), back("b")).
		wire("a -written> b\nb -written> review\nreview -approve> end/completed\nreview -refuse> end/refused\nreview -again> a\nreview -second> b")
	d.edge("review", "a").Back, d.edge("review", "a").Invalidates = true, []string{"a", "b"}
	d.edge("review", "b").Back, d.edge("review", "b").Invalidates = true, []string{"b"}
	d.Withdraw = d.at("end/withdrawn")
	return d
}

func both(t *testing.T) *journey {
	j := two(t).begin()
	j.does("enter-a")
	j.does("enter-b")
	j.waitsFor("review:review")
	return j
}

func TestWhatWasEnteredIsTakenBackBeforeARefusalTheLastOneFirst(t *testing.T) {
	j := both(t)
	j.took("review", "refuse")
	j.asksFor("remove-b 1")
	if w := j.p.Waits(j.s)[0]; w.Node != "b/undo" || w.Step != "b" || w.Lookup.Do != activity.Write || string(w.Lookup.With[0].Value) != "120" {
		t.Fatalf("%+v", w)
	}
	if !j.p.IsBeingUndone(j.s) || j.p.MayWithdraw(j.s) || j.s.Status != machine.Open {
		t.Fatal("it is not said that it is being taken back")
	}
	if r := j.step(withdraws(j)); r != machine.BeingUndone {
		t.Fatalf("withdrawn meanwhile: %q", r)
	}
	j.does("remove-b")
	j.expect("done:b/undo=undone entered:a/undo")
	j.does("remove-a")
	j.expect("done:a/undo=undone ended:end/refused=refused")
	j.ended("refused")
	if len(j.s.Written) > 0 {
		t.Error("something is left of it")
	}
}

func TestAtASuccessWhatWasEnteredStands(t *testing.T) {
	j := both(t)
	j.took("review", "approve")
	j.expect("close-task:review=approve done:review=approve ended:end/completed=completed")
	j.ended("completed")
}

func TestWhatCannotBeTakenBackIsTriedAgainOrLeftToAnOperator(t *testing.T) {
	j := both(t)
	j.must(withdraws(j))
	j.does("remove-b", fails)
	j.expect("open-task:b/undo!incident.action-failed")
	j.took("b", machine.Retry)
	j.asksFor("remove-b 1") // the same visit: it is done once
	j.does("remove-b", fails)
	if r := j.decide("b", machine.Skip, func(a *activity.Act) { a.Comment = false }); r != machine.CommentRequired {
		t.Fatal(r)
	}
	j.took("b", machine.Skip, func(a *activity.Act) { a.Comment = true })
	j.expect("close-task:b/undo=skip done:b/undo=skip entered:a/undo")
	j.does("remove-a")
	j.ended("withdrawn")
	if s := j.p.Skips("b/undo", machine.ActionFailed); s.Why != "" || !s.Undo {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsInvalidatedIsTakenBackBeforeItIsEnteredAnew(t *testing.T) {
	j := both(t)
	j.took("review", "again")
	j.asksFor("remove-b 1")
	j.does("remove-b")
	j.does("remove-a")
	j.asksFor("enter-a 2")
	j.does("enter-a")
	j.asksFor("enter-b 2")
	j.does("enter-b")
	j.took("review", "second")
	j.asksFor("remove-b 2")
	if j.p.IsBeingUndone(j.s) {
		t.Error("it goes on afterwards")
	}
	j.does("remove-b")
	j.does("enter-b")
	j.took("review", "refuse")
	j.does("remove-b")
	j.does("remove-a")
	j.ended("refused")
}

func TestATakingBackThatWasBegunIsFinishedAndNotDoneTwice(t *testing.T) {
	j := both(t)
	j.took("review", "again")
	j.asksFor("remove-b 1")
	j.must(withdraws(j)) // while b is being taken back
	j.asksFor("remove-b 1")
	j.does("remove-b")
	j.does("remove-a")
	j.ended("withdrawn")
}

func TestWhoeverWithdrawsWhileSomethingIsEnteredWaitsForIt(t *testing.T) {
	j := two(t).begin()
	j.does("enter-a")
	j.must(withdraws(j))
	j.asksFor("enter-b 1") // nobody knows yet whether it was entered
	other := *j
	j.does("enter-b")
	j.asksFor("remove-b 1")
	j.does("remove-b")
	j.does("remove-a")
	j.ended("withdrawn")
	other.does("enter-b", fails) // it never was
	other.asksFor("remove-a 1")
	other.does("remove-a")
	other.ended("withdrawn")
}

func TestAnEntryOfWhichNobodyKnowsIsAskedForAgainBeforeItIsTakenBack(t *testing.T) {
	j := two(t).begin()
	j.does("enter-a", unavailable)
	j.must(withdraws(j))
	j.asksFor("enter-a 1")
	j.does("enter-a", unavailable)
	j.took("a", machine.Skip, func(a *activity.Act) { a.Comment = true }) // an operator has seen to it
	j.ended("withdrawn")

	j = two(t).begin()
	j.does("enter-a", fails) // it was refused: there is nothing to take back
	j.must(withdraws(j))
	j.ended("withdrawn")
}

func TestWhatBranchesHaveEnteredIsTakenBackToo(t *testing.T) {
	d := drawn(t, fork("fork", 0), entry("a"), entry("b"), review("check", "yes", "no"), join("for", false), join("against", true), end("completed"), undoing("refused"), back("a"), back("b")).
		wire("a -written> check\ncheck -yes> for\ncheck -no> against\nb -written> for\nfork -done> end/completed\nfork -otherwise> end/refused")
	d.branch("fork", "one", "a").branch("fork", "two", "b")
	j := d.begin()
	j.does("enter-b")
	j.does("enter-a")
	j.took("check", "no")
	j.does("remove-a") // it was entered last
	j.asksFor("remove-b 1")
	j.does("remove-b")
	j.ended("refused")
	late := d.begin()
	late.does("enter-a")
	late.took("check", "no") // b is on its way, and its branch is called off
	late.asksFor("enter-b 1")
	late.does("enter-b")
	late.does("remove-b")
	late.does("remove-a")
	late.ended("refused")
}

func TestWhatStandsNoMoreIsTakenBackAtASuccessToo(t *testing.T) {
	d := drawn(t, entry("a"), review("review", "approve", "without"), end("completed"), back("a")).
		wire("a -written> review\nreview -approve> end/completed\nreview -without> end/completed")
	for i := range d.Edges {
		if d.Edges[i].On == "without" {
			d.Edges[i].Invalidates = []string{"a"}
		}
	}
	j := d.begin()
	j.does("enter-a")
	j.took("review", "without")
	j.asksFor("remove-a 1")
	j.does("remove-a")
	j.ended("completed")
}

func TestAPlanThatDoesNotKnowHowToTakeBackIsNotMovedTo(t *testing.T) {
	j := both(t)
	move := activity.Move{Facts: activity.Facts{At: j.at}, Reads: j.s.Reads}
	without := two(t)
	for i := range without.Nodes {
		if n := &without.Nodes[i]; n.Lookup != nil {
			n.Lookup.Undo = ""
		}
	}
	without.Nodes = without.Nodes[:without.at("a/undo")]
	if _, _, obstacles, _ := j.p.Migrate(j.s, without.program(), move); len(obstacles) != 2 || obstacles[0].Code != machine.UndoGone {
		t.Fatalf("%+v", obstacles)
	}
	s, _, obstacles, _ := j.p.Migrate(j.s, two(t).program(), move)
	if len(obstacles) > 0 {
		t.Fatalf("%+v", obstacles)
	}
	j.s = s
	j.took("review", "refuse")
	j.does("remove-b")
	j.does("remove-a")
	j.ended("refused")
}

func TestWhatTakesSomethingBackBelongsToOneWrite(t *testing.T) {
	for name, change := range map[string]func(*draft){
		"nothing":       func(d *draft) { d.Nodes[0].Lookup.Undo = "" },
		"another node":  func(d *draft) { d.Nodes[0].Lookup.Undo = "review" },
		"two writes":    func(d *draft) { d.Nodes[0].Lookup.Undo = "b/undo" },
		"an edge there": func(d *draft) { d.edge("review", "a").To = d.at("a/undo") },
	} {
		d := two(t)
		change(d)
		if _, err := machine.Load(d.Plan); err == nil {
			t.Errorf("%s: it loads", name)
		}
	}
}

// visiting starts another service and goes on, or waits for its end; a refusal takes back what was entered, and withdraws what was started.
func visiting(t *testing.T, wait bool) *draft {
	visit := plan.Node{Key: "visit", Step: "visit", Kind: plan.Start, Start: &plan.StartNode{Service: "town.visit", Wait: wait, Undo: "visit/undo"}}
	recall := plan.Node{Key: "visit/undo", Step: "visit", Kind: plan.Undo, Withdraw: &plan.WithdrawNode{Service: "town.visit"}}
	d := drawn(t, entry("a"), visit, review("review", "approve", "refuse"), end("completed"), undoing("refused"), undoing("withdrawn"), back("a"), recall)
	d.wire("a -written> visit\nvisit -started> review\nvisit -ended> review\nreview -approve> end/completed\nreview -refuse> end/refused")
	d.Withdraw = d.at("end/withdrawn")
	return d
}

// recalls answers what withdraws the first visit of what was started.
func (j *journey) recalls(found bool) {
	j.t.Helper()
	for _, w := range j.p.Waits(j.s) {
		if w.Lookup == nil || w.Lookup.Do != activity.Withdraw {
			continue
		}
		if w.Lookup.Began == nil || *w.Lookup.Began != (activity.Began{Node: "visit", Visit: 1}) || w.Lookup.Subject != "town.visit" {
			j.t.Fatalf("it withdraws %+v", w.Lookup)
		}
		a := activity.Answer{Facts: activity.Facts{At: j.at}, Found: found}
		j.must(machine.Event{Answer: &machine.LookupAnswer{Node: w.Node, Visit: w.Visit, Answer: a}})
		return
	}
	j.t.Fatalf("nothing is withdrawn: %s", j.waits())
}

func TestWhatWasStartedIsWithdrawnBeforeWhatWasEnteredEarlier(t *testing.T) {
	for found, outcome := range map[bool]string{true: "withdrawn", false: "calledOff"} { // it may have ended by itself
		j := visiting(t, false).begin()
		j.does("enter-a")
		j.does("") // started
		j.must(withdraws(j))
		j.recalls(found)
		j.expect("done:visit/undo=" + outcome + " entered:a/undo")
		j.does("remove-a")
		j.ended("withdrawn")
	}
}

func TestWhatHasEndedIsNotWithdrawn(t *testing.T) {
	j := visiting(t, true).begin()
	j.does("enter-a")
	j.does("")
	j.must(machine.Event{Act: &activity.Act{Node: "visit", Visit: 1, Action: "ended", Actor: machine.Child, Capacities: []string{machine.Child}, Facts: activity.Facts{At: j.at}}})
	j.must(withdraws(j))
	j.asksFor("remove-a 1")
}

func TestWhatHasStartedAnApplicationWithdrawsIt(t *testing.T) {
	for capacity, want := range map[string]machine.Refusal{machine.Parent: "", machine.Child: machine.Forbidden} {
		j := both(t)
		e := withdraws(j)
		e.Act.Capacities = []string{capacity}
		if got := j.step(e); got != want {
			t.Errorf("%s: %q, want %q", capacity, got, want)
		}
	}
}
