package application_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

func kinds(v *application.View) (out []string) {
	for _, e := range v.Timeline {
		out = append(out, e.Kind)
	}
	return out
}

func TestAnApplicationGoesFromSubmissionToItsPaper(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.submitted()
	if v.Status != application.Waiting || v.Step != "pay" || !v.Withdrawable {
		t.Errorf("after submission: %+v", v)
	}
	if len(o.ports.assessed) != 1 || o.ports.assessed[0].Assessment.Total != 25000 {
		t.Fatalf("assessed %+v, want 250.00", o.ports.assessed)
	}
	if a := o.pay(v.ID, "evt-1"); !a.TookEffect() {
		t.Fatalf("payment: %+v", a)
	}
	queue, err := o.book.Queue(t.Context(), holder(officer...), application.QueueFilter{}, application.Page{})
	if err != nil || len(queue.Items) != 1 || queue.Items[0].Application != v.ID {
		t.Fatalf("queue %+v, %v", queue, err)
	}
	review := queue.Items[0].Task
	a, err := o.book.Act(t.Context(), o.officer(), v.ID, application.ActRequest{Task: review.ID, Action: "approve", Revision: review.Revision}, "k1")
	if err != nil || !a.TookEffect() {
		t.Fatalf("approve: %+v, %v", a, err)
	}
	v, err = o.book.ForApplicant(t.Context(), o.me.ID, v.ID) // no waiting: an act that was answered is seen
	if err != nil || v.Status != application.Ended || v.Outcome != "issued" || v.EndedAt == nil {
		t.Fatalf("after approval: %+v, %v", v, err)
	}
	want := []string{"submitted", "entered", "done", "entered", "paid", "entered", "task", "done", "entered", "issued", "done", "ended"}
	if got := kinds(v); !slices.Equal(got, want) {
		t.Errorf("timeline %v", got)
	}
	paper := o.ports.papers[0]
	if len(paper.Rows) != 3 || paper.Rows[1].Cell.Value != "DL-2026-000001" || paper.Rows[0].Label["en"] != "Name" || paper.ValidUntil == "" {
		t.Errorf("paper %+v", paper)
	}
	if list := paper.Rows[2].Cell; len(list.Rows) != 1 || list.Rows[0][0].Value != "B" || list.Columns[0].Label["en"] != "Class" || list.Rows[0][0].Words["en"] != "Private car" {
		t.Errorf("list %+v", list)
	}
}

func TestACorrectedFormTakesThePlaceOfTheFirstAndIsKeptBesideIt(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	review := task(t, v)
	a, err := o.book.Act(t.Context(), o.officer(), v.ID,
		application.ActRequest{Task: review.ID, Action: "sendBack", Revision: 1, Comment: "Which glasses?"}, "k1")
	if err != nil || !a.TookEffect() {
		t.Fatalf("send back: %+v, %v", a, err)
	}
	v, _ = o.book.ForApplicant(t.Context(), o.me.ID, v.ID)
	if e := v.Timeline[len(v.Timeline)-3]; e.Comment != "Which glasses?" || e.Actor != "officer" {
		t.Errorf("timeline %+v", v.Timeline)
	}
	correction := task(t, v)
	corrected := form()
	corrected["note"] = "reading glasses"
	frozen := form()
	frozen["years"] = 1
	act := func(data map[string]any, key string) application.ActAnswer {
		t.Helper()
		a, err := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Task: correction.ID, Action: "submit", Revision: 1, Data: data,
			Labels: map[string]string{"car/2": "Kia"}}, key)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := act(frozen, "k1"); a.Code != "frozen" {
		t.Errorf("a frozen field: %+v", a)
	}
	if a := act(corrected, "k2"); !a.TookEffect() {
		t.Fatalf("correction: %+v", a)
	}
	v, _ = o.book.ForApplicant(t.Context(), o.me.ID, v.ID)
	if len(v.Labels) != 2 || v.Labels["car/1"] != "Seat" || v.Labels["car/2"] != "Kia" {
		t.Errorf("labels of what was sent and of what it was before: %v", v.Labels)
	}
	if v.Form["note"] != "reading glasses" || v.Step != "review" {
		t.Errorf("after correction: %+v", v)
	}
	versions, err := o.book.Corrections(t.Context(), officer, v.ID)
	if err != nil || len(versions) != 2 || versions[0].Form["note"] != nil {
		t.Errorf("versions %+v, %v", versions, err)
	}
}

