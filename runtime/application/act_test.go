package application_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

func (o *office) count(sql string, args ...any) (n int) {
	o.t.Helper()
	if err := o.pool.QueryRow(o.t.Context(), sql, args...).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

func TestTheSameSubmissionAtOnceManyTimesIsOneApplication(t *testing.T) {
	o := newOffice(t)
	o.work()
	s := o.submission("same")
	var wg sync.WaitGroup
	ids := make([]uuid.UUID, 6)
	for i := range ids {
		wg.Go(func() {
			v, err := o.book.Submit(t.Context(), s)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = v.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("%s and %s", id, ids[0])
		}
	}
	o.settled(ids[0], application.Started)
	if n := o.count("SELECT count(*) FROM application"); n != 1 || o.engine.started != 1 {
		t.Errorf("%d applications, %d workflows, want one of each", n, o.engine.started)
	}
	s.Form = map[string]any{"licenceNumber": "7654321", "years": 1}
	if _, err := o.book.Submit(t.Context(), s); !errors.Is(err, application.ErrKeyReused) {
		t.Errorf("another form under the same key: %v", err)
	}
}

func TestTheSameActAtOnceManyTimesTakesEffectOnce(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	r := application.ActRequest{Task: task(t, v).ID, Action: "refuse", Revision: 1, Comment: "not the holder"}
	var wg sync.WaitGroup
	answers := make([]application.ActAnswer, 6)
	for i := range answers {
		wg.Go(func() {
			var err error
			if answers[i], err = o.book.Act(t.Context(), o.officer(), v.ID, r, "same"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a != answers[0] || !a.TookEffect() {
			t.Errorf("%+v, want the same as %+v", a, answers[0])
		}
	}
	if n := o.count("SELECT count(*) FROM act WHERE action = 'refuse'"); n != 1 || len(o.ports.refunds) != 1 {
		t.Errorf("%d acts and %d refunds, want one of each", n, len(o.ports.refunds))
	}
	// The application has ended since; a late repeat still gets the answer of the first.
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "same"); err != nil || a != answers[0] {
		t.Errorf("late repeat: %+v, %v", a, err)
	}
	r.Comment = "another reason"
	if _, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "same"); !errors.Is(err, application.ErrKeyReused) {
		t.Errorf("another act under the same key: %v", err)
	}
}

func TestAnActThatDoesNotFitIsRefusedAndRecorded(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	review := task(t, v)
	mine := o.officer()
	mine.Person = o.me.ID
	for _, c := range []struct {
		want  string
		actor application.Actor
		r     application.ActRequest
	}{
		{"revision", o.officer(), application.ActRequest{Task: review.ID, Action: "approve", Revision: 2}},
		{"unknown-action", o.officer(), application.ActRequest{Task: review.ID, Action: "burn", Revision: 1}},
		{"comment-required", o.officer(), application.ActRequest{Task: review.ID, Action: "refuse", Revision: 1, Comment: " "}},
		{"own-application", mine, application.ActRequest{Task: review.ID, Action: "approve", Revision: 1}},
		{"forbidden", o.applicant(), application.ActRequest{Task: review.ID, Action: "approve", Revision: 1}},
	} {
		a, err := o.book.Act(t.Context(), c.actor, v.ID, c.r, c.want)
		if err != nil || a.Code != c.want {
			t.Errorf("%+v, %v, want %s", a, err, c.want)
		}
		again, err := o.book.Act(t.Context(), c.actor, v.ID, c.r, c.want)
		if err != nil || again != a {
			t.Errorf("repeat: %+v, %v, want %+v", again, err, a)
		}
	}
	approve := application.ActRequest{Task: review.ID, Action: "approve", Revision: 1}
	refuse := application.ActRequest{Task: review.ID, Action: "sendBack", Revision: 1, Comment: "the other officer thinks so"}
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, refuse, "first"); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, approve, "second"); err != nil || a.Code != "closed" || !a.Conflict() {
		t.Errorf("a closed task: %+v, %v", a, err)
	}
	if n := o.count("SELECT count(*) FROM act WHERE result <> ''"); n != 6 {
		t.Errorf("%d refusals recorded, want 6", n)
	}
	if n := len(o.ports.audited); n != 7 || o.ports.audited[0].Code != "revision" || o.ports.audited[0].Authority != "transport" {
		t.Errorf("audited %+v, want each act once", o.ports.audited)
	}
}

func TestAFormComesWithACorrectionAndWithNothingElse(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	r := application.ActRequest{Task: task(t, v).ID, Action: "sendBack", Revision: 1, Comment: "see page two", Data: map[string]any{"years": 9}}
	if _, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "a"); !errors.Is(err, application.ErrInvalid) {
		t.Errorf("an officer's decision that brings a form: %v", err)
	}
	r.Data = nil
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "b"); err != nil || !a.TookEffect() {
		t.Fatal(a, err)
	}
	v, _ = o.book.ForApplicant(t.Context(), o.me.ID, v.ID)
	r = application.ActRequest{Task: task(t, v).ID, Action: "submit", Revision: 1}
	if _, err := o.book.Act(t.Context(), o.applicant(), v.ID, r, "c"); !errors.Is(err, application.ErrInvalid) {
		t.Errorf("a correction without a form: %v", err)
	}
	if v.Form["years"].(json.Number) != "5" {
		t.Errorf("form %v", v.Form)
	}
}

