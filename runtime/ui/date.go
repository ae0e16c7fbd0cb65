package ui

import (
	"strconv"
	"strings"
	"time"
)

// Date writes the day of an instant, in the site's zone: 3 آذار 2026. The zero time is empty.
func (l *Locale) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.day(t.In(l.zone))
}

// DateTime writes day and time of day, in the site's zone.
func (l *Locale) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(l.zone)
	return strings.NewReplacer("{date}", l.day(t), "{time}", t.Format("15:04")).Replace(l.T("date.withTime"))
}

// Deadline writes until when something can be done, in the site's zone. A limit at midnight is the end of the day before, as people say it:
// nobody reads "7 December, 00:00" as the sixth.
func (l *Locale) Deadline(t time.Time) string {
	if t = t.In(l.zone); l.midnight(t) {
		return strings.Replace(l.T("date.endOf"), "{date}", l.LastDay(t), 1)
	}
	return l.DateTime(t)
}

// LastDay writes the last day on which something can be done before t.
func (l *Locale) LastDay(t time.Time) string {
	if t = t.In(l.zone); l.midnight(t) {
		t = t.Add(-time.Nanosecond)
	}
	return l.Date(t)
}

func (l *Locale) midnight(t time.Time) bool {
	return !t.IsZero() && t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0
}

// Day writes a calendar day that has no time and no zone, given as 2026-03-03. What is not such a day
// comes back as it is.
func (l *Locale) Day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return l.day(t)
}

// Month is the name of a month that stands alone, 1 to 12: كانون الثاني, January, Январь.
func (l *Locale) Month(month int) string { return l.T("month." + strconv.Itoa(month)) }

func (l *Locale) day(t time.Time) string {
	return strings.NewReplacer(
		"{day}", strconv.Itoa(t.Day()),
		"{month}", l.T("monthOf."+strconv.Itoa(int(t.Month()))), // where a language declines: 3 марта
		"{year}", strconv.Itoa(t.Year()),
	).Replace(l.T("date.format"))
}
