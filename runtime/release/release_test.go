package release_test

import (
	"encoding/json"
	"errors"
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

func publish(t *testing.T, pool *pgxpool.Pool, r release.Release) (id int64) {
	t.Helper()
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) (err error) {
		id, err = release.Publish(t.Context(), tx, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func open(t *testing.T, pool *pgxpool.Pool, inUse ...string) *release.Store {
	t.Helper()
	s, err := release.Open(t.Context(), pool, inUse)
	if err != nil {
		t.Fatal(err)
	}
	return s
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
	pool := pgtest.Migrated(t)
	s := open(t, pool)
	if _, ok := s.Service(service); ok || len(s.Services()) != 0 || s.Head().ID != 0 {
		t.Error("there is something before the first release")
	}
	first := publish(t, pool, of(licence(t), "Renewal"))
	if again := publish(t, pool, of(licence(t), "Renewal")); again != first {
		t.Errorf("the same release became %d beside %d", again, first)
	}
	second := publish(t, pool, of(licence(t), "Renew your licence"))
	if err := s.Refresh(t.Context()); err != nil || s.Head().ID != second || title(t, s) != "Renew your licence" {
		t.Errorf("%v, %+v", err, s.Head())
	}
	var plans int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM plan").Scan(&plans); err != nil || plans != 1 {
		t.Errorf("%d plans, %v; want one", plans, err)
	}
	if back := publish(t, pool, of(licence(t), "Renewal")); back != first {
		t.Errorf("taken back to %d, want %d", back, first)
	}
	if err := s.Refresh(t.Context()); err != nil || title(t, s) != "Renewal" {
		t.Errorf("%v, %q", err, title(t, s))
	}
	files, err := release.Files(t.Context(), pool, second)
	if err != nil || files["services/licence.yaml"] != "Renew your licence" {
		t.Errorf("%v, %v", files, err)
	}
}

func TestABrokenPlanIsNeverPublishedAndTheGoodOneStays(t *testing.T) {
	pool := pgtest.Migrated(t)
	publish(t, pool, of(licence(t), "Renewal"))
	s := open(t, pool)
	broken := licence(t)
	broken.Fees[0].Amount = "tariff.noSuchAmount"
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := release.Publish(t.Context(), tx, of(broken, "Broken"))
		return err
	})
	if err == nil {
		t.Error("published")
	}
	if err := s.Refresh(t.Context()); err != nil || title(t, s) != "Renewal" {
		t.Errorf("%v, %q", err, title(t, s))
	}
	// A release that was damaged in the database is refused as well.
	publish(t, pool, of(licence(t), "Damaged"))
	if _, err := pool.Exec(t.Context(), `UPDATE texts SET body = replace(convert_from(body, 'UTF8'), 'Damaged', 'Changed')::bytea`); err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err == nil || title(t, s) != "Renewal" {
		t.Errorf("%v, %q", err, title(t, s))
	}
}

func TestAPlanOfAnOldReleaseIsFoundWhenItIsAskedFor(t *testing.T) {
	pool := pgtest.Migrated(t)
	old := licence(t)
	publish(t, pool, of(old, "Renewal"))
	b, err := old.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	digest := plan.DigestOf(b)
	changed := licence(t)
	changed.Documents[0].Register = "LIC"
	publish(t, pool, of(changed, "Renewal"))
	for _, s := range []*release.Store{open(t, pool), open(t, pool, digest)} {
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
	pool := pgtest.Migrated(t)
	publish(t, pool, r)
	s := open(t, pool)
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
