package form

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
)

var (
	yearFirst = regexp.MustCompile(`^([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})$`)
	dayFirst  = regexp.MustCompile(`^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$`)
)

// day reads 2026-01-31, 31/1/2026, or the three boxes of a page. It gives the first of these.
func day(raw any) (any, string) {
	var boxes [3]string // year, month, day
	switch v := raw.(type) {
	case string:
		text := line(v)
		if text == "" {
			return nil, ""
		}
		if m := yearFirst.FindStringSubmatch(text); m != nil {
			boxes = [3]string(m[1:])
		} else if m := dayFirst.FindStringSubmatch(text); m != nil {
			boxes = [3]string{m[3], m[2], m[1]}
		}
	case map[string]any:
		for i, name := range dateBoxes {
			text, ok := box(v[name])
			if !ok {
				return nil, DateProblem
			}
			boxes[i] = text
		}
		if boxes == [3]string{} {
			return nil, ""
		}
	default:
		return nil, TypeProblem
	}
	d := formula.Date{Year: ordinal(boxes[0], 4), Month: ordinal(boxes[1], 2), Day: ordinal(boxes[2], 2)}
	if len(boxes[0]) != 4 || !d.Valid() { // 26 could be any century
		return nil, DateProblem
	}
	return d.String(), ""
}

// dateBoxes are the parts of a date, as the boxes of a page are named.
var dateBoxes = [3]string{"year", "month", "day"}

func box(raw any) (string, bool) {
	switch v := raw.(type) {
	case nil:
		return "", true
	case string:
		return line(v), true
	case json.Number:
		return string(v), true
	}
	return "", false
}

// ordinal reads a number of at most so many digits; 0, which no part of a date is, for anything else.
func ordinal(s string, digits int) int {
	if len(s) > digits {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}

// ReadDate reads the three boxes in which somebody has typed a day, in the digits of any language, as YYYY-MM-DD. Empty boxes give "".
func ReadDate(year, month, dayOfMonth string) (iso string, ok bool) {
	v, problem := day(map[string]any{"year": year, "month": month, "day": dayOfMonth})
	iso, _ = v.(string)
	return iso, problem == ""
}

// ReadTime reads an hour of the day as somebody has typed it, in the digits of any language: 8, 8:30, 08.30. Nothing is midnight.
func ReadTime(typed string) (hour, minute int, ok bool) {
	typed = line(typed)
	if typed == "" {
		return 0, 0, true
	}
	h, m, with := strings.Cut(strings.ReplaceAll(typed, ".", ":"), ":")
	if !with {
		m = "00"
	}
	hour, errH := strconv.Atoi(h)
	minute, errM := strconv.Atoi(m)
	ok = errH == nil && errM == nil && len(h) <= 2 && len(m) == 2 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
	return hour, minute, ok
}
