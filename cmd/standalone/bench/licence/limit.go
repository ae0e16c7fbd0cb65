package licence

import (
	"errors"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// hebron is loaded once: a workflow must not read files again and again.
var hebron = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Asia/Hebron")
	if err != nil {
		panic(err) // the binary embeds the zones
	}
	return zone
})

// Day is the day of an instant in Palestine, as its midnight in UTC.
func Day(at time.Time) time.Time {
	y, m, d := at.In(hebron()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// EndOfDay is when the n-th day after today is over.
func EndOfDay(at time.Time, n int) time.Time {
	y, m, d := at.In(hebron()).Date()
	return time.Date(y, m, d+n+1, 0, 0, 0, 0, hebron()).UTC()
}

// EndOfWorkingDay is when the n-th working day after today is over. The slice of the calendar must reach so far.
func EndOfWorkingDay(at time.Time, n int, c *activity.Calendar) (time.Time, error) {
	if c == nil {
		return time.Time{}, errors.New("no calendar")
	}
	from, err := time.Parse(time.DateOnly, c.From)
	if err != nil {
		return time.Time{}, err
	}
	today := Day(at)
	for i, days := int(today.Sub(from).Hours()/24), 1; ; days++ {
		if i+days < 0 || i+days >= len(c.Days) {
			return time.Time{}, errors.New("the calendar is too short")
		}
		if c.Days[i+days] == 'w' {
			n--
		}
		if n == 0 {
			return EndOfDay(at, days), nil
		}
	}
}
