package application_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

// colleague is an officer who has signed in.
func (o *office) colleague(name string) application.Actor {
	return application.Actor{Person: o.person(name).ID, Capacities: officer, Kind: application.Officer}
}

func (o *office) handle(who application.Actor, v *application.View, action, comment string) string {
	o.t.Helper()
	code, err := o.book.Handle(o.t.Context(), who, v.ID, v.Tasks[0].ID, action, comment)
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

func (o *office) try(who application.Actor, v *application.View, action string) string {
	o.t.Helper()
	a, err := o.book.Act(o.t.Context(), who, v.ID, application.ActRequest{Task: v.Tasks[0].ID, Action: action, Revision: v.Tasks[0].Revision}, uuid.NewString())
	if err != nil {
		o.t.Fatal(err)
	}
	return a.Code
}

func TestOnlyWhoClaimedATaskDecidesUntilItIsReleased(t *testing.T) {
	o := newOffice(t)
	o.republish(elsewhere())
	o.work()
	v := o.begun()
	samer, hiba := o.colleague("Samer"), o.colleague("Hiba")
	if code := o.handle(samer, v, application.Claim, ""); code != "" {
		t.Fatal(code)
	}
	if code := o.handle(samer, v, application.Claim, ""); code != "" {
		t.Errorf("claimed again by the same officer: %s", code)
	}
	if code := o.handle(hiba, v, application.Claim, ""); code != "claimed" {
		t.Errorf("claimed by another: %q", code)
	}
	if code := o.try(hiba, v, "approve"); code != "claimed" {
		t.Errorf("decided by another: %q", code)
	}
	seen, err := o.book.ForOfficer(t.Context(), officer, v.ID)
	if who, is := seen.Tasks[0].ClaimedBy(time.Now()); err != nil || !is || who != samer.Person {
		t.Errorf("it is said to be %s's, %v", who, err)
	}
	if _, is := seen.Tasks[0].ClaimedBy(time.Now().Add(25 * time.Hour)); is {
		t.Error("a claim holds for ever")
	}
	if code := o.handle(hiba, v, application.Release, ""); code != "" || o.try(hiba, v, "approve") != "claimed" {
		t.Error("somebody else has released it")
	}
	if code := o.handle(samer, v, application.Release, ""); code != "" {
		t.Fatal(code)
	}
	if code := o.try(hiba, v, "approve"); code != "" {
		t.Errorf("released, it is refused: %q", code)
	}
	var acts []string
	for _, a := range o.ports.audited {
		acts = append(acts, a.Action+" "+a.Code)
	}
	if len(acts) != 8 || acts[0] != "claim " || acts[2] != "claim claimed" {
		t.Errorf("audited %q", acts)
	}
}

func TestAClaimEndsByItself(t *testing.T) {
	o := newOffice(t)
	o.republish(elsewhere())
	o.work()
	v := o.begun()
	o.handle(o.colleague("Samer"), v, application.Claim, "")
	if _, err := o.pool.Exec(t.Context(), "UPDATE task SET claimed_until = now() - interval '1 minute'"); err != nil {
		t.Fatal(err)
	}
	if code := o.try(o.colleague("Hiba"), v, "approve"); code != "" {
		t.Errorf("refused: %q", code)
	}
}

func TestWhoIsRecusedNeverSeesTheTaskAgain(t *testing.T) {
	o := newOffice(t)
	o.republish(elsewhere())
	o.work()
	v, other := o.begun(), o.begun()
	samer := o.colleague("Samer")
	if code := o.handle(samer, v, application.Recuse, " "); code != "comment-required" {
		t.Errorf("without a reason: %q", code)
	}
	if code := o.handle(samer, v, application.Recuse, "my cousin"); code != "" {
		t.Fatal(code)
	}
	q, err := o.book.Queue(t.Context(), samer, application.QueueFilter{}, application.Page{})
	if err != nil || len(q.Items) != 1 || q.Items[0].Application != other.ID {
		t.Errorf("the queue is %+v, %v", q.Items, err)
	}
	if counts, err := o.book.QueueCounts(t.Context(), samer); err != nil || len(counts) != 1 || counts[0].Open != 1 {
		t.Errorf("counted %+v, %v", counts, err)
	}
	if code := o.try(samer, v, "approve"); code != "recused" {
		t.Errorf("decided all the same: %q", code)
	}
	if seen, err := o.book.ForOfficer(t.Context(), officer, v.ID); err != nil || len(seen.Recused) != 1 || seen.Recused[0] != samer.Person {
		t.Errorf("recused %+v, %v", seen.Recused, err)
	}
	v = o.decide(v, "first", "approve")
	v = o.decide(v, "safety", "approve")
	if code := o.try(samer, &application.View{ID: v.ID, Tasks: v.Tasks[:1]}, "approve"); code != "recused" {
		t.Errorf("decided at a later step: %q", code)
	}
}

func TestWhoWasAskedInAnApplicationDoesNotDecideOnIt(t *testing.T) {
	o := newOffice(t)
	o.republish(elsewhere())
	o.work()
	v := o.begun()
	if _, err := o.pool.Exec(t.Context(), `WITH asked AS (INSERT INTO task (id, application, node, step, visit, kind, role, actions, revision, opened_at, closed_at)
		VALUES (gen_random_uuid(), $1, 'spouse', 'spouse', 1, 'invite', 'person', '{agree}', 1, now(), now()) RETURNING id)
		INSERT INTO invitation (task, number, token) SELECT id, '404567890', 'token' FROM asked`, v.ID); err != nil {
		t.Fatal(err)
	}
	samer := o.colleague("Samer")
	samer.NationalNumber = "404567890"
	if code := o.try(samer, v, "approve"); code != "own-application" {
		t.Errorf("who was invited decides: %q", code)
	}
	samer.NationalNumber = ""
	if code := o.try(samer, v, "approve"); code != "" {
		t.Errorf("somebody without an attested number: %q", code)
	}
}
