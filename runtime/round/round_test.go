package round_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/round"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var key = activity.RoundKey{Service: "town.nursery", Opens: "2026-03-01"}

// world is a round with everything round it: applications that remember what they were given.
type world struct {
	*round.Rounds
	t     *testing.T
	pool  *pgxpool.Pool
	relay *outbox.Relay
	now   time.Time
	plan  *plan.Plan

	ids     map[string]uuid.UUID
	names   map[uuid.UUID]string
	given   map[string][]string // by name, once for each key
	keys    map[string]bool
	failing int // so many gifts are given, and then one fails
	woken   int
	counted map[string]int
}

func open(t *testing.T, r plan.Round) *world {
	w := &world{
		t: t, pool: pgtest.Migrated(t), now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC),
		ids: map[string]uuid.UUID{}, names: map[uuid.UUID]string{}, given: map[string][]string{}, keys: map[string]bool{}, failing: -1, counted: map[string]int{},
	}
	r.Opens, r.Closes = "2026-03-01", "2026-03-31"
	w.plan = &plan.Plan{Service: key.Service, Authority: "town", Zone: "Asia/Hebron", Round: &r}
	if _, err := w.pool.Exec(t.Context(), "INSERT INTO plan (digest, service, body) VALUES ('d1', $1, ''), ('d2', $1, '')", key.Service); err != nil {
		t.Fatal(err)
	}
	w.Rounds = round.New(round.Options{
		Pool: w.pool, Acts: w, Temporal: w, Counts: w, Now: func() time.Time { return w.now },
		Current: func(string) (string, *plan.Plan, bool) { return "d1", w.plan, true },
		Plan:    func(digest string) (*plan.Plan, bool) { return w.plan, digest == "d1" },
	})
	return w
}

func (w *world) Placed(_, outcome string, n int) { w.counted[outcome] += n }

func (w *world) SignalWithStartWorkflow(_ context.Context, id, signal string, _ any, o client.StartWorkflowOptions, name any, args ...any) (client.WorkflowRun, error) {
	if id != "round/town.nursery/2026-03-01" || o.ID != id || signal != activity.RoundWake || name != activity.RoundName || args[0] != key {
		w.t.Errorf("%s is woken as %v %v", id, name, args)
	}
	w.woken++
	return nil, nil
}

// Give is round.Acts.
func (w *world) Give(ctx context.Context, tx pgx.Tx, g round.Gift) error {
	if w.failing == 0 {
		return errors.New("killed")
	}
	w.failing--
	// What a transaction that is rolled back has written is gone, so what is remembered stands in a table too.
	tag, err := tx.Exec(ctx, "INSERT INTO idempotency (actor, key, route, request) VALUES ($1, $2, '', '') ON CONFLICT DO NOTHING", g.Application.String(), g.Key)
	if err == nil && tag.RowsAffected() == 1 {
		w.given[w.names[g.Application]] = append(w.given[w.names[g.Application]], g.Outcome)
	}
	return err
}

func (w *world) tx(do func(tx pgx.Tx) error) {
	w.t.Helper()
	if err := postgres.InTx(w.t.Context(), w.pool, do); err != nil {
		w.t.Fatal(err)
	}
}

// apply lets applications take part: name, rank, and the codes of quotas.
func (w *world) apply(lines ...string) {
	w.t.Helper()
	for _, l := range lines {
		f := strings.Fields(l)
		w.join(f[0])
		w.comes(f[0], f[1], f[2:]...)
	}
}

func (w *world) join(name string) {
	w.t.Helper()
	id := uuid.New()
	w.ids[name], w.names[id] = id, name
	w.now = w.now.Add(time.Second)
	w.tx(func(tx pgx.Tx) error {
		return w.Join(w.t.Context(), tx, round.Entrant{Application: id, Reference: "R-" + name, Service: key.Service, Authority: "town", Digest: "d1", Plan: w.plan, At: w.now})
	})
}

func (w *world) comes(name, rank string, quotas ...string) {
	w.t.Helper()
	w.tx(func(tx pgx.Tx) error {
		return w.Waits(w.t.Context(), tx, w.ids[name], "turn", 1, activity.Rank{Rank: rank, Quotas: quotas})
	})
}

func (w *world) ends(name, outcome string) {
	w.t.Helper()
	w.tx(func(tx pgx.Tx) error { return w.Left(w.t.Context(), tx, w.ids[name], true, outcome) })
}

// work goes on as the workflow does, until there is nothing to do now.
func (w *world) work() activity.RoundNext {
	w.t.Helper()
	for range 100 {
		next, err := w.Advance(w.t.Context(), key)
		if err != nil {
			w.t.Fatal(err)
		}
		if !next.More {
			return next
		}
	}
	w.t.Fatal("the round does not come to rest")
	return activity.RoundNext{}
}

// close lets the closing day pass.
func (w *world) close() { w.now = time.Date(2026, 4, 1, 6, 0, 0, 0, time.UTC) }

