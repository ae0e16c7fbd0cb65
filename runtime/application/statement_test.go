package application_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// heard is a plan in which the public is heard, and an officer decides afterwards.
func heard(triage *plan.Triage) *plan.Plan {
	own := &plan.Form{Root: "hearing", Schema: []byte(`{"type":"object","properties":{"what":{"type":"string"},"phone":{"type":"string"}}}`),
		Fields: []plan.FormField{{Code: "what", Type: "long-text", Kind: "text"}, {Code: "phone", Type: "phone", Kind: "text"}}}
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1,
		Scope: []plan.Field{
			{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "licenceNumber", Kind: "text"}}},
			{Name: "hearing", Kind: "record", Fields: []plan.Field{{Name: "count", Kind: "int", Optional: true}, {Name: "what", Kind: "text", Optional: true}, {Name: "phone", Kind: "text", Optional: true}}},
		},
		Nodes: []plan.Node{
			{Key: "hearing", Step: "hearing", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "public", Form: own, Result: "hearing", Triage: triage,
				Decisions: []plan.Decision{}, Clock: &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 30, Unit: "days"}, Then: "continue"}}}}},
			{Key: "end/heard", Kind: plan.End, End: &plan.EndNode{Outcome: "heard"}},
		},
		Edges: []plan.Edge{{From: 0, To: 1, On: "continue"}},
		Form:  plan.Form{Schema: []byte("{}")},
	}
}

func (o *office) hearing(triage *plan.Triage) (*application.View, application.Task) {
	o.t.Helper()
	o.republish(heard(triage))
	o.work()
	v, err := o.book.Submit(o.t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		o.t.Fatal(err)
	}
	v = o.settled(v.ID, application.Started)
	return v, task(o.t, v)
}

func says(what string) application.ActRequest {
	return application.ActRequest{Action: "submit", Revision: 1, Data: map[string]any{"what": what, "phone": "0599123456"}}
}

// votes waits until so many acts of the public took effect.
func (o *office) votes(v *application.View, want int) {
	o.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		n := o.count("SELECT count(*) FROM act WHERE application = $1 AND capacities = '{public}' AND result = ''", v.ID)
		if n == want {
			return
		}
		if time.Now().After(end) {
			o.t.Fatalf("%d have reached the machine, want %d", n, want)
		}
		if _, err := o.book.Settle(o.t.Context(), v.ID, func(application.Progress) bool { return false }); err != nil {
			o.t.Fatal(err)
		}
	}
}

func TestEachOfThePublicIsHeardOnceAndNotOnTheirOwnApplication(t *testing.T) {
	o := newOffice(t)
	v, hearing := o.hearing(nil)
	if open, err := o.book.Hearings(t.Context()); err != nil || len(open) != 1 || open[0].By != "" {
		t.Fatalf("open to everybody: %+v, %v", open, err)
	}
	neighbour := o.party("")
	for _, c := range []struct {
		who  application.Actor
		r    application.ActRequest
		code string
	}{
		{neighbour, says("too loud"), ""}, {neighbour, says("too loud"), ""}, {neighbour, says("too high"), "voted"}, {o.party(""), says("fine"), ""},
		{application.Actor{Person: o.me.ID, Kind: application.Party}, says("mine"), "own-application"},
		{o.party(""), application.ActRequest{Action: "approve", Revision: 1, Data: map[string]any{}}, "unknown-action"},
	} {
		if code, err := o.book.Speak(t.Context(), c.who, hearing.ID, c.r); err != nil || code != c.code {
			t.Errorf("%+v: %q, %v, want %q", c.r, code, err, c.code)
		}
	}
	if _, err := o.book.Speak(t.Context(), o.party(""), uuid.New(), says("x")); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("no such hearing: %v", err)
	}
	if _, err := o.book.Speak(t.Context(), o.party(""), hearing.ID, application.ActRequest{Action: "submit", Revision: 1}); !errors.Is(err, application.ErrInvalid) {
		t.Errorf("without what the form asks: %v", err)
	}
	o.votes(v, 2)
	if n := o.count("SELECT count(*) FROM timeline WHERE application = $1 AND kind = 'voted'", v.ID); n != 0 {
		t.Errorf("each of the public is %d lines of every reader's timeline", n)
	}
	h, err := o.book.Hearing(t.Context(), neighbour.Person, hearing.ID)
	if err != nil || h.Mine == nil || h.Mine.State != "taken" || h.Mine.Data["what"] != "too loud" || h.Published != nil {
		t.Errorf("the neighbour reads %+v, %v", h, err)
	}
	if h, err := o.book.Hearing(t.Context(), uuid.Nil, hearing.ID); err != nil || h.Mine != nil {
		t.Errorf("a stranger reads %+v, %v", h, err)
	}
}

