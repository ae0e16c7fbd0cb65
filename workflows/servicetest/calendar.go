package servicetest

import (
	"sync"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// slice is how many days of the calendar an event brings; half of them pass before the next slice is brought.
const slice = 400

// mostDays bounds the search for working days.
const mostDays = 40_000

// calendar is the catalogue's calendar of working days, cut into slices as the runtime brings them.
type calendar struct {
	weekend  [7]bool
	holidays map[string]bool
	slices   sync.Map // YYYY-MM-DD to *activity.Calendar
}

// newCalendar is nil where the catalogue has none.
func newCalendar(c *catalog.Catalogue) *calendar {
	declared := c.Calendar(c.Settings.Calendar.Value)
	if declared == nil {
		return nil
	}
	out := &calendar{holidays: map[string]bool{}}
	for _, name := range declared.Weekend {
		for i, day := range weekdays {
			out.weekend[i] = out.weekend[i] || name.Value == day
		}
	}
	for _, h := range declared.Holidays {
		out.holidays[h.Date.Value] = true
	}
	return out
}

var weekdays = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func (c *calendar) works(day time.Time) bool {
	return !c.weekend[day.Weekday()] && !c.holidays[day.Format(time.DateOnly)]
}

// from gives the slice that begins on the day of at.
func (c *calendar) from(at time.Time) *activity.Calendar {
	if c == nil {
		return nil
	}
	first := at.Format(time.DateOnly)
	if known, ok := c.slices.Load(first); ok {
		return known.(*activity.Calendar)
	}
	days := make([]byte, slice)
	for i := range days {
		if days[i] = '-'; c.works(at.AddDate(0, 0, i)) {
			days[i] = 'w'
		}
	}
	made, _ := c.slices.LoadOrStore(first, &activity.Calendar{Version: "scenario", From: first, Days: string(days)})
	return made.(*activity.Calendar)
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
