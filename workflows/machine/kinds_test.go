package machine_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func found(j *journey, values ...string) machine.Event {
	return j.answer(activity.Answer{Found: true, Values: raw(values...)})
}

func TestAWriteIsDoneOnceHoweverOftenItIsTriedAgain(t *testing.T) {
	j := drawn(t, plan.Node{Key: "write", Step: "write", Kind: plan.Write, Lookup: &plan.LookupNode{Registry: "land", Operation: "transfer", With: []plan.Argument{{Name: "area", Formula: "form.area", Kind: "int"}}}}, end("completed")).
		wire("write -written> end/completed").begin()
	first := *j.asked()
	if first.Do != activity.Write || first.Operation != "transfer" || string(first.With[0].Value) != "120" {
		t.Fatalf("%+v", first)
	}
	j.must(j.answer(activity.Answer{Failed: "refused"}))
	j.expect("open-task:write!incident.action-failed")
	j.took("write", machine.Retry)
	if again := *j.asked(); again.Visit != first.Visit {
		t.Fatalf("it would be written twice: visits %d and %d", first.Visit, again.Visit)
	}
	j.must(found(j))
	j.ended("completed")
}

func TestComputedAndDrawnValuesDecideWaysOn(t *testing.T) {
	d := drawn(t,
		plan.Node{Key: "sums", Step: "sums", Kind: plan.Compute, Compute: &plan.ComputeNode{Result: "sums", Values: []plan.Argument{{Name: "double", Formula: "form.area * 2", Kind: "int"}}}},
		plan.Node{Key: "draw", Step: "draw", Kind: plan.Draw, Draw: &plan.DrawNode{Result: "drawn", Channels: []plan.Channel{{Name: "green", Weight: 9}, {Name: "red", Weight: 1}}}},
		plan.Node{Key: "gate", Kind: plan.Gate}, end("completed"), end("refused")).
		wire("sums -computed> draw\ndraw -drawn> gate\ngate -> end/completed\ngate -> end/refused")
	d.edge("gate", "end/completed").Guard = `sums.double == 240 and drawn.channel == "green"`
	j := d.begin()
	j.expect("entered:sums keep:sums done:sums=computed entered:draw")
	if got := encode(t, j.effects[1].Values); got != `{"double":240}` {
		t.Fatal(got)
	}
	unknown := *j
	unknown.must(found(&unknown, "channel", `"blue"`))
	unknown.expect("open-task:draw!incident.action-failed")
	j.must(found(j, "channel", `"green"`))
	j.ended("completed")
}

func TestAWaitIsForADayATimeOrAnEvent(t *testing.T) {
	wait := func(w *plan.WaitNode) *journey {
		d := drawn(t, plan.Node{Key: "wait", Step: "wait", Kind: plan.Wait, Wait: w}, end("completed"), end("refused"))
		if w.For != nil || w.Until != "" {
			d.wire("wait -over> end/completed")
		}
		if w.Event != "" {
			d.wire("wait -happened> end/refused")
		}
		return d.begin()
	}
	j := wait(&plan.WaitNode{Until: "form.event"})
	if want := time.Date(2026, 3, 19, 22, 0, 0, 0, time.UTC); !j.dueAt().Equal(want) {
		t.Fatalf("20 March begins in Hebron at %s, not at %s", want, j.dueAt())
	}
	j.wait()
	j.ended("completed")
	wait(&plan.WaitNode{Until: "asOf.submitted"}).ended("completed") // that day has come
	j = wait(&plan.WaitNode{For: &plan.Span{Count: 2, Unit: "working days"}, Event: "inspected", About: `"plot"`})
	j.waitsFor("wait:event")
	event := func(about string) machine.Event {
		return machine.Event{Act: &activity.Act{Action: "inspected", About: about, Actor: "events", Capacities: []string{machine.Events}, Facts: activity.Facts{At: monday}}}
	}
	if r := j.step(event("another plot")); r != machine.Closed {
		t.Fatalf("an event about something else: %q", r)
	}
	j.must(event("plot"))
	j.ended("refused")
	if r := j.step(event("plot")); r != machine.Over {
		t.Fatal(r)
	}
}