func TestTwoOfficersAtOnceOneTakesEffectTheOtherIsTold(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	review := task(t, v)
	var wg sync.WaitGroup
	answers := make([]application.ActAnswer, 2)
	for i, action := range []string{"approve", "refuse"} {
		actor := o.officer()
		actor.Person = uuid.New()
		wg.Go(func() {
			var err error
			answers[i], err = o.book.Act(t.Context(), actor, v.ID, application.ActRequest{Task: review.ID, Action: action, Revision: 1, Comment: "so it is"}, "k")
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if a, b := answers[0], answers[1]; a.TookEffect() == b.TookEffect() || a.Pending || b.Pending {
		t.Errorf("%+v and %+v, want one that took effect and one that did not", a, b)
	}
}

func TestAnActIsPendingWhileTemporalIsAwayAndFollowsLater(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	o.engine.setDown(true)
	r := application.ActRequest{Task: task(t, v).ID, Action: "approve", Revision: 1}
	a, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "k")
	if err != nil || !a.Pending {
		t.Fatalf("%+v, %v, want pending", a, err)
	}
	o.engine.setDown(false)
	o.settled(v.ID, func(p application.Progress) bool { return p.Status == application.Ended })
	if again, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "k"); err != nil || again.Act != a.Act || !again.TookEffect() {
		t.Errorf("repeat: %+v, %v", again, err)
	}
}

func TestAPaymentThatComesAfterTheEndIsGivenToPayments(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.submitted()
	if a, err := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Action: application.Withdraw}, "k"); err != nil || !a.TookEffect() {
		t.Fatalf("withdraw: %+v, %v", a, err)
	}
	if a := o.pay(v.ID, "evt-late"); a.Code != "ended" {
		t.Errorf("%+v, want ended", a)
	}
	if len(o.ports.refused) != 1 || o.ports.refused[0] != "payment-1 ended" {
		t.Errorf("payments were told %v", o.ports.refused)
	}
	if a := o.pay(v.ID, "evt-late"); a.Code != "ended" || len(o.ports.refused) != 1 {
		t.Errorf("the same event again: %+v, %v", a, o.ports.refused)
	}
}

func TestApplyAgainChangesNothing(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	for _, a := range o.engine.applied {
		if err := o.book.Apply(t.Context(), a); err != nil {
			t.Error(err)
		}
	}
	again, err := o.book.ForApplicant(t.Context(), o.me.ID, v.ID)
	if err != nil || len(again.Timeline) != len(v.Timeline) || again.Sequence != v.Sequence || len(o.ports.assessed) != 1 {
		t.Errorf("after the repeat: %+v, %v", again, err)
	}
	gap := o.engine.applied[len(o.engine.applied)-1]
	gap.Sequence += 2
	if err := o.book.Apply(t.Context(), gap); err == nil {
		t.Error("a step is missing and Apply succeeds")
	}
}

