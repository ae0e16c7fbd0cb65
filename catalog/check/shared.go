package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog/source"
)

// authorities: what names an authority names one that exists.
func authorities(o *overview) {
	for _, r := range o.catalogue.Registries {
		if r.Has("authority") {
			knownAuthority(o.catalogue, r.Authority, o.add)
		}
	}
	for _, t := range o.catalogue.Tariffs {
		knownAuthority(o.catalogue, t.Authority, o.add)
	}
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// calendars looks at weekends and holidays.
func calendars(o *overview) {
	for _, k := range o.catalogue.Calendars {
		distinctDays := map[string]bool{}
		for _, d := range k.Weekend {
			if !slices.Contains(weekdays, d.Value) {
				o.add(unknown("weekday", d, weekdays))
			}
			distinctDays[d.Value] = true
		}
		if len(distinctDays) >= len(weekdays) {
			o.add(problem("no-working-day", k.RangeOf("weekend"), "no day of the week is worked").WithHelp("Leave out the days that are worked."))
		}
		officeHours(o, k)
		first := map[string]source.Text{}
		for i := range k.Holidays {
			if h := &k.Holidays[i]; h.Has("from") || h.Has("to") {
				spanOfDay(o, h.From, h.To, h.RangeOf("date"))
			}
			date := k.Holidays[i].Date
			if date.IsZero() {
				continue
			}
			if !isDate(date.Value) {
				o.add(notDate(date.Range(), date.Value))
			}
			if before, twice := first[date.Value]; twice {
				o.add(problem("twice", date.Range(), "the holiday {date} is given twice", "date", date.Value).WithRelated(before.Range(), "the first one").WithHelp("Remove one of the two."))
			}
			first[date.Value] = date
		}
	}
}