func TestALadderRemindsEscalatesAndThenDecides(t *testing.T) {
	r := review("review", "approve", "refuse")
	r.Review.Clock = &plan.Clock{Rungs: []plan.Rung{
		{Span: plan.Span{Count: 20, Unit: "days"}, Then: "refuse"},
		{Span: plan.Span{Count: 2, Unit: "working days"}, Then: plan.Remind},
		{Date: "form.event", Side: plan.Before, Span: plan.Span{Count: 1, Unit: "weeks"}, Then: plan.Escalate},
	}}
	j := drawn(t, r, end("completed"), end("refused")).wire("review -approve> end/completed\nreview -refuse> end/refused").begin()
	if want := time.Date(2026, 3, 13, 22, 0, 0, 0, time.UTC); !j.effects[1].Task.DueAt.Equal(want) {
		t.Fatalf("due %s, want a week before the event", j.effects[1].Task.DueAt)
	}
	for _, want := range []string{"remind:review", "escalate:review", "close-task:review=refuse done:review=refuse ended:end/refused=refused"} {
		j.wait()
		j.expect(want)
	}
}

func TestWhoDecidedBeforeMayNotDecideAgain(t *testing.T) {
	second := review("second", "approve")
	second.Review.NotSame = []string{"first"}
	j := drawn(t, review("first", "approve"), second, end("completed")).wire("first -approve> second\nsecond -approve> end/completed").begin()
	j.took("first", "approve")
	if r := j.decide("second", "approve"); r != machine.SameOfficer {
		t.Fatal(r)
	}
	j.took("second", "approve", by("O2"))
	j.ended("completed")
}

func TestAPanelDecidesAsSoonAsNothingCanChangeIt(t *testing.T) {
	panel := review("panel", "approve", "refuse", "defer")
	panel.Review.Panel = &plan.Panel{Members: 5, Quorum: 3, Tie: "defer", Notice: &plan.Span{Count: 3, Unit: "working days"}}
	d := drawn(t, panel, end("completed"), end("refused"), end("deferred")).
		wire("panel -approve> end/completed\npanel -refuse> end/refused\npanel -defer> end/deferred")
	vote := func(votes ...string) *journey {
		j := d.begin()
		if r := j.decide("panel", votes[0]); r != machine.TooEarly {
			t.Fatalf("before the notice is over: %q", r)
		}
		j.at = monday.AddDate(0, 0, 5)
		for i, v := range votes {
			if j.s.Status == machine.Ended {
				t.Fatalf("decided before vote %d of %v", i, votes)
			}
			j.took("panel", v, by(string(rune('A'+i))))
			if i == 0 {
				if r := j.decide("panel", v, by("A")); r != machine.HasVoted {
					t.Fatalf("voted twice: %q", r)
				}
			}
		}
		return j
	}
	vote("approve", "approve", "approve").ended("completed")
	vote("approve", "refuse", "refuse", "refuse").ended("refused")
	vote("approve", "approve", "refuse", "refuse", "defer").ended("deferred")
}

func TestAnOfficersOwnFieldsAreTypedAndRead(t *testing.T) {
	visit := review("visit", "done")
	visit.Review.Form, visit.Review.Result = &plan.Form{Root: "visit", Fields: []plan.FormField{{Code: "safe", Kind: "bool"}}}, "visit"
	d := drawn(t, visit, plan.Node{Key: "gate", Kind: plan.Gate}, end("completed"), end("refused")).
		wire("visit -done> gate\ngate -> end/completed\ngate -> end/refused")
	d.edge("gate", "end/completed").Guard = "has(visit.safe) and visit.safe"
	j := d.begin()
	if r := j.decide("visit", "done", func(a *activity.Act) { a.Reads = raw("visit.safe", `"yes"`) }); r != machine.Invalid {
		t.Fatal(r)
	}
	j.took("visit", "done", func(a *activity.Act) { a.Reads = raw("visit.safe", "true", "visit.other", "1") })
	j.expect("keep:visit close-task:visit=done done:visit=done ended:end/completed=completed")
}

func TestADecisionIsOfferedOnlyWhereItsConditionHolds(t *testing.T) {
	r := review("review", "approve", "reduce")
	r.Review.Decisions[1].When = "form.area > 500"
	j := drawn(t, r, end("completed")).wire("review -approve> end/completed\nreview -reduce> end/completed").begin()
	if got := j.effects[1].Task.Actions; len(got) != 1 || got[0] != "approve" {
		t.Fatalf("offered %v", got)
	}
	if r := j.decide("review", "reduce"); r != machine.UnknownAction {
		t.Fatal(r)
	}
}