func TestALookupAsksOnceAndAnswersAlike(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.submitted()
	asked := o.ports.asked
	l := o.engine.runs[v.ID.String()]
	answers, err := o.book.Answers(t.Context(), officer, v.ID)
	if err != nil || len(answers) != 1 || answers[0].Values["holder"] != "Mariam Salem" {
		t.Fatalf("stored %+v, %v", answers, err)
	}
	again, err := o.book.Lookup(t.Context(), lookupOf(v.ID))
	if err != nil || o.ports.asked != asked || len(again.Values) != 2 || string(again.Values["unpaidFines"]) != "0" {
		t.Errorf("again: %+v, %v, asked %d times", again, err, o.ports.asked)
	}
	if l.state.Answers[0].Values["holder"] != nil {
		t.Error("more of the answer than the machine reads has left the database")
	}
}

func TestQuoteStoresNothing(t *testing.T) {
	o := newOffice(t)
	q, err := o.book.Quote(t.Context(), o.me, service, form())
	if err != nil || q.Total != 25000 || q.Currency != "ILS" {
		t.Errorf("%+v, %v", q, err)
	}
	if n := o.count("SELECT (SELECT count(*) FROM application) + (SELECT count(*) FROM answer)"); n != 0 {
		t.Errorf("%d rows", n)
	}
	o.ports.failing = errors.New("no answer")
	if _, err := o.book.Quote(t.Context(), o.me, service, form()); !errors.Is(err, application.ErrUnavailable) {
		t.Errorf("%v, want unavailable", err)
	}
}

func TestReconcileStartsWhatWasReceivedAndReportsWhatIsGone(t *testing.T) {
	o := newOffice(t)
	o.work()
	at, gone := o.paid(), o.submitted()
	lost, err := o.book.Submit(t.Context(), o.submission("lost"))
	if err != nil {
		t.Fatal(err)
	}
	o.settled(lost.ID, application.Started)
	o.until("its start is noted as delivered", func() bool {
		return o.count("SELECT count(*) FROM outbox WHERE subject = $1 AND done_at IS NULL", lost.ID.String()) == 0
	})
	// As after a restore: Temporal has never heard of two of them, and one is as it was received.
	o.engine.mu.Lock()
	delete(o.engine.runs, lost.ID.String())
	delete(o.engine.runs, gone.ID.String())
	o.engine.mu.Unlock()
	err = postgres.InTx(t.Context(), o.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE application SET status = 'received', sequence = 0 WHERE id = $1", lost.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.pool.Exec(t.Context(), "UPDATE application SET submitted_at = submitted_at - interval '1 hour'"); err != nil {
		t.Fatal(err)
	}
	r, err := o.book.Reconcile(t.Context(), uuid.Nil)
	if err != nil || r.Looked != 3 || r.Restarted != 1 || len(r.Missing) != 1 || r.Missing[0] != gone.ID {
		t.Fatalf("%+v, %v", r, err)
	}
	o.settled(lost.ID, application.Started)
	if v, err := o.book.ForApplicant(t.Context(), o.me.ID, at.ID); err != nil || v.Sequence != at.Sequence {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestReconcilingReportsWhatWasEndedBeforeItBeganAndGetsPastWhatCannotBeLookedAt(t *testing.T) {
	o := newOffice(t)
	o.work()
	ids := []uuid.UUID{o.submitted().ID, o.submitted().ID}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	o.engine.mu.Lock()
	o.engine.unreadable = ids[0].String()
	o.engine.runs[ids[1].String()].terminated = true
	o.engine.mu.Unlock()
	_, err := o.pool.Exec(t.Context(), "UPDATE application SET submitted_at = submitted_at - interval '1 hour', status = 'received', sequence = 0")
	if err != nil {
		t.Fatal(err)
	}
	r, err := o.book.Reconcile(t.Context(), uuid.Nil)
	if err == nil || r.Next != ids[0] {
		t.Fatalf("%+v, %v; want to go on behind the first", r, err)
	}
	r, err = o.book.Reconcile(t.Context(), r.Next)
	if err != nil || r.Restarted != 0 || len(r.Missing) != 1 || r.Missing[0] != ids[1] || r.Next != uuid.Nil {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestPlansInUseAreThoseOfOpenApplications(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.submitted()
	plans, err := application.PlansInUse(t.Context(), o.pool)
	if err != nil || len(plans) != 1 || plans[0] != v.Plan {
		t.Errorf("%v, %v", plans, err)
	}
	if _, _, err := outbox.Backlog(t.Context(), o.pool); err != nil {
		t.Error(err)
	}
}
