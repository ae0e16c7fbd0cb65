package worktime

import (
	"slices"
	"time"
)

// Published is a calendar as a catalogue declares it. Where it has no hours, days are counted alone.
type Published struct {
	Version string         `json:"version"` // changes with what it says
	Weekend []time.Weekday `json:"weekend"`
	Usual   Hours          `json:"usual,omitempty"` // of a working day
	Weekly  []Weekly       `json:"weekly,omitempty"`
	Days    []Day          `json:"days"` // by date
}

// Weekly are the hours of a day of the week that has others than the usual ones.
type Weekly struct {
	Day   time.Weekday `json:"day"`
	Hours Hours        `json:"hours"`
}

// Day is one that differs from its day of the week: it is not worked, or has hours of its own.
type Day struct {
	Date  string `json:"date"` // YYYY-MM-DD
	Hours Hours  `json:"hours,omitempty"`
}

// Slice is what an event of a day brings; day is its midnight in UTC.
func (p *Published) Slice(day time.Time) *Calendar {
	out := &Calendar{Version: p.Version, From: day.Format(time.DateOnly)}
	at := func(h Hours) int {
		i := slices.IndexFunc(out.Hours, func(o Hours) bool { return slices.Equal(o, h) })
		if i < 0 && len(p.Usual) > 0 {
			i = len(out.Hours)
			out.Hours = append(out.Hours, h)
		}
		return max(i, 0)
	}
	week := []byte("-------")
	for d := time.Sunday; d <= time.Saturday; d++ {
		if slices.Contains(p.Weekend, d) {
			continue
		}
		hours := p.Usual
		for _, w := range p.Weekly {
			if w.Day == d {
				hours = w.Hours
			}
		}
		week[d] = byte('a' + at(hours))
	}
	out.Week = string(week)
	from, until := day.AddDate(0, 0, -Reach).Format(time.DateOnly), day.AddDate(0, 0, Reach).Format(time.DateOnly)
	for _, d := range p.Days {
		if d.Date < from || d.Date > until {
			continue
		}
		on, err := time.Parse(time.DateOnly, d.Date)
		switch n := apart(day, on); {
		case err != nil: // the check has refused it
		case len(d.Hours) > 0:
			out.Short = append(out.Short, Short{n, at(d.Hours)})
		case week[on.Weekday()] != '-':
			out.Off = append(out.Off, n)
		}
	}
	return out
}