func (w *world) stands(want string) {
	w.t.Helper()
	var out []string
	for _, name := range slices.Sorted(maps.Keys(w.ids)) {
		s, err := w.Standing(w.t.Context(), w.ids[name])
		if err != nil {
			w.t.Fatal(err)
		}
		one := name + ":" + s.Status
		if s.Reserve > 0 {
			one += fmt.Sprint("#", s.Reserve)
		}
		if s.Place != "" {
			one += "/" + s.Place
		}
		out = append(out, one)
	}
	if got := strings.Join(out, " "); got != want {
		w.t.Fatalf("\n got %s\nwant %s", got, want)
	}
}

func (w *world) heard(name string, want ...string) {
	w.t.Helper()
	if !slices.Equal(w.given[name], want) {
		w.t.Errorf("%s heard %v, want %v", name, w.given[name], want)
	}
}

func TestARoundIsRankedWhenItsLastDayIsOverAndEverybodyIsThere(t *testing.T) {
	w := open(t, plan.Round{Places: 2, Reserve: 2, Quotas: []plan.Quota{{Code: "near", Places: 1}}})
	w.apply("a 5", "b 9", "c 1 near", "d 7", "e 0")
	w.join("late")
	if next := w.work(); next.Over || next.Wait < 29*24*time.Hour || next.Wait > 31*24*time.Hour {
		t.Fatalf("before the closing day: %+v", next)
	}
	w.stands("a:waiting b:waiting c:waiting d:waiting e:waiting late:applied")
	w.close()
	if next := w.work(); next.Wait == 0 {
		t.Fatalf("it does not wait for who is on the way: %+v", next)
	}
	if way, err := w.OnTheWay(t.Context(), key, 10); err != nil || len(way) != 1 || way[0].Reference != "R-late" {
		t.Fatalf("on the way are %v, %v", way, err)
	}
	w.comes("late", "8")
	w.work()
	w.stands("a:refused b:placed c:placed/near d:reserve#2 e:refused late:reserve#1")
	w.heard("b", "placed")
	w.heard("c", "placed")
	w.heard("a", "refused")
	w.heard("d")
	lines, err := w.Ranked(t.Context(), key, 1, 2)
	if err != nil || len(lines) != 2 || lines[0].Reference != "R-late" || lines[0].Position != 2 || lines[0].Given != "reserve" || lines[1].Reference != "R-d" {
		t.Errorf("%+v, %v", lines, err)
	}
	one, err := w.One(t.Context(), []string{"town"}, key)
	if err != nil || one.Status != "ranked" || one.Places != 2 || one.Entries["placed"] != 2 || one.Hash == "" || one.Quotas[0].Code != "near" {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := w.One(t.Context(), []string{"village"}, key); !errors.Is(err, round.ErrNotFound) {
		t.Errorf("another authority reads it: %v", err)
	}
	if err := w.Verify(t.Context(), key); err != nil {
		t.Error(err)
	}
	if w.counted["placed"] != 2 || w.counted["reserve"] != 2 || w.counted["refused"] != 2 {
		t.Errorf("counted %v", w.counted)
	}
	err = postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
		return w.Join(t.Context(), tx, round.Entrant{Application: uuid.New(), Service: key.Service, Authority: "town", Digest: "d1", Plan: w.plan, At: w.now})
	})
	if !errors.Is(err, round.ErrClosed) {
		t.Errorf("somebody joins afterwards: %v", err)
	}
}

func TestAPlaceThatIsHandedBackGoesToTheNextUntilTheRoundIsOver(t *testing.T) {
	w := open(t, plan.Round{Places: 2, Reserve: 3, Quotas: []plan.Quota{{Code: "near", Places: 1}}})
	w.apply("a 9", "b 8 near", "c 7", "d 6", "e 5 near", "f 4")
	w.ends("f", "withdrawn")
	w.close()
	w.work()
	w.stands("a:placed b:placed/near c:reserve#1 d:reserve#2 e:reserve#3 f:left")
	w.ends("d", "withdrawn") // who withdraws from the list only makes it shorter
	w.stands("a:placed b:placed/near c:reserve#1 d:left e:reserve#2 f:left")
	w.ends("b", "lapsed") // the kept place goes to who counts for it
	w.work()
	w.stands("a:placed b:back/near c:reserve#1 d:left e:placed/near f:left")
	w.heard("e", "placed")
	// A place that was not accepted is handed back before its application ends, and once.
	w.tx(func(tx pgx.Tx) error { return w.Left(t.Context(), tx, w.ids["e"], false, "refused") })
	w.ends("e", "refused")
	w.work()
	w.stands("a:placed b:back/near c:placed/near d:left e:back/near f:left")
	w.heard("c", "placed")
	w.ends("c", "issued")
	w.stands("a:placed b:back/near c:taken/near d:left e:back/near f:left")
	if next := w.work(); !next.Over { // nobody waits any more
		t.Fatalf("%+v", next)
	}
	if err := w.Verify(t.Context(), key); err != nil {
		t.Error(err)
	}
	if w.counted["moved-up"] != 2 {
		t.Errorf("counted %v", w.counted)
	}
}

