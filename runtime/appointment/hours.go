package appointment

import (
	"errors"
	"time"
)

// Why hours cannot be opened; the words are the pages'.
var (
	ErrNoDay   = errors.New("appointment: no such day")
	ErrPast    = errors.New("appointment: it is over, or too far ahead")
	ErrNoHours = errors.New("appointment: no such hours, or not long enough for one slot")
	ErrNoPlace = errors.New("appointment: no place")
)

const (
	mostAhead = 366 // days that may be opened ahead
	mostPlace = 200 // bytes of a place
)

// hours are the beginnings of the slots of a day, each of which ends by until; all in the zone. now bounds them: what has begun is left out.
func hours(day, from, until string, minutes int, zone *time.Location, now time.Time) ([]time.Time, error) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return nil, ErrNoDay
	}
	first, err := time.ParseInLocation("2006-01-02 15:04", day+" "+from, zone)
	last, wrong := time.ParseInLocation("2006-01-02 15:04", day+" "+until, zone)
	length := time.Duration(minutes) * time.Minute
	switch {
	case err != nil || wrong != nil || minutes < 1 || last.Before(first.Add(length)):
		return nil, ErrNoHours
	case !last.After(now) || first.After(now.AddDate(0, 0, mostAhead)):
		return nil, ErrPast
	}
	var out []time.Time
	for at := first; !at.Add(length).After(last); at = at.Add(length) {
		if at.After(now) {
			out = append(out, at.UTC())
		}
	}
	if len(out) == 0 {
		return nil, ErrPast
	}
	return out, nil
}
