package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// dayPath is the page of a day's appointments.
const dayPath = "/desk/appointments"

// mostPosted bounds a form of this page.
const mostPosted = 64 << 10

// dayPage is the body of the template day: who comes, and where new times are opened.
type dayPage struct {
	Before, After ui.Link
	Table         ui.Table
	Opening       []ui.Component // form that opens times
	Action        string
	Submit        ui.Button
}

// seenAt is a step at which applicants are seen by a role of the officer.
type seenAt struct {
	key, role     string // key: service and node, as the form says it
	service, node string
	title         string
	step          *plan.AppointmentNode
}

// seen are the steps of the current release for which the officer may open times.
func (v *visit) seen() []seenAt {
	var out []seenAt
	for _, live := range v.o.Releases.Services() {
		for i := range live.Plan.Nodes {
			n := &live.Plan.Nodes[i]
			if n.Appointment == nil || !slices.Contains(v.officer.Capacities, live.Plan.Authority+":"+n.Appointment.Role) {
				continue
			}
			title := v.locale.Pick(live.Texts.Title)
			if step := v.locale.Pick(live.Texts.Steps[n.Step]); step != "" {
				title += " – " + step
			}
			out = append(out, seenAt{live.Service + " " + n.Key, live.Plan.Authority + ":" + n.Appointment.Role, live.Service, n.Key, title, n.Appointment})
		}
	}
	return out
}

// opening is what an officer typed to open times.
type opening struct {
	step, place, day, from, until string
	errors                        []ui.FieldError
}

func (o opening) problem(name string) string {
	for _, e := range o.errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// day shows the appointments of a day.
func (v *visit) day() error {
	return v.showDay(http.StatusOK, opening{}, nil)
}

func (v *visit) showDay(status int, typed opening, flash *ui.Banner) error {
	zone := v.o.Site.Zone
	if zone == nil {
		zone = time.UTC
	}
	today := v.o.Now().In(zone).Format(time.DateOnly)
	day := v.r.URL.Query().Get("day")
	if typed.day != "" {
		day = typed.day
	}
	on, err := time.Parse(time.DateOnly, day)
	if err != nil {
		day = today
		on, _ = time.Parse(time.DateOnly, day)
	}
	held, err := v.o.Appointments.Day(v.ctx, v.officer.Capacities, day)
	if err != nil {
		return err
	}
	link := func(days int, key string) ui.Link {
		to := on.AddDate(0, 0, days).Format(time.DateOnly)
		return ui.Link{Text: v.locale.T(key), Href: dayPath + "?" + url.Values{"day": {to}}.Encode()}
	}
	steps := v.seen()
	body := dayPage{Before: link(-1, "desk.day.before"), After: link(1, "desk.day.after"), Table: v.held(held, steps, zone), Action: dayPath}
	if len(steps) > 0 {
		body.Opening, body.Submit = v.openingForm(steps, typed, day), ui.Button{Text: v.locale.T("desk.day.open"), Icon: "plus"}
	}
	page := v.page(v.locale.T("desk.day.title", "day", v.locale.Day(day)), body)
	page.Errors = typed.errors
	switch {
	case flash != nil:
		page.Flash = []ui.Banner{*flash}
	case v.r.URL.Query().Has("opened"):
		n, _ := strconv.Atoi(v.r.URL.Query().Get("opened"))
		page.Flash = []ui.Banner{{Kind: ui.Success, Text: v.locale.T("desk.day.opened", "count", n)}}
	}
	return v.render(status, "day", page)
}

// held are the slots of a day, each with who comes.
func (v *visit) held(list []appointment.Held, steps []seenAt, zone *time.Location) ui.Table {
	t := ui.Table{Caption: v.locale.T("desk.day.caption"), QuietCaption: true, Columns: []ui.Column{
		{Text: v.locale.T("desk.day.time")}, {Text: v.locale.T("desk.day.place")}, {Text: v.locale.T("desk.day.step")}, {Text: v.locale.T("desk.day.who")}, {Text: v.locale.T("desk.day.left")},
	}, Empty: &ui.Empty{Title: v.locale.T("desk.day.none"), Text: v.locale.T("desk.day.noneText"), Drawing: "inbox"}}
	for i := range list {
		h := &list[i]
		title := h.Service
		if at := slices.IndexFunc(steps, func(s seenAt) bool { return s.service == h.Service && s.node == h.Node }); at >= 0 {
			title = steps[at].title
		}
		who := ui.Cell{}
		for _, b := range h.Booked {
			one := visitor{Href: "/desk/applications/" + b.Application.String(), Reference: b.Reference}
			if b.Status != "booked" {
				one.Tag = &ui.Tag{State: map[string]string{"attended": ui.Done, "missed": ui.Lapsed}[b.Status], Text: v.outcome(b.Status)}
			}
			who.Body = append(who.Body, one)
		}
		left := ui.Cell{Text: v.locale.T("desk.day.of", "left", h.Left, "capacity", h.Capacity)}
		switch {
		case h.Closed:
			left = ui.Cell{Text: v.locale.T("desk.day.closed")}
		case h.StartsAt.After(v.o.Now()):
			left.Body = []ui.Component{closing{Action: dayPath + "/close", Slot: h.ID.String(), Day: h.StartsAt.In(zone).Format(time.DateOnly), Text: v.locale.T("desk.day.close"),
				About: h.StartsAt.In(zone).Format("15:04") + " " + h.Place}}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: h.StartsAt.In(zone).Format("15:04") + " – " + h.EndsAt.In(zone).Format("15:04")}, {Text: h.Place}, {Text: title}, who, left,
		}})
	}
	return t
}

