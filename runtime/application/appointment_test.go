package application_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// diary is the real one, as applications see it.
type diary struct{ *appointment.Diary }

func (d diary) Take(ctx context.Context, tx pgx.Tx, r application.SlotRequest) (time.Time, bool, error) {
	return d.Diary.Take(ctx, tx, appointment.Wish(r))
}

// seen is a plan with an appointment that may be booked twice.
func seen() *plan.Plan {
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: 2,
		Scope: []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "years", Kind: "int"}}}},
		Reads: []string{"form.years"},
		Nodes: []plan.Node{
			{Key: "look", Step: "look", Kind: plan.Appointment, Appointment: &plan.AppointmentNode{Role: "licensing-officer", Capacity: 1, Minutes: 30, AtMost: 2}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}, {Key: "end/withdrawn", Kind: plan.End, End: &plan.EndNode{Outcome: "withdrawn"}},
		},
		Edges: []plan.Edge{{From: 0, To: 1, On: "attended"}, {From: 0, To: 2, On: "missed"}},
		Form:  plan.Form{Schema: []byte("{}")},
	}
}

func TestASlotIsBookedChangedAndGivenBackWithWhatBecomesOfTheApplication(t *testing.T) {
	o := newOffice(t)
	o.republish(seen())
	o.work()
	free := func() []appointment.Slot {
		t.Helper()
		list, err := o.diary.Free(t.Context(), service, "look")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	day := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	if n, err := o.diary.Open(t.Context(), appointment.Opening{Role: officer[0], Service: service, Node: "look", Place: "Hall", Day: day, From: "09:00", Until: "10:00",
		Minutes: 30, Capacity: 1, By: uuid.New()}); err != nil || n != 2 {
		t.Fatalf("%d opened, %v", n, err)
	}
	first, second := free()[0], free()[1]
	begin := func() *application.View {
		t.Helper()
		v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
		if err != nil {
			t.Fatal(err)
		}
		return o.settled(v.ID, application.Started)
	}
	act := func(actor application.Actor, v *application.View, action string, slot uuid.UUID) application.ActAnswer {
		t.Helper()
		now, err := o.book.ForApplicant(t.Context(), o.me.ID, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		task := now.Tasks[0]
		a, err := o.book.Act(t.Context(), actor, v.ID, application.ActRequest{Task: task.ID, Action: action, Revision: task.Revision, Slot: slot}, uuid.NewString())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	mine, other := begin(), begin()
	if a := act(o.applicant(), mine, "book", first.ID); !a.TookEffect() {
		t.Fatalf("%+v", a)
	}
	if a := act(o.applicant(), other, "book", first.ID); a.Code != application.SlotTaken {
		t.Fatalf("two in one place: %+v", a)
	}
	if last := o.ports.audited[len(o.ports.audited)-1]; last.Code != application.SlotTaken {
		t.Errorf("the audit says that it was sent: %+v", last)
	}
	if a := act(o.officer(), mine, "attended", uuid.Nil); a.Code != "too-early" {
		t.Fatalf("%+v", a)
	}
	if a := act(o.officer(), mine, "book", uuid.Nil); a.Code != "unknown-action" {
		t.Fatalf("an officer books: %+v", a)
	}
	now, _ := o.book.ForApplicant(t.Context(), o.me.ID, mine.ID)
	_, err := o.book.Act(t.Context(), o.applicant(), mine.ID, application.ActRequest{Task: now.Tasks[0].ID, Action: "book", Revision: now.Tasks[0].Revision}, "k")
	if !errors.Is(err, application.ErrInvalid) {
		t.Fatalf("a booking without a slot: %v", err)
	}
	if a := act(o.applicant(), mine, "book", second.ID); !a.TookEffect() { // changed
		t.Fatalf("%+v", a)
	}
	if list := free(); len(list) != 1 || list[0].ID != first.ID {
		t.Fatalf("%+v", list)
	}
	if a := act(o.applicant(), mine, "book", first.ID); a.Code != "unknown-action" { // the third is one too many: the machine says so
		t.Fatalf("%+v", a)
	}
	if list := free(); len(list) != 1 || list[0].ID != first.ID {
		t.Fatalf("what the machine refused still holds a place: %+v", list)
	}
	if a, err := o.book.Act(t.Context(), o.applicant(), mine.ID, application.ActRequest{Action: application.Withdraw}, "w"); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	if len(free()) != 2 {
		t.Fatal("a withdrawn application holds a place")
	}
	bookings, err := o.diary.OfApplication(t.Context(), mine.ID)
	var statuses []string
	for _, b := range bookings {
		statuses = append(statuses, b.Status)
	}
	if want := []string{"released", "released", "moved"}; err != nil || !slices.Equal(statuses, want) {
		t.Fatalf("%v, %v", statuses, err)
	}
}

func TestAnAppointmentThatWasKeptLeadsOn(t *testing.T) {
	o := newOffice(t)
	o.republish(seen())
	o.work()
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, application.Started)
	slot := uuid.New() // it begins in a moment
	if _, err := o.pool.Exec(t.Context(), `INSERT INTO slot (id, authority, role, service, node, place, starts_at, ends_at, capacity, opened_by)
		VALUES ($1, 'transport', $2, $3, 'look', 'Hall', now() + interval '1 second', now() + interval '1 hour', 1, $1)`, slot, officer[0], service); err != nil {
		t.Fatal(err)
	}
	send := func(actor application.Actor, action string, slot uuid.UUID) application.ActAnswer {
		t.Helper()
		task := v.Tasks[0]
		a, err := o.book.Act(t.Context(), actor, v.ID, application.ActRequest{Task: task.ID, Action: action, Revision: task.Revision, Slot: slot}, uuid.NewString())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := send(o.applicant(), "book", slot); !a.TookEffect() {
		t.Fatalf("%+v", a)
	}
	if v, err = o.book.ForApplicant(t.Context(), o.me.ID, v.ID); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(10 * time.Second); ; { // its time comes
		a := send(o.officer(), "attended", uuid.Nil)
		if a.TookEffect() {
			break
		}
		if a.Code != "too-early" || time.Now().After(until) {
			t.Fatalf("%+v", a)
		}
		<-time.After(50 * time.Millisecond)
	}
	v = o.settled(v.ID, ended)
	bookings, err := o.diary.OfApplication(t.Context(), v.ID)
	if err != nil || v.Outcome != "completed" || len(bookings) != 1 || bookings[0].Status != "attended" {
		t.Fatalf("%s, %+v, %v", v.Outcome, bookings, err)
	}
}
