package application_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestASuspendedApplicationStandsStillForEverybody(t *testing.T) {
	o := newOffice(t)
	pl := holding()
	pl.Nodes[0].Lookup.Undo = ""
	pl.Nodes = pl.Nodes[:4]
	pl.Nodes[1].Review.Clock = &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 10, Unit: "days"}, Then: plan.Escalate}}}
	pl.Suspend = &plan.Suspend{Role: "licensing-officer", For: plan.Span{Count: 90, Unit: "days"}, Times: 1}
	o.republish(pl)
	o.work()
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, application.Answered)
	read := func() *application.View {
		t.Helper()
		v, err := o.book.ForOfficer(t.Context(), officer, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	act := func(actor application.Actor, r application.ActRequest, want string) {
		t.Helper()
		if a, err := o.book.Act(t.Context(), actor, v.ID, r, uuid.NewString()); err != nil || a.Code != want || a.Pending {
			t.Fatalf("%s: %+v, %v; want %q", r.Action, a, err, want)
		}
	}
	v = read()
	if !slices.Equal(v.Anytime, []string{application.Suspend}) || v.Tasks[0].DueAt == nil {
		t.Fatalf("%+v", v)
	}
	due := *v.Tasks[0].DueAt
	decide := application.ActRequest{Task: v.Tasks[0].ID, Action: "approve", Revision: v.Tasks[0].Revision}
	suspend := application.ActRequest{Action: application.Suspend, Comment: "A court decides first."}
	act(o.officer(), application.ActRequest{Action: application.Suspend}, "comment-required")
	act(o.officer(), application.ActRequest{Action: application.Resume}, "closed")
	act(o.applicant(), suspend, "forbidden")
	act(holder("transport:clerk"), suspend, "forbidden")
	act(o.officer(), suspend, "")

	v = read()
	if v.SuspendedUntil == nil || v.SuspendedUntil.Before(v.SubmittedAt.AddDate(0, 0, 89)) || v.Tasks[0].DueAt != nil || !slices.Equal(v.Anytime, []string{application.Resume}) {
		t.Fatalf("%+v", v)
	}
	i := slices.IndexFunc(v.Timeline, func(e application.Event) bool { return e.Kind == "suspended" })
	if i < 0 || v.Timeline[i].Comment != suspend.Comment || v.Timeline[i].Actor != "officer" {
		t.Errorf("%+v", v.Timeline)
	}
	queue, err := o.book.Queue(t.Context(), o.officer(), application.QueueFilter{}, application.Page{})
	if err != nil || len(queue.Items) != 1 || !queue.Items[0].Suspended {
		t.Errorf("%+v, %v", queue, err)
	}
	for who, n := range map[*application.Actor]int{new(o.officer()): 1, new(holder("transport:clerk")): 0} {
		if list, err := o.book.Suspended(t.Context(), *who); err != nil || len(list) != n || n > 0 && list[0].ID != v.ID {
			t.Errorf("%v: %+v, %v", who.Capacities, list, err)
		}
	}
	act(o.officer(), decide, "suspended")
	act(o.officer(), suspend, "suspended")

	act(o.officer(), application.ActRequest{Action: application.Resume}, "")
	v = read()
	if v.SuspendedUntil != nil || v.Tasks[0].DueAt == nil || !v.Tasks[0].DueAt.Equal(due) || len(v.Anytime) > 0 { // within one day no day was lost
		t.Fatalf("due %s, was %s: %+v", v.Tasks[0].DueAt, due, v)
	}
	if p := o.ports.postponed; len(p) != 2 || len(p[0]) != 0 || len(p[1]) != 1 || !p[1][0].DueAt.Equal(due) || p[1][0].Node != "review" {
		t.Errorf("payments were told %+v", p)
	}
	passed, err := o.book.Path(t.Context(), officer, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	way := ""
	for _, p := range passed {
		who := p.Actor
		if p.By != uuid.Nil {
			who = "the officer"
		}
		way += p.Kind + " " + p.Node + " by " + who + "\n"
	}
	if want := "submitted  by applicant\nentered hold by system\ndone hold by system\nentered review by system\ntask review by system\nsuspended review by the officer\nresumed review by the officer\n"; way != want {
		t.Errorf("the way was\n%s", way)
	}
	if _, err := o.book.Path(t.Context(), []string{"health:clerk"}, v.ID); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("another authority reads it: %v", err)
	}
	act(o.officer(), suspend, "closed") // once is all
	act(o.officer(), decide, "")
	if v = o.settled(v.ID, ended); v.Outcome != "completed" {
		t.Errorf("%s", v.Outcome)
	}
}

func TestWhoWithdrawsWhatIsSuspendedEndsIt(t *testing.T) {
	o := newOffice(t)
	pl := holding()
	pl.Suspend = &plan.Suspend{Role: "licensing-officer", For: plan.Span{Count: 1, Unit: "hours"}, Times: 1}
	o.republish(pl)
	o.work()
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, application.Answered)
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, application.ActRequest{Action: application.Suspend, Comment: "why"}, "s"); err != nil || a.Code != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Action: application.Withdraw}, "w"); err != nil || a.Code != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "withdrawn" || v.SuspendedUntil != nil {
		t.Errorf("%+v", v)
	}
}
