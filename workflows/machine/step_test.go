package machine_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestAnApplicationGoesFromSubmissionToItsDocument(t *testing.T) {
	j := begin(t, licence(t))
	j.expect("entered:licence")
	if a := j.asked(); a == nil || a.Registry != "licensing" || string(a.With[0].Value) != `"1234567"` || a.Application != "A1" || a.Visit != 1 {
		t.Fatalf("asked %+v", a)
	}
	j.valid("2027-01-01")
	j.expect("done:licence=found entered:pay assess:pay")
	a := j.effects[2].Assessment
	if got := lines(a); got != "renewal=25000 = 25000 ILS" || a.Tariff != "licences@2026-01-01" {
		t.Fatalf("assessed %s under %s", got, a.Tariff)
	}
	if want := time.Date(2026, 3, 16, 22, 0, 0, 0, time.UTC); !a.DueAt.Equal(want) || j.s.Status != machine.Waiting {
		t.Fatalf("due at %s, %s", a.DueAt, j.s.Status)
	}
	j.must(j.act("paid"))
	j.expect("done:pay=paid entered:review open-task:review")
	task := j.effects[2].Task
	if task.Role != "transport:licensing-officer" || len(task.Actions) != 3 || len(task.Comment) != 2 || j.s.Status != machine.Open {
		t.Fatalf("task %+v", task)
	}
	if want := time.Date(2026, 3, 4, 22, 0, 0, 0, time.UTC); !task.DueAt.Equal(want) {
		t.Fatalf("two working days after Monday end at %s", task.DueAt)
	}
	j.must(j.act("approve"))
	j.expect("close-task:review=approve done:review=approve entered:card issue:card done:card=issued ended:end/issued=issued")
	if j.s.Status != machine.Ended || j.s.Outcome != "issued" || j.s.Sequence != 4 || j.effects[3].Document != "driving-licence" || j.effects[0].Actor != "O1" {
		t.Fatalf("%+v", j.s)
	}
	if r := j.step(j.act("approve")); r != machine.Over {
		t.Fatalf("an act after the end: %q", r)
	}
}

func TestAnAnswerKeepsOnlyWhatThePlanReads(t *testing.T) {
	j := begin(t, licence(t))
	j.valid("2027-01-01")
	if got := encode(t, j.s.Answers); got != `[{"result":"licence","values":{"expiresOn":"2027-01-01","unpaidFines":0}}]` {
		t.Fatal(got)
	}
}

func TestLateFeeIsOwedForMonthsBegunAndCapped(t *testing.T) {
	for _, c := range []struct{ expires, want string }{
		{"2026-03-02", "renewal=25000 = 25000 ILS"},
		{"2026-03-01", "renewal=25000 late=1000 = 26000 ILS"},
		{"2025-12-01", "renewal=25000 late=4000 = 29000 ILS"},
		{"2020-01-01", "renewal=25000 late=10000 = 35000 ILS"},
	} {
		j := begin(t, licence(t))
		j.valid(c.expires)
		if got := lines(j.effects[2].Assessment); got != c.want {
			t.Errorf("expired on %s: %s, want %s", c.expires, got, c.want)
		}
	}
}

func TestGatesAndNotFoundEndWithTheirReason(t *testing.T) {
	j := begin(t, licence(t))
	j.must(j.answer(activity.Answer{Found: true, Values: raw("expiresOn", `"2027-01-01"`, "unpaidFines", "2")}))
	j.expect("done:licence=found ended:fines/refused=refused!fines/refused")
	j = begin(t, licence(t))
	j.must(j.answer(activity.Answer{}))
	j.expect("done:licence=notFound ended:licence/notFound=refused!licence/notFound")
}