func TestAReturnForgetsWhatItNamesAndKeepsTheRest(t *testing.T) {
	back := review("head", "approve", "return")
	back.Review.Decisions[1].AtMost, back.Review.Decisions[1].Then = 2, "approve"
	d := drawn(t, review("first", "approve"), review("second", "approve"),
		plan.Node{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit"}}}, back, end("completed")).
		wire("first -approve> second\nsecond -approve> pay\npay -paid> head\nhead -approve> end/completed\nhead -return> first")
	d.edge("head", "first").Back = true
	j := d.begin()
	j.took("first", "approve")
	j.took("second", "approve")
	j.took("pay", "paid")
	j.took("head", "return")
	j.expect("close-task:head=return done:head=return entered:first open-task:first")
	j.s = roundTrip(t, j.s)
	j.took("first", "approve")
	j.expect("close-task:first=approve done:first=approve entered:head open-task:head") // second and pay stand
	d.edge("head", "first").Invalidates = []string{"second", "pay"}
	d.Fees[0].Amount = `form.area > 100 ? money("120.05 ILS") : money("1.00 ILS")`
	j = d.begin()
	for range 2 {
		j.took("first", "approve")
		j.took("second", "approve")
		if j.s.Status == machine.Waiting {
			j.took("pay", "paid")
		}
		j.took("head", "return")
	}
	if len(j.s.Assessments) != 1 { // what was paid covers what is assessed anew
		t.Fatalf("%+v", j.s.Assessments)
	}
}

func TestARepetitionLetsEverythingHappenAnewAndIsBounded(t *testing.T) {
	d := drawn(t, review("visit", "again", "done"), plan.Node{Key: "gate", Kind: plan.Gate}, end("completed"), end("refused")).
		wire("visit -done> end/completed\nvisit -again> gate\ngate -> visit\ngate -> end/refused")
	d.edge("gate", "visit").AtMost = 3
	j := d.begin()
	for range 3 {
		j.took("visit", "again")
		j.waitsFor("visit:review")
	}
	j.took("visit", "again")
	j.ended("refused")
}

func TestSomebodyIsInvitedAndSilenceMeansWhatIsWritten(t *testing.T) {
	ask := plan.Node{Key: "ask", Step: "ask", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "person", Person: `"2"`, Result: "visit",
		Decisions: []plan.Decision{{Action: "agree"}, {Action: "decline"}},
		Clock:     &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 10, Unit: "days"}, Then: "agree"}}}}}
	d := drawn(t, ask, end("completed"), end("refused")).wire("ask -agree> end/completed\nask -decline> end/refused")
	j := d.begin()
	if role := j.effects[1].Task.Role; role != "person:2" || j.s.Status != machine.Open {
		t.Fatalf("%s, %s", role, j.s.Status)
	}
	if r := j.decide("ask", "agree", by("P1")); r != machine.OwnApplication {
		t.Fatal(r)
	}
	j.wait()
	j.ended("completed")
	d.Nodes[0].Invite.Whom, d.Nodes[0].Invite.Person = "applicant", ""
	j = d.begin()
	if j.s.Status != machine.Waiting {
		t.Fatal(j.s.Status)
	}
	j.took("ask", "decline", by("P1"))
	j.ended("refused")
	d.Nodes[0].Invite.Whom = "public"
	d.Nodes = append(d.Nodes, plan.Node{Key: "gate", Kind: plan.Gate})
	d.edge("ask", "end/completed").To = d.at("gate")
	d.wire("gate -> end/refused\ngate -> end/completed")
	d.edge("gate", "end/refused").Guard = "has(visit.count) and visit.count > 1"
	j = d.begin()
	j.took("ask", "decline", by("X"))
	first := len(encode(t, j.s))
	for i := range 100 { // the runtime takes one statement of each
		j.took("ask", "decline", by("Y"+strconv.Itoa(i)))
	}
	if grown := len(encode(t, j.s)) - first; grown > 20 {
		t.Errorf("what a hundred of the public say lets the state grow by %d bytes", grown)
	}
	j.wait()
	j.ended("refused")
}

