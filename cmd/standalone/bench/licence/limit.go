package licence

import (
	"sync"
	"time"

	"github.com/diwan-gov/diwan/workflows/worktime"
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

// EndOfWorkingDay is when the n-th working day after today is over.
func EndOfWorkingDay(at time.Time, n int, c *worktime.Calendar) (time.Time, error) {
	last, err := c.Day(Day(at), n)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, hebron()).UTC(), nil
}
