package application_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// next applies effects of the review as the step that follows.
func (o *office) next(v *application.View, effects ...activity.Effect) *application.View {
	o.t.Helper()
	for i := range effects {
		effects[i].Node, effects[i].Step, effects[i].Visit = "review", "review", 1
	}
	err := o.book.Apply(o.t.Context(), activity.Apply{Application: v.ID.String(), Sequence: v.Sequence + 1, At: time.Now(), Status: "open", Node: "review", Effects: effects})
	if err != nil {
		o.t.Fatal(err)
	}
	v, err = o.book.ForApplicant(o.t.Context(), o.me.ID, v.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

func TestAnEscalatedTaskIsOverdueAndStaysOpen(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.next(o.paid(), activity.Effect{Kind: activity.Escalate})
	if x := task(t, v); !x.Overdue || v.Timeline[len(v.Timeline)-1].Kind != "escalated" {
		t.Errorf("%+v", v)
	}
	counts, err := o.book.QueueCounts(t.Context(), holder(officer...))
	if err != nil || len(counts) != 1 || counts[0] != (application.QueueCount{Role: officer[0], Service: service, Open: 1, Overdue: 1}) {
		t.Errorf("%+v, %v", counts, err)
	}
}

func TestAnIncidentTakesThePlaceOfTheTaskThatCouldNotBeLeft(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	before := task(t, v)
	v = o.next(v, activity.Effect{Kind: activity.CloseTask, Outcome: "approve"},
		activity.Effect{Kind: activity.OpenTask, Task: &activity.Task{Kind: "incident", Role: "transport:operator", Actions: []string{"retry"}, Revision: 1}})
	after := task(t, v)
	if after.ID != before.ID || after.Kind != "incident" || after.Role != "transport:operator" || len(v.Tasks) != 1 {
		t.Errorf("%+v", v.Tasks)
	}
	a, err := o.book.Act(t.Context(), o.officer(), v.ID, application.ActRequest{Task: before.ID, Action: "approve", Revision: 1}, "k")
	if err != nil || a.Code != "forbidden" {
		t.Errorf("an old page's decision: %+v, %v", a, err)
	}
}

func TestAnEffectThatNobodyKnowsIsRefusedWhole(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	err := o.book.Apply(t.Context(), activity.Apply{Application: v.ID.String(), Sequence: v.Sequence + 1, At: time.Now(), Status: "open", Node: "review",
		Effects: []activity.Effect{{Kind: activity.Escalate, Node: "review", Visit: 1}, {Kind: "dance"}}})
	if err == nil {
		t.Error("applied")
	}
	if again, err := o.book.ForApplicant(t.Context(), o.me.ID, v.ID); err != nil || again.Sequence != v.Sequence || task(t, again).Overdue {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestSettleOnNothingSaysSo(t *testing.T) {
	o := newOffice(t)
	if _, err := o.book.Settle(t.Context(), uuid.New(), application.Started); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestAnsweredWaitsForTheRegistriesToo(t *testing.T) {
	o := newOffice(t)
	o.work()
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	if v = o.settled(v.ID, application.Answered); v.Status != application.Waiting || v.Node != "pay" {
		t.Errorf("answered, it is %s at %q", v.Status, v.Node)
	}
	if application.Answered(application.Progress{Sequence: 1, Asking: true}) || application.Answered(application.Progress{}) {
		t.Error("asking, or not yet started, counts as answered")
	}
}

func TestWhoWaitsHearsOfAStepWhatTheDatabaseSays(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	review := task(t, v)
	heard, waits := make(chan application.Progress, 1), make(chan struct{})
	go func() {
		looked := false
		_, err := o.book.Settle(t.Context(), v.ID, func(p application.Progress) bool {
			if !looked {
				looked = true
				close(waits)
			}
			if p.Sequence > v.Sequence {
				heard <- p
			}
			return p.Sequence > v.Sequence
		})
		if err != nil {
			t.Error(err)
		}
		close(heard)
	}()
	select {
	case <-waits:
	case <-heard: // it has failed
	}
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, application.ActRequest{Task: review.ID, Action: "approve", Revision: 1}, "k1"); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	var stored application.Progress
	if _, err := o.book.Settle(t.Context(), v.ID, func(p application.Progress) bool { stored = p; return true }); err != nil {
		t.Fatal(err)
	}
	if told := <-heard; told != stored || told.Status != application.Ended || told.Outcome != "issued" {
		t.Errorf("told %+v, stored %+v", told, stored)
	}
}
