package application

import (
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog"
)

func TestNothingIsErasedBeforeItsTime(t *testing.T) {
	for _, rule := range []string{"1 day after end", "3 weeks after end", "1 month after end", "7 months after end", "1 year after end", "5 years after end"} {
		d, ok := catalog.ParseKeep(rule)
		if !ok {
			t.Fatal(rule)
		}
		late := time.Duration(0)
		for now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC); now.Year() < 2030; now = now.AddDate(0, 0, 1) {
			until := before(now, d)
			over := map[catalog.Unit]time.Time{
				catalog.Days: until.AddDate(0, 0, d.Count), catalog.Weeks: until.AddDate(0, 0, 7*d.Count),
				catalog.Months: clipped(until, d.Count), catalog.Years: clipped(until, 12*d.Count),
			}[d.Unit]
			if over.After(now) {
				t.Fatalf("%s: what ended on %s is erased on %s, and its time is over on %s", rule, until, now, over)
			}
			late = max(late, now.Sub(over))
		}
		if late > 3*24*time.Hour {
			t.Errorf("%s: erased %s late", rule, late)
		}
	}
	for _, none := range []string{"", "5 years", "5 working days after end", "9 hours after end", "for ever"} {
		if _, ok := catalog.ParseKeep(none); ok {
			t.Errorf("%q is a time for which something is kept", none)
		}
	}
}
