package settlement_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/settlement"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	first  = "2026-11-20"
	second = "2026-11-21"
)

// sides are a book and a provider in memory.
type sides struct {
	ours  []settlement.Movement
	lines map[string][]settlement.Line
	late  bool // the file is not there yet
	bad   bool // the file is wrong
	down  error
}

func (s *sides) Moved(_ context.Context, provider, day string) (out []settlement.Movement, err error) {
	for _, m := range s.ours {
		if m.Day == day && provider == "gateway" {
			out = append(out, m)
		}
	}
	return out, nil
}

func (s *sides) Known(_ context.Context, _ string, keys []settlement.Key) (out []settlement.Movement, err error) {
	for _, m := range s.ours {
		if slices.Contains(keys, m.Key) {
			out = append(out, m)
		}
	}
	return out, nil
}

func (s *sides) FirstDay(context.Context, string) (string, error) { return first, nil }

func (s *sides) Turnover(_ context.Context, from, until string) (out []settlement.Turnover, err error) {
	for _, m := range s.ours {
		t := settlement.Turnover{Day: m.Day, Authority: m.Authority, Application: m.Application, Currency: m.Amount.Currency, Due: 500, Received: m.Amount.Minor, Owed: 500 - m.Amount.Minor}
		switch {
		case m.Day < from:
			out = append(out, settlement.Turnover{Authority: t.Authority, Application: t.Application, Currency: t.Currency, Owed: t.Owed})
		case m.Day <= until:
			out = append(out, t)
		}
	}
	return out, nil
}

func (s *sides) List(_ context.Context, day string) ([]settlement.Line, error) {
	return s.lines[day], s.down
}

func (s *sides) File(_ context.Context, day string) ([]byte, error) {
	if s.late {
		return nil, nil
	}
	var b strings.Builder
	b.WriteString("day,kind,key,amount,currency\n")
	for _, l := range s.lines[day] {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s\n", day, l.Kind, l.ID, l.Amount.Value(), l.Amount.Currency)
	}
	if !s.bad {
		fmt.Fprintf(&b, "%s,end,%d,,\n", day, len(s.lines[day]))
	}
	return []byte(b.String()), nil
}

var application = uuid.MustParse("c0000000-0000-4000-8000-000000000001")

// pay puts a payment into the book, the provider, or both ("" = not there).
func (s *sides) pay(key, here, there string, minor int64) {
	k, amount := settlement.Key{Kind: settlement.Payment, ID: key}, formula.Money{Minor: minor, Currency: "ILS"}
	if here != "" {
		s.ours = append(s.ours, settlement.Movement{Key: k, Day: here, Amount: amount, Authority: "transport", Application: application})
	}
	if there != "" {
		s.lines[there] = append(s.lines[there], settlement.Line{Key: k, Day: there, Number: len(s.lines[there]) + 1, Amount: amount})
	}
}

