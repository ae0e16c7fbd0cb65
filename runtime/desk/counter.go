package desk

import (
	"errors"
	"net/http"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// counterPage is the body of the template counter: for whom an officer applies, and for what.
type counterPage struct {
	Action string
	Fields []ui.Component
	Submit ui.Button
	Empty  *ui.Empty // where the officer's roles fill in nothing for others
}

const counterPath = "/desk/apply"

// counter asks for a service and a national number.
func (v *visit) counter() error { return v.atCounter(http.StatusOK, "", "", "") }

func (v *visit) atCounter(status int, service, number, wrong string) error {
	services := v.o.Book.Counter(v.officer.Capacities)
	l := v.locale
	choose := ui.Select{Field: ui.Field{Name: "service", Label: l.T("desk.counter.service")}, Prompt: l.T("desk.counter.choose")}
	for _, s := range services {
		choose.Options = append(choose.Options, ui.Option{Value: s.Service, Text: l.Pick(s.Texts.Title), Selected: s.Service == service})
	}
	whom := ui.Input{Field: ui.Field{Name: "number", Label: l.T("desk.counter.number"), Hint: l.T("desk.counter.hint")}, Value: number, Width: 20, Dir: "ltr", MaxLength: 64}
	body := counterPage{Action: counterPath, Fields: []ui.Component{choose, whom}, Submit: ui.Button{Text: l.T("desk.counter.open")}}
	page := v.page(l.T("desk.counter.title"), nil)
	page.Crumbs = []ui.Link{{Text: l.T("desk.queue.title"), Href: "/desk"}, {Text: l.T("desk.counter.title")}}
	switch wrong {
	case "service":
		choose.Error = l.T("desk.counter.noService")
		page.Errors = []ui.FieldError{{Name: "service", Text: choose.Error}}
	case "number":
		whom.Error = l.T("desk.counter.noNumber")
		page.Errors = []ui.FieldError{{Name: "number", Text: whom.Error}}
	case "own":
		whom.Error = l.T("desk.counter.own")
		page.Errors = []ui.FieldError{{Name: "number", Text: whom.Error}}
	}
	body.Fields = []ui.Component{choose, whom}
	if len(services) == 0 {
		body.Empty = &ui.Empty{Title: l.T("desk.counter.none"), Text: l.T("desk.counter.noneText"), Drawing: "inbox"}
	}
	page.Body = body
	v.w.Header().Set("Cache-Control", "private, no-store")
	return v.render(status, "counter", page)
}

// applyFor opens the form for the person who is named. The number travels in the body of the request and in no address.
func (v *visit) applyFor() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, mostPosted)
	service, number := v.r.PostFormValue("service"), form.Line(v.r.PostFormValue("number"))
	switch {
	case service == "":
		return v.atCounter(http.StatusUnprocessableEntity, service, number, "service")
	case number == "":
		return v.atCounter(http.StatusUnprocessableEntity, service, number, "number")
	case number == v.officer.NationalNumber:
		return v.atCounter(http.StatusUnprocessableEntity, service, number, "own")
	}
	id, err := v.o.Book.BeginFor(v.ctx, v.actor(), service, number, v.locale.Lang())
	switch {
	case errors.Is(err, application.ErrInvalid):
		return v.atCounter(http.StatusUnprocessableEntity, service, number, "number")
	case errors.Is(err, application.ErrForbidden):
		return errForbidden
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, "/drafts/"+id.String()+"/apply", http.StatusSeeOther)
	return nil
}

// related lists the applications to which the one that is shown is tied, as far as the officer may see them.
func (k *kase) related() ([]ui.Component, error) {
	if len(k.a.Related) == 0 {
		return nil, nil
	}
	t := ui.Table{Caption: k.locale.T("desk.related.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: k.locale.T("desk.queue.reference")}, {Text: k.locale.T("desk.queue.service")}, {Text: k.locale.T("desk.related.how")}, {Text: k.locale.T("desk.related.status")}}}
	for _, other := range k.a.Related {
		how, status := "desk.related.child", k.locale.T("desk.status."+string(other.Status))
		if other.Parent {
			how = "desk.related.parent"
		}
		if other.Status == application.Ended {
			status = k.outcome(other.Outcome)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: other.Reference, Href: "/desk/applications/" + other.ID.String()}, {Text: k.service(other.Service, other.Texts)}, {Text: k.locale.T(how)}, {Text: status}}})
	}
	return []ui.Component{ui.Heading{Text: k.locale.T("desk.related.title")}, t}, nil
}
