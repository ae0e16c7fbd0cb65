package servicetest

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// mostDays bounds the search for working days.
const mostDays = 40_000

// calendar is the catalogue's calendar, cut as the runtime does it.
type calendar struct {
	published worktime.Published
	cut       sync.Map // YYYY-MM-DD to *worktime.Calendar
}

// newCalendar is nil where the catalogue has none.
func newCalendar(c *catalog.Catalogue) *calendar {
	declared := c.Calendar(c.Settings.Calendar.Value)
	if declared == nil {
		return nil
	}
	published, err := compile.Calendar(declared)
	if err != nil { // the check says what is wrong with it
		return nil
	}
	return &calendar{published: published}
}

// with is the calendar after more days were declared not to be worked.
func (c *calendar) with(daysOff []string) *calendar {
	if c == nil || len(daysOff) == 0 {
		return c
	}
	out := &calendar{published: c.published}
	out.published.Version += "+" + strconv.Itoa(len(daysOff))
	out.published.Days = slices.DeleteFunc(slices.Clone(c.published.Days), func(d worktime.Day) bool { return slices.Contains(daysOff, d.Date) })
	for _, d := range daysOff {
		out.published.Days = append(out.published.Days, worktime.Day{Date: d})
	}
	slices.SortFunc(out.published.Days, func(a, b worktime.Day) int { return strings.Compare(a.Date, b.Date) })
	return out
}

func (c *calendar) works(day time.Time) bool {
	on := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	return c.from(day).Days(on.AddDate(0, 0, -1), on) == 1
}

// from gives what an event of the day of at brings.
func (c *calendar) from(at time.Time) *worktime.Calendar {
	if c == nil {
		return nil
	}
	first := at.Format(time.DateOnly)
	if known, ok := c.cut.Load(first); ok {
		return known.(*worktime.Calendar)
	}
	made, _ := c.cut.LoadOrStore(first, c.published.Slice(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)))
	return made.(*worktime.Calendar)
}

// after is at, so much later, at the same time of the day.
func (c *calendar) after(at time.Time, d catalog.Duration) time.Time {
	switch d.Unit {
	case catalog.Minutes:
		return at.Add(time.Duration(d.Count) * time.Minute)
	case catalog.Hours:
		return at.Add(time.Duration(d.Count) * time.Hour)
	case catalog.Weeks:
		return at.AddDate(0, 0, 7*d.Count)
	case catalog.Months:
		return at.AddDate(0, d.Count, 0)
	case catalog.Years:
		return at.AddDate(d.Count, 0, 0)
	case catalog.WorkingHours:
		if c == nil {
			break
		}
		if over, err := c.from(at).Add(at, 60*d.Count, at.Location()); err == nil {
			return over.In(at.Location())
		}
		return at
	case catalog.WorkingDays:
		if c == nil {
			break
		}
		left := d.Count
		for range mostDays {
			if at = at.AddDate(0, 0, 1); c.works(at) {
				left--
			}
			if left == 0 {
				return at
			}
		}
		return at
	}
	return at.AddDate(0, 0, d.Count)
}