func TestWhatThePublicWritesWaitsForAnOfficerAndOnlyWhatIsTakenIsReadByOthers(t *testing.T) {
	o := newOffice(t)
	v, hearing := o.hearing(&plan.Triage{Role: "licensing-officer", Publish: []string{"what"}})
	neighbour, heckler := o.party(""), o.party("")
	for who, what := range map[*application.Actor]string{&neighbour: "too loud", &heckler: "buy now"} {
		if code, err := o.book.Speak(t.Context(), *who, hearing.ID, says(what)); err != nil || code != "" {
			t.Fatal(code, err)
		}
	}
	clerk := application.Actor{Person: o.person("Samer Awad").ID, Capacities: officer, Kind: application.Officer}
	list, err := o.book.ToTriage(t.Context(), clerk, application.Page{})
	if err != nil || len(list.Items) != 2 || list.Items[0].State != "waiting" {
		t.Fatalf("%+v, %v", list, err)
	}
	for name, other := range map[string]application.Actor{
		"another role": {Person: clerk.Person, Capacities: []string{"transport:operator"}, Kind: application.Officer},
		"the writer":   {Person: neighbour.Person, Capacities: officer, Kind: application.Officer},
	} {
		for _, s := range list.Items {
			if s.Data["what"] != "too loud" {
				continue
			}
			if _, err := o.book.Triage(t.Context(), other, s.ID, true, ""); !errors.Is(err, application.ErrNotFound) {
				t.Errorf("%s takes it: %v", name, err)
			}
		}
	}
	for _, s := range list.Items {
		if s.Data["what"] == "too loud" {
			if code, err := o.book.Triage(t.Context(), clerk, s.ID, true, ""); err != nil || code != "" {
				t.Fatal(code, err)
			}
			if code, err := o.book.Triage(t.Context(), clerk, s.ID, false, "late"); err != nil || code != "closed" {
				t.Errorf("decided twice: %q, %v", code, err)
			}
			continue
		}
		if code, err := o.book.Triage(t.Context(), clerk, s.ID, false, " "); err != nil || code != "comment-required" {
			t.Errorf("without a reason: %q, %v", code, err)
		}
		if code, err := o.book.Triage(t.Context(), clerk, s.ID, false, "an advertisement"); err != nil || code != "" {
			t.Fatal(code, err)
		}
	}
	o.votes(v, 1)
	h, err := o.book.Hearing(t.Context(), heckler.Person, hearing.ID)
	if err != nil || len(h.Published) != 1 || len(h.Published[0].Values) != 1 || h.Published[0].Values["what"] != "too loud" {
		t.Errorf("everybody reads %+v, %v", h.Published, err)
	}
	if h.Mine == nil || h.Mine.State != "setAside" || h.Mine.Reason != "an advertisement" {
		t.Errorf("who was set aside reads %+v", h.Mine)
	}
	all, err := o.book.StatementsOf(t.Context(), officer, v.ID, application.Page{Size: 1})
	if err != nil || len(all.Items) != 1 || all.Next == "" {
		t.Fatalf("the officer reads %+v, %v", all, err)
	}
	rest, err := o.book.StatementsOf(t.Context(), officer, v.ID, application.Page{Size: 1, After: all.Next})
	if err != nil || len(rest.Items) != 1 || rest.Next != "" || rest.Items[0].ID == all.Items[0].ID {
		t.Errorf("and then %+v, %v", rest, err)
	}
	for _, a := range o.ports.audited {
		if strings.Contains(strings.Join(a.Capacities, " "), "loud") {
			t.Error("the audit holds what was said")
		}
	}
}