func TestAnAppointmentIsBookedMissedAndBookedAgain(t *testing.T) {
	j := drawn(t, plan.Node{Key: "test", Step: "test", Kind: plan.Appointment, Appointment: &plan.AppointmentNode{Role: "examiner", AtMost: 2,
		Clock: &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 30, Unit: "days"}, Then: "lapse"}}}}}, end("completed"), end("refused")).
		wire("test -attended> end/completed\ntest -missed> end/refused\ntest -lapse> end/refused").begin()
	slot := func(day int) func(*activity.Act) {
		return func(a *activity.Act) {
			a.Reference = time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC).Format(time.RFC3339)
		}
	}
	if r := j.decide("test", "book", slot(1)); r != machine.Invalid {
		t.Fatalf("a slot in the past: %q", r)
	}
	j.took("test", "book", slot(10))
	j.expect("close-task:test=book open-task:test")
	if r := j.decide("test", "attended"); r != machine.TooEarly {
		t.Fatal(r)
	}
	j.at = monday.AddDate(0, 0, 10)
	j.took("test", "missed")
	j.took("test", "book", slot(20))
	j.at = monday.AddDate(0, 0, 20)
	j.took("test", "missed")
	j.ended("refused")
}

func TestMoneyIsPaidByShareRestAndInstalmentsToTheLastUnit(t *testing.T) {
	d := drawn(t,
		plan.Node{Key: "half", Step: "half", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit"}, Share: 50}},
		plan.Node{Key: "rest", Step: "rest", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit"}, Rest: true, Instalments: &plan.Instalments{Count: 3, Every: plan.Span{Count: 1, Unit: "months"}, Missed: "lapse"}}},
		end("completed"), end("lapsed")).wire("half -paid> rest\nrest -paid> end/completed\nrest -lapse> end/lapsed")
	j := d.begin()
	sum := int64(0)
	for j.s.Status != machine.Ended {
		a := j.s.Assessments[len(j.s.Assessments)-1]
		sum += a.Total
		w := j.p.Waits(j.s)[0]
		j.took(w.Step, "paid")
	}
	if sum != 10005 || len(j.s.Assessments) != 4 {
		t.Fatalf("%d in %+v", sum, j.s.Assessments)
	}
	j = d.begin()
	j.took("half", "paid")
	j.took("rest", "paid")
	j.wait() // the reminder
	j.expect("remind:rest")
	j.wait()
	j.ended("lapsed")
}

func TestTheDaysOfInstalmentsAreCountedFromTheFirstPayment(t *testing.T) {
	d := drawn(t,
		plan.Node{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit", "deposit"}, Instalments: &plan.Instalments{Count: 4, Every: plan.Span{Count: 1, Unit: "months"}, Missed: plan.Escalate}}},
		end("completed")).wire("pay -paid> end/completed")
	j := d.begin()
	asked := func() *activity.Assessment {
		t.Helper()
		for i := range j.effects {
			if j.effects[i].Kind == activity.Assess {
				return j.effects[i].Assessment
			}
		}
		t.Fatal("nothing is asked for")
		return nil
	}
	a := asked()
	if a.Part != 1 || a.Parts != 4 || len(a.Coming) != 3 || a.DueAt != nil || a.Total != 3752 { // 25.02 of 100.05 and 12.50 of 50.00
		t.Fatalf("%+v", a)
	}
	j.at = j.at.AddDate(0, 0, 10) // so the plan begins on the 12th
	j.took("pay", "paid")
	day := func(at time.Time) string {
		return at.Add(-time.Nanosecond).In(d.program().Zone()).Format(time.DateOnly)
	}
	a = asked()
	if a.Part != 2 || !a.Late || day(*a.DueAt) != "2026-04-12" || day(a.Coming[0].DueAt) != "2026-05-12" || day(a.Coming[1].DueAt) != "2026-06-12" {
		t.Fatalf("%+v", a)
	}
	j.at = j.at.AddDate(0, 0, 5) // early
	j.took("pay", "paid")
	if a = asked(); day(*a.DueAt) != "2026-05-12" {
		t.Fatalf("%+v", a)
	}
	j.wait()
	j.expect("remind:pay")
	j.wait()
	j.expect("escalate:pay")
	j.at = j.at.AddDate(0, 4, 0) // so late that the last is due as well
	j.took("pay", "paid")
	if a = asked(); a.Part != 4 || len(a.Coming) != 0 || day(*a.DueAt) != "2026-06-12" {
		t.Fatalf("%+v", a)
	}
	j.wait()
	j.expect("escalate:pay")
	j.took("pay", "paid")
	j.ended("completed")
	sum := int64(0)
	for _, a := range j.s.Assessments {
		sum += a.Total
	}
	if sum != 15005 {
		t.Fatalf("%d in all", sum)
	}
}

func TestDepositsAndPayoutsAreEffects(t *testing.T) {
	last := end("completed")
	last.End.Refund = []plan.Refund{{Fee: "deposit", What: "all"}, {Fee: "permit", What: "keep"}}
	j := drawn(t,
		plan.Node{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit", "deposit"}}},
		plan.Node{Key: "release", Step: "release", Kind: plan.Settle, Settle: &plan.SettleNode{Fees: []string{"deposit"}, What: "release"}},
		plan.Node{Key: "aid", Step: "aid", Kind: plan.PayOut, PayOut: &plan.PayOutNode{Amount: `money("75.00 ILS")`}},
		plan.Node{Key: "tell", Step: "tell", Kind: plan.Notify, Notify: &plan.NotifyNode{Whom: "applicant"}}, last).
		wire("pay -paid> release\nrelease -settled> aid\naid -paidOut> tell\ntell -notified> end/completed").begin()
	j.took("pay", "paid")
	j.expect("done:pay=paid entered:release settle:release done:release=settled entered:aid pay-out:aid")
	if r := j.decide("aid", "paidOut", func(a *activity.Act) { a.Capacities = []string{"applicant"} }); r != machine.Forbidden {
		t.Fatalf("anybody says that it has arrived: %q", r)
	}
	j.took("aid", "failed") // an account that is closed: an operator looks at it, and tries again
	j.waitsFor("aid:incident")
	j.took("aid", "retry")
	j.expect("close-task:aid=retry entered:aid pay-out:aid")
	if w := j.p.Waits(j.s)[0]; w.Visit != 2 {
		t.Fatalf("%+v", w)
	}
	j.took("aid", "paidOut")
	j.expect("done:aid=paidOut entered:tell notice:tell done:tell=notified refund:end/completed ended:end/completed=completed")
	if got := encode(t, j.effects[len(j.effects)-2].Refunds); got != `[{"fee":"permit","what":"keep"}]` {
		t.Fatalf("a deposit that has gone back is not refunded again: %s", got)
	}
}

func TestAStartedServiceIsWaitedFor(t *testing.T) {
	j := drawn(t, plan.Node{Key: "child", Step: "child", Kind: plan.Start, Start: &plan.StartNode{Service: "a.b", Wait: true, Result: "child"}}, plan.Node{Key: "gate", Kind: plan.Gate}, end("completed"), end("refused")).
		wire("child -ended> gate\ngate -> end/completed").begin()
	if j.asked().Do != activity.Begin || j.asked().Subject != "a.b" {
		t.Fatalf("%+v", j.asked())
	}
	j.must(found(j))
	j.waitsFor("child:child")
	j.took("child", "ended", func(a *activity.Act) { a.Reads = raw("child.outcome", `"issued"`) })
	j.ended("completed")
}

func TestWhatMayHappenAtAnyTimeCallsEverythingOff(t *testing.T) {
	d := consulted(t, 0)
	d.Anytime = []plan.Anytime{{Event: "consent-withdrawn", By: "applicant", To: d.at("end/refused")}, {Event: "died", When: "form.area > 100", To: d.at("end/completed")}}
	j := d.begin()
	act := func(action, capacity string) machine.Event {
		return machine.Event{Act: &activity.Act{Action: action, Actor: "P1", Capacities: []string{capacity}, Facts: activity.Facts{At: monday}}}
	}
	if r := j.step(act("consent-withdrawn", "town:clerk")); r != machine.Forbidden {
		t.Fatal(r)
	}
	if got := j.p.MayHappen(j.s, []string{"applicant"}); len(got) != 1 || got[0] != "consent-withdrawn" {
		t.Fatal(got)
	}
	other := *j
	j.must(act("consent-withdrawn", "applicant"))
	j.expect("close-task:health=consent-withdrawn close-task:fire=consent-withdrawn close-task:roads=consent-withdrawn done:together=consent-withdrawn ended:end/refused=refused")
	other.must(act("died", "events"))
	other.ended("completed")
}

func TestTheDeadlineStandsStillWhileTheApplicantIsWaitedFor(t *testing.T) {
	back := review("review", "approve", "ask")
	d := drawn(t, back, plan.Node{Key: "review/ask", Step: "review", Kind: plan.Correct, Correct: &plan.CorrectNode{}}, end("completed"), end("lapsed")).
		wire("review -approve> end/completed\nreview -ask> review/ask\nreview/ask -submit> review")
	d.Deadline = &plan.Deadline{
		Clock:  plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 3, Unit: "working days"}, Then: plan.Escalate}, {Span: plan.Span{Count: 10, Unit: "days"}, Then: "lapse"}}},
		Paused: []string{"applicant"}, Ways: []plan.Way{{On: "lapse", To: d.at("end/lapsed")}},
		Extension: &plan.Extension{By: plan.Span{Count: 5, Unit: "days"}, Role: "head"},
	}
	day := func(n int) time.Time { return time.Date(2026, 3, n, 22, 0, 0, 0, time.UTC) } // the end of day n+1 in Hebron is that of day n in UTC
	j := d.begin()
	if !j.dueAt().Equal(day(5)) { // Tuesday, Wednesday, Thursday
		t.Fatal(j.dueAt())
	}
	j.at = monday.AddDate(0, 0, 1)
	j.took("review", "ask")
	if _, armed := j.s.DueAt(); armed {
		t.Fatal("the deadline counts while the applicant is asked")
	}
	j.s = roundTrip(t, j.s)
	j.at = monday.AddDate(0, 0, 8) // Tuesday of the next week: five working days, seven days
	j.took("review/ask"[:6], "submit", func(a *activity.Act) { a.Reads = j.s.Reads })
	if !j.dueAt().Equal(day(12)) { // Wednesday and Thursday are left of three
		t.Fatal(j.dueAt())
	}
	j.wait()
	j.expect("escalate:review")
	if !j.dueAt().Equal(day(19)) {
		t.Fatal(j.dueAt())
	}
	extend := machine.Event{Act: &activity.Act{Action: machine.Extend, Actor: "O9", Capacities: []string{"town:head"}, Comment: true, Facts: activity.Facts{At: j.at}}}
	j.must(extend)
	if !j.dueAt().Equal(day(24)) {
		t.Fatal(j.dueAt())
	}
	if r := j.step(extend); r != machine.Closed {
		t.Fatal(r)
	}
	j.wait()
	j.expect("close-task:review=lapse done:review=lapse ended:end/lapsed=lapsed")
}

