package ui

import (
	"regexp"
	"strconv"
	"strings"
)

var spanWords = regexp.MustCompile(`^([0-9]{1,4}) (minutes?|hours?|working hours?|days?|working days?|weeks?|months?|years?)$`)

// Promised says a promised time of a definition, such as "3 working days" or "at once".
func (l *Locale) Promised(text string) string {
	if text == "at once" {
		return l.T("duration.atOnce")
	}
	parts := spanWords.FindStringSubmatch(text)
	if parts == nil {
		return text
	}
	count, _ := strconv.Atoi(parts[1]) // four digits at most
	return l.Duration(count, parts[2])
}

// Kept says how long something is kept after its end, of a definition: "5 years after end".
func (l *Locale) Kept(text string) string { return l.Promised(strings.TrimSuffix(text, " after end")) }

// Duration says a number of minutes, hours, working hours, days, working days, weeks, months or years.
func (l *Locale) Duration(count int, unit string) string {
	key := strings.TrimSuffix(unit, "s")
	switch key {
	case "working day":
		key = "workingDay"
	case "working hour":
		key = "workingHour"
	}
	return l.T("duration."+key, "count", count)
}
