package appointment_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type world struct {
	*testing.T
	*appointment.Diary
	pool *pgxpool.Pool
	now  time.Time
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, pool: pgtest.Migrated(t), now: time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)} // 08:40 in the zone
	w.Diary = appointment.New(appointment.Options{Pool: w.pool, Zone: time.FixedZone("", 2*3600), Now: func() time.Time { return w.now }})
	return w
}

var clerk = []string{"town:clerk"}

func opening() appointment.Opening {
	return appointment.Opening{Role: "town:clerk", Service: "town.hall.book", Node: "look", Place: " Town  hall ", Day: "2026-11-22", From: "08:00", Until: "10:15",
		Minutes: 30, Capacity: 3, By: uuid.New()}
}

func (w *world) open(o appointment.Opening) int {
	w.Helper()
	n, err := w.Open(w.Context(), o)
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func (w *world) free() []appointment.Slot {
	w.Helper()
	list, err := w.Free(w.Context(), "town.hall.book", "look")
	if err != nil {
		w.Fatal(err)
	}
	return list
}

func (w *world) tx(do func(pgx.Tx) error) {
	w.Helper()
	if err := postgres.InTx(w.Context(), w.pool, do); err != nil {
		w.Fatal(err)
	}
}

func (w *world) wish(application uuid.UUID, slot uuid.UUID) appointment.Wish {
	return appointment.Wish{Act: uuid.New(), Slot: slot, Application: application, Reference: "AAAA-1111", Service: "town.hall.book", Node: "look", Visit: 1, At: w.now}
}

func (w *world) take(wish appointment.Wish) (free bool) {
	w.Helper()
	w.tx(func(tx pgx.Tx) (err error) { _, free, err = w.Take(w.Context(), tx, wish); return err })
	return free
}

func TestOfficersOpenWhatIsStillToComeOnceAndClose(t *testing.T) {
	w := newWorld(t)
	if n := w.open(opening()); n != 2 { // 09:00 and 09:30: the earlier ones have begun, and 10:00 would end too late
		t.Fatalf("%d opened", n)
	}
	if n := w.open(opening()); n != 0 {
		t.Fatalf("%d opened again", n)
	}
	list := w.free()
	if len(list) != 2 || list[0].Place != "Town hall" || list[0].Left != 3 || !list[0].StartsAt.Equal(time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v", list)
	}
	if err := w.Close(t.Context(), []string{"town:engineer"}, list[0].ID); !errors.Is(err, appointment.ErrNotFound) {
		t.Fatal("another role closes it")
	}
	if err := w.Close(t.Context(), clerk, list[0].ID); err != nil || len(w.free()) != 1 {
		t.Fatal("it is still open")
	}
	if w.take(w.wish(uuid.New(), list[0].ID)) {
		t.Fatal("a closed slot was booked")
	}
	if n := w.open(opening()); n != 1 {
		t.Fatalf("%d opened after one was closed", n)
	}
	for name, c := range map[string]struct {
		change func(*appointment.Opening)
		want   error
	}{
		"no day":        {func(o *appointment.Opening) { o.Day = "2026-02-30" }, appointment.ErrNoDay},
		"yesterday":     {func(o *appointment.Opening) { o.Day = "2026-11-21" }, appointment.ErrPast},
		"in five years": {func(o *appointment.Opening) { o.Day = "2031-11-21" }, appointment.ErrPast},
		"backwards":     {func(o *appointment.Opening) { o.From, o.Until = "12:00", "10:00" }, appointment.ErrNoHours},
		"too short":     {func(o *appointment.Opening) { o.From, o.Until = "12:00", "12:20" }, appointment.ErrNoHours},
		"no hours":      {func(o *appointment.Opening) { o.From = "nine" }, appointment.ErrNoHours},
		"no place":      {func(o *appointment.Opening) { o.Place = " " }, appointment.ErrNoPlace},
	} {
		o := opening()
		c.change(&o)
		if _, err := w.Open(t.Context(), o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFiftyAtOnceGetThreePlaces(t *testing.T) {
	w := newWorld(t)
	w.open(opening())
	slot := w.free()[0].ID
	var got atomic.Int32
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			wish := w.wish(uuid.New(), slot)
			err := postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
				_, free, err := w.Take(t.Context(), tx, wish)
				if err == nil && free {
					err = w.Confirm(t.Context(), tx, wish.Application, wish.Node, wish.Visit, wish.Act)
				}
				if err == nil && free {
					got.Add(1)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	day, err := w.Day(t.Context(), clerk, "2026-11-22")
	if err != nil || got.Load() != 3 || len(day) != 2 || day[0].Left != 0 || len(day[0].Booked) != 3 {
		t.Fatalf("%d places, %+v, %v", got.Load(), day, err)
	}
}

func TestAPlaceIsHeldMovedAndGivenBack(t *testing.T) {
	w := newWorld(t)
	o := opening()
	o.Capacity = 1
	w.open(o)
	first, second := w.free()[0].ID, w.free()[1].ID
	me := uuid.New()
	refused := w.wish(me, first)
	if !w.take(refused) || w.take(w.wish(uuid.New(), first)) {
		t.Fatal("one place, taken by who came first")
	}
	w.tx(func(tx pgx.Tx) error { return w.Release(t.Context(), tx, refused.Act) })
	w.tx(func(tx pgx.Tx) error { return w.Release(t.Context(), tx, refused.Act) }) // and not twice
	book := func(slot uuid.UUID) {
		t.Helper()
		wish := w.wish(me, slot)
		if !w.take(wish) {
			t.Fatal("it is not free")
		}
		w.tx(func(tx pgx.Tx) error { return w.Confirm(t.Context(), tx, me, "look", 1, wish.Act) })
	}
	book(first)
	book(second) // moved: the first is free again
	if list := w.free(); len(list) != 1 || list[0].ID != first {
		t.Fatalf("%+v", list)
	}
	w.tx(func(tx pgx.Tx) error { return w.Settle(t.Context(), tx, me, "look", 1, "missed") })
	if len(w.free()) != 1 {
		t.Fatal("a missed appointment has had its time")
	}
	book(first)
	w.tx(func(tx pgx.Tx) error { return w.Settle(t.Context(), tx, me, "look", 1, "withdraw") })
	if len(w.free()) != 1 {
		t.Fatal("what is called off is free again")
	}
	list, err := w.OfApplication(t.Context(), me)
	var statuses []string
	for _, b := range list {
		statuses = append(statuses, b.Status)
	}
	if err != nil || len(list) != 4 {
		t.Fatalf("%v, %v", statuses, err)
	}
	if w.take(w.wish(uuid.New(), uuid.New())) {
		t.Fatal("a slot that there is not")
	}
	other := w.wish(uuid.New(), first)
	other.Service = "town.house.visit"
	if w.take(other) {
		t.Fatal("a slot of another service")
	}
	w.now = w.now.Add(24 * time.Hour)
	if len(w.free()) != 0 || w.take(w.wish(uuid.New(), first)) {
		t.Fatal("what has begun cannot be booked")
	}
}

func TestADayOfManyTimesIsShownWhole(t *testing.T) {
	w := newWorld(t)
	o := opening()
	o.Day, o.From, o.Until, o.Minutes = "2026-11-23", "08:00", "16:00", 2
	want := w.open(o)
	if held, err := w.Day(t.Context(), clerk, o.Day); err != nil || want != 240 || len(held) != want {
		t.Errorf("%d of %d, %v", len(held), want, err)
	}
}
