package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var quiet = slog.New(slog.DiscardHandler)

func add(t *testing.T, pool *pgxpool.Pool, m outbox.Message) {
	t.Helper()
	if err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error { return outbox.Add(t.Context(), tx, m) }); err != nil {
		t.Fatal(err)
	}
}

// run runs the relay until the test ends or stop is called.
func run(t *testing.T, r *outbox.Relay) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func TestALaneIsDeliveredInOrderEvenWhenTheFirstFailsAtFirst(t *testing.T) {
	pool := pgtest.Migrated(t)
	var mu sync.Mutex
	var got []string
	failures := 2
	finished := make(chan struct{})
	r := outbox.New(pool, outbox.Options{Poll: 20 * time.Millisecond, Log: quiet})
	r.Handle(map[string]outbox.Handler{"act": func(_ context.Context, d outbox.Delivery) error {
		mu.Lock()
		defer mu.Unlock()
		if d.Subject == "0" && failures > 0 {
			failures--
			return &outbox.Failed{Code: "unreachable", Err: errors.New("not yet")}
		}
		if got = append(got, d.Subject); len(got) == 5 {
			close(finished)
		}
		return nil
	}})
	for i := range 5 {
		add(t, pool, outbox.Message{Kind: "act", Subject: strconv.Itoa(i), Lane: "one application"})
	}
	run(t, r)
	select {
	case <-finished:
	case <-time.After(10 * time.Second):
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(got, []string{"0", "1", "2", "3", "4"}) {
		t.Errorf("delivered %v", got)
	}
}

func TestAMessageThatAKilledProcessHeldIsDeliveredByAnother(t *testing.T) {
	pool := pgtest.Migrated(t)
	add(t, pool, outbox.Message{Kind: "start", Subject: "a"})
	// The killed process stops for ever at the named point, with the message claimed and handled, but not recorded.
	killed := outbox.New(pool, outbox.Options{Lease: 300 * time.Millisecond, Fault: func(point string) {
		if point == "outbox:handled" {
			select {} // as good as dead: nothing after this point happens
		}
	}})
	handled := make(chan int, 2)
	count := func(_ context.Context, d outbox.Delivery) error { handled <- d.Attempt; return nil }
	killed.Handle(map[string]outbox.Handler{"start": count})
	go func() { _ = killed.Deliver(context.WithoutCancel(t.Context()), "start", "a") }()
	if n := receive(t, handled); n != 1 {
		t.Fatalf("attempt %d, want 1", n)
	}
	other := outbox.New(pool, outbox.Options{Poll: 20 * time.Millisecond, Log: quiet})
	other.Handle(map[string]outbox.Handler{"start": count})
	stop := run(t, other)
	if n := receive(t, handled); n != 2 {
		t.Errorf("attempt %d, want 2", n)
	}
	stop()
	if n, _, err := outbox.Backlog(t.Context(), pool); err != nil || n != 0 {
		t.Errorf("%d messages wait, %v; want none", n, err)
	}
}

func receive(t *testing.T, c <-chan int) int {
	t.Helper()
	select {
	case n := <-c:
		return n
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was delivered")
		return 0
	}
}

func TestDeliverGivesTheHandlersAnswerAndOnlyOnce(t *testing.T) {
	pool := pgtest.Migrated(t)
	refused := errors.New("refused")
	answer := refused
	r := outbox.New(pool, outbox.Options{})
	r.Handle(map[string]outbox.Handler{"act": func(context.Context, outbox.Delivery) error { return answer }})
	add(t, pool, outbox.Message{Kind: "act", Subject: "a", Lane: "x"})
	add(t, pool, outbox.Message{Kind: "act", Subject: "b", Lane: "x"})
	if err := r.Deliver(t.Context(), "act", "b"); !errors.Is(err, outbox.ErrElsewhere) {
		t.Errorf("delivered before the first of its lane: %v", err)
	}
	if err := r.Deliver(t.Context(), "act", "a"); !errors.Is(err, refused) {
		t.Errorf("%v, want the handler's error", err)
	}
	answer = nil
	if err := r.Deliver(t.Context(), "act", "a"); err != nil { // a failed one is tried again at once
		t.Errorf("second attempt: %v", err)
	}
	if err := r.Deliver(t.Context(), "act", "a"); !errors.Is(err, outbox.ErrElsewhere) {
		t.Errorf("delivered again after it was done: %v", err)
	}
	if err := r.Deliver(t.Context(), "act", "b"); err != nil {
		t.Errorf("the next of the lane: %v", err)
	}
}

func TestARowIsDeliveredByOneOfManyRelays(t *testing.T) {
	pool := pgtest.Migrated(t)
	const messages = 60
	var mu sync.Mutex
	seen := map[string]int{}
	finished := make(chan struct{})
	for range 3 {
		r := outbox.New(pool, outbox.Options{Poll: 10 * time.Millisecond, Parallel: 4})
		r.Handle(map[string]outbox.Handler{"start": func(_ context.Context, d outbox.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			if seen[d.Subject]++; len(seen) == messages {
				select {
				case <-finished:
				default:
					close(finished)
				}
			}
			return nil
		}})
		run(t, r)
	}
	for i := range messages {
		add(t, pool, outbox.Message{Kind: "start", Subject: strconv.Itoa(i)})
	}
	select {
	case <-finished:
	case <-time.After(10 * time.Second):
	}
	mu.Lock()
	defer mu.Unlock()
	for subject, n := range seen {
		if n != 1 {
			t.Errorf("%s was delivered %d times", subject, n)
		}
	}
	if len(seen) != messages {
		t.Errorf("%d delivered, want %d", len(seen), messages)
	}
}

func TestARolledBackPromiseIsNeverDeliveredAndAnOldOneCanBeMadeAgain(t *testing.T) {
	pool := pgtest.Migrated(t)
	gone := errors.New("rolled back")
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		return errors.Join(outbox.Add(t.Context(), tx, outbox.Message{Kind: "start", Subject: "a"}), gone)
	})
	if !errors.Is(err, gone) {
		t.Fatal(err)
	}
	r := outbox.New(pool, outbox.Options{})
	r.Handle(map[string]outbox.Handler{"start": func(context.Context, outbox.Delivery) error { return nil }})
	if err := r.Deliver(t.Context(), "start", "a"); !errors.Is(err, outbox.ErrElsewhere) {
		t.Errorf("delivered what was rolled back: %v", err)
	}
	m := outbox.Message{Kind: "start", Subject: "a"}
	add(t, pool, m)
	if err := r.Deliver(t.Context(), "start", "a"); err != nil {
		t.Fatal(err)
	}
	if err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error { return outbox.Again(t.Context(), tx, m) }); err != nil {
		t.Fatal(err)
	}
	if err := r.Deliver(t.Context(), "start", "a"); err != nil {
		t.Errorf("not delivered again: %v", err)
	}
}

