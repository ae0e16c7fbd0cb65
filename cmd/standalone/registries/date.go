package registries

import (
	"regexp"
	"strconv"
	"time"
)

var (
	relativePattern = regexp.MustCompile(`^today(?:[+-][0-9]{1,5}(?:d|w|mo|y))*$`)
	stepPattern     = regexp.MustCompile(`([+-][0-9]+)(d|w|mo|y)`)
)

// relative gives the date that a text such as today-5mo+1d means, or false for any other text. Months keep the day;
// where the month is shorter it is its last day.
func relative(text string, now time.Time) (date string, ok bool) {
	if !relativePattern.MatchString(text) {
		return "", false
	}
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	for _, step := range stepPattern.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(step[1])
		if err != nil { // the pattern allows five digits
			return "", false
		}
		switch step[2] {
		case "d":
			day = day.AddDate(0, 0, n)
		case "w":
			day = day.AddDate(0, 0, 7*n)
		case "mo":
			day = addMonths(day, n)
		case "y":
			day = addMonths(day, 12*n)
		}
	}
	return day.Format(time.DateOnly), true
}

func addMonths(day time.Time, n int) time.Time {
	first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day.Day(), last)-1)
}

// resolve copies an answer with every relative date replaced.
func resolve(value any, now time.Time) any {
	switch v := value.(type) {
	case string:
		if date, ok := relative(v, now); ok {
			return date
		}
	case []any:
		all := make([]any, len(v))
		for i, one := range v {
			all[i] = resolve(one, now)
		}
		return all
	case map[string]any:
		all := make(map[string]any, len(v))
		for name, one := range v {
			all[name] = resolve(one, now)
		}
		return all
	}
	return value
}
