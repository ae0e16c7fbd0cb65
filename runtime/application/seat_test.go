package application_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

// standsIn is somebody who holds the role of the officers only in the place of another.
func standsIn(member application.Actor) application.Actor {
	a := holder(officer...)
	a.Delegated = map[string]uuid.UUID{officer[0]: member.Person}
	return a
}

func TestAMemberOfAPanelAndWhoeverStandsInForThemHaveOneVoteBetweenThem(t *testing.T) {
	o := newOffice(t)
	o.republish(committee(nil))
	o.work()
	v := o.begun()
	member := holder(officer...)
	first, second := standsIn(member), standsIn(member)
	if code := o.try(first, v, "approve"); code != "" {
		t.Fatal(code)
	}
	for who, actor := range map[string]application.Actor{"the member": member, "another substitute": second} {
		if code := o.try(actor, v, "approve"); code != "voted" {
			t.Errorf("%s votes once more: %q", who, code)
		}
	}
	if q, err := o.book.Queue(t.Context(), member, application.QueueFilter{}, application.Page{}); err != nil || len(q.Items) != 0 {
		t.Errorf("the member is still asked: %+v, %v", q.Items, err)
	}
	seen, err := o.book.ForOfficer(t.Context(), officer, v.ID)
	if err != nil || len(seen.Votes) != 1 || seen.Votes[0].Actor != first.Person || seen.Votes[0].Seat != member.Person {
		t.Errorf("%+v, %v", seen.Votes, err)
	}
	if code := o.try(holder(officer...), v, "approve"); code != "" {
		t.Errorf("another member: %q", code)
	}
}

func TestTwoWhoVoteForOneMemberAtOnceHaveOneVote(t *testing.T) {
	o := newOffice(t)
	o.republish(committee(nil))
	o.work()
	v := o.begun()
	member := holder(officer...)
	var wait sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	for range 6 {
		wait.Go(func() {
			a, err := o.book.Act(t.Context(), standsIn(member), v.ID, application.ActRequest{Task: v.Tasks[0].ID, Action: "approve", Revision: 1}, uuid.NewString())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			codes[a.Code]++
		})
	}
	wait.Wait()
	if codes[""] != 1 || codes["voted"] != 5 {
		t.Errorf("%v", codes)
	}
}
