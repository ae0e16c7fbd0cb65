package catalog

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Text is the same words in each language, such as {ar: رخصة, en: Licence}.
type Text struct {
	source.Map[source.Text]
}

// DecodeNode takes the text in each language.
func (t *Text) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind != source.Mapping {
		dec.Expected(n, "the text in each language, such as {ar: …, en: …}")
		return
	}
	t.Map.DecodeNode(n, dec)
}

// In gives the text in lang, or else in the first language it has; "" when it has none.
func (t Text) In(lang string) string {
	if v, ok := t.Get(lang); ok {
		return v.Value
	}
	if len(t.Entries) > 0 {
		return t.Entries[0].Value.Value
	}
	return ""
}

// Plain gives the text as a plain map, for storing and showing.
func (t Text) Plain() map[string]string {
	m := make(map[string]string, t.Len())
	for _, e := range t.Entries {
		m[e.Key.Value] = e.Value.Value
	}
	return m
}

// Keywords are search words in each language: {ar: [رخصة, سواقة], en: [license]}.
type Keywords struct {
	source.Map[[]source.Text]
}

// DecodeNode takes the words in each language.
func (k *Keywords) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind != source.Mapping {
		dec.Expected(n, "words in each language, such as {ar: […], en: […]}")
		return
	}
	k.Map.DecodeNode(n, dec)
}

// Duration is a count of a unit: 14 days, 2 working days, 3 hours.
type Duration struct {
	Count int
	Unit  Unit
}

// Unit is a unit of a Duration. A day is a calendar day; a working day and a working hour are counted on the catalogue's calendar.
type Unit string

// The units.
const (
	Minutes     Unit = "minutes"
	Hours       Unit = "hours"
	Days        Unit = "days"
	WorkingDays Unit = "working days"

	WorkingHours Unit = "working hours"
	Weeks        Unit = "weeks"
	Months       Unit = "months"
	Years        Unit = "years"
)

var durationForm = regexp.MustCompile(`^([0-9]{1,4}) (minute|hour|working hour|day|working day|week|month|year)s?$`)

// ParseDuration reads "14 days"; the singular is accepted too.
func ParseDuration(s string) (Duration, bool) {
	m := durationForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Duration{}, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return Duration{}, false
	}
	return Duration{Count: n, Unit: Unit(m[2] + "s")}, true
}

// ParseKeep reads how long something is kept after its end, "5 years after end", in days, weeks, months or years of the calendar.
func ParseKeep(s string) (Duration, bool) {
	s, ok := strings.CutSuffix(strings.TrimSpace(s), " after end")
	d, is := ParseDuration(s)
	return d, ok && is && (d.Unit == Days || d.Unit == Weeks || d.Unit == Months || d.Unit == Years)
}

// DurationMeant gives the duration that s probably means, such as 14 days for ١٤ days and 3 working days for 3 workdays, or "".
func DurationMeant(s string) string {
	s = strings.ToLower(source.PlainDigits(strings.TrimSpace(s)))
	for _, other := range []string{"business day", "workday", "work day"} {
		s = strings.Replace(s, other, "working day", 1)
	}
	for _, other := range []string{"business hour", "office hour", "work hour"} {
		s = strings.Replace(s, other, "working hour", 1)
	}
	if d, ok := ParseDuration(s); ok {
		return d.String()
	}
	return ""
}

func (d Duration) String() string {
	u := string(d.Unit)
	if d.Count == 1 {
		u = strings.TrimSuffix(u, "s")
	}
	return strconv.Itoa(d.Count) + " " + u
}
