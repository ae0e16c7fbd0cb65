package machine_test

import (
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// late is the calendar of week after Tuesday 3 March was declared a day off; cut on any day it says the same.
func late(from string) *worktime.Calendar {
	published := &worktime.Published{Version: "2", Weekend: []time.Weekday{time.Friday, time.Saturday}, Usual: worktime.Hours{480, 900}, Days: []worktime.Day{{Date: "2026-03-03"}}}
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	return published.Slice(day)
}

// promised is a review within three working days, which is looked at beside another one; the whole within ten.
func promised(t *testing.T, unit string) *draft {
	d := drawn(t, fork("both", 0), review("first", "approve"), review("second", "approve"), join("in", false), end("completed"))
	d.branch("both", "a", "first").branch("both", "b", "second").wire("first -approve> in\nsecond -approve> in\nboth -done> end/completed")
	for _, key := range []string{"first", "second"} {
		d.Nodes[d.at(key)].Review.Clock = &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 3, Unit: unit}, Then: plan.Escalate}}}
	}
	d.Deadline = &plan.Deadline{Clock: plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 10, Unit: "working days"}, Then: plan.Escalate}}}}
	return d
}

func (j *journey) dueOf(step string) time.Time {
	j.t.Helper()
	for _, w := range j.p.Waits(j.s) {
		if w.Step == step || step == "" && w.Kind == machine.DeadlineWait {
			return w.DueAt
		}
	}
	j.t.Fatalf("nothing is due at %q: %s", step, j.waits())
	return time.Time{}
}

// endOf is the end of a day in Hebron, before the clocks go forward.
func endOf(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.Add(22 * time.Hour)
}

func TestAPromiseThatWasMadeStandsWhenADayOffIsPublishedLate(t *testing.T) {
	j := promised(t, "working days").begin()
	j.took("first", "approve", func(a *activity.Act) { a.Facts.Calendar = late("2026-03-02") })
	if got, whole := j.dueOf("second"), j.dueOf(""); !got.Equal(endOf("2026-03-05")) || !whole.Equal(endOf("2026-03-16")) {
		t.Errorf("the second is due %s, the whole %s", got, whole)
	}
}

func TestALateDayOffLengthensWhatIsCountedInWorkingTimeWhereTheDefinitionSaysSo(t *testing.T) {
	d := promised(t, "working days")
	d.LateHolidays = plan.Extend
	j := d.begin()
	j.took("first", "approve", func(a *activity.Act) { a.Facts.Calendar = late("2026-03-02") })
	if got, whole := j.dueOf("second"), j.dueOf(""); !got.Equal(endOf("2026-03-08")) || !whole.Equal(endOf("2026-03-17")) {
		t.Errorf("the second is due %s, the whole %s", got, whole)
	}
	if e := j.effects[0]; e.Kind != activity.Postponed || len(e.Dues) != 2 {
		t.Errorf("%+v", e)
	}
	// Taken back, it shortens nothing.
	j.must(machine.Event{Due: &machine.Due{At: j.dueOf("second"), Calendar: week}})
	j.expect("escalate:second")
	if whole := j.dueOf(""); !whole.Equal(endOf("2026-03-17")) {
		t.Errorf("the whole is due %s", whole)
	}
}

func TestAClockThatComesToItsOldInstantLearnsOfTheDayOff(t *testing.T) {
	for unit, want := range map[string]time.Time{"working days": endOf("2026-03-08"), "working hours": time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)} {
		d := promised(t, unit)
		d.LateHolidays = plan.Extend
		j := d.begin()
		if unit == "working hours" { // begun at two in the afternoon of Monday, of which an hour is left
			j = d.beginAt(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
		}
		old := j.dueOf("first")
		j.must(machine.Event{Due: &machine.Due{At: old, Calendar: late(old.Format(time.DateOnly))}})
		if got := j.dueOf("first"); !got.Equal(want) {
			t.Errorf("%s: it is due %s, want %s (it was %s)", unit, got, want, old)
		}
		if e := j.effects; len(e) != 1 || e[0].Kind != activity.Postponed {
			t.Errorf("%s: %+v", unit, e)
		}
		if r := j.step(machine.Event{Due: &machine.Due{At: old, Calendar: late(old.Format(time.DateOnly))}}); r != machine.Late {
			t.Errorf("%s: the same again: %q", unit, r)
		}
		j.must(machine.Event{Due: &machine.Due{At: want}})
		if e := j.effects; len(e) != 1 || e[0].Kind != activity.Escalate {
			t.Errorf("%s: %+v", unit, e)
		}
	}
}

// A pause is counted by the days that were worked in it, those before the day on which it ends too.
func TestAPauseOverADayOffIsNoLongerThanItsWorkingDays(t *testing.T) {
	d := drawn(t, review("first", "approve"), review("paused", "approve"), review("last", "approve"), end("completed"))
	d.wire("first -approve> paused\npaused -approve> last\nlast -approve> end/completed")
	d.Deadline = &plan.Deadline{Paused: []string{"paused"}, Clock: plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 5, Unit: "working days"}, Then: plan.Escalate}}}}
	j := d.begin() // Monday 2 March: due on Monday 9
	j.took("first", "approve")
	j.at = monday.AddDate(0, 0, 2) // Wednesday: Tuesday was off, so that one working day has passed
	j.took("paused", "approve", func(a *activity.Act) { a.Facts.Calendar = late("2026-03-04") })
	if got := j.dueOf(""); !got.Equal(endOf("2026-03-10")) {
		t.Errorf("it is due %s", got)
	}
}