func TestWhatNobodyHasLookedAtIsTakenBeforeTheHearingEnds(t *testing.T) {
	o := newOffice(t)
	v, hearing := o.hearing(&plan.Triage{Role: "licensing-officer", Publish: []string{"what"}})
	if code, err := o.book.Speak(t.Context(), o.party(""), hearing.ID, says("too loud")); err != nil || code != "" {
		t.Fatal(code, err)
	}
	if n, err := o.book.TakeDue(t.Context()); err != nil || n != 0 {
		t.Fatalf("%d taken long before the end, %v", n, err)
	}
	due := time.Now().Add(2 * time.Minute)
	e := activity.Effect{Kind: activity.OpenTask, Node: "hearing", Step: "hearing", Visit: 1, Task: &activity.Task{Kind: "invite", Role: "public", Actions: []string{"submit"}, Revision: 1, DueAt: &due}}
	o.engine.mu.Lock()
	o.engine.runs[v.ID.String()].state.Sequence++
	err := o.book.Apply(t.Context(), activity.Apply{Application: v.ID.String(), Sequence: v.Sequence + 1, At: time.Now(), Status: "open", Node: "hearing", Effects: []activity.Effect{e}})
	o.engine.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := o.book.TakeDue(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d taken, %v", n, err)
	}
	if code, err := o.book.Speak(t.Context(), o.party(""), hearing.ID, says("me too")); err != nil || code != "" {
		t.Fatal(code, err) // there is no time left to look at it
	}
	o.votes(v, 2)
}

func TestWhoMustNotDecideOrHasFilledItInLooksAtNothingOfTheHearing(t *testing.T) {
	o := newOffice(t)
	v, hearing := o.hearing(&plan.Triage{Role: "licensing-officer", Publish: []string{"what"}})
	if code, err := o.book.Speak(t.Context(), o.party(""), hearing.ID, says("too loud")); err != nil || code != "" {
		t.Fatal(code, err)
	}
	recused, clerk, substitute := o.colleague("Samer Awad"), o.colleague("Clerk"), o.colleague("Hiba")
	list, err := o.book.ToTriage(t.Context(), recused, application.Page{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	for sql, args := range map[string][]any{
		"INSERT INTO recusal (application, person, reason, at) VALUES ($1, $2, 'my cousin', now())": {v.ID, recused.Person},
		"UPDATE application SET filled_by = $2 WHERE id = $1":                                       {v.ID, clerk.Person},
	} {
		if _, err := o.pool.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	for name, who := range map[string]application.Actor{"who must not decide": recused, "who has filled it in": clerk} {
		if list, err := o.book.ToTriage(t.Context(), who, application.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("%s is asked to look at %+v, %v", name, list.Items, err)
		}
		if _, err := o.book.ToLookAt(t.Context(), who, list.Items[0].ID); !errors.Is(err, application.ErrNotFound) {
			t.Errorf("%s reads it: %v", name, err)
		}
		if _, err := o.book.Triage(t.Context(), who, list.Items[0].ID, false, "no"); !errors.Is(err, application.ErrNotFound) {
			t.Errorf("%s sets it aside: %v", name, err)
		}
		if n, err := o.book.News(t.Context(), application.Reader{Person: who.Person, Capacities: who.Capacities, Kind: application.Officer}); err != nil || n.Statements != 0 {
			t.Errorf("%s is told of %+v, %v", name, n, err)
		}
	}
	substitute.Delegated = map[string]uuid.UUID{officer[0]: o.me.ID}
	if _, err := o.book.Triage(t.Context(), substitute, list.Items[0].ID, false, "no"); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("who stands in for the applicant sets it aside: %v", err)
	}
}

func TestWhoSaysTheSameTwiceAtOnceHasSaidItOnce(t *testing.T) {
	o := newOffice(t)
	_, hearing := o.hearing(&plan.Triage{Role: "licensing-officer"})
	neighbour := o.party("")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if code, err := o.book.Speak(t.Context(), neighbour, hearing.ID, says("too loud")); err != nil || code != "" {
				t.Error(code, err)
			}
		})
	}
	wait.Wait()
	if n := o.count("SELECT count(*) FROM statement"); n != 1 {
		t.Errorf("%d statements", n)
	}
}

func TestHoweverManyHaveSpokenNobodyIsLeftOut(t *testing.T) {
	o := newOffice(t)
	_, hearing := o.hearing(&plan.Triage{Role: "licensing-officer"})
	if _, err := o.pool.Exec(t.Context(), `WITH p AS (INSERT INTO person (id, issuer, subject, facts, seen_at)
			SELECT gen_random_uuid(), 'crowd', n::text, '{}', now() FROM generate_series(1, 1001) n RETURNING id),
		d AS (UPDATE task SET due_at = now() + interval '2 minutes' WHERE id = $1)
		INSERT INTO statement (id, task, person, action, at, role, state) SELECT gen_random_uuid(), $1, id, 'submit', now(), $2, 'waiting' FROM p`, hearing.ID, officer[0]); err != nil {
		t.Fatal(err)
	}
	if n, err := o.book.TakeDue(t.Context()); err != nil || n != 1001 {
		t.Errorf("%d taken, %v", n, err)
	}
}
