package portal

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const (
	appointmentTask = "appointment"
	bookAction      = "book"
)

// appointmentPage lets the applicant choose a time: a day, and then a time of that day.
type appointmentPage struct {
	Lead   string
	Days   []dayLink
	Action string
	Fields []ui.Component
	Submit ui.Button
	Empty  *ui.Empty // nothing is open
}

// dayLink leads to the times of one day.
type dayLink struct {
	Text, Href string
	Current    bool
}

// bookable tells whether an appointment can be booked by a task now, or another one in its place while bookings are left.
func (o *opened) bookable(t *application.Task, now time.Time) bool {
	return t.Open() && t.Kind == appointmentTask && o.bookingsLeft(t) > 0 && (t.Role == string(application.Applicant) || t.From != nil && t.From.After(now))
}

// toChoose is the open task by which the applicant is asked to choose a time, or nil.
func (o *opened) toChoose() *application.Task { return o.waiting(appointmentTask) }

// mustBook tells whether the applicant is asked to choose a time.
func (o *opened) mustBook() bool { return o.toChoose() != nil }

// bookingsLeft is how often the applicant may still book at this visit of the step.
func (o *opened) bookingsLeft(t *application.Task) int {
	for i := range o.plan.Nodes {
		if n := &o.plan.Nodes[i]; n.Key == t.Node && n.Appointment != nil {
			left := n.Appointment.AtMost
			for _, b := range o.bookings {
				if b.Node == t.Node && b.Visit == t.Visit && b.Status != "asked" && b.Status != "released" {
					left--
				}
			}
			return left
		}
	}
	return 0
}

// booked is the appointment that stands and the task of it, or nil. Of several, in branches side by side, it is the first.
func (o *opened) booked() (*appointment.Booking, *application.Task) {
	for i := range o.Tasks {
		t := &o.Tasks[i]
		if !t.Open() || t.Kind != appointmentTask || t.Role == string(application.Applicant) {
			continue
		}
		at := slices.IndexFunc(o.bookings, func(b appointment.Booking) bool {
			return b.Node == t.Node && b.Visit == t.Visit && b.Status == "booked"
		})
		if at >= 0 {
			return &o.bookings[at], t
		}
	}
	return nil, nil
}

// isExpected tells whether an appointment of the applicant stands.
func (o *opened) isExpected() bool {
	b, _ := o.booked()
	return b != nil
}

// appointmentBox asks to choose a time, or says when the applicant is expected.
func (o *opened) appointmentBox(now time.Time) *actionBox {
	button := func(t *application.Task, text string) *ui.Button {
		if t == nil || !o.bookable(t, now) {
			return nil
		}
		return &ui.Button{Text: o.l.T(text), Icon: "calendar", Large: true, Href: "/applications/" + o.ID.String() + "/appointment/" + t.ID.String()}
	}
	if task := o.toChoose(); task != nil && o.bookable(task, now) {
		box := &actionBox{Title: o.l.T("appointment.title"), Icon: "calendar", Button: button(task, "appointment.bookNow")}
		if task.DueAt != nil {
			box.Text = o.l.T("appointment.before", "date", o.l.Deadline(*task.DueAt))
		}
		return box
	}
	b, task := o.booked()
	if b == nil {
		return nil
	}
	box := &actionBox{Title: o.l.T("appointment.yours"), Icon: "calendar", Text: o.l.T("appointment.at", "time", o.l.DateTime(b.StartsAt), "place", b.Place)}
	if box.Button = button(task, "appointment.change"); box.Button != nil {
		box.Button.Kind = ui.Secondary
	}
	return box
}

// choose shows the times that are free.
func (p *Portal) choose(w http.ResponseWriter, r *http.Request) error {
	o, task, err := p.toBook(r)
	if err != nil {
		return err
	}
	if task == nil {
		return see(w, r, "/applications/"+o.ID.String()+"?notice=changed")
	}
	return p.times(w, r, o, task, http.StatusOK, "")
}

