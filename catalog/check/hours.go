package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// officeHours: each row is a span of the day, those of a day follow each other, and a working day that no row names has hours too.
func officeHours(o *overview, k *catalog.Calendar) {
	until := map[string]int{} // by day of the week, "" = usual
	for i := range k.Hours {
		h := &k.Hours[i]
		minutes, ok := spanOfDay(o, h.From, h.To, h.Head())
		days := []source.Text{{}}
		if len(h.Days) > 0 {
			days = h.Days
		}
		for _, d := range days {
			if d.Value != "" && !slices.Contains(weekdays, d.Value) {
				o.add(unknown("weekday", d, weekdays))
			}
			if ok && minutes[0] < until[d.Value] {
				o.add(problem("office-hours", h.From.Range(), "these hours begin before those above them end").WithHelp("Write the hours of a day one after the other."))
			}
			until[d.Value] = max(until[d.Value], minutes[1])
		}
	}
	if len(k.Hours) > 0 && !slices.ContainsFunc(k.Hours, func(h catalog.OfficeHours) bool { return len(h.Days) == 0 }) {
		o.add(problem("office-hours", k.KeyRange("hours"), "the hours of the other working days are missing").WithHelp("Write a row without days: {from: 08:00, to: 15:00}."))
	}
}

// spanOfDay: two times of a day, of which the first comes first; at is where one would stand that is missing.
func spanOfDay(o *overview, from, to source.Text, at diag.Range) (minutes [2]int, ok bool) {
	minutes, ok = catalog.Span(from.Value, to.Value)
	if ok {
		return minutes, true
	}
	if !from.IsZero() {
		at = from.Range()
	}
	o.add(problem("office-hours", at, "from {from:q} to {to:q} is no span of a day", "from", from.Value, "to", to.Value).
		WithHelp("Write two times of the day, the earlier one first: from: 08:00, to: 15:00."))
	return minutes, false
}

// countable: working hours are counted where the calendar says when work is done.
func countable(p *pass, d catalog.Duration, at source.Text) {
	k := p.catalogue.Calendar(p.catalogue.Settings.Calendar.Value)
	if d.Unit != catalog.WorkingHours || k == nil || len(k.Hours) > 0 {
		return
	}
	p.add(problem("no-office-hours", at.Range(), "the calendar does not say at which hours work is done").WithRelated(k.Code.Range(), "the calendar").
		WithHelp("Write hours in the calendar, such as hours: [{from: 08:00, to: 15:00}], or count in working days."))
}