// visitor is one who comes.
type visitor struct {
	Href, Reference string
	Tag             *ui.Tag
}

func (visitor) Component() string { return "desk/visitor" }

// closing is the button that closes one slot.
type closing struct{ Action, Slot, Day, Text, About string }

func (closing) Component() string { return "desk/closing" }

func (v *visit) openingForm(steps []seenAt, was opening, day string) []ui.Component {
	choice := ui.Select{Field: ui.Field{Name: "step", Label: v.locale.T("desk.day.step"), Error: was.problem("step")}}
	for _, s := range steps {
		choice.Options = append(choice.Options, ui.Option{Value: s.key, Selected: was.step == s.key || len(steps) == 1,
			Text: s.title + " (" + v.locale.T("desk.day.slot", "minutes", s.step.Minutes, "capacity", s.step.Capacity) + ")"})
	}
	text := func(name, value, hint string, width int) ui.Input {
		in := ui.Input{Field: ui.Field{Name: name, Label: v.locale.T("desk.day.label." + name), Error: was.problem(name)}, Value: value, Width: width, MaxLength: 200}
		if hint != "" {
			in.Hint, in.Dir = v.locale.T(hint), "ltr"
		}
		return in
	}
	if was.day != "" {
		day = was.day
	}
	return []ui.Component{choice, text("place", was.place, "", 0), text("day", day, "desk.day.dayHint", 10),
		text("from", was.from, "desk.day.hourHint", 5), text("until", was.until, "desk.day.hourHint", 5)}
}

// openTimes opens the times that an officer has typed.
func (v *visit) openTimes() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, mostPosted)
	if err := v.r.ParseForm(); err != nil {
		return errors.Join(application.ErrInvalid, err)
	}
	form := v.r.PostForm
	was := opening{step: form.Get("step"), place: form.Get("place"), day: form.Get("day"), from: form.Get("from"), until: form.Get("until")}
	steps := v.seen()
	at := slices.IndexFunc(steps, func(s seenAt) bool { return s.key == was.step })
	wrong := func(name, key string) error {
		was.errors = []ui.FieldError{{Name: name, Text: v.locale.T(key)}}
		return v.showDay(http.StatusUnprocessableEntity, was, nil)
	}
	if at < 0 {
		return wrong("step", "desk.day.wrong.step")
	}
	s := steps[at]
	hours := appointment.Opening{Role: s.role, Service: s.service, Node: s.node, Place: was.place, Day: was.day,
		From: was.from, Until: was.until, Minutes: s.step.Minutes, Capacity: s.step.Capacity, By: v.officer.ID}.Clean()
	n, err := v.o.Appointments.Open(v.ctx, hours)
	switch {
	case errors.Is(err, appointment.ErrNoPlace):
		return wrong("place", "desk.day.wrong.place")
	case errors.Is(err, appointment.ErrNoDay):
		return wrong("day", "desk.day.wrong.day")
	case errors.Is(err, appointment.ErrPast):
		return wrong("day", "desk.day.wrong.past")
	case errors.Is(err, appointment.ErrNoHours):
		return wrong("until", "desk.day.wrong.hours")
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, dayPath+"?"+url.Values{"day": {hours.Day}, "opened": {strconv.Itoa(n)}}.Encode(), http.StatusSeeOther)
	return nil
}

// closeTime lets nobody book a time any more.
func (v *visit) closeTime() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, mostPosted)
	slot, err := uuid.Parse(v.r.PostFormValue("slot"))
	if err != nil {
		return application.ErrInvalid
	}
	if err := v.o.Appointments.Close(v.ctx, v.officer.Capacities, slot); err != nil {
		return err
	}
	http.Redirect(v.w, v.r, dayPath+"?"+url.Values{"day": {v.r.PostFormValue("day")}}.Encode(), http.StatusSeeOther)
	return nil
}
