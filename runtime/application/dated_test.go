package application_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// renewing is a service that a right begins some days before its end; without a span nobody has to agree.
func renewing(days int, within *plan.Span) *plan.Plan {
	_, p := outside()
	p.Triggers = []plan.Trigger{{By: "applicant"}, {
		Right: "stall", On: fmt.Sprintf("addDays(right.validUntil, -%d)", days), For: "right.holder", Form: []plan.Fill{{Field: "child", Formula: "right.number", Kind: "text", Needed: true}}, Within: within,
		Brings: &plan.Field{Name: "right", Kind: "record", Fields: []plan.Field{
			{Name: "number", Kind: "text"}, {Name: "holder", Kind: "text"}, {Name: "status", Kind: "text"}, {Name: "grantedOn", Kind: "date"}, {Name: "validUntil", Kind: "date", Optional: true},
		}},
	}}
	return p
}

// day is a number of days from today, where the plans count days.
func day(n int) string {
	zone, _ := time.LoadLocation("Asia/Hebron")
	return time.Now().In(zone).AddDate(0, 0, n).Format(time.DateOnly)
}

func stall(number, status, until string) application.HeldRight {
	facts := map[string]any{"number": number, "holder": "900000001", "status": status, "grantedOn": "2026-01-01"}
	if until != "" {
		facts["validUntil"] = until
	}
	b, _ := json.Marshal(facts)
	return application.HeldRight{Number: number, Code: "stall", Facts: b}
}

// holds lets a right be granted, or changed.
func (o *office) holds(rights ...application.HeldRight) {
	o.t.Helper()
	for _, h := range rights {
		o.ports.held = append([]application.HeldRight{h}, o.ports.held...)
		err := postgres.InTx(o.t.Context(), o.pool, func(tx pgx.Tx) error { return o.book.RightChanged(o.t.Context(), tx, h) })
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) due(want int) {
	o.t.Helper()
	if n, err := o.book.BeginDue(o.t.Context()); err != nil || n != want {
		o.t.Fatalf("%d days were due, want %d, %v", n, want, err)
	}
}

func TestADayOfARightIsOfferedOnceWhenItHasCome(t *testing.T) {
	o := newOffice(t)
	o.republish(renewing(60, &plan.Span{Count: 30, Unit: "days"}))
	o.holds(stall("RS-1", "valid", day(60)), stall("RS-2", "valid", day(61)), stall("RS-3", "valid", ""), stall("RS-4", "valid", day(60)))
	o.holds(stall("RS-4", "valid", day(400))) // it was renewed before its day
	o.due(1)
	o.due(0)
	offers, err := o.book.Offers(t.Context(), o.me.ID)
	if err != nil || len(offers) != 1 || offers[0].Service != childService || offers[0].Form["child"] != "RS-1" || offers[0].Until.Before(time.Now().AddDate(0, 0, 29)) {
		t.Fatalf("%+v, %v", offers, err)
	}
	// What changes nothing of the day begins nothing again.
	o.holds(stall("RS-1", "suspended", day(60)))
	o.due(0)
	// The next day, for the next year, is another one.
	o.holds(stall("RS-1", "valid", day(50)))
	o.due(1)
	if offers, err = o.book.Offers(t.Context(), o.me.ID); err != nil || len(offers) != 2 {
		t.Errorf("%+v, %v", offers, err)
	}
	// One that has ended meanwhile begins nothing.
	o.holds(stall("RS-9", "valid", day(60)))
	o.ports.held = append([]application.HeldRight{stall("RS-9", "revoked", day(60))}, o.ports.held...)
	o.due(1)
	if n := o.count("SELECT count(*) FROM right_day WHERE number = 'RS-9' AND result = 'not-now'"); n != 1 {
		t.Error("a right that has ended has begun a service")
	}
}

func TestADayOfARightSendsAnApplicationWhereNobodyHasToAgree(t *testing.T) {
	o := newOffice(t)
	o.republish(renewing(10, nil))
	o.work()
	o.holds(stall("RS-100", "valid", day(10)))
	o.due(1)
	if n := o.count("SELECT count(*) FROM application WHERE service = $1 AND form->>'child' = 'RS-100'", childService); n != 1 {
		t.Fatalf("%d applications", n)
	}
	// A process that died before it was written down does it again, and nothing comes of that.
	if _, err := o.pool.Exec(t.Context(), "UPDATE right_day SET done_at = NULL"); err != nil {
		t.Fatal(err)
	}
	o.due(1)
	if n := o.count("SELECT count(*) FROM application WHERE service = $1", childService); n != 1 {
		t.Fatalf("%d applications", n)
	}
	for _, h := range []application.HeldRight{stall("RS-5", "valid", day(5)), {Number: "RS-6", Code: "stall", Facts: []byte(`{"number":"RS-6","holder":"","status":"valid","grantedOn":"2026-01-01","validUntil":"` + day(5) + `"}`)}} {
		o.holds(h)
	}
	o.due(2) // a day that had passed at the grant begins at once; one of nobody holds up nothing
	if n := o.count("SELECT count(*) FROM right_day WHERE result = 'refused'"); n != 1 {
		t.Errorf("%d were refused", n)
	}
}

func TestATriggerThatAReleaseBringsLooksAtTheRightsThatAreThere(t *testing.T) {
	o := newOffice(t)
	for i := range 2500 {
		o.ports.held = append(o.ports.held, stall(fmt.Sprintf("RS-%05d", i), "valid", day(i-5)))
	}
	_, plain := outside()
	o.republish(plain)
	looked := func() (times int) {
		for {
			more, err := o.book.LookAtRights(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				return times
			}
			times++
		}
	}
	if n := looked(); n != 0 {
		t.Fatalf("without a trigger it looks %d times", n)
	}
	o.republish(renewing(60, &plan.Span{Count: 30, Unit: "days"}))
	if n := looked(); n != 3 {
		t.Fatalf("2500 rights are looked at in %d parts", n)
	}
	if n := o.count("SELECT count(*) FROM right_day"); n != 2500-65 {
		t.Fatalf("%d days are to come", n)
	}
	o.due(1)
	if n := looked(); n != 0 {
		t.Fatal("it looks again")
	}
	// Another day is another trigger; the old one's days are gone, and what it began stays.
	o.republish(renewing(30, &plan.Span{Count: 30, Unit: "days"}))
	looked()
	if all, done := o.count("SELECT count(*) FROM right_day WHERE done_at IS NULL"), o.count("SELECT count(*) FROM right_day WHERE done_at IS NOT NULL"); all != 2500-35 || done != 1 {
		t.Errorf("%d to come, %d done", all, done)
	}
}

func TestTheDaysThatAreDueAreFoundByTheirIndex(t *testing.T) {
	o := newOffice(t)
	if _, err := o.pool.Exec(t.Context(), `INSERT INTO right_day (number, service, trigger, day) SELECT 'RS-' || i, 's', 't', to_char(date '2030-01-01' + i % 3000, 'YYYY-MM-DD') FROM generate_series(1, 100000) i`); err != nil {
		t.Fatal(err)
	}
	if _, err := o.pool.Exec(t.Context(), "ANALYZE right_day"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 100 {
		o.due(0)
	}
	if took := time.Since(began) / 100; took > 20*time.Millisecond {
		t.Errorf("a look among 100,000 days takes %v", took)
	}
}
