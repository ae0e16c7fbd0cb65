package catalog

import "time"

// Span is a span of a day in minutes, such as 08:00 to 15:00; false where it is none. A day ends at 24:00.
func Span(from, to string) (minutes [2]int, ok bool) {
	begin, known := minuteOf(from)
	end, too := minuteOf(to)
	return [2]int{begin, end}, known && too && begin < end
}

func minuteOf(s string) (int, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}
