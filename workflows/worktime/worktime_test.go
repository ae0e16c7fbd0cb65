package worktime_test

import (
	"errors"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/worktime"
)

// ramallah works from Sunday to Thursday, 8 to 12 and 13 to 15, Thursdays 8 to 13. 2026-03-17 is a holiday, 2026-03-18 a half day until noon, and
// Saturday 2026-03-21 is worked in the morning.
var ramallah = &worktime.Published{
	Version: "1", Weekend: []time.Weekday{time.Friday, time.Saturday}, Usual: worktime.Hours{480, 720, 780, 900},
	Weekly: []worktime.Weekly{{Day: time.Thursday, Hours: worktime.Hours{480, 780}}},
	Days:   []worktime.Day{{Date: "2024-03-17"}, {Date: "2026-03-13"}, {Date: "2026-03-17"}, {Date: "2026-03-18", Hours: worktime.Hours{480, 720}}, {Date: "2026-03-21", Hours: worktime.Hours{480, 720}}},
}

func on(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func hebron(t *testing.T) *time.Location {
	zone, err := time.LoadLocation("Asia/Hebron")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestWorkingDaysAreCountedBothWaysFromAnySlice(t *testing.T) {
	for _, cut := range []string{"2026-03-10", "2026-03-19", "2026-06-01", "2025-09-01"} { // what is past counts as it was
		cal := ramallah.Slice(on(cut))
		for _, c := range []struct {
			from string
			n    int
			want string
		}{
			{"2026-03-15", 0, "2026-03-15"}, {"2026-03-15", 1, "2026-03-16"}, {"2026-03-15", 2, "2026-03-18"}, {"2026-03-15", 4, "2026-03-21"},
			{"2026-03-12", 1, "2026-03-15"}, {"2026-03-22", -1, "2026-03-21"}, {"2026-03-19", -2, "2026-03-16"},
		} {
			if got, err := cal.Day(on(c.from), c.n); err != nil || got.Format(time.DateOnly) != c.want {
				t.Errorf("cut at %s: %d working days after %s: %s, want %s (%v)", cut, c.n, c.from, got.Format(time.DateOnly), c.want, err)
			}
		}
		if got := cal.Days(on("2026-03-12"), on("2026-03-22")); got != 6 {
			t.Errorf("cut at %s: %d working days", cut, got)
		}
		if got := cal.Days(on("2026-03-22"), on("2026-03-12")); got != 0 {
			t.Errorf("%d working days backwards", got)
		}
	}
}

func TestOfficeHoursSkipWhatIsNotWorked(t *testing.T) {
	zone := hebron(t)
	cal := ramallah.Slice(on("2026-03-15"))
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		from    string
		minutes int
		want    string
	}{
		{"2026-03-15 08:00", 240, "2026-03-15 12:00"}, // what ends with the morning ends at noon
		{"2026-03-15 08:00", 241, "2026-03-15 13:01"}, // over lunch
		{"2026-03-15 07:00", 60, "2026-03-15 09:00"},
		{"2026-03-15 14:30", 60, "2026-03-16 08:30"},  // over the night
		{"2026-03-16 14:00", 120, "2026-03-18 09:00"}, // over the holiday
		{"2026-03-18 11:00", 120, "2026-03-19 09:00"}, // the half day
		{"2026-03-19 12:00", 120, "2026-03-21 09:00"}, // Thursday until 13, then the Saturday that is worked
	} {
		got, err := cal.Add(at(c.from), c.minutes, zone)
		if err != nil || !got.Equal(at(c.want)) {
			t.Errorf("%d minutes after %s: %s, want %s (%v)", c.minutes, c.from, got.In(zone).Format("2006-01-02 15:04"), c.want, err)
		}
		if back := cal.Minutes(at(c.from), got, zone); back != c.minutes {
			t.Errorf("from %s to %s there are %d minutes, not %d", c.from, c.want, back, c.minutes)
		}
	}
	// On 2026-03-28 clocks go forward in Hebron: an hour of the night is missing, and no office hour.
	if got, err := cal.Add(at("2026-03-26 12:30"), 60, zone); err != nil || !got.Equal(at("2026-03-29 08:30")) {
		t.Errorf("over the change of the clocks: %s (%v)", got.In(zone), err)
	}
}

func TestWhatCannotBeCountedIsSaid(t *testing.T) {
	var none *worktime.Calendar
	if _, err := none.Day(on("2026-03-15"), 1); !errors.Is(err, worktime.ErrNoCalendar) {
		t.Error(err)
	}
	never := (&worktime.Published{Weekend: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}).Slice(on("2026-03-15"))
	if _, err := never.Day(on("2026-03-15"), 1); !errors.Is(err, worktime.ErrNoWork) {
		t.Error(err)
	}
	plain := (&worktime.Published{Weekend: []time.Weekday{5, 6}}).Slice(on("2026-03-15"))
	if _, err := plain.Add(on("2026-03-15"), 60, time.UTC); !errors.Is(err, worktime.ErrNoHours) {
		t.Error(err)
	}
	if got, err := plain.Day(on("2026-03-15"), 5); err != nil || got != on("2026-03-22") {
		t.Error(got, err)
	}
	if plain.Minutes(on("2026-03-15"), on("2026-03-20"), time.UTC) != 0 {
		t.Error("hours are counted that nobody has declared")
	}
}