func TestWhatIsStoredOfAFailureIsACode(t *testing.T) {
	pool := pgtest.Migrated(t)
	for subject, c := range map[string]struct {
		fail func() error
		want string
	}{
		"a": {func() error { return errors.New("Mariam Salem has fines") }, "failed"},
		"b": {func() error { return &outbox.Failed{Code: "temporal", Err: errors.New("Mariam Salem")} }, "temporal"},
		"c": {func() error { panic("Mariam Salem") }, "panic"},
		"d": {func() error { return context.DeadlineExceeded }, "timeout"},
	} {
		r := outbox.New(pool, outbox.Options{Log: quiet})
		r.Handle(map[string]outbox.Handler{"start": func(context.Context, outbox.Delivery) error { return c.fail() }})
		add(t, pool, outbox.Message{Kind: "start", Subject: subject})
		if err := r.Deliver(t.Context(), "start", subject); err == nil {
			t.Errorf("%s: no error", subject)
		}
		var got string
		var waits bool
		err := pool.QueryRow(t.Context(), "SELECT error, next_at > now() AND done_at IS NULL FROM outbox WHERE subject = $1", subject).Scan(&got, &waits)
		if err != nil || got != c.want || !waits {
			t.Errorf("stored %q, waits %v, %v; want %q", got, waits, err, c.want)
		}
	}
}

func TestEverythingThatWasDeliveredLongAgoIsForgotten(t *testing.T) {
	pool := pgtest.Migrated(t)
	_, err := pool.Exec(t.Context(), `INSERT INTO outbox (kind, subject, done_at)
		SELECT 'act', n::text, now() - CASE WHEN n > 3 THEN interval '8 days' ELSE interval '6 days' END FROM generate_series(1, 12003) n`)
	if err != nil {
		t.Fatal(err)
	}
	run(t, outbox.New(pool, outbox.Options{Poll: 20 * time.Millisecond, Log: quiet}))
	left := 0
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM outbox").Scan(&left); err != nil {
			t.Fatal(err)
		}
		if left == 3 {
			return
		}
	}
	t.Errorf("%d messages are left, want the 3 of the last week", left)
}
