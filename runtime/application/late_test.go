package application_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// The last day of a limit is declared a day off while two offices look at the application: by its definition the limit stands, or ends a working day
// later, which officers and the applicant see once something happens to it.
func TestADayOffThatIsPublishedLateIsGivenToOfficersWhereTheDefinitionSaysSo(t *testing.T) {
	for _, late := range []string{"", plan.Extend} {
		o := newOffice(t)
		pl := branched()
		pl.LateHolidays = late
		for i := range pl.Nodes {
			if r := pl.Nodes[i].Review; r != nil {
				r.Clock = &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 3, Unit: "working days"}, Then: plan.Escalate}}}
			}
		}
		o.republish(pl)
		o.work()
		v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
		if err != nil {
			t.Fatal(err)
		}
		v = o.settled(v.ID, application.Started)
		due := func() time.Time {
			i := slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.Step == "health" })
			if i < 0 || v.Tasks[i].DueAt == nil {
				t.Fatalf("%+v", v.Tasks)
			}
			return *v.Tasks[i].DueAt
		}
		zone, err := time.LoadLocation(pl.Zone)
		if err != nil {
			t.Fatal(err)
		}
		was := due()
		o.off = []worktime.Day{{Date: was.Add(-time.Second).In(zone).Format(time.DateOnly)}}
		o.republish(pl)
		v = o.decide(v, "roads", "approve")
		told := slices.ContainsFunc(v.Timeline, func(e application.Event) bool { return e.Kind == "postponed" })
		if got := due(); got.After(was) != (late == plan.Extend) || told != (late == plan.Extend) || got.Before(was) {
			t.Errorf("%q: it was due %s and is due %s; told: %v", late, was, got, told)
		}
		// What only time brings knows of it too.
		facts, err := o.book.Know(t.Context(), activity.Know{Application: v.ID.String(), At: was})
		if err != nil || facts.Calendar == nil || facts.Calendar.Version != "2" || !facts.At.Equal(was) {
			t.Errorf("%+v, %v", facts, err)
		}
	}
}