func TestAnotherAuthorityAndAnotherPersonSeeNothing(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	other := []string{"health:licensing-officer", "transportation:licensing-officer"}
	if _, err := o.book.ForOfficer(t.Context(), other, v.ID); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("another authority reads it: %v", err)
	}
	if _, err := o.book.ByReference(t.Context(), other, v.Reference); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("another authority finds it: %v", err)
	}
	if _, err := o.book.ForApplicant(t.Context(), o.person("somebody else").ID, v.ID); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("another person reads it: %v", err)
	}
	queue, err := o.book.Queue(t.Context(), holder(other...), application.QueueFilter{}, application.Page{})
	counts, err2 := o.book.QueueCounts(t.Context(), holder(other...))
	if err != nil || err2 != nil || len(queue.Items) != 0 || len(counts) != 0 {
		t.Errorf("another authority's queue: %+v %+v, %v %v", queue, counts, err, err2)
	}
	stranger := o.officer()
	stranger.Capacities = other
	r := application.ActRequest{Task: task(t, v).ID, Action: "approve", Revision: 1}
	if _, err := o.book.Act(t.Context(), stranger, v.ID, r, "k"); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("another authority acts: %v", err)
	}
	if v, err := o.book.ForOfficer(t.Context(), []string{"transport:clerk"}, v.ID); err != nil || v.Facts["name"] != "Mariam Salem" {
		t.Errorf("another role of the authority reads %+v, %v", v, err)
	}
	if _, err := o.book.ForOfficer(t.Context(), []string{"transport:cashier"}, v.ID); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("who takes cash at a till reads it: %v", err)
	}
	clerk := o.officer()
	clerk.Capacities = []string{"transport:clerk"}
	if a, err := o.book.Act(t.Context(), clerk, v.ID, r, "k"); err != nil || a.Code != "forbidden" {
		t.Errorf("another role of the authority acts: %+v, %v", a, err)
	}
}

func TestQueueAndListAreCutWithoutLossOrRepetition(t *testing.T) {
	o := newOffice(t)
	o.work()
	want := map[uuid.UUID]bool{}
	for i := range 5 {
		v := o.paid()
		want[v.ID] = true
		if i == 3 {
			if _, err := o.pool.Exec(t.Context(), "UPDATE task SET overdue = true WHERE application = $1", v.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	seen := map[uuid.UUID]bool{}
	p := application.Page{Size: 2}
	for n := 0; ; n++ {
		page, err := o.book.Queue(t.Context(), holder(officer...), application.QueueFilter{}, p)
		if err != nil || n > 3 {
			t.Fatal(n, err)
		}
		for i, item := range page.Items {
			if seen[item.Application] || item.Task.Overdue != (n == 0 && i == 0) {
				t.Errorf("page %d: %+v", n, item)
			}
			seen[item.Application] = true
		}
		if p.After = page.Next; p.After == "" {
			break
		}
	}
	listed := map[uuid.UUID]bool{}
	for p = (application.Page{Size: 2}); ; {
		page, err := o.book.ListForApplicant(t.Context(), o.me.ID, p)
		if err != nil || len(page.Items) == 0 {
			t.Fatal(page, err)
		}
		for _, s := range page.Items {
			listed[s.ID] = true
		}
		if p.After = page.Next; p.After == "" {
			break
		}
	}
	if len(seen) != len(want) || len(listed) != len(want) {
		t.Errorf("%d in the queue, %d in the list, want %d", len(seen), len(listed), len(want))
	}
	if _, err := o.book.Queue(t.Context(), holder(officer...), application.QueueFilter{}, application.Page{After: "nonsense"}); !errors.Is(err, application.ErrInvalid) {
		t.Errorf("a bad cursor: %v", err)
	}
}