func TestLateAndRepeatedAnswersAreRefused(t *testing.T) {
	j := begin(t, licence(t))
	again := j.answer(activity.Answer{Found: true, Values: raw("expiresOn", `"2027-01-01"`, "unpaidFines", "0")})
	early := *again.Answer
	early.Visit = 2
	if r := j.step(machine.Event{Answer: &early}); r != machine.Late {
		t.Fatalf("answer of another visit: %q", r)
	}
	j.must(again)
	if r := j.step(again); r != machine.Late {
		t.Fatalf("repeated answer: %q", r)
	}
}

func TestAFailedLookupAsksAnOperatorWhoRetries(t *testing.T) {
	for name, a := range map[string]activity.Answer{
		"failed":     {Failed: "unavailable"},
		"wrong type": {Found: true, Values: raw("expiresOn", `"soon"`, "unpaidFines", "0")},
	} {
		t.Run(name, func(t *testing.T) {
			j := begin(t, licence(t))
			first := j.answer(activity.Answer{Found: true, Values: raw("expiresOn", `"2027-01-01"`, "unpaidFines", "0")})
			j.must(j.answer(a))
			j.expect("open-task:licence!incident.lookup-failed")
			if task := j.effects[0].Task; task.Kind != "incident" || task.Role != "transport:operator" || task.Actions[0] != "retry" {
				t.Fatalf("task %+v", task)
			}
			j.must(j.act("retry"))
			j.expect("close-task:licence=retry entered:licence")
			if r := j.step(first); r != machine.Late {
				t.Fatalf("the answer to the question before: %q", r)
			}
			j.valid("2027-01-01")
			j.expect("done:licence=found entered:pay assess:pay")
		})
	}
}

func TestActsAreCheckedBeforeTheyChangeAnything(t *testing.T) {
	j := begin(t, licence(t))
	j.valid("2027-01-01")
	j.must(j.act("paid"))
	for name, c := range map[string]struct {
		want   machine.Refusal
		action string
		change func(*activity.Act)
	}{
		"another node":         {machine.Closed, "approve", func(a *activity.Act) { a.Node = "pay" }},
		"another visit":        {machine.Closed, "approve", func(a *activity.Act) { a.Visit = 2 }},
		"another revision":     {machine.Revision, "approve", func(a *activity.Act) { a.Revision = 0 }},
		"no capacity":          {machine.Forbidden, "approve", func(a *activity.Act) { a.Capacities = []string{"health:licensing-officer", "applicant"} }},
		"no such action":       {machine.UnknownAction, "paid", func(*activity.Act) {}},
		"no comment":           {machine.CommentRequired, "refuse", func(*activity.Act) {}},
		"own application":      {machine.OwnApplication, "approve", func(a *activity.Act) { a.Actor = "P1" }},
		"not a withdrawal":     {machine.UnknownAction, "approve", func(a *activity.Act) { a.Node = "" }},
		"withdrawn by another": {machine.Forbidden, "withdraw", func(a *activity.Act) { a.Node = "" }},
	} {
		if r := j.step(j.act(c.action, c.change)); r != c.want {
			t.Errorf("%s: %q, want %q", name, r, c.want)
		}
	}
	if r := j.step(machine.Event{}); r != machine.Invalid {
		t.Errorf("empty event: %q", r)
	}
	if r := j.step(machine.Event{Start: start()}); r != machine.Invalid {
		t.Errorf("second start: %q", r)
	}
}