type world struct {
	*testing.T
	*sides
	pool    *pgxpool.Pool
	books   *settlement.Books
	now     time.Time
	officer uuid.UUID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, sides: &sides{lines: map[string][]settlement.Line{}}, pool: pgtest.Migrated(t), now: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC), officer: uuid.New()}
	w.books = settlement.New(settlement.Options{
		Pool: w.pool, Ours: w.sides, Providers: map[string]settlement.Provider{"gateway": w.sides}, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		Services: func(context.Context, []uuid.UUID) (map[uuid.UUID]string, error) {
			return map[uuid.UUID]string{application: "transport.driving-licence.renew"}, nil
		},
	})
	if _, err := w.pool.Exec(t.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'i', 's', '{}')", w.officer); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) look() {
	w.Helper()
	if err := w.books.Look(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) day(day string) *settlement.Day {
	w.Helper()
	d, err := w.books.Day(w.Context(), "gateway", day)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

// open are the open differences of a day, as key, way and source.
func (w *world) open(day string) (out []string, list []settlement.Found) {
	w.Helper()
	all, err := w.books.Differences(w.Context(), "gateway", day)
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range all {
		if f.ClosedAt == nil {
			out, list = append(out, f.Difference.ID+" "+string(f.What)+" "+string(f.Source)), append(list, f)
		}
	}
	slices.Sort(out)
	return out, list
}

func (w *world) is(day string, want ...string) {
	w.Helper()
	if got, _ := w.open(day); !slices.Equal(got, want) {
		w.Errorf("%s: open are %v, want %v", day, got, want)
	}
}

func TestADayIsComparedOnceItIsOverAndSignedOffOnceNothingIsOpen(t *testing.T) {
	w := newWorld(t)
	w.pay("agrees", first, first, 100)
	w.pay("lost", "", second, 200)
	w.pay("late", second, "", 300)
	w.pay("today", "2026-11-22", "", 300)
	w.look()
	w.is(first)
	w.is(second, "late missing-there file", "late missing-there list", "lost missing-here file", "lost missing-here list")
	if err := w.books.Compare(w.Context(), "gateway", "2026-11-22"); !errors.Is(err, settlement.ErrOpen) {
		t.Errorf("a day that is not over: %v", err)
	}
	if err := w.books.SignOff(w.Context(), "gateway", second, w.officer); !errors.Is(err, settlement.ErrOpen) {
		t.Errorf("signed off with open differences: %v", err)
	}

	// The report comes after all; the other one is settled on the next day. Nobody has to do anything.
	w.pay("lost", "2026-11-22", "", 200)
	w.look()
	if d := w.day(second); d.Open != 4 {
		t.Errorf("looked at again at once: %+v", d)
	}
	w.now = w.now.Add(25 * time.Hour)
	w.lines["2026-11-22"] = append(w.lines["2026-11-22"], settlement.Line{Key: settlement.Key{Kind: settlement.Payment, ID: "late"}, Number: 1, Amount: formula.Money{Minor: 300, Currency: "ILS"}})
	w.look() // of the day after
	w.now = w.now.Add(2 * time.Hour)
	w.look()
	w.is(second)
	w.is("2026-11-22", "today missing-there file", "today missing-there list")

	if err := w.books.SignOff(w.Context(), "gateway", second, w.officer); err != nil {
		t.Fatal(err)
	}
	if d := w.day(second); d.SignedBy != w.officer || d.SignedAt == nil || d.Ready() || len(d.SHA256) != 32 {
		t.Errorf("%+v", d)
	}
	if err := w.books.SignOff(w.Context(), "gateway", second, w.officer); !errors.Is(err, settlement.ErrSigned) {
		t.Errorf("signed off twice: %v", err)
	}
	if err := w.books.Compare(w.Context(), "gateway", second); !errors.Is(err, settlement.ErrSigned) {
		t.Errorf("compared after it was signed off: %v", err)
	}
	for _, sql := range []string{
		"UPDATE settlement_day SET signed_at = NULL, signed_by = NULL WHERE day = '2026-11-21'", "DELETE FROM settlement_day", "TRUNCATE settlement_day CASCADE",
		"DELETE FROM settlement_line WHERE day = '2026-11-21'", "UPDATE settlement_line SET amount = 1 WHERE day = '2026-11-21'",
		"UPDATE settlement_difference SET reason = 'x' WHERE day = '2026-11-21'", "DELETE FROM settlement_difference WHERE day = '2026-11-21'",
		"UPDATE settlement_day SET signed_at = now(), signed_by = '" + w.officer.String() + "' WHERE day = '2026-11-22'", // something is open
	} {
		if _, err := w.pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "23001") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestADifferenceThatStandsIsExplainedOnceAndIsNotFoundAgain(t *testing.T) {
	w := newWorld(t)
	w.pay("gone", first, "", 100)
	w.look()
	_, list := w.open(first)
	if n, err := w.books.CountOpen(t.Context()); err != nil || n != 2 || list[0].Owner != settlement.Owner || list[0].Application != application {
		t.Fatalf("%d open, %v, %+v", n, err, list)
	}
	for _, reason := range []string{"", " \n", strings.Repeat("x", settlement.MostReason+1)} {
		if err := w.books.Explain(t.Context(), list[0].ID, w.officer, reason); !errors.Is(err, settlement.ErrReason) {
			t.Errorf("%.10q: %v", reason, err)
		}
	}
	for _, f := range list {
		if err := w.books.Explain(t.Context(), f.ID, w.officer, "the bank has closed"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.books.Explain(t.Context(), list[0].ID, w.officer, "again"); !errors.Is(err, settlement.ErrClosed) {
		t.Errorf("explained twice: %v", err)
	}
	if err := w.books.Explain(t.Context(), uuid.New(), w.officer, "of nothing"); !errors.Is(err, settlement.ErrNotFound) {
		t.Error(err)
	}
	if err := w.books.Compare(t.Context(), "gateway", first); err != nil {
		t.Fatal(err)
	}
	w.is(first)
	// It is about another amount now: that was not explained.
	w.ours[0].Amount.Minor = 101
	if err := w.books.Compare(t.Context(), "gateway", first); err != nil {
		t.Fatal(err)
	}
	w.is(first, "gone missing-there file", "gone missing-there list")
}

func TestADayWhoseFileIsMissingOrWrongWaits(t *testing.T) {
	w := newWorld(t)
	w.pay("agrees", first, first, 100)
	for _, c := range []struct {
		set  func()
		want string
	}{
		{func() { w.late = true }, "no settlement file yet"},
		{func() { w.late, w.bad = false, true }, "line 2: the file ends without its last line"},
		{func() { w.bad, w.down = false, errors.New("the gateway is away") }, "the gateway is away"},
	} {
		c.set()
		w.look()
		if d := w.day(first); !strings.Contains(d.Failure, c.want) || d.MatchedAt != nil || d.Ready() {
			t.Errorf("%s: %+v", c.want, d)
		}
		if err := w.books.SignOff(t.Context(), "gateway", first, w.officer); !errors.Is(err, settlement.ErrOpen) {
			t.Errorf("%s: signed off: %v", c.want, err)
		}
		w.now = w.now.Add(11 * time.Minute)
	}
	w.down = nil
	w.look()
	if d := w.day(first); d.Failure != "" || !d.Ready() || d.Lines != 1 {
		t.Errorf("%+v", d)
	}
}

// What was paid at once is one line of the provider, and stands in the figures of everybody who has a part in it.
func TestWhatIsPaidAtOnceIsSettledByItsParts(t *testing.T) {
	w := newWorld(t)
	w.pay("joint", first, first, 100)
	m, other := &w.ours[0], uuid.New()
	m.Authority, m.Application = "", uuid.Nil
	m.Shares = []settlement.Share{{Authority: "transport", Application: application, Amount: 70}, {Authority: "land", Application: other, Amount: 30}}
	w.look()
	if day := w.day(first); !day.Ready() {
		t.Errorf("%+v", day)
	}
	got, err := w.books.Settled(t.Context(), first, first)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(x, y settlement.Settled) int { return int(x.Amount - y.Amount) })
	if len(got) != 2 || got[0].Authority != "land" || *got[0].Application != other || got[0].Amount != 30 || got[1].Authority != "transport" || *got[1].Application != application || got[1].Amount != 70 {
		t.Errorf("%+v", got)
	}
	w.lines[first][0].Amount.Minor = 95 // what is missing of it is nobody's
	w.now = w.now.Add(2 * time.Hour)
	if err := w.books.Compare(t.Context(), "gateway", first); err != nil {
		t.Fatal(err)
	}
	if got, err = w.books.Settled(t.Context(), first, first); err != nil || len(got) != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFiguresAreSummedByDayAuthorityAndService(t *testing.T) {
	w := newWorld(t)
	w.pay("a", first, first, 100)
	w.pay("b", first, second, 150)
	w.pay("c", second, second, 500)
	w.pay("stray", "", second, 7)
	w.look()
	got, err := w.books.Figures(t.Context(), first, second)
	if err != nil {
		t.Fatal(err)
	}
	const service = "transport.driving-licence.renew"
	want := []settlement.Figure{
		{Day: second, Currency: "ILS", Settled: 7},
		{Day: second, Authority: "transport", Service: service, Currency: "ILS", Due: 500, Received: 500, Outstanding: 750, Settled: 650},
		{Day: first, Authority: "transport", Service: service, Currency: "ILS", Due: 1000, Received: 250, Outstanding: 750, Settled: 100},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got, err = w.books.Figures(t.Context(), second, "2026-11-23"); err != nil || len(got) != 3 || got[0].Day != "2026-11-23" || got[0].Outstanding != 750 || got[2].Outstanding != 750 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, span := range [][2]string{{second, first}, {first, "2026-12-21"}, {"x", first}, {first, ""}} {
		if _, err := w.books.Figures(t.Context(), span[0], span[1]); !errors.Is(err, settlement.ErrSpan) {
			t.Errorf("%v: %v", span, err)
		}
	}
}