// toBook reads the application, and the task that the address names where something can be booked by it.
func (p *Portal) toBook(r *http.Request) (o *opened, task *application.Task, err error) {
	me, err := p.me(r)
	if err != nil {
		return nil, nil, err
	}
	if o, err = p.open(r, me); err != nil {
		return nil, nil, err
	}
	id, err := pathID(r, "task")
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(o.Tasks, func(t application.Task) bool { return t.ID == id })
	if i < 0 || !o.bookable(&o.Tasks[i], p.o.Now()) {
		return o, nil, nil
	}
	return o, &o.Tasks[i], nil
}

// times answers with the page on which a time is chosen; wrong is the message of what was wrong with the choice.
func (p *Portal) times(w http.ResponseWriter, r *http.Request, o *opened, task *application.Task, status int, wrong string) error {
	slots, err := p.o.Appointments.Free(r.Context(), o.Service, task.Node)
	if err != nil {
		return err
	}
	here := "/applications/" + o.ID.String()
	body := appointmentPage{Action: here + "/appointment/" + task.ID.String(), Lead: o.stepTitle(task.Step)}
	zone := p.o.Site.Zone
	if zone == nil {
		zone = time.UTC
	}
	day := r.FormValue("day")
	dayOf := func(s appointment.Slot) string { return s.StartsAt.In(zone).Format(time.DateOnly) }
	if !slices.ContainsFunc(slots, func(s appointment.Slot) bool { return dayOf(s) == day }) && len(slots) > 0 {
		day = dayOf(slots[0])
	}
	choice := ui.Radios{Field: ui.Field{Name: "slot", Label: o.l.T("appointment.time", "day", o.l.Day(day))}}
	for i, s := range slots {
		if i == 0 || dayOf(s) != dayOf(slots[i-1]) {
			body.Days = append(body.Days, dayLink{o.l.Day(dayOf(s)), body.Action + "?" + url.Values{"day": {dayOf(s)}}.Encode(), dayOf(s) == day})
		}
		if dayOf(s) == day {
			choice.Options = append(choice.Options, ui.Option{Value: s.ID.String(), Hint: s.Place,
				Text: s.StartsAt.In(zone).Format("15:04") + " – " + s.EndsAt.In(zone).Format("15:04")})
		}
	}
	page := p.page(r, o.l.T("appointment.title"))
	page.Back = &ui.BackLink{Href: here}
	if wrong != "" {
		choice.Error = o.l.T(wrong)
		page.Errors = []ui.FieldError{{Name: "slot", Text: choice.Error}}
	}
	if len(slots) == 0 {
		body.Empty = &ui.Empty{Title: o.l.T("appointment.none"), Text: o.l.T("appointment.noneText", "authority", o.body), Drawing: "inbox"}
	} else {
		body.Fields = []ui.Component{choice, ui.Hidden{Name: "day", Value: day}, ui.Hidden{Name: "revision", Value: strconv.Itoa(task.Revision)},
			ui.Hidden{Name: "key", Value: rand.Text()}}
		body.Submit = ui.Button{Text: o.l.T("appointment.book"), Icon: "check"}
	}
	page.Body = body
	return p.ui.Render(w, r, status, "appointment", page)
}

// book takes the time that was chosen.
func (p *Portal) book(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	o, task, err := p.toBook(r)
	if err != nil {
		return err
	}
	here := "/applications/" + o.ID.String()
	if task == nil {
		return see(w, r, here+"?notice=changed")
	}
	slot, err := uuid.Parse(r.PostFormValue("slot"))
	if err != nil {
		return p.times(w, r, o, task, http.StatusUnprocessableEntity, "appointment.chooseOne")
	}
	me, err := p.me(r)
	if err != nil {
		return err
	}
	revision, _ := strconv.Atoi(r.PostFormValue("revision"))
	answer, err := p.o.Applications.Act(r.Context(), applicant(me), o.ID,
		application.ActRequest{Task: task.ID, Action: bookAction, Revision: revision, Slot: slot}, r.PostFormValue("key"))
	switch {
	case err != nil:
		return err
	case answer.Code == application.SlotTaken:
		return p.times(w, r, o, task, http.StatusConflict, "appointment.taken")
	}
	return see(w, r, here+"?notice="+outcome(answer, "booked"))
}
