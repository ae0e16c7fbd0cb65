package application_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// committee is a plan in which three members vote.
func committee(notice *plan.Span) *plan.Plan {
	p := elsewhere()
	p.Nodes[0].Review.Panel = &plan.Panel{Members: 3, Quorum: 3, Notice: notice, Minutes: true, Tie: "refuse"}
	p.Nodes[0].Review.Decisions = []plan.Decision{{Action: "approve"}, {Action: "refuse", Comment: true}}
	return p
}

func TestAPanelVotesInSecretUntilItHasDecided(t *testing.T) {
	o := newOffice(t)
	o.republish(committee(nil))
	o.work()
	v := o.begun()
	vote := func(member application.Actor, action, remark string) application.ActAnswer {
		t.Helper()
		a, err := o.book.Act(t.Context(), member, v.ID, application.ActRequest{Task: v.Tasks[0].ID, Action: action, Revision: 1, Comment: remark}, uuid.NewString())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	members := []application.Actor{holder(officer...), holder(officer...), holder(officer...)}
	if first := task(t, v); first.Panel == nil || first.Panel.Members != 3 || first.Voted != 0 {
		t.Fatalf("task %+v", first)
	}
	if a := vote(members[0], "refuse", "the brakes"); !a.TookEffect() {
		t.Fatal(a)
	}
	if a := vote(members[0], "approve", ""); a.Code != "voted" {
		t.Errorf("the same member votes again: %+v", a)
	}
	seen, err := o.book.ForOfficer(t.Context(), officer, v.ID)
	if err != nil || len(seen.Votes) != 1 || seen.Votes[0].Actor != members[0].Person || seen.Votes[0].Action != "" || seen.Votes[0].Remark != "" || seen.Tasks[0].Voted != 1 {
		t.Errorf("before the end an officer reads %+v of %+v, %v", seen.Votes, seen.Tasks[0], err)
	}
	for _, e := range seen.Timeline {
		if e.Kind == "voted" && (e.Outcome != "" || e.Comment != "") {
			t.Errorf("the timeline tells %+v", e)
		}
	}
	for who, want := range map[*application.Actor]int{&members[0]: 0, &members[1]: 1} {
		if q, err := o.book.Queue(t.Context(), *who, application.QueueFilter{}, application.Page{}); err != nil || len(q.Items) != want {
			t.Errorf("%d tasks wait, want %d, %v", len(q.Items), want, err)
		}
	}
	vote(members[1], "approve", "")
	if a := vote(members[2], "refuse", "the lights"); !a.TookEffect() {
		t.Fatal(a)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "refused" || v.Votes != nil {
		t.Errorf("it ended as %s; the applicant reads %+v", v.Outcome, v.Votes)
	}
	for _, e := range v.Timeline {
		if e.Kind == "done" && e.Step == "first" && e.Comment != "the brakes\nthe lights" {
			t.Errorf("the applicant is told %q", e.Comment)
		}
	}
	seen, err = o.book.ForOfficer(t.Context(), officer, v.ID)
	if err != nil || len(seen.Votes) != 3 || seen.Votes[0].Action != "refuse" || seen.Votes[0].Remark != "the brakes" || seen.Votes[1].Action != "approve" {
		t.Errorf("after the end an officer reads %+v, %v", seen.Votes, err)
	}
}

func TestNobodyVotesBeforeTheNoticeIsOver(t *testing.T) {
	o := newOffice(t)
	o.republish(committee(&plan.Span{Count: 2, Unit: "days"}))
	o.work()
	v := o.begun()
	first := task(t, v)
	if first.From == nil || first.From.Before(time.Now().Add(24*time.Hour)) {
		t.Fatalf("votes are taken from %v", first.From)
	}
	a, err := o.book.Act(t.Context(), holder(officer...), v.ID, application.ActRequest{Task: first.ID, Action: "approve", Revision: 1}, "k")
	if err != nil || a.Code != "too-early" {
		t.Errorf("%+v, %v", a, err)
	}
}
