package formula

import (
	"errors"
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar, years 1 to 9999, without time or
// zone. The zero value is no date.
type Date struct{ Year, Month, Day int }

var errDate = errors.New(`not a date: write "2026-01-31"`)

// ParseDate reads "2026-01-31". The error does not repeat the text.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' || !isDigits(s[:4]) || !isDigits(s[5:7]) || !isDigits(s[8:]) {
		return Date{}, errDate
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	d := Date{two(0)*100 + two(2), two(5), two(8)}
	if !d.Valid() {
		return Date{}, errDate
	}
	return d, nil
}

// Valid reports whether the day exists.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.Month >= 1 && d.Month <= 12 &&
		d.Day >= 1 && d.Day <= daysIn(d.Year, d.Month)
}

// String is "2026-01-31".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalJSON writes "2026-01-31".
func (d Date) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Date) UnmarshalJSON(b []byte) error {
	if len(b) != 12 || b[0] != '"' || b[11] != '"' {
		return errDate
	}
	v, err := ParseDate(string(b[1:11]))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Cmp is -1, 0 or 1 as d is before, on or after e.
func (d Date) Cmp(e Date) int {
	a, b := d.Year*10000+d.Month*100+d.Day, e.Year*10000+e.Month*100+e.Day
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func (d Date) days() int64 {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// maxShift keeps arithmetic on dates far from the limits of int.
const maxShift = 12 * 10000 * 31

// AddDays is the date so many days later, or earlier; ok is false outside the years 1 to 9999.
func (d Date) AddDays(n int64) (Date, bool) {
	if n > maxShift || n < -maxShift {
		return Date{}, false
	}
	t := time.Date(d.Year, time.Month(d.Month), d.Day+int(n), 0, 0, 0, 0, time.UTC)
	e := Date{t.Year(), int(t.Month()), t.Day()}
	return e, e.Valid()
}

// addMonths is false outside these years too.
func (d Date) addMonths(n int64) (Date, bool) {
	if n > maxShift || n < -maxShift {
		return Date{}, false
	}
	months := d.Year*12 + d.Month - 1 + int(n)
	if months < 12 {
		return Date{}, false
	}
	e := Date{Year: months / 12, Month: months%12 + 1}
	e.Day = min(d.Day, daysIn(e.Year, e.Month))
	return e, e.Valid()
}

// fullMonths counts the months that have passed in full, 0 when to is not
// after from.
func fullMonths(from, to Date) int64 {
	if to.Cmp(from) <= 0 {
		return 0
	}
	n := int64((to.Year-from.Year)*12 + to.Month - from.Month)
	if due, ok := from.addMonths(n); ok && due.Cmp(to) > 0 {
		n--
	}
	return n
}

// fullYears counts the years that have passed in full. Twelve full months are
// one full year: both take the last day of a month that is too short.
func fullYears(from, to Date) int64 { return fullMonths(from, to) / 12 }

// monthsBegun counts full months and the one that has begun.
func monthsBegun(from, to Date) int64 {
	n := fullMonths(from, to)
	if due, ok := from.addMonths(n); ok && due.Cmp(to) < 0 {
		n++
	}
	return n
}
