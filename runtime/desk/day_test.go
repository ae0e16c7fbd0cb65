package desk_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// diary remembers what was opened and closed.
type diary struct {
	opened []appointment.Opening
	closed []uuid.UUID
	held   []appointment.Held
	wrong  error
}

func (d *diary) Open(_ context.Context, o appointment.Opening) (int, error) {
	d.opened = append(d.opened, o)
	return 4, d.wrong
}

func (d *diary) Close(_ context.Context, capacities []string, slot uuid.UUID) error {
	if !slices.Contains(capacities, licensing) {
		return appointment.ErrNotFound
	}
	d.closed = append(d.closed, slot)
	return nil
}

func (d *diary) Day(_ context.Context, capacities []string, day string) ([]appointment.Held, error) {
	if !slices.Contains(capacities, licensing) || day != "2026-11-22" {
		return nil, nil
	}
	return d.held, nil
}

func (s *served) post(path string, values ...string) page {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(leila, r)
}

func withAppointments(t *testing.T) *served {
	s := serve(t)
	s.live = []*release.Live{{Service: "transport.test", Plan: &plan.Plan{Service: "transport.test", Authority: "transport", Nodes: []plan.Node{
		{Key: "test", Step: "test", Kind: plan.Appointment, Appointment: &plan.AppointmentNode{Role: "licensing-officer", Capacity: 3, Minutes: 20, AtMost: 2}},
	}}, Texts: &plan.Texts{Title: text("اختبار القيادة", "Driving test"), Steps: map[string]plan.Text{"test": text("الاختبار", "The test")}}}}
	return s
}

func TestOfficersOpenTimesForTheStepsOfTheirRoleOnly(t *testing.T) {
	s := withAppointments(t)
	if got := s.get(leila, "/desk/appointments").Find("select[name=step] option[value='transport.test test']"); got.Length() != 1 {
		t.Fatal("the step is not offered")
	}
	if got := s.get(amin, "/desk/appointments").Find("select"); got.Length() != 0 {
		t.Fatal("an officer of another role may open times")
	}
	answer := s.post("/desk/appointments", "step", "transport.test test", "place", "دائرة السير", "day", "٢٠٢٦-١٢-٠١", "from", "٩:٠٠", "until", "12:00")
	if answer.status != 303 || answer.header.Get("Location") != "/desk/appointments?day=2026-12-01&opened=4" || len(s.diary.opened) != 1 {
		t.Fatalf("%d %s", answer.status, answer.header.Get("Location"))
	}
	if o := s.diary.opened[0]; o.Role != licensing || o.Service != "transport.test" || o.Node != "test" || o.Minutes != 20 || o.Capacity != 3 || o.From != "09:00" || o.By != leila.ID {
		t.Fatalf("%+v", o)
	}
	if answer := s.post("/desk/appointments", "step", "transport.other test"); answer.status != 422 || len(s.diary.opened) != 1 {
		t.Fatalf("a step of nobody: %d", answer.status)
	}
	s.diary.wrong = appointment.ErrPast
	answer = s.post("/desk/appointments", "step", "transport.test test", "place", "دائرة السير", "day", "2020-12-01", "from", "09:00", "until", "12:00")
	if answer.status != 422 || answer.Find("input[name=day][value='2020-12-01']").Length() != 1 || answer.Find(".error-summary, [class*=error]").Length() == 0 {
		t.Fatalf("what was typed is lost, or nobody is told: %d", answer.status)
	}
}

func TestTheDayShowsWhoComes(t *testing.T) {
	s := withAppointments(t)
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	slot := uuid.New()
	s.diary.held = []appointment.Held{{Slot: appointment.Slot{ID: slot, Place: "دائرة السير", StartsAt: at, EndsAt: at.Add(20 * time.Minute), Left: 1}, Service: "transport.test", Node: "test", Capacity: 3,
		Booked: []appointment.Visitor{{Application: uuid.New(), Reference: "AAAA-1111", Status: "booked"}, {Application: uuid.New(), Reference: "BBBB-2222", Status: "attended"}}}}
	p := s.get(leila, "/desk/appointments?day=2026-11-22")
	got := p.Find("table").Text()
	for _, part := range []string{"AAAA-1111", "BBBB-2222", "حضر", "دائرة السير", "09:00", "اختبار القيادة"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in %s", part, got)
		}
	}
	if s.get(amin, "/desk/appointments?day=2026-11-22").Find("table tbody tr").Length() != 0 {
		t.Error("an officer of another role sees who comes")
	}
	if answer := s.post("/desk/appointments/close", "slot", slot.String(), "day", "2026-11-22"); answer.status != 303 || len(s.diary.closed) != 1 {
		t.Errorf("%d", answer.status)
	}
}
