package machine

import (
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

func TestClocksAreDueWhenTheirLastDayIsOver(t *testing.T) {
	week := &worktime.Calendar{From: "2026-03-01", Week: "aaaaa--", Off: []int{16}, Hours: []worktime.Hours{{480, 900}}} // Tuesday 17 is a holiday
	feast := &worktime.Calendar{From: "2026-03-01", Week: "aaaaa--", Off: []int{7, 8, 9, 10, 11}}
	for _, c := range []struct {
		name  string
		count int
		unit  string
		at    string
		zone  string
		cal   *worktime.Calendar
		want  string // in the zone
	}{
		{"minutes are exact", 90, "minutes", "2026-03-02T10:15:30+02:00", "Asia/Hebron", nil, "2026-03-02T11:45:30+02:00"},
		{"hours over a change of the clocks", 24, "hours", "2026-03-28T01:00:00+02:00", "Asia/Hebron", nil, "2026-03-29T02:00:00+03:00"},
		{"one day", 1, "days", "2026-03-02T00:00:00+02:00", "Asia/Hebron", nil, "2026-03-04T00:00:00+02:00"},
		{"the day is that of the zone", 1, "days", "2026-03-02T23:30:00Z", "Asia/Hebron", nil, "2026-03-05T00:00:00+02:00"},
		{"weeks", 2, "weeks", "2026-03-02T10:00:00+02:00", "Asia/Hebron", nil, "2026-03-17T00:00:00+02:00"},
		{"days over a change of the clocks", 1, "days", "2026-03-27T10:00:00+02:00", "Asia/Hebron", nil, "2026-03-29T00:00:00+03:00"},
		{"a month from the 31st", 1, "months", "2026-01-31T10:00:00Z", "UTC", nil, "2026-03-01T00:00:00Z"},
		{"a month from the 31st in a leap year", 1, "months", "2028-01-31T10:00:00Z", "UTC", nil, "2028-03-01T00:00:00Z"},
		{"months over the end of a year", 14, "months", "2026-12-31T10:00:00Z", "UTC", nil, "2028-03-01T00:00:00Z"},
		{"a year from 29 February", 1, "years", "2028-02-29T10:00:00Z", "UTC", nil, "2029-03-01T00:00:00Z"},
		{"four years from 29 February", 4, "years", "2028-02-29T10:00:00Z", "UTC", nil, "2032-03-01T00:00:00Z"},
		{"working days", 2, "working days", "2026-03-02T10:00:00+02:00", "Asia/Hebron", week, "2026-03-05T00:00:00+02:00"},
		{"over the weekend", 2, "working days", "2026-03-04T10:00:00+02:00", "Asia/Hebron", week, "2026-03-09T00:00:00+02:00"},
		{"armed at the weekend", 1, "working days", "2026-03-06T10:00:00+02:00", "Asia/Hebron", week, "2026-03-09T00:00:00+02:00"},
		{"a holiday does not count", 2, "working days", "2026-03-15T10:00:00+02:00", "Asia/Hebron", week, "2026-03-19T00:00:00+02:00"},
		{"beyond the slice", 10, "working days", "2026-03-26T10:00:00+02:00", "Asia/Hebron", week, "2026-04-10T00:00:00+03:00"},
		{"before the slice", 1, "working days", "2026-02-26T10:00:00+02:00", "Asia/Hebron", week, "2026-03-02T00:00:00+02:00"},
		{"working hours", 2, "working hours", "2026-03-02T10:00:00+02:00", "Asia/Hebron", week, "2026-03-02T12:00:00+02:00"},
		{"working hours over a holiday", 2, "working hours", "2026-03-16T14:00:00+02:00", "Asia/Hebron", week, "2026-03-18T09:00:00+02:00"},
		{"before a holiday week", 1, "working days", "2026-03-10T10:00:00+02:00", "Asia/Hebron", feast, "2026-03-16T00:00:00+02:00"},
		{"midnight that does not exist", 1, "days", "2021-03-25T10:00:00+02:00", "Asia/Beirut", nil, "2021-03-27T00:00:00+02:00"},
		{"the day after it begins at one", 1, "days", "2021-03-26T10:00:00+02:00", "Asia/Beirut", nil, "2021-03-28T01:00:00+03:00"},
		{"midnight that comes twice", 1, "days", "2021-10-29T10:00:00+03:00", "Asia/Beirut", nil, "2021-10-31T00:00:00+02:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			got, err := due(plan.Span{Count: c.count, Unit: c.unit}, at, zone, c.cal)
			if err != nil {
				t.Fatal(err)
			}
			if s := got.In(zone).Format(time.RFC3339); s != c.want || got.Location() != time.UTC {
				t.Fatalf("%s, want %s", s, c.want)
			}
		})
	}
}

func TestACalendarWithoutAWorkedDayIsNoCalendar(t *testing.T) {
	for _, cal := range []*worktime.Calendar{nil, {From: "2026-03-01"}, {From: "2026-03-01", Week: "-------"}, {From: "soon", Week: "aaaaaaa"}} {
		if _, err := due(plan.Span{Count: 1, Unit: "working days"}, time.Unix(0, 0), time.UTC, cal); err == nil {
			t.Errorf("%+v was counted on", cal)
		}
	}
}