func TestSentBackAndCorrectedUntilTheLimitDecides(t *testing.T) {
	j := begin(t, licence(t))
	j.valid("2027-01-01")
	j.must(j.act("paid"))
	reads := func(a *activity.Act) {
		a.Actor, a.Reads = "P1", raw("form.licenceNumber", ` "1234567" `, "form.years", "5", "form.note", `"new"`, "applicant.birthDate", `"2001-01-01"`)
	}
	for round := 1; round <= 2; round++ {
		j.must(j.act("sendBack", comment))
		j.expect("close-task:review=sendBack done:review=sendBack entered:review/sendBack open-task:review/sendBack")
		if task := j.effects[3].Task; j.s.Status != machine.Waiting || task.Role != "applicant" || len(task.Frozen) != 2 {
			t.Fatalf("task %+v", task)
		}
		if r := j.step(j.act("submit", reads, func(a *activity.Act) { a.Reads["form.years"] = json.RawMessage("1") })); r != machine.Frozen {
			t.Fatalf("changed what the fee was made of: %q", r)
		}
		if r := j.step(j.act("submit", reads, func(a *activity.Act) { a.Reads["form.note"] = json.RawMessage("7") })); r != machine.Invalid {
			t.Fatalf("wrong type: %q", r)
		}
		j.must(j.act("submit", reads))
		j.expect("close-task:review/sendBack=submit done:review/sendBack=submit entered:review open-task:review")
		if string(j.s.Reads["form.note"]) != `"new"` || string(j.s.Reads["applicant.birthDate"]) != `"1990-02-01"` {
			t.Fatalf("reads %s", encode(t, j.s.Reads))
		}
	}
	j.must(j.act("sendBack", comment))
	j.expect("close-task:review=refuse done:review=refuse refund:review/refuse ended:review/refuse=refused")
	if got := encode(t, j.effects[2].Refunds); got != `[{"fee":"renewal","what":"all"}]` {
		t.Fatalf("refunds of what was paid: %s", got)
	}
	if len(j.s.Deciders) != 3 || j.s.Decided != "2026-03-02" {
		t.Fatalf("deciders %+v on %s", j.s.Deciders, j.s.Decided)
	}
}

func TestClocksEscalateOnceAndLapse(t *testing.T) {
	j := begin(t, licence(t))
	j.valid("2027-01-01")
	if r := j.step(machine.Event{Due: &machine.Due{At: j.dueAt().Add(-time.Millisecond)}}); r != machine.Late {
		t.Fatalf("too early: %q", r)
	}
	lapsing := *j
	lapsing.wait()
	lapsing.expect("cancel:pay=lapse done:pay=lapse ended:end/lapsed=lapsed")
	j.must(j.act("paid"))
	due := machine.Event{Due: &machine.Due{At: j.dueAt()}}
	j.must(due)
	j.expect("escalate:review")
	if r := j.step(due); r != machine.Late || j.task() == nil {
		t.Fatalf("a second escalation: %q", r)
	}
	j.must(j.act("sendBack", comment))
	j.wait()
	j.expect("close-task:review/sendBack=lapse done:review/sendBack=lapse ended:end/lapsed=lapsed")
}

func TestWithdrawalEndsFromAnyWaitAndUndoesWhatIsOpen(t *testing.T) {
	withdraw := func(a *activity.Act) { a.Node, a.Actor, a.Capacities = "", "P1", []string{"applicant"} }
	j := begin(t, licence(t))
	asked := *j
	late := asked.answer(activity.Answer{})
	asked.must(asked.act("withdraw", withdraw))
	asked.expect("done:licence=withdraw ended:end/withdrawn=withdrawn")
	if r := asked.step(late); r != machine.Over {
		t.Fatalf("answer after the end: %q", r)
	}
	j.valid("2027-01-01")
	unpaid := *j
	unpaid.must(unpaid.act("withdraw", withdraw))
	unpaid.expect("cancel:pay=withdraw done:pay=withdraw ended:end/withdrawn=withdrawn")
	j.must(j.act("paid"))
	j.must(j.act("withdraw", withdraw))
	j.expect("close-task:review=withdraw done:review=withdraw refund:end/withdrawn ended:end/withdrawn=withdrawn")

	fixed := begin(t, licence(t, func(pl *plan.Plan) { pl.Withdraw = -1 }))
	if r := fixed.step(fixed.act("withdraw", withdraw)); r != machine.UnknownAction {
		t.Fatalf("withdrawal that the plan does not allow: %q", r)
	}
}