func TestARoundGivesAPlace(t *testing.T) {
	j := drawn(t, plan.Node{Key: "place", Step: "place", Kind: plan.Place}, end("completed"), end("reserve"), end("refused")).
		wire("place -placed> end/completed\nplace -reserve> end/reserve\nplace -refused> end/refused").begin()
	j.waitsFor("place:place")
	j.took("place", "reserve")
	j.ended("reserve")
}

func TestWhoTakesPartInARoundSaysWithWhatAndAcceptsThePlaceInTime(t *testing.T) {
	d := drawn(t, plan.Node{Key: "place", Step: "place", Kind: plan.Place}, end("completed"), end("reserve"), end("refused")).
		wire("place -placed> end/completed\nplace -reserve> end/reserve\nplace -refused> end/refused")
	d.Round = &plan.Round{
		Opens: "2026-03-01", Closes: "2026-03-31", Rank: "form.area * 2", Tie: "size(form.owners)", Places: 1,
		Quotas: []plan.Quota{{Code: "small", When: "form.area < 100", Places: 1}, {Code: "large", When: "form.area > 100", Places: 1}},
		Accept: &plan.Span{Count: 7, Unit: "days"},
	}
	j := d.begin()
	i := slices.IndexFunc(j.effects, func(e activity.Effect) bool { return e.Kind == activity.Ranked })
	if i < 0 || j.effects[i].Rank.Rank != "240" || j.effects[i].Rank.Tie != "3" || !slices.Equal(j.effects[i].Rank.Quotas, []string{"large"}) {
		t.Fatalf("it takes part with %+v", j.effects)
	}
	for _, end := range []struct{ say, outcome string }{{"accept", "completed"}, {"decline", "refused"}, {"", "refused"}} {
		j := d.begin()
		j.took("place", "placed")
		j.waitsFor("place:place")
		if w := j.p.Waits(j.s)[0]; w.Role != machine.Applicant || !slices.Equal(w.Actions, []string{"accept", "decline"}) || w.DueAt.IsZero() || j.s.Status != machine.Waiting {
			t.Fatalf("a place is offered as %+v", w)
		}
		if end.say == "" {
			j.wait()
		} else if r := j.decide("place", end.say, func(a *activity.Act) { a.Revision = 7 }); r != machine.Revision {
			t.Fatalf("an old offer was answered: %s", r)
		} else {
			j.took("place", end.say)
		}
		j.ended(end.outcome)
	}
	d.Round.Rank = "form.area / (form.area - 120)"
	j = d.begin()
	j.waitsFor("place:incident")
}