func TestWhoStillWaitsHearsItWhenEveryPlaceWasUsed(t *testing.T) {
	w := open(t, plan.Round{Places: 1, Reserve: 1})
	w.apply("a 2", "b 1")
	w.close()
	w.work()
	w.heard("b")
	w.ends("a", "completed")
	if next := w.work(); !next.Over {
		t.Fatalf("%+v", next)
	}
	w.heard("b", "reserve")
	w.stands("a:taken b:refused")
	// Who comes to the step again is given nothing more.
	w.comes("b", "3")
	w.work()
	w.heard("b", "reserve", "refused")
}

func TestARoundThatIsKilledAnywherePlacesAndTellsEverybodyOnce(t *testing.T) {
	for failing := range 7 {
		w := open(t, plan.Round{Places: 3, Reserve: 1})
		w.apply("a 1", "b 2", "c 3", "d 4", "e 5", "f 6")
		w.close()
		w.failing = failing
		for range 50 {
			next, err := w.Advance(t.Context(), key)
			if err != nil {
				w.failing, w.given = -1, map[string][]string{} // it was rolled back
				continue
			}
			if !next.More {
				break
			}
		}
		for name, want := range map[string]string{"a": "refused", "b": "refused", "d": "placed", "e": "placed", "f": "placed"} {
			w.heard(name, want)
		}
		w.heard("c")
	}
}

func TestARecordThatWasChangedDoesNotHold(t *testing.T) {
	w := open(t, plan.Round{Places: 1, Reserve: 2})
	w.apply("a 3", "b 2", "c 1")
	w.close()
	w.work()
	w.ends("a", "refused")
	w.work()
	if err := w.Verify(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := w.pool.Exec(t.Context(), "UPDATE round_rank SET rank = '9' WHERE position = 3"); err == nil {
		t.Error("the ranking can be changed")
	}
	for what, change := range map[string]string{
		"another rank":    "UPDATE round_rank SET rank = '9' WHERE position = 3",
		"another outcome": "UPDATE round_rank SET outcome = 'placed' WHERE position = 3",
		"another body":    "UPDATE round_record SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"places\":1', '\"places\":2'), 'UTF8') WHERE number = 1",
		"a missing link":  "DELETE FROM round_record WHERE number = 1",
	} {
		err := postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "ALTER TABLE round_rank DISABLE TRIGGER USER; ALTER TABLE round_record DISABLE TRIGGER USER; CREATE TABLE IF NOT EXISTS kept_rank AS TABLE round_rank; CREATE TABLE IF NOT EXISTS kept_record AS TABLE round_record; "+change)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Verify(t.Context(), key); err == nil {
			t.Errorf("%s is not seen", what)
		}
		if _, err := w.pool.Exec(t.Context(), "DELETE FROM round_rank; INSERT INTO round_rank TABLE kept_rank; DELETE FROM round_record; INSERT INTO round_record TABLE kept_record"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Verify(t.Context(), key); err != nil {
		t.Error(err)
	}
}

func TestAReleaseMovesTheClosingDayAndWakesTheRound(t *testing.T) {
	w := open(t, plan.Round{Places: 1})
	w.apply("a 1")
	w.work()
	if err := w.Look(t.Context()); err != nil || w.woken != 0 {
		t.Fatalf("woken %d times for nothing, %v", w.woken, err)
	}
	earlier := *w.plan.Round
	earlier.Closes, earlier.Places = "2026-03-01", 5
	w.plan = &plan.Plan{Service: key.Service, Authority: "town", Zone: "Asia/Hebron", Round: &earlier}
	if err := w.Look(t.Context()); err != nil || w.woken != 1 {
		t.Fatalf("woken %d times, %v", w.woken, err)
	}
	w.work()
	w.stands("a:placed")
	if one, err := w.One(t.Context(), []string{"town"}, key); err != nil || one.Closes != "2026-03-01" || one.Places != 5 || one.Status != "over" {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestTenThousandAreRankedInOneGo(t *testing.T) {
	w := open(t, plan.Round{Places: 4000, Reserve: 1000})
	w.apply("first 1")
	_, err := w.pool.Exec(t.Context(), `INSERT INTO round_entry (application, service, opens, reference, plan, submitted_at, status, node, visit, rank)
		SELECT gen_random_uuid(), $1, $2, 'R' || i, 'd1', now(), 'waiting', 'turn', 1, (i % 100)::text FROM generate_series(1, 10000) i`, key.Service, key.Opens)
	if err != nil {
		t.Fatal(err)
	}
	w.close()
	began := time.Now()
	w.work()
	t.Log("10,001 applications are ranked and told in", time.Since(began))
	one, err := w.One(t.Context(), []string{"town"}, key)
	if err != nil || one.Entries["placed"] != 4000 || one.Entries["reserve"] != 1000 || one.Entries["refused"] != 5001 {
		t.Fatalf("%+v, %v", one, err)
	}
	if err := w.Verify(t.Context(), key); err != nil {
		t.Error(err)
	}
}
