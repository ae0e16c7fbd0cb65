package machine_test

import (
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// consultedWithReturn lets health look at an application in two steps, while roads may send it back; then what the first of them decided is
// forgotten, unless it says otherwise.
func consultedWithReturn(t testing.TB, need int, forgets ...string) *draft {
	correct := plan.Node{Key: "mend", Step: "roads", Kind: plan.Correct, Correct: &plan.CorrectNode{Frozen: []string{}}}
	d := drawn(t, fork("together", need), review("look", "approve", "refuse"), review("visit", "approve", "refuse"), review("roads", "approve", "sendBack"), correct,
		join("for", false), join("against", true), join("mended", false), end("completed"), end("refused")).
		branch("together", "health", "look").branch("together", "roads", "roads").
		wire(`together -done> end/completed
			together -otherwise> end/refused
			look -approve> visit
			look -refuse> against
			visit -approve> for
			visit -refuse> against
			roads -approve> mended
			roads -sendBack> mend
			mend -submit> roads`)
	for i := range d.Edges {
		if e := &d.Edges[i]; e.On == "submit" {
			e.Invalidates = forgets
		}
	}
	return d
}

func TestACorrectionInOneBranchLetsAnotherDecideAnewOverTheCorrectedForm(t *testing.T) {
	j := consultedWithReturn(t, 0, "look").begin()
	j.took("look", "approve")
	j.took("visit", "approve") // the branch has ended in favour
	j.took("roads", "sendBack")
	j.waitsFor("mend:correct") // nobody is asked about a form that is being corrected
	j.took("roads", "submit")
	j.waitsFor("roads:review look:review")
	j.took("roads", "approve")
	j.waitsFor("look:review")
	j.took("look", "approve")
	j.expect("close-task:look=approve done:look=approve done:together=done ended:end/completed=completed") // the visit stands
	j.ended("completed")
}

func TestABranchThatStillRunsGoesBackToWhatIsForgotten(t *testing.T) {
	j := consultedWithReturn(t, 0, "look").begin()
	j.took("look", "approve")
	j.took("roads", "sendBack")
	j.waitsFor("visit:review mend:correct")
	j.took("roads", "submit")
	j.expect("close-task:mend=submit done:mend=submit close-task:visit=calledOff entered:roads open-task:roads entered:look open-task:look")
	j.took("look", "approve")
	j.took("visit", "refuse")
	j.ended("refused")
}

func TestWhatIsNotDecidedYetIsNotAskedTwice(t *testing.T) {
	j := consultedWithReturn(t, 0, "look").begin()
	j.took("roads", "sendBack")
	j.took("roads", "submit")
	j.expect("close-task:mend=submit done:mend=submit entered:roads open-task:roads")
	j.waitsFor("look:review roads:review")
}

func TestWhatIsNotForgottenStandsInTheOtherBranch(t *testing.T) {
	j := consultedWithReturn(t, 0).begin()
	j.took("look", "approve")
	j.took("visit", "approve")
	j.took("roads", "sendBack")
	j.took("roads", "submit")
	j.waitsFor("roads:review")
	j.took("roads", "approve")
	j.ended("completed")
}

func TestAnAnswerAgainstThatIsForgottenCountsNoMore(t *testing.T) {
	j := consultedWithReturn(t, 1, "look").begin()
	j.took("look", "refuse")
	j.took("roads", "sendBack")
	j.took("roads", "submit")
	j.waitsFor("roads:review look:review")
	j.took("look", "approve")
	j.took("visit", "approve")
	j.ended("completed")
}

func TestABranchThatGoesBackLeavesWhatRunsBesideAlone(t *testing.T) {
	again := review("look", "approve", "again")
	d := drawn(t, fork("together", 0), review("first", "approve"), again, review("roads", "approve", "once-more"), review("last", "approve"), join("for", false), join("mended", false), end("completed")).
		branch("together", "health", "first").branch("together", "roads", "roads").
		wire(`together -done> end/completed
			first -approve> look
			look -approve> for
			look -again> first
			roads -approve> last
			roads -once-more> roads
			last -approve> mended`)
	for i := range d.Edges {
		if e := &d.Edges[i]; e.On == "again" {
			e.Back, e.Invalidates = true, []string{"first", "look"}
		}
	}
	j := d.begin()
	j.took("roads", "once-more")
	j.took("first", "approve")
	j.took("look", "again")
	j.waitsFor("first:review roads:review")
	j.took("roads", "once-more") // what stands for the branch beside is not a decision of roads
	j.waitsFor("first:review roads:review")
}

// threeReviews follow each other; the last may go back to the first.
func threeReviews(t *testing.T) *draft {
	d := drawn(t, review("first", "approve"), review("middle", "approve"), review("last", "approve", "again"), end("completed")).
		wire(`first -approve> middle
			middle -approve> last
			last -approve> end/completed
			last -again> first`)
	d.edge("last", "first").Back = true
	return d
}

func TestWhatMayHappenAtAnyTimeDecidesNothingThatStands(t *testing.T) {
	d := threeReviews(t)
	d.Anytime = []plan.Anytime{{Event: "moved", To: d.at("last")}}
	j := d.begin()
	j.took("first", "approve")
	j.must(machine.Event{Act: &activity.Act{ID: "e", Facts: activity.Facts{At: j.at}, Action: "moved", Actor: "E", Capacities: []string{machine.Events}}})
	j.took("last", "again")
	j.took("first", "approve")
	j.waitsFor("middle:review") // it was left, and yet never decided
	j.took("middle", "approve")
	j.took("last", "approve")
	j.ended("completed")
}

func TestWhatStoodIsDecidedAnewWhereNothingLeadsOnAnyMore(t *testing.T) {
	d := threeReviews(t)
	way := d.edge("middle", "last")
	way.AtMost = 1
	way.Guard = "form.area < 500"
	j := d.begin()
	j.took("first", "approve")
	j.took("middle", "approve")
	j.took("last", "again")
	j.took("first", "approve")
	j.waitsFor("middle:review")
}
