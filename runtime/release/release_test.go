package release_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func licence(t *testing.T) *plan.Plan {
	t.Helper()
	b, err := os.ReadFile("testdata/driving-licence.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func of(p *plan.Plan, title string) release.Release {
	return release.Release{
		Catalogue: "test", Files: map[string]string{"services/licence.yaml": title},
		Reference: release.Reference{Zone: "Asia/Hebron"},
		Services:  []release.Compiled{{Plan: p, Texts: &plan.Texts{Service: p.Service, Title: plan.Text{"en": title}}}},
	}
}

// world is a database with the keys of a platform.
type world struct {
	*pgxpool.Pool
	t    *testing.T
	keys *releasetest.Keys
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys, err := releasetest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return &world{pgtest.Migrated(t), t, keys}
}

func (w *world) publish(r release.Release) release.Head {
	w.t.Helper()
	h, err := releasetest.Publish(w.t.Context(), w.Pool, w.keys, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// published keeps a release and publishes it as p says.
func (w *world) published(r release.Release, p release.Publication) (h release.Head, err error) {
	w.t.Helper()
	err = postgres.InTx(w.t.Context(), w.Pool, func(tx pgx.Tx) error {
		id, err := release.Keep(w.t.Context(), tx, w.keys, r)
		if err == nil {
			p.Way, p.Actor = release.Change, "test"
			h, err = release.Publish(w.t.Context(), tx, id, p)
		}
		return err
	})
	return h, err
}

func (w *world) open(inUse ...string) *release.Store {
	w.t.Helper()
	s, err := release.Open(w.t.Context(), w.Pool, w.keys, inUse)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

const service = "transport.driving-licence.renew"

func title(t *testing.T, s *release.Store) string {
	t.Helper()
	l, ok := s.Service(service)
	if !ok {
		t.Fatal("no such service")
	}
	return l.Texts.Title["en"]
}

func TestANewTextIsANewReleaseOfTheSamePlanAndCanBeTakenBack(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	if _, ok := s.Service(service); ok || len(s.Services()) != 0 || s.Head().ID != 0 {
		t.Error("there is something before the first release")
	}
	first := w.publish(of(licence(t), "Renewal"))
	if again := w.publish(of(licence(t), "Renewal")); again != first {
		t.Errorf("the same release became %+v beside %+v", again, first)
	}
	second := w.publish(of(licence(t), "Renew your licence"))
	if err := s.Refresh(t.Context()); err != nil || s.Head() != second || title(t, s) != "Renew your licence" {
		t.Errorf("%v, %+v", err, s.Head())
	}
	for table, want := range map[string]int{"plan": 1, "texts": 2, "source": 2, "reference": 1, "release": 2, "publication": 2} {
		var n int
		if err := w.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != want {
			t.Errorf("%d rows in %s, %v; want %d", n, table, err, want)
		}
	}
	back, err := w.published(of(licence(t), "Renewal"), release.Publication{After: second.ID})
	if err != nil || back.ID != first.ID || back.Publication == first.Publication {
		t.Errorf("taken back to %+v, %v; want %+v", back, err, first)
	}
	if err := s.Refresh(t.Context()); err != nil || title(t, s) != "Renewal" {
		t.Errorf("%v, %q", err, title(t, s))
	}
	if _, err := w.published(of(licence(t), "Third"), release.Publication{After: second.ID}); !errors.Is(err, release.ErrBase) {
		t.Errorf("a release that rests on one that is not live: %v", err)
	}
	files, err := release.Files(t.Context(), w, second.ID)
	if err != nil || files["services/licence.yaml"] != "Renew your licence" {
		t.Errorf("%v, %v", files, err)
	}
	if _, err := release.Files(t.Context(), w, 99); !errors.Is(err, release.ErrNone) {
		t.Errorf("files of no release: %v", err)
	}
	for _, table := range []string{"source", "reference", "release", "release_service"} {
		if _, err := w.Exec(t.Context(), "DELETE FROM "+table); err == nil {
			t.Errorf("%s can be deleted", table)
		}
	}
}

func TestAFileKnowsThePublicationThatMadeItWhatItIs(t *testing.T) {
	w := newWorld(t)
	first := w.publish(of(licence(t), "Renewal"))
	other := of(licence(t), "Renewal")
	other.Files["settings.yaml"] = "other"
	second := w.publish(other)
	later := of(licence(t), "To come")
	later.Files["settings.yaml"] = "other"
	if _, err := w.published(later, release.Publication{After: second.ID, From: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	editions, err := release.Editions(t.Context(), w, time.Now())
	if err != nil || editions["services/licence.yaml"].Publication != first.Publication || editions["settings.yaml"].Publication != second.Publication {
		t.Errorf("%v, %+v; want %d and %d", err, editions, first.Publication, second.Publication)
	}
	if e := editions["settings.yaml"]; !e.LiveFrom.Equal(second.LiveFrom) {
		t.Errorf("live from %v, not %v", e.LiveFrom, second.LiveFrom)
	}
}

// A release goes live at its moment, in a process that reads nothing more then: the release has been in its memory since long before.
func TestAReleaseGoesLiveAtItsMoment(t *testing.T) {
	w := newWorld(t)
	now := w.publish(of(licence(t), "Renewal"))
	s := w.open()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx, slog.New(slog.DiscardHandler)) }()
	defer func() { stop(); <-done }()
	at := time.Now().Add(2 * time.Second)
	next := licence(t)
	next.Documents[0].Register = "LIC"
	coming, err := w.published(of(next, "Renewal from Monday on"), release.Publication{From: at, After: now.ID})
	if err != nil || coming.LiveFrom.Sub(at).Abs() > time.Millisecond {
		t.Fatalf("%+v, %v", coming, err)
	}
	if err := s.Refresh(t.Context()); err != nil || title(t, s) != "Renewal" {
		t.Errorf("before its moment: %v, %q", err, title(t, s))
	}
	if _, err := w.published(of(licence(t), "At once"), release.Publication{}); !errors.Is(err, release.ErrComing) {
		t.Errorf("published before one that rests on another: %v", err)
	}
	if list, err := release.Coming(t.Context(), w); err != nil || len(list) != 1 || list[0] != coming {
		t.Errorf("%+v, %v", list, err)
	}
	w.exec("ALTER TABLE plan RENAME TO elsewhere") // what is not in memory now is not found any more
	for title(t, s) == "Renewal" {
		if time.Since(at) > 5*time.Second {
			t.Fatal("it is not live")
		}
		time.Sleep(time.Millisecond)
	}
	if late := time.Since(at); late < 0 || late > time.Second {
		t.Errorf("live %v after its moment", late)
	}
	if l, _ := s.Service(service); s.Head() != coming || l.Plan.Documents[0].Register != "LIC" {
		t.Errorf("%+v", s.Head())
	}
}

func TestWhatIsToGoLiveCanBeCalledOffUntilItDoes(t *testing.T) {
	w := newWorld(t)
	now := w.publish(of(licence(t), "Renewal"))
	soon, err := w.published(of(licence(t), "Soon"), release.Publication{From: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	then, err := w.published(of(licence(t), "Then"), release.Publication{From: time.Now().Add(2 * time.Hour), After: soon.ID})
	if err != nil {
		t.Fatal(err)
	}
	off := func(h release.Head) error {
		return postgres.InTx(t.Context(), w.Pool, func(tx pgx.Tx) error { return release.CallOff(t.Context(), tx, h.Publication, "test") })
	}
	if err := off(soon); !errors.Is(err, release.ErrComing) {
		t.Errorf("called off although another rests on it: %v", err)
	}
	if err := errors.Join(off(then), off(soon)); err != nil {
		t.Error(err)
	}
	if err := off(soon); !errors.Is(err, release.ErrNone) {
		t.Errorf("called off twice: %v", err)
	}
	if err := off(now); !errors.Is(err, release.ErrPast) {
		t.Errorf("called off what is live: %v", err)
	}
	if list, err := release.Coming(t.Context(), w); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := w.published(of(licence(t), "Late"), release.Publication{From: time.Now().Add(-time.Minute)}); !errors.Is(err, release.ErrPast) {
		t.Errorf("published in the past: %v", err)
	}
	if _, err := w.published(of(licence(t), "Now"), release.Publication{After: now.ID}); err != nil {
		t.Error(err)
	}
}

func TestABrokenPlanIsNeverPublishedAndTheGoodOneStays(t *testing.T) {
	w := newWorld(t)
	w.publish(of(licence(t), "Renewal"))
	s := w.open()
	broken := licence(t)
	broken.Fees[0].Amount = "tariff.noSuchAmount"
	if _, err := w.published(of(broken, "Broken"), release.Publication{}); err == nil {
		t.Error("published")
	}
	if err := s.Refresh(t.Context()); err != nil || title(t, s) != "Renewal" {
		t.Errorf("%v, %q", err, title(t, s))
	}
	// A release that was damaged in the database is refused as well.
	w.publish(of(licence(t), "Damaged"))
	w.exec(`UPDATE texts SET body = replace(convert_from(body, 'UTF8'), 'Damaged', 'Changed')::bytea`)
	if err := s.Refresh(t.Context()); err == nil || title(t, s) != "Renewal" {
		t.Errorf("%v, %q", err, title(t, s))
	}
}

// Whoever can write into the database, but has not the key of the platform, makes no release.
func TestAReleaseThatThePlatformHasNotSignedIsNeverUsed(t *testing.T) {
	other, err := releasetest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	for name, forge := range map[string]func(w *world){
		"signed by a stranger": func(w *world) {
			if _, err := releasetest.Publish(t.Context(), w.Pool, other, of(licence(t), "Forged")); err != nil {
				t.Fatal(err)
			}
		},
		"the signature of another": func(w *world) {
			w.publish(of(licence(t), "Forged"))
			w.exec("UPDATE release SET signature = (SELECT signature FROM release ORDER BY id LIMIT 1)")
		},
		"other files": func(w *world) {
			w.publish(of(licence(t), "Forged"))
			w.exec(`UPDATE release SET files = '{}' WHERE id = (SELECT max(id) FROM release)`)
		},
		"another plan": func(w *world) {
			changed := licence(t)
			changed.Documents[0].Register = "LIC"
			w.publish(of(changed, "Other"))
			w.publish(of(licence(t), "Forged"))
			w.exec(`UPDATE release_service SET plan = (SELECT plan FROM release_service WHERE release = 2) WHERE release = 3`)
		},
		"another tariff": func(w *world) {
			w.publish(of(licence(t), "Forged"))
			w.exec(`UPDATE reference SET body = replace(convert_from(body, 'UTF8'), 'Hebron', 'Amman')::bytea`)
		},
		"no signature": func(w *world) {
			w.publish(of(licence(t), "Forged"))
			w.exec("UPDATE release SET signature = ''")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(of(licence(t), "Renewal"))
			s := w.open()
			w.exec(`ALTER TABLE release DISABLE TRIGGER USER; ALTER TABLE release_service DISABLE TRIGGER USER; ALTER TABLE reference DISABLE TRIGGER USER`)
			forge(w)
			if err := s.Refresh(t.Context()); !errors.Is(err, release.ErrSignature) || title(t, s) != "Renewal" {
				t.Errorf("%v, %q is live", err, title(t, s))
			}
		})
	}
}

func TestAPlanOfAnOldReleaseIsFoundWhenItIsAskedFor(t *testing.T) {
	w := newWorld(t)
	old := licence(t)
	w.publish(of(old, "Renewal"))
	b, err := old.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	digest := plan.DigestOf(b)
	changed := licence(t)
	changed.Documents[0].Register = "LIC"
	w.publish(of(changed, "Renewal"))
	for _, s := range []*release.Store{w.open(), w.open(digest)} {
		if p, ok := s.Program(digest); !ok || p.Plan().Documents[0].Register != "DL" {
			t.Errorf("the old plan: %v", ok)
		}
		if l, ok := s.Service(service); !ok || l.PlanDigest == digest {
			t.Errorf("the current plan is %+v", l)
		}
		if _, ok := s.Program(strings.Repeat("0", 64)); ok {
			t.Error("there is a plan that nobody wrote")
		}
		if _, ok := s.Texts("none"); ok {
			t.Error("there are texts that nobody wrote")
		}
	}
}

func TestTheTariffIsTheLatestThatHadBegun(t *testing.T) {
	amount := func(n string) map[string]json.RawMessage {
		return map[string]json.RawMessage{"fee": json.RawMessage(n)}
	}
	r := release.Reference{Tariffs: []release.Tariff{
		{Code: "a", Since: "2026-01-01", Amounts: amount("2")}, {Code: "a", Since: "2025-01-01", Amounts: amount("1")},
		{Code: "a", Since: "2027-01-01", Amounts: amount("3")}, {Code: "b", Since: "2020-01-01", Amounts: amount("9")},
	}}
	for day, want := range map[string]string{"2025-12-31": "1", "2026-01-01": "2", "2026-12-31": "2", "2030-01-01": "3"} {
		if got, err := r.Tariff("a", day, []string{"fee"}); err != nil || string(got.Amounts["fee"]) != want {
			t.Errorf("%s: %+v, %v", day, got, err)
		}
	}
	r.Tariffs[1].Until, r.Tariffs[1].Amounts["old"] = "2025-06-30", json.RawMessage("5")
	if _, err := r.Tariff("a", "2025-07-01", []string{"fee"}); !errors.Is(err, release.ErrNoTariff) {
		t.Errorf("after the last day of a version: %v", err)
	}
	if got, err := r.Tariff("a", "2026-01-01", []string{"fee", "old"}); err != nil || len(got.Amounts) != 1 {
		t.Errorf("an entry that only an earlier version has: %+v, %v", got, err)
	}
	if _, err := r.Tariff("a", "2024-12-31", nil); !errors.Is(err, release.ErrNoTariff) {
		t.Errorf("before the first: %v", err)
	}
	if _, err := r.Tariff("a", "2026-01-01", []string{"none"}); !errors.Is(err, release.ErrNoTariff) {
		t.Errorf("an entry that is not there: %v", err)
	}
}

func TestACalendarSliceKnowsTheDayOfTheZoneWeekendsAndHolidays(t *testing.T) {
	r := release.Reference{Zone: "Asia/Hebron", Calendar: "usual", Calendars: []release.Calendar{{
		Code: "usual", Published: worktime.Published{Version: "v", Weekend: []time.Weekday{time.Friday, time.Saturday}, Days: []worktime.Day{{Date: "2026-05-27"}}},
	}}}
	got := r.CalendarSlice(time.Date(2026, 5, 24, 22, 30, 0, 0, time.UTC)) // already Monday the 25th there
	if got.From != "2026-05-25" || got.Week != "aaaaa--" || !slices.Equal(got.Off, []int{2}) || got.Version != "v" {
		t.Errorf("%+v", got)
	}
}

func TestTheSampleCatalogueBecomesAReleaseThatRuns(t *testing.T) {
	c, findings := catalog.Load(os.DirFS("../../samples/palestine"))
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	r, findings := release.Build(c)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	w := newWorld(t)
	w.publish(r)
	s := w.open()
	if len(s.Services()) != len(c.Services) || !slices.IsSortedFunc(s.Services(), func(a, b *release.Live) int { return strings.Compare(a.Service, b.Service) }) {
		t.Errorf("%d services, want %d in order", len(s.Services()), len(c.Services))
	}
	for _, l := range s.Services() {
		if _, err := l.Program(); err != nil {
			t.Error(err)
		}
		if l.Plan.Tariff != "" {
			if _, err := s.Reference().Tariff(l.Plan.Tariff, time.Now().Format(time.DateOnly), l.Plan.TariffReads); err != nil {
				t.Errorf("%s: %v", l.Service, err)
			}
		}
		if _, ok := s.Reference().Authority(l.Authority); !ok {
			t.Errorf("%s: authority %s", l.Service, l.Authority)
		}
		for _, n := range l.Plan.Nodes {
			if n.Lookup != nil {
				if o, ok := s.Reference().Operation(n.Lookup.Registry, n.Lookup.Operation); !ok || len(o.Gives) == 0 {
					t.Errorf("%s asks %s/%s", l.Service, n.Lookup.Registry, n.Lookup.Operation)
				}
			}
		}
	}
	if s.Reference().CalendarSlice(time.Now()) == nil {
		t.Error("no calendar")
	}
}

func TestACatalogueWithAnErrorIsNoRelease(t *testing.T) {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	c.Services[0].Authority.Value = "nobody"
	if r, findings := release.Build(c); !findings.HasErrors() || r.Services != nil {
		t.Errorf("findings %v, %d services", findings, len(r.Services))
	}
}
