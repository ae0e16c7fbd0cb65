package migration_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/migration"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// book stands for the applications: what each says when it is asked.
type book struct {
	open   []uuid.UUID
	says   map[uuid.UUID]activity.MoveResult
	fails  map[uuid.UUID]error
	movedN chan uuid.UUID
}

func (b *book) Unmoved(_ context.Context, _, _ string, after uuid.UUID, n int) ([]uuid.UUID, error) {
	var out []uuid.UUID
	for _, id := range b.open {
		if id.String() > after.String() && len(out) < n {
			out = append(out, id)
		}
	}
	return out, nil
}

func (b *book) Movable(_ context.Context, id uuid.UUID, _ string) (activity.MoveResult, error) {
	return b.says[id], b.fails[id]
}

func (b *book) Move(_ context.Context, id uuid.UUID, _ string) (activity.MoveResult, error) {
	if len(b.says[id].Obstacles) == 0 {
		b.movedN <- id
	}
	return b.says[id], b.fails[id]
}

func (b *book) References(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	out := map[uuid.UUID]string{}
	for _, id := range ids {
		out[id] = "ref-" + id.String()[:2]
	}
	return out, nil
}

type world struct {
	*migration.Migrations
	t    *testing.T
	book *book
	now  time.Time
	live string // digest of the plan
}

// open makes four applications: one that can go on, one that would miss a step, one whose step is gone and one that does not answer.
func open(t *testing.T) *world {
	pool := pgtest.Migrated(t)
	ids := []uuid.UUID{{1}, {2}, {3}, {4}}
	w := &world{t: t, live: "d2", now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), book: &book{
		open: ids, movedN: make(chan uuid.UUID, 100), fails: map[uuid.UUID]error{ids[3]: errors.New("no answer")},
		says: map[uuid.UUID]activity.MoveResult{
			ids[1]: {Notes: []activity.Obstacle{{Code: machine.StepSkipped, At: "survey"}}},
			ids[2]: {Obstacles: []activity.Obstacle{{Code: machine.StepGone, At: "review"}}},
		},
	}}
	seed(t, pool)
	w.Migrations = migration.New(migration.Options{
		Pool: pool, Book: w.book, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		Plan: func(service string) (string, string, bool) { return w.live, "transport", service == "s" },
	})
	return w
}

func seed(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), "INSERT INTO plan (digest, service, body) VALUES ('d2', 's', '')"); err != nil {
		t.Fatal(err)
	}
}

// work goes on until there is nothing to do, also after pauses.
func (w *world) work() {
	w.t.Helper()
	for range 8 {
		for {
			n, err := w.Work(w.t.Context())
			if err != nil {
				w.t.Fatal(err)
			}
			if n == 0 {
				break
			}
		}
		w.now = w.now.Add(time.Minute)
	}
}

