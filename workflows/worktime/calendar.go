package worktime

import (
	"errors"
	"slices"
	"time"
)

// Calendar is what an event brings of the catalogue's calendar: every day of Reach days before From and as many after it. Days further away are
// taken to be like their day of the week.
type Calendar struct {
	Version string  `json:"version"`
	From    string  `json:"from"`            // YYYY-MM-DD, the day of the event
	Week    string  `json:"week"`            // seven, from Sunday: '-' is not worked, 'a' has the first of Hours, 'b' the second, …
	Off     []int   `json:"off,omitempty"`   // days from From, ascending, that are not worked though their day of the week is
	Short   []Short `json:"short,omitempty"` // days with hours of their own, ascending, whatever their day of the week is
	Hours   []Hours `json:"hours,omitempty"` // none where the calendar declares no office hours
}

// Short is a day with hours of its own.
type Short struct {
	Day   int `json:"day"` // from Calendar.From
	Hours int `json:"hours"`
}

// Hours are the minutes of a day at which work begins and ends, in turn: 480, 720, 780, 900 is 8 to 12 and 13 to 15.
type Hours []int

// Reach is how many days before and after its first day a calendar tells.
const Reach = 400

// mostDays bounds every count.
const mostDays = 40_000

// Why nothing can be counted.
var (
	ErrNoCalendar = errors.New("worktime: no calendar")
	ErrNoWork     = errors.New("worktime: the calendar has no day that is worked")
	ErrNoHours    = errors.New("worktime: the calendar has no office hours")
)

// ready gives the first day of the calendar.
func (c *Calendar) ready() (first time.Time, err error) {
	if c == nil {
		return first, ErrNoCalendar
	}
	first, err = time.Parse(time.DateOnly, c.From)
	if err != nil || len(c.Week) != 7 {
		return first, ErrNoCalendar
	}
	for i := range 7 {
		if c.Week[i] != '-' {
			return first, nil
		}
	}
	return first, ErrNoWork
}

// hours is the index of a day's hours, or -1 where it is not worked; at is the day, counted from the first one.
func (c *Calendar) hours(first time.Time, at int) int {
	if i, short := slices.BinarySearchFunc(c.Short, at, func(s Short, at int) int { return s.Day - at }); short {
		return c.Short[i].Hours
	}
	if _, off := slices.BinarySearch(c.Off, at); off {
		return -1
	}
	weekday := ((int(first.Weekday())+at)%7 + 7) % 7
	if c.Week[weekday] == '-' {
		return -1
	}
	return int(c.Week[weekday] - 'a')
}

func apart(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

// Day is the n-th working day after from, or before it where n is below zero. Zero is from itself.
func (c *Calendar) Day(from time.Time, n int) (time.Time, error) {
	first, err := c.ready()
	if err != nil {
		return from, err
	}
	way := 1
	if n < 0 {
		way, n = -1, -n
	}
	at := apart(first, from)
	for range mostDays {
		if n == 0 {
			return first.AddDate(0, 0, at), nil
		}
		if at += way; c.hours(first, at) >= 0 {
			n--
		}
	}
	return from, ErrNoWork
}

// Days counts the working days after from up to and with to; 0 where there is no calendar.
func (c *Calendar) Days(from, to time.Time) (n int) {
	first, err := c.ready()
	if err != nil {
		return 0
	}
	last := apart(first, to)
	for at := apart(first, from) + 1; at <= last && at-last > -mostDays; at++ {
		if c.hours(first, at) >= 0 {
			n++
		}
	}
	return n
}

// Add is the instant at which so many minutes of office hours are over after an instant. What ends with a span of work ends then, and not when the
// next one begins.
func (c *Calendar) Add(from time.Time, minutes int, zone *time.Location) (time.Time, error) {
	left := time.Duration(minutes) * time.Minute
	over := from
	err := c.spans(from, zone, func(begin, end time.Time) bool {
		if work := end.Sub(begin); work < left {
			left -= work
			return true
		}
		over, left = begin.Add(left), 0
		return false
	})
	if err == nil && left > 0 {
		err = ErrNoHours
	}
	return over.UTC(), err
}

// Minutes counts the office hours between two instants, in minutes; 0 where the calendar has none.
func (c *Calendar) Minutes(from, to time.Time, zone *time.Location) int {
	var sum time.Duration
	_ = c.spans(from, zone, func(begin, end time.Time) bool { // without hours there is nothing to count
		if end.After(to) {
			end = to
		}
		if end.After(begin) {
			sum += end.Sub(begin)
		}
		return begin.Before(to)
	})
	return int(sum / time.Minute)
}

// spans gives the spans of work from an instant on, until take has enough.
func (c *Calendar) spans(from time.Time, zone *time.Location, take func(begin, end time.Time) bool) error {
	first, err := c.ready()
	if err != nil {
		return err
	}
	if len(c.Hours) == 0 {
		return ErrNoHours
	}
	local := from.In(zone)
	at := apart(first, time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC))
	for range mostDays {
		if i := c.hours(first, at); i >= 0 && i < len(c.Hours) {
			y, m, d := first.AddDate(0, 0, at).Date()
			for hours := c.Hours[i]; len(hours) > 1; hours = hours[2:] {
				begin, end := time.Date(y, m, d, 0, hours[0], 0, 0, zone), time.Date(y, m, d, 0, hours[1], 0, 0, zone)
				if begin.Before(from) {
					begin = from
				}
				if end.After(begin) && !take(begin, end) {
					return nil
				}
			}
		}
		at++
	}
	return nil
}
