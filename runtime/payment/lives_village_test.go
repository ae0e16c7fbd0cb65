package payment_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

var inTx = postgres.InTx

// village is where lives are lived: one database, one bank, one till, and what has happened there.
type village struct {
	*world
	waiting  *int // acts that are promised
	met      map[string]int
	began    time.Time
	operator uuid.UUID

	tills            *till.Tills
	clerk, colleague uuid.UUID
	drawer           uuid.UUID           // the clerk's till
	holds            map[string]int64    // what lies in it
	toVoid           *till.Taken         // waits for the colleague
	took             map[uuid.UUID]int64 // by payment: what banks and the till have taken, and keep
	banked           int64               // what banks have taken
}

// float is what the till begins with, of each currency.
const float = 10_000

func newVillage(t *testing.T) *village {
	v := &village{world: newWorld(t), waiting: new(int), met: map[string]int{}, took: map[uuid.UUID]int64{}, holds: map[string]int64{"ILS": float, "JOD": float}}
	// Tables that began empty and were never looked at by the planner are read by their indexes, as they are where they are large.
	_, err := v.pool.Exec(t.Context(), `DO $$ BEGIN
		EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database());
		EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
		EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_generic_plan', current_database());
	END $$`)
	v.must(err)
	v.pool.Reset()
	v.began = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	v.now = v.began
	v.desk.Acts, v.desk.Log, v.desk.Biller = told{v.waiting}, slog.New(slog.DiscardHandler), "7700"
	v.bank.today = func() string { return v.now.Format(time.DateOnly) }
	v.operator, v.clerk, v.colleague = v.world.operator(), v.world.operator(), v.world.operator()
	v.tills = till.New(till.Options{Pool: v.pool, Payments: v.desk, Receipts: noPapers{}, Now: func() time.Time { return v.now }})
	v.drawer, err = v.tills.Open(t.Context(), till.Opening{Authority: "town", Number: 1, Clerk: v.clerk, Float: v.holds})
	v.must(err)
	return v
}

// happened counts, so that whoever reads the test's output sees that it did.
func (v *village) happened(format string, args ...any) { v.met[fmt.Sprintf(format, args...)]++ }

// lived is a life that broke: after which of its steps, and how.
type lived struct {
	steps []int
	why   broken
	log   []string
}

// live lets the i-th life of a seed be lived, of its steps only those of some (nil = all). Each step draws for itself, so that what is left out
// changes nothing of the others.
func (v *village) live(seed uint64, i int, some []int) (end *lived) {
	draw := func(step int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(i)<<16|uint64(step))) }
	rnd := draw(0)
	p, err := drawLife(rnd)
	v.must(err)
	if some == nil {
		for n := range 6 + rnd.IntN(24) {
			some = append(some, n+1)
		}
	}
	v.now = v.began
	l := &life{village: v, p: p, id: uuid.New(), rnd: rnd, over: map[string]bool{}, paid: map[string]bool{}}
	defer func() {
		switch why := recover().(type) {
		case nil:
		case broken:
			end = &lived{some, why, l.log}
		default:
			panic(why)
		}
	}()
	l.take(machine.Event{Start: &activity.Start{Application: l.id.String(), Applicant: "P1", Facts: l.facts(), Reads: formOf(1 + rnd.IntN(3))}})
	l.check()
	for _, n := range some {
		l.rnd = draw(n)
		l.happen()
	}
	l.rnd = draw(1 << 15)
	l.heal()
	l.idle()
	views := l.views()
	l.equal(views)
	l.forget()
	l.count(views)
	return nil
}

// forget makes that the next lives ask nothing about what this one has left open at the gateway.
func (l *life) forget() {
	_, err := l.pool.Exec(l.Context(), "UPDATE payment SET checkout_url = '', other_checkouts = '{}' WHERE application = $1", l.id)
	l.ok(err)
}

// mostTries bounds what is tried to make a life that broke shorter, each in a village of its own.
const mostTries = 80

// shrunk leaves steps out of a life that broke as long as it breaks, and tells what is left.
func shrunk(t *testing.T, seed uint64, i int, end *lived) string {
	all, tries := len(end.steps), 0
	for size := (all + 1) / 2; size > 0; size /= 2 {
		for at := 0; at < len(end.steps) && tries < mostTries; tries++ {
			some := slices.Concat(end.steps[:at], end.steps[min(at+size, len(end.steps)):])
			if again := newVillage(t).live(seed, i, append(make([]int, 0, 1), some...)); again != nil {
				end = again
			} else {
				at += size
			}
		}
	}
	return fmt.Sprintf("%s\nseed %d, life %d: breaks so with %d of its %d steps, %v\n%s", end.why, seed, i, len(end.steps), all, end.steps, strings.Join(end.log, "\n"))
}
