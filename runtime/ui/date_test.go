package ui

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestALimitAtMidnightIsTheEndOfTheDayBefore(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	set, err := New(Site{Zone: zone}, fstest.MapFS{"page.html": {Data: []byte(`{{define "page"}}{{end}}`)}}, "page.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang        string
		limit       time.Time
		until, last string
	}{
		{"en", time.Date(2026, 12, 7, 0, 0, 0, 0, zone), "the end of 6 December 2026", "6 December 2026"},
		{"ar", time.Date(2026, 12, 7, 0, 0, 0, 0, zone), "نهاية يوم 6 كانون الأول 2026", "6 كانون الأول 2026"},
		{"en", time.Date(2026, 12, 7, 15, 30, 0, 0, zone), "7 December 2026 at 15:30", "7 December 2026"},
		{"en", time.Date(2026, 12, 6, 22, 0, 0, 0, time.UTC), "the end of 6 December 2026", "6 December 2026"},
	} {
		l := set.Locale(c.lang)
		if got := l.Deadline(c.limit); got != c.until {
			t.Errorf("%s: %v is until %q, want %q", c.lang, c.limit, got, c.until)
		}
		if got := l.LastDay(c.limit); got != c.last {
			t.Errorf("%s: the last day before %v is %q, want %q", c.lang, c.limit, got, c.last)
		}
	}
	if got := set.Locale("en").LastDay(time.Time{}); strings.TrimSpace(got) != "" {
		t.Errorf("no limit is written as %q", got)
	}
}
