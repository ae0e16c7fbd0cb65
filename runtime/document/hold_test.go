package document_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

var transport = []string{"transport"}

// held lets two officers do to a paper what a kind of proposal asks for.
func (w *world) held(application uuid.UUID, id string, kind proposal.Kind, reason string) {
	w.Helper()
	w.must(w.archive.ProposeHold(w.Context(), transport, application, id, kind, reason, w.person()))
	waiting, err := w.archive.HoldsWaiting(w.Context(), transport)
	w.must(err)
	if len(waiting) != 1 || waiting[0].Paper != id || waiting[0].Application != application {
		w.Fatalf("%+v", waiting)
	}
	w.must(w.archive.DecideHold(w.Context(), transport, waiting[0].ID, true, w.person()))
}

func TestTwoOfficersSuspendAPaperAndLetItHoldAgain(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	id := w.issue(request(application))
	clerk, colleague := w.person(), w.person()
	for reason, want := range map[string]error{"": proposal.ErrReason, "   ": proposal.ErrReason} {
		if err := w.archive.ProposeHold(t.Context(), transport, application, id, document.Holding, reason, clerk); !errors.Is(err, want) {
			t.Errorf("%q: %v", reason, err)
		}
	}
	if err := w.archive.ProposeHold(t.Context(), []string{"health"}, application, id, document.Holding, "why", clerk); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("an officer of another authority: %v", err)
	}
	if err := w.archive.ProposeHold(t.Context(), transport, uuid.New(), id, document.Holding, "why", clerk); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("another application: %v", err)
	}
	if err := w.archive.ProposeHold(t.Context(), transport, application, id, document.Releasing, "why", clerk); !errors.Is(err, document.ErrTurned) {
		t.Errorf("let one hold again that nobody holds: %v", err)
	}
	w.must(w.archive.ProposeHold(t.Context(), transport, application, id, document.Holding, "The photograph is another person's.", clerk))
	if err := w.archive.ProposeHold(t.Context(), transport, application, id, document.Holding, "twice", colleague); !errors.Is(err, proposal.ErrProposed) {
		t.Errorf("proposed twice: %v", err)
	}
	if v := w.verify(id); v.Status != document.Valid {
		t.Fatalf("one officer alone: %s", v.Status)
	}
	holds, err := w.archive.Holds(t.Context(), w.papers(application))
	w.must(err)
	if err := w.archive.DecideHold(t.Context(), transport, holds[0].ID, true, clerk); !errors.Is(err, proposal.ErrOwn) {
		t.Fatalf("approved by who has proposed: %v", err)
	}
	w.now = w.now.Add(time.Hour)
	w.must(w.archive.DecideHold(t.Context(), transport, holds[0].ID, true, colleague))
	if v := w.verify(id); v.Status != document.Suspended || !v.Since.Equal(w.now) || len(v.Because) != 0 {
		t.Fatalf("what strangers are told: %+v", v)
	}
	p := w.papers(application)[0]
	if p.Status != document.Suspended || !p.Held || p.Reason != "The photograph is another person's." || len(p.History) != 1 || p.History[0].Reason != p.Reason {
		t.Fatalf("%+v", p)
	}
	w.now = w.now.Add(time.Hour)
	w.held(application, id, document.Releasing, "It is the holder.")
	if v := w.verify(id); v.Status != document.Valid || !v.Since.Equal(w.now) {
		t.Fatalf("%+v", v)
	}
	if p := w.papers(application)[0]; p.Held || len(p.History) != 2 || p.History[1].Status != document.Valid {
		t.Fatalf("%+v", p)
	}
	w.now = time.Date(2027, 11, 21, 9, 0, 0, 0, time.UTC)
	w.held(application, id, document.Holding, "late")
	if v := w.verify(id); v.Status != document.Expired {
		t.Errorf("after its last day: %s", v.Status)
	}
	if _, err := w.pool.Exec(t.Context(), "DELETE FROM document_hold"); err == nil {
		t.Error("a hold can be taken out of the history")
	}
}

func TestAHoldLiesOverWhatTheRightDoes(t *testing.T) {
	w := newWorld(t)
	r := request(uuid.New())
	r.Right = document.Right{Number: "NL-1"}
	id := w.issue(r)
	is := func(when string, want document.Status) {
		t.Helper()
		w.now = w.now.Add(time.Hour)
		if v := w.verify(id); v.Status != want {
			t.Errorf("%s: %s, not %s", when, v.Status, want)
		}
	}
	w.held(r.Application, id, document.Holding, "hold")
	w.right("NL-1", "suspended", w.now)
	is("both", document.Suspended)
	w.right("NL-1", "resumed", w.now)
	is("the right alone is resumed", document.Suspended)
	w.right("NL-1", "suspended", w.now)
	w.held(r.Application, id, document.Releasing, "over")
	is("the hold alone ends", document.Suspended)
	w.right("NL-1", "resumed", w.now)
	is("neither", document.Valid)
	w.must(w.archive.ProposeHold(t.Context(), transport, r.Application, id, document.Holding, "too late", w.person()))
	w.right("NL-1", "revoked", w.now)
	waiting, err := w.archive.HoldsWaiting(t.Context(), transport)
	w.must(err)
	if err := w.archive.DecideHold(t.Context(), transport, waiting[0].ID, true, w.person()); !errors.Is(err, document.ErrTurned) {
		t.Errorf("suspend what was revoked: %v", err)
	}
	w.must(w.archive.DecideHold(t.Context(), transport, waiting[0].ID, false, w.person()))
	is("revoked", document.Revoked)
}