func TestATotalOfZeroPassesWithoutPayment(t *testing.T) {
	j := begin(t, licence(t, func(pl *plan.Plan) { pl.Fees[0].Amount = "tariff.perYear * 0" }))
	j.valid("2027-01-01")
	j.expect("done:licence=found entered:pay done:pay=paid entered:review open-task:review")
}

func TestWhatCannotBeDecidedBecomesAnIncident(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*plan.Plan)
		want   string
	}{
		"negative fee":          {func(pl *plan.Plan) { pl.Fees[0].Amount = "tariff.perYear * -1" }, "done:licence=found entered:pay open-task:pay!incident.bad-fee"},
		"other currency":        {func(pl *plan.Plan) { pl.Fees[0].Amount = `money("1.000 JOD")` }, "done:licence=found entered:pay open-task:pay!incident.bad-fee"},
		"no value":              {func(pl *plan.Plan) { pl.Fees[0].Amount = "round(tariff.perYear / (form.years - 5))" }, "done:licence=found entered:pay open-task:pay!incident.no-value"},
		"no way":                {func(pl *plan.Plan) { pl.Edges[3].Guard = "licence.unpaidFines > 5" }, "done:licence=found open-task:fines!incident.no-way"},
		"guard without a value": {func(pl *plan.Plan) { pl.Edges[2].Guard = "1 / licence.unpaidFines > 0" }, "done:licence=found open-task:fines!incident.no-value"},
	} {
		t.Run(name, func(t *testing.T) {
			j := begin(t, licence(t, c.change))
			j.valid("2027-01-01")
			j.expect(c.want)
			j.must(j.act("retry"))
			if j.task() == nil || j.task().Kind != machine.IncidentTask {
				t.Fatalf("after a retry that fails again: %+v", j.task())
			}
		})
	}
}

func TestARetryDoesNotRepeatWhatHasHappened(t *testing.T) {
	j := begin(t, licence(t, func(pl *plan.Plan) {
		pl.Edges[4].Guard = "licence.unpaidFines > 0" // the way on from the payment
		pl.Edges[2].Guard = "false"
	}))
	j.valid("2027-01-01")
	j.must(j.act("paid"))
	j.expect("open-task:pay!incident.no-way")
	j.must(roundTripped(t, j).act("retry"))
	j.expect("close-task:pay=retry open-task:pay!incident.no-way")
	if len(j.s.Assessments) != 1 || !j.s.Assessments[0].Paid || j.s.Visits[j.s.Node] != 1 {
		t.Fatalf("paid twice: %+v", j.s.Assessments)
	}
}

func roundTripped(t *testing.T, j *journey) *journey {
	j.s = roundTrip(t, j.s)
	return j
}

func TestWorkingDaysWithoutACalendarAreNotGuessed(t *testing.T) {
	p := licence(t)
	j := &journey{t: t, p: p, at: monday}
	s := start()
	s.Facts.Calendar = nil
	j.must(machine.Event{Start: s})
	j.valid("2027-01-01")
	j.must(j.act("paid"))
	j.expect("done:pay=paid entered:review open-task:review!incident.no-calendar")
	j.must(j.act("retry", func(a *activity.Act) { a.Facts.Calendar = week }))
	j.expect("close-task:review=retry entered:review open-task:review")
}

func TestARoundWithoutAWaitIsFound(t *testing.T) {
	j := begin(t, licence(t, func(pl *plan.Plan) { pl.Edges[11].To = 1; pl.Edges[3].To = 5 }))
	j.valid("2027-01-01")
	last := j.effects[len(j.effects)-1]
	if last.Reason != "incident.no-progress" || len(j.effects) > 3*len(readPlan(t).Nodes) {
		t.Fatalf("%d effects, the last is %s %s", len(j.effects), last.Kind, last.Reason)
	}
}

func TestAStateOfAnotherPlanIsRefused(t *testing.T) {
	if _, _, r := licence(t).Step(machine.State{Status: machine.Open, Node: 99}, machine.Event{Due: &machine.Due{}}); r != machine.Invalid {
		t.Fatal(r)
	}
}
