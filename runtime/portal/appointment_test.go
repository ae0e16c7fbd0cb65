package portal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// diary has slots and bookings.
type diary struct {
	free     []appointment.Slot
	bookings []appointment.Booking
}

func (d *diary) Free(context.Context, string, string) ([]appointment.Slot, error) { return d.free, nil }
func (d *diary) OfApplication(context.Context, uuid.UUID) ([]appointment.Booking, error) {
	return d.bookings, nil
}

func hall() *release.Live {
	return &release.Live{Service: "town.hall", Authority: "transport", PlanDigest: "p:town.hall", TextsDigest: "t:town.hall",
		Plan: &plan.Plan{Service: "town.hall", Authority: "transport", Format: plan.Format, Currency: "ILS", Zone: "Asia/Hebron", Form: plan.Form{Schema: []byte("{}")}, Nodes: []plan.Node{
			{Key: "look", Step: "look", Kind: plan.Appointment, Appointment: &plan.AppointmentNode{Role: "clerk", Capacity: 2, Minutes: 30, AtMost: 2}},
		}},
		Texts: &plan.Texts{Title: plan.Text{"ar": "حجز القاعة", "en": "Hall"}, Steps: map[string]plan.Text{"look": {"ar": "زيارة القاعة", "en": "Look at the hall"}}}}
}

func (w *world) toBook(role string, from *time.Time) (*application.View, uuid.UUID) {
	task := uuid.New()
	return w.add(layla, "town.hall", func(v *application.View) {
		v.Status, v.Node, v.Step = application.Open, "look", "look"
		v.Tasks = []application.Task{{ID: task, Node: "look", Step: "look", Visit: 1, Kind: "appointment", Role: role, Actions: []string{"book"}, Revision: 1, OpenedAt: today, From: from}}
	}), task
}

func slots() []appointment.Slot {
	at := today.Add(24 * time.Hour)
	return []appointment.Slot{{ID: uuid.New(), Place: "Town hall", StartsAt: at, EndsAt: at.Add(30 * time.Minute), Left: 1},
		{ID: uuid.New(), Place: "Town hall", StartsAt: at.Add(48 * time.Hour), EndsAt: at.Add(49 * time.Hour), Left: 1}}
}

func TestATimeIsChosenWithoutScripts(t *testing.T) {
	w := newWorld(t, hall())
	w.person = &layla
	v, task := w.toBook("applicant", nil)
	w.diary.free = slots()
	page := w.get(t, "/applications/"+v.ID.String())
	if page.code != http.StatusOK {
		t.Fatal(page.Find("main").Text())
	}
	link, _ := page.Find("main a.button").First().Attr("href")
	if want := "/applications/" + v.ID.String() + "/appointment/" + task.String(); link != want {
		t.Fatalf("%q, not %q", link, want)
	}
	page = w.get(t, link)
	if page.Find("input[name=slot]").Length() != 1 || page.Find("main nav li").Length() != 2 { // one day's times, and the other day
		t.Fatal(page.Find("main").Text())
	}
	other, _ := page.Find("main nav a").First().Attr("href")
	if got, _ := w.get(t, other).Find("input[name=slot]").Attr("value"); got != w.diary.free[1].ID.String() {
		t.Fatalf("the other day shows %q", got)
	}
	if again := page.send(map[string]string{}, ""); again.code != http.StatusUnprocessableEntity {
		t.Fatalf("nothing was chosen: %d", again.code)
	}
	sent := page.send(map[string]string{"slot": w.diary.free[0].ID.String()}, "")
	if sent.code != http.StatusSeeOther || !strings.HasSuffix(sent.to, "notice=booked") {
		t.Fatalf("%d %s", sent.code, sent.to)
	}
	w.diary.free = nil
	if got := w.get(t, link).Find("main").Text(); !strings.Contains(got, "no free times") {
		t.Fatal(got)
	}
}

func TestWhoHasBookedSeesWhenAndMayChangeWhileBookingsAreLeft(t *testing.T) {
	w := newWorld(t, hall())
	w.person = &layla
	at := today.Add(24 * time.Hour)
	v, _ := w.toBook("transport:clerk", &at)
	one := appointment.Booking{Node: "look", Visit: 1, Place: "Town hall", StartsAt: at, EndsAt: at.Add(time.Hour), Status: "booked"}
	w.diary.bookings = []appointment.Booking{one}
	page := w.get(t, "/applications/"+v.ID.String())
	if got := page.Find("#action").Parent(); !strings.Contains(got.Text(), "Town hall") || got.Find("a.button").Length() != 1 {
		t.Fatal(got.Text())
	}
	before := one
	before.Status = "moved"
	w.diary.bookings = []appointment.Booking{one, before}
	if got := w.get(t, "/applications/"+v.ID.String()).Find("#action").Parent(); !strings.Contains(got.Text(), "Town hall") || got.Find("a.button").Length() != 0 {
		t.Fatal("it may be changed once too often")
	}
}

func TestOfTwoAppointmentsSideBySideEachIsBookedAndChanged(t *testing.T) {
	live := hall()
	sign := live.Plan.Nodes[0]
	sign.Key, sign.Step = "sign", "sign"
	live.Plan.Nodes = append(live.Plan.Nodes, sign)
	w := newWorld(t, live)
	w.person = &layla
	at := today.Add(24 * time.Hour)
	v, first := w.toBook("transport:clerk", &at) // booked, and bookings are left
	second := uuid.New()
	v.Tasks = append(v.Tasks, application.Task{ID: second, Node: "sign", Step: "sign", Visit: 1, Kind: "appointment", Role: "applicant", Actions: []string{"book"}, Revision: 1, OpenedAt: today})
	w.diary.free = slots()
	w.diary.bookings = []appointment.Booking{{Node: "look", Visit: 1, Place: "Town hall", StartsAt: at, EndsAt: at.Add(time.Hour), Status: "booked"}}
	here := "/applications/" + v.ID.String()
	if to, _ := w.get(t, here).Find("#action").Parent().Find("a.button").Attr("href"); to != here+"/appointment/"+second.String() {
		t.Errorf("the applicant is led to %q", to)
	}
	for _, task := range []uuid.UUID{first, second} {
		if page := w.get(t, here+"/appointment/"+task.String()); page.code != http.StatusOK || page.Find("input[name=slot]").Length() != 1 {
			t.Errorf("%d for one of them", page.code)
		}
	}
}