func (w *world) stands(id uuid.UUID, want map[string]int) *migration.Report {
	w.t.Helper()
	r, err := w.Report(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	if !maps.Equal(r.Items, want) {
		w.t.Fatalf("%v, want %v", r.Items, want)
	}
	return r
}

func TestAMigrationIsLookedAtFirstAndCarriedOutByFourEyes(t *testing.T) {
	w := open(t)
	me, other := uuid.New(), uuid.New()
	id, err := w.Propose(t.Context(), me, "s")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Propose(t.Context(), other, "s"); !errors.Is(err, migration.ErrUnderway) {
		t.Errorf("a second one: %v", err)
	}
	if err := w.Approve(t.Context(), other, id); !errors.Is(err, migration.ErrTooEarly) {
		t.Errorf("approved before the dry run: %v", err)
	}
	w.work()
	r := w.stands(id, map[string]int{"movable": 2, "hindered": 1, "unreachable": 1})
	if len(r.Obstacles) != 1 || r.Obstacles[0].Code != machine.StepGone || r.Obstacles[0].Count != 1 || r.Obstacles[0].Example != w.book.open[2] {
		t.Errorf("obstacles %+v", r.Obstacles)
	}
	if len(r.Notes) != 1 || r.Notes[0].At != "survey" {
		t.Errorf("notes %+v", r.Notes)
	}
	if len(w.book.movedN) > 0 || r.EndedAt != nil {
		t.Error("the dry run moved something, or ended the migration")
	}
	if list, err := w.Cases(t.Context(), id, migration.Movable, uuid.Nil, 10); err != nil || len(list) != 2 || list[0].Reference != "ref-01" || len(list[1].Notes) != 1 {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := w.Cases(t.Context(), id, migration.Hindered, uuid.Nil, 10); err != nil || len(list) != 1 || list[0].Obstacles[0].At != "review" {
		t.Errorf("%+v %v", list, err)
	}
	if err := w.Approve(t.Context(), me, id); !errors.Is(err, migration.ErrFourEyes) {
		t.Errorf("approved by who proposed it: %v", err)
	}
	w.live = "d3" // nobody has looked at how it is with what is live now
	if err := w.Approve(t.Context(), other, id); !errors.Is(err, migration.ErrOutdated) {
		t.Errorf("approved to a plan that is no longer live: %v", err)
	}
	w.live = "d2"
	if err := w.Approve(t.Context(), other, id); err != nil {
		t.Fatal(err)
	}
	w.work()
	r = w.stands(id, map[string]int{"moved": 2, "hindered": 1, "unreachable": 1})
	if r.EndedAt == nil || len(w.book.movedN) != 2 {
		t.Errorf("%+v, %d moved", r, len(w.book.movedN))
	}
	if err := w.Approve(t.Context(), other, id); !errors.Is(err, migration.ErrOver) {
		t.Errorf("approved twice: %v", err)
	}
	next, err := w.Propose(t.Context(), me, "s")
	if err != nil {
		t.Fatalf("the next one: %v", err)
	}
	w.now = w.now.Add(time.Minute)
	if err := w.CallOff(t.Context(), other, next); err != nil {
		t.Fatal(err)
	}
	list, err := w.Of(t.Context(), "s")
	if err != nil || len(list) != 2 || list[0].ID != next || !list[0].CalledOff() || list[1].CalledOff() || list[1].ProposedBy != me || *list[1].ApprovedBy != other {
		t.Errorf("%+v %v", list, err)
	}
	if n, err := w.Waiting(t.Context(), "s"); err != nil || n != 4 {
		t.Errorf("%d %v", n, err)
	}
}

func TestWhatIsBusyIsAskedAgain(t *testing.T) {
	w := open(t)
	first := w.book.open[0]
	w.book.open = w.book.open[:1]
	w.book.says[first] = activity.MoveResult{Obstacles: []activity.Obstacle{{Code: machine.IsBusy, At: "licence"}}}
	id, err := w.Propose(t.Context(), uuid.New(), "s")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.stands(id, map[string]int{"unchecked": 1})
	delete(w.book.says, first)
	w.work()
	w.stands(id, map[string]int{"movable": 1})
}

func TestAMigrationThatIsCalledOffMovesNothing(t *testing.T) {
	w := open(t)
	id, err := w.Propose(t.Context(), uuid.New(), "s")
	if err != nil {
		t.Fatal(err)
	}
	w.work()
	if err := w.CallOff(t.Context(), uuid.New(), id); err != nil {
		t.Fatal(err)
	}
	if err := w.Approve(t.Context(), uuid.New(), id); !errors.Is(err, migration.ErrOver) {
		t.Errorf("%v", err)
	}
	w.work()
	if len(w.book.movedN) > 0 {
		t.Error("it moved something")
	}
	if err := w.CallOff(t.Context(), uuid.New(), uuid.New()); !errors.Is(err, migration.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := w.Propose(t.Context(), uuid.New(), "unknown"); !errors.Is(err, migration.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
