package machine

import (
	"fmt"
	"sort"
	"time"

	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// units are how a clock counts. Minutes and hours are exact, working hours are those of the office; every other unit is counted in days of the
// plan's zone and is due when its last day is over there.
var units = []string{"minutes", "hours", workingHours, "days", workingDays, "weeks", "months", "years"}

// mostUnits bounds a clock; the language allows four digits.
const mostUnits = 9999

const (
	workingDays  = "working days"
	workingHours = "working hours"
)

// day is a calendar day, kept as its midnight in UTC so that arithmetic on it knows no daylight saving.
type day struct{ time.Time }

func dayOf(t time.Time, zone *time.Location) day {
	y, m, d := t.In(zone).Date()
	return day{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

func (d day) add(n int) day { return day{d.AddDate(0, 0, n)} }

func (d day) String() string { return d.Format(time.DateOnly) }

// addMonths keeps the day of the month, or takes the month's last day where it has no such day: 31 January and one month is 28 (29)
// February, 29 February and one year is 28 February. Formulas count the same way.
func (d day) addMonths(n int) day {
	y, m, dd := d.Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return day{first.AddDate(0, 0, min(dd, last)-1)}
}

// end is the first instant after d in zone. Where the clocks change at midnight, that is not always 00:00.
func (d day) end(zone *time.Location) time.Time {
	y, m, dd := d.Date()
	t := time.Date(y, m, dd+1, 0, 0, 0, 0, zone)
	from, until := t.ZoneBounds()
	if (from.IsZero() || t.Sub(from) > 6*time.Hour) && (until.IsZero() || until.Sub(t) > 6*time.Hour) {
		return t.UTC()
	}
	noon := time.Date(y, m, dd, 12, 0, 0, 0, zone)
	seconds := sort.Search(24*3600, func(s int) bool {
		return dayOf(noon.Add(time.Duration(s)*time.Second), zone).After(d.Time)
	})
	return noon.Add(time.Duration(seconds) * time.Second).UTC()
}

// After is the instant at which a span that begins at an instant is over, for what is waited for before there is an application.
func After(c plan.Span, from time.Time, zone *time.Location, cal *worktime.Calendar) (time.Time, error) {
	return due(c, from, zone, cal)
}

// due is the instant at which a span that begins at the given instant is over. The day on which it begins does not count.
func due(c plan.Span, at time.Time, zone *time.Location, cal *worktime.Calendar) (time.Time, error) {
	today := dayOf(at, zone)
	switch c.Unit {
	case "minutes":
		return at.Add(time.Duration(c.Count) * time.Minute).UTC(), nil
	case "hours":
		return at.Add(time.Duration(c.Count) * time.Hour).UTC(), nil
	case "days":
		return today.add(c.Count).end(zone), nil
	case "weeks":
		return today.add(7 * c.Count).end(zone), nil
	case "months":
		return today.addMonths(c.Count).end(zone), nil
	case "years":
		return today.addMonths(12 * c.Count).end(zone), nil
	case workingDays:
		last, err := workingDay(cal, today, c.Count)
		if err != nil {
			return time.Time{}, err
		}
		return last.end(zone), nil
	case workingHours:
		return cal.Add(at, c.Count*60, zone)
	}
	return time.Time{}, fmt.Errorf("unit %q", c.Unit)
}

// back is the day that lies a span before d.
func (d day) back(c plan.Span, cal *worktime.Calendar) (day, error) {
	switch c.Unit {
	case "days":
		return d.add(-c.Count), nil
	case "weeks":
		return d.add(-7 * c.Count), nil
	case "months":
		return d.addMonths(-c.Count), nil
	case "years":
		return d.addMonths(-12 * c.Count), nil
	}
	return workingDay(cal, d, -c.Count)
}

// workingDay is the n-th worked day after from, or, where n is below zero, before it.
func workingDay(cal *worktime.Calendar, from day, n int) (day, error) {
	on, err := cal.Day(from.Time, n)
	return day{on}, err
}
