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

// Day writes a calendar day that has no time and no zone, given as 2026-03-03. What is not such a day
// comes back as it is.
func (l *Locale) Day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return l.day(t)
}

// Month is the name of a month, 1 to 12: كانون الثاني, January.
func (l *Locale) Month(month int) string { return l.T("month." + strconv.Itoa(month)) }

func (l *Locale) day(t time.Time) string {
	return strings.NewReplacer(
		"{day}", strconv.Itoa(t.Day()),
		"{month}", l.Month(int(t.Month())),
		"{year}", strconv.Itoa(t.Year()),
	).Replace(l.T("date.format"))
}
