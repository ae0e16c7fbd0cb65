package machine_test

import (
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// consulted lets three offices look at an application side by side.
func consulted(t testing.TB, need int) *draft {
	return drawn(t, fork("together", need), review("health", "approve", "refuse"), review("fire", "approve", "refuse"), review("roads", "approve", "refuse"),
		join("for", false), join("against", true), end("completed"), end("refused")).
		branch("together", "health", "health").branch("together", "fire", "fire").branch("together", "roads", "roads").
		wire(`together -done> end/completed
			together -otherwise> end/refused
			health -approve> for
			health -refuse> against
			fire -approve> for
			fire -refuse> against
			roads -approve> for
			roads -refuse> against`)
}

func TestBranchesRunSideBySideUntilAllAreInFavour(t *testing.T) {
	j := consulted(t, 0).begin()
	j.waitsFor("health:review fire:review roads:review")
	j.expect("entered:together entered:health open-task:health entered:fire open-task:fire entered:roads open-task:roads")
	j.took("fire", "approve")
	j.expect("close-task:fire=approve done:fire=approve")
	j.waitsFor("health:review roads:review")
	j.took("roads", "approve")
	j.took("health", "approve")
	j.expect("close-task:health=approve done:health=approve done:together=done ended:end/completed=completed")
	j.ended("completed")
}

func TestTheFirstBranchAgainstDecidesWhereAllAreNeeded(t *testing.T) {
	j := consulted(t, 0).begin()
	j.took("fire", "approve")
	j.took("roads", "refuse")
	j.expect("close-task:roads=refuse done:roads=refuse close-task:health=calledOff done:together=otherwise ended:end/refused=refused")
	j.ended("refused")
}

func TestSoManyBranchesInFavourDecideAsAreNeeded(t *testing.T) {
	j := consulted(t, 1).begin()
	j.took("health", "refuse")
	j.took("fire", "approve")
	j.expect("close-task:fire=approve done:fire=approve close-task:roads=calledOff done:together=done ended:end/completed=completed")
	j = consulted(t, 2).begin()
	j.took("health", "refuse")
	j.waitsFor("fire:review roads:review")
	j.took("fire", "refuse")
	j.ended("refused")
}

func TestABranchThatIsNotEnteredCountsForNothing(t *testing.T) {
	d := consulted(t, 0)
	d.Nodes[0].Fork.Branches[0].When = "form.area > 500"
	d.Nodes[0].Fork.Branches[1].When = "form.area > 500"
	j := d.begin()
	j.waitsFor("roads:review")
	j.took("roads", "approve")
	j.ended("completed")
	d.Nodes[0].Fork.Branches[2].When = "form.area > 500"
	d.begin().ended("completed")
}

func TestFewerBranchesThanAreNeededCanNeverMeet(t *testing.T) {
	d := consulted(t, 2)
	d.Nodes[0].Fork.Branches[0].When = "form.area > 500"
	j := d.begin()
	j.waitsFor("fire:review roads:review")
	d.Nodes[0].Fork.Branches[1].When = "form.area > 500"
	j = d.begin()
	j.expect("entered:together done:together=otherwise ended:end/refused=refused")
	j.ended("refused")
	d = consulted(t, 1)
	for i := range d.Nodes[0].Fork.Branches {
		d.Nodes[0].Fork.Branches[i].When = "form.area > 500"
	}
	d.begin().ended("refused")
}

func TestAnEndInABranchEndsEverything(t *testing.T) {
	d := consulted(t, 0)
	d.edge("fire", "against").To = d.at("end/refused")
	j := d.begin()
	j.took("fire", "refuse")
	j.expect("close-task:fire=refuse done:fire=refuse close-task:health=calledOff close-task:roads=calledOff ended:end/refused=refused")
	j.ended("refused")
}

func TestAnEdgeThatLeavesItsRegionCallsTheOthersOff(t *testing.T) {
	d := consulted(t, 0)
	d.Nodes = append(d.Nodes, review("head", "close"))
	d.wire("head -close> end/refused")
	d.edge("together", "end/refused").To = d.at("head")
	e := d.edge("fire", "against")
	e.To = d.at("head")
	if _, err := machine.Load(d.Plan); err == nil {
		t.Fatal("an edge left its region without saying so")
	}
	e.Out = 1
	d.edge("health", "against").To, d.edge("roads", "against").To = d.at("for"), d.at("for")
	j := d.begin()
	j.took("fire", "refuse")
	j.expect("close-task:fire=refuse done:fire=refuse close-task:health=calledOff close-task:roads=calledOff entered:head open-task:head")
	j.waitsFor("head:review")
	e.Out = 2
	if _, err := machine.Load(d.Plan); err == nil {
		t.Fatal("an edge left two regions and there is one")
	}
}

func TestRegionsLieInRegions(t *testing.T) {
	d := drawn(t, fork("outer", 0), fork("inner", 1), review("a", "yes", "no"), review("b", "yes", "no"), review("c", "yes", "no"),
		join("innerFor", false), join("innerAgainst", true), join("outerFor", false), join("outerAgainst", true), end("completed"), end("refused")).
		branch("outer", "inner", "inner").branch("outer", "c", "c").branch("inner", "a", "a").branch("inner", "b", "b").
		wire(`outer -done> end/completed
			outer -otherwise> end/refused
			inner -done> outerFor
			inner -otherwise> outerAgainst
			a -yes> innerFor
			a -no> innerAgainst
			b -yes> innerFor
			b -no> innerAgainst
			c -yes> outerFor
			c -no> outerAgainst`)
	j := d.begin()
	j.waitsFor("c:review a:review b:review")
	j.took("a", "yes")
	j.expect("close-task:a=yes done:a=yes close-task:b=calledOff done:inner=done")
	j.waitsFor("c:review")
	j.took("c", "yes")
	j.ended("completed")
	j = d.begin()
	j.took("a", "no")
	j.took("c", "no")
	j.expect("close-task:c=no done:c=no close-task:b=calledOff done:outer=otherwise ended:end/refused=refused")
}

// owned asks for one decision for each owner.
func owned(t testing.TB) *draft {
	again := review("owner", "approve", "again", "refuse")
	again.Review.Decisions[1].AtMost, again.Review.Decisions[1].Then = 1, "refuse"
	d := drawn(t, fork("owners", 0), again, review("chief", "approve"), plan.Node{Key: "gate", Kind: plan.Gate}, join("for", false), join("against", true), end("completed"), end("refused")).
		branch("owners", "owner", "gate")
	d.Nodes[0].Fork.Each = &plan.Each{Item: "owner", Number: "ownerNumber", List: "form.owners", AtMost: 5}
	d.wire(`owners -done> end/completed
		owners -otherwise> end/refused
		gate -> chief
		gate -> owner
		owner -approve> for
		owner -again> gate
		owner -refuse> against
		chief -approve> for`)
	d.edge("gate", "chief").Guard = "owner.share >= 50 and ownerNumber == 1"
	return d
}

func TestOneBranchRunsForEachItemAndReadsIt(t *testing.T) {
	j := owned(t).begin()
	j.waitsFor("chief:review#1 owner:review#2 owner:review#3")
	j.s = roundTrip(t, j.s)
	second := func(a *activity.Act) { a.Visit = 2 }
	j.took("owner", "again")
	j.waitsFor("chief:review#1 owner:review#2 owner:review#3")
	if e := j.effects[0]; e.Item != 2 {
		t.Fatalf("the effect is of item %d", e.Item)
	}
	j.took("owner", "again", second) // each owner has rounds of their own
	j.waitsFor("chief:review#1 owner:review#2 owner:review#3")
	j.took("chief", "approve")
	j.took("owner", "approve", func(a *activity.Act) { a.Visit = 3 })
	j.took("owner", "again", func(a *activity.Act) { a.Visit = 4 })
	j.ended("refused")
}

func TestMoreItemsThanBranchesMayBeAreAnIncident(t *testing.T) {
	d := owned(t)
	d.Nodes[0].Fork.Each.AtMost = 2
	j := d.begin()
	j.expect("entered:owners open-task:owners!incident.too-many")
	d.Nodes[0].Fork.Each.List = "form.owners.filter(o, o.share < 25)"
	j = d.begin()
	j.waitsFor("owner:review#1")
	j.took("owner", "approve")
	j.ended("completed")
}

func TestLoadRefusesRegionsThatStepCouldNotRun(t *testing.T) {
	for name, change := range map[string]func(*draft){
		"no branches":        func(d *draft) { d.Nodes[0].Fork.Branches = nil },
		"more than there is": func(d *draft) { d.Nodes[0].Fork.Need = 4 },
		"entry":              func(d *draft) { d.Nodes[0].Fork.Branches[0].Entry = 99 },
		"no otherwise":       func(d *draft) { d.Edges = d.Edges[:1:1]; d.wire("health -approve> against\nhealth -refuse> for") },
		"fewer than needed": func(d *draft) {
			d.Nodes[0].Fork.Need, d.Nodes[0].Fork.Branches[0].When = 3, "form.area > 500"
			d.Edges = d.Edges[:1:1]
			d.wire("health -approve> for\nfire -approve> for\nroads -approve> for")
		},
		"a join goes on": func(d *draft) { d.wire("for -> end/completed") },
		"a join outside": func(d *draft) { d.edge("together", "end/completed").To = d.at("for") },
		"into a branch":  func(d *draft) { d.edge("together", "end/refused").To = d.at("health") },
		"each of two": func(d *draft) {
			d.Nodes[0].Fork.Each = &plan.Each{Item: "owner", Number: "ownerNumber", List: "form.owners", AtMost: 5}
		},
	} {
		d := consulted(t, 0)
		change(d)
		if _, err := machine.Load(d.Plan); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func TestABranchThatWasCalledOffBeforeItBeganNeverDoes(t *testing.T) {
	// The first branch is against at once, so that the second is called off before it begins; the region is entered again in the same step.
	d := drawn(t, fork("together", 0), plan.Node{Key: "quick", Kind: plan.Gate}, review("slow", "approve"), join("for", false), join("against", true), end("completed")).
		branch("together", "quick", "quick").branch("together", "slow", "slow").
		wire(`together -done> end/completed
			together -otherwise> together
			quick -> against
			quick -> for
			slow -approve> for`)
	d.edge("quick", "against").AtMost = 1
	j := d.begin()
	j.waitsFor("slow:review")
	opened := 0
	for _, e := range j.effects {
		if e.Kind == activity.OpenTask {
			opened++
		}
	}
	if opened != 1 {
		t.Fatalf("the second branch began %d times: %v", opened, j.effects)
	}
	j.took("slow", "approve")
	j.ended("completed")
}
