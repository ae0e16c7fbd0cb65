package application_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

func lookupOf(id interface{ String() string }) activity.Lookup {
	return activity.Lookup{Application: id.String(), Node: "licence", Visit: 1, Keep: []string{"expiresOn", "unpaidFines"}}
}

// dies runs f, which dies at a point, as a killed process does: nothing after it runs but deferred clean-up of the connection.
func (o *office) dies(point string, f func()) {
	o.t.Helper()
	var once atomic.Bool // the relay's own goroutines live on
	fault := func(at string) {
		if at == point && once.CompareAndSwap(false, true) {
			runtime.Goexit()
		}
	}
	o.fault.Store(&fault)
	lived := false
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
		lived = true
	}()
	<-done
	o.fault.Store(nil)
	if lived {
		o.t.Fatalf("nobody came to %s", point)
	}
}

func TestASubmissionThatDiedBeforeItsCommitNeverWasAndAfterItIsStarted(t *testing.T) {
	o := newOffice(t)
	s := o.submission("k")
	o.dies("submit:before-commit", func() { _, _ = o.book.Submit(context.WithoutCancel(t.Context()), s) })
	if n := o.count("SELECT (SELECT count(*) FROM application) + (SELECT count(*) FROM outbox)"); n != 0 {
		t.Errorf("%d rows of a submission that was never committed", n)
	}
	o.dies("submit:after-commit", func() { _, _ = o.book.Submit(context.WithoutCancel(t.Context()), s) })
	v, err := o.book.Submit(t.Context(), s) // the person tries again
	if err != nil || v.Status != application.Received {
		t.Fatalf("%+v, %v", v, err)
	}
	o.work()
	o.settled(v.ID, application.Started)
	if n := o.count("SELECT count(*) FROM application"); n != 1 || o.engine.started != 1 {
		t.Errorf("%d applications, %d workflows, want one of each", n, o.engine.started)
	}
}

func TestAnActThatDiedBetweenCommitAndDeliveryIsDelivered(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	r := application.ActRequest{Task: task(t, v).ID, Action: "approve", Revision: 1}
	o.dies("act:after-commit", func() { _, _ = o.book.Act(context.WithoutCancel(t.Context()), o.officer(), v.ID, r, "k") })
	o.settled(v.ID, func(p application.Progress) bool { return p.Status == application.Ended })
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "k"); err != nil || !a.TookEffect() {
		t.Errorf("the repeat: %+v, %v", a, err)
	}
	if len(o.ports.papers) != 1 {
		t.Errorf("%d papers, want one", len(o.ports.papers))
	}
}

func TestAStartThatWasDeliveredButNotRecordedStartsNothingTwice(t *testing.T) {
	o := newOffice(t)
	v, err := o.book.Submit(t.Context(), o.submission("k"))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.relay.Deliver(t.Context(), "start", v.ID.String()); err != nil {
		t.Fatal(err)
	}
	again := func() {
		t.Helper()
		err := postgres.InTx(t.Context(), o.pool, func(tx pgx.Tx) error {
			return outbox.Again(t.Context(), tx, outbox.Message{Kind: "start", Subject: v.ID.String(), Lane: v.ID.String()})
		})
		if err == nil {
			err = o.relay.Deliver(t.Context(), "start", v.ID.String())
		}
		if err != nil {
			t.Error(err)
		}
	}
	again() // the application is at work: nothing is sent
	if _, err := o.pool.Exec(t.Context(), "UPDATE application SET status = 'received' WHERE id = $1", v.ID); err != nil {
		t.Fatal(err)
	}
	again() // Temporal knows the ID: nothing is started
	if o.engine.started != 1 {
		t.Errorf("%d workflows", o.engine.started)
	}
	start := o.engine.starts[0]
	if string(start.Reads["form.years"]) != "5" || string(start.Reads["applicant.birthDate"]) != `"1990-05-04"` || len(start.Reads) != 3 ||
		start.Tariff.Version != "licences@2020-01-01" || len(start.Facts.Calendar.Week) != 7 {
		t.Errorf("start %+v", start)
	}
}

func TestApplyThatDiesBeforeItsCommitLeavesNothing(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.submitted()
	before := o.count("SELECT count(*) FROM timeline")
	next := activity.Apply{Application: v.ID.String(), Sequence: v.Sequence + 1, At: v.SubmittedAt, Status: "open", Node: "review",
		Effects: []activity.Effect{{Kind: activity.Entered, Node: "review", Step: "review", Visit: 1}}}
	o.dies("apply:before-commit", func() { _ = o.book.Apply(context.WithoutCancel(t.Context()), next) })
	if n := o.count("SELECT count(*) FROM timeline"); n != before {
		t.Errorf("%d items, want %d", n, before)
	}
	o.dies("apply:after-commit", func() { _ = o.book.Apply(context.WithoutCancel(t.Context()), next) })
	if err := o.book.Apply(t.Context(), next); err != nil { // Temporal tries again
		t.Error(err)
	}
	if n := o.count("SELECT count(*) FROM timeline"); n != before+1 {
		t.Errorf("%d items, want %d", n, before+1)
	}
}

func TestAnActThatWasAppliedButNotRecordedByTemporalIsBroughtAgain(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	r := application.ActRequest{Task: task(t, v).ID, Action: "approve", Revision: 1}
	o.dies("act:after-commit", func() { _, _ = o.book.Act(context.WithoutCancel(t.Context()), o.officer(), v.ID, r, "k") })
	v = o.settled(v.ID, func(p application.Progress) bool { return p.Status == application.Ended })
	var id string
	limit, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	err := pgx.ErrNoRows // until the relay, which has just delivered it, has noted so
	for errors.Is(err, pgx.ErrNoRows) {
		err = o.pool.QueryRow(limit, `UPDATE outbox SET done_at = NULL, next_at = 'infinity'
			WHERE subject = (SELECT id::text FROM act WHERE action = 'approve') AND done_at IS NOT NULL RETURNING subject`).Scan(&id)
	}
	if err != nil {
		t.Fatal(err)
	}
	lost := o.engine.runs[v.ID.String()]
	lost.state = lost.before[id] // what the process knew died with it
	delete(lost.results, id)
	if err := o.relay.Deliver(t.Context(), "act", id); err != nil {
		t.Fatal(err)
	}
	if lost.state.Status != machine.Ended || len(o.ports.papers) != 1 || o.count("SELECT count(*) FROM timeline WHERE kind = 'ended'") != 1 {
		t.Errorf("the workflow is %s, with %d papers", lost.state.Status, len(o.ports.papers))
	}
}

func TestEveryPointThatIsUsedIsListed(t *testing.T) {
	o := newOffice(t)
	o.work()
	used := map[string]bool{}
	seen := make(chan string, 100)
	note := func(point string) { seen <- point }
	o.fault.Store(&note)
	v := o.paid()
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, application.ActRequest{Task: task(t, v).ID, Action: "approve", Revision: 1}, "k"); err != nil || !a.TookEffect() {
		t.Fatal(a, err)
	}
	for len(seen) > 0 {
		used[<-seen] = true
	}
	for point := range used {
		if !slices.Contains(outbox.Points, point) {
			t.Errorf("%s is not listed", point)
		}
	}
	if len(used) < 12 {
		t.Errorf("only %v", used)
	}
}
