package portal

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// postPage is the body of the template post: where a paper of one's own is posted to, and where it is.
type postPage struct {
	Lead   string // "" where no address is asked for
	State  *ui.Banner
	Office *ui.Button // where the paper came back and can be collected
	Way    *ui.Timeline
	Facts  *ui.SummaryList
	Choice *ui.Details
	Action string
	Fields []ui.Component // of an address that is still to be given; behind Choice where one was
	Submit ui.Button
}

// post shows where a paper is on its way by post, and lets its holder give an address.
func (p *Portal) post(w http.ResponseWriter, r *http.Request) error {
	x, err := p.ownPosting(r)
	if err != nil {
		return err
	}
	return p.postPage(w, r, http.StatusOK, x, nil, nil)
}

// ownPosting is the paper of who asks that goes by post.
func (p *Portal) ownPosting(r *http.Request) (delivery.Posting, error) {
	return ownOf(p, r, Delivery.PostOf, func(x delivery.Posting) string { return x.Paper })
}

// postAsked asks for a paper to be posted.
func (p *Portal) postAsked(w http.ResponseWriter, r *http.Request) error {
	x, err := p.ownPosting(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	line := func(name string) string { return form.Line(r.PostFormValue(name)) }
	to := delivery.Address{Name: line("name"), Street: line("street"), Town: line("town"), Postcode: strings.ToUpper(line("postcode")), Phone: line("phone")}
	if wrong := to.Wrong(); len(wrong) > 0 {
		return p.postPage(w, r, http.StatusUnprocessableEntity, x, &to, wrong)
	}
	err = p.o.Delivery.Send(r.Context(), x.Application, x.Paper, to)
	if errors.Is(err, delivery.ErrPaper) { // the page of the application says why
		return see(w, r, "/applications/"+x.Application.String())
	}
	if err != nil && !errors.Is(err, delivery.ErrState) { // it was packed, or handed over at an office, meanwhile: the page shows it
		return err
	}
	return see(w, r, "/post/"+x.Paper)
}

// postPage shows the page. typed is what was typed, nil for what is kept.
func (p *Portal) postPage(w http.ResponseWriter, r *http.Request, status int, x delivery.Posting, typed *delivery.Address, wrong []string) error {
	l := p.locale(r)
	page := p.page(r, l.T("post.title"))
	page.Back = &ui.BackLink{Href: "/applications/" + x.Application.String()}
	kept, err := p.o.Delivery.Address(r.Context(), x.Application, x.Paper)
	known := err == nil
	if err != nil && !errors.Is(err, delivery.ErrNotFound) {
		return err
	}
	body := postPage{Action: "/post/" + x.Paper, Submit: ui.Button{Text: l.T("post.ask")}}
	facts := ui.SummaryList{Rows: []ui.SummaryRow{{Key: l.T("collect.document"), Value: l.Pick(x.Title) + "\n" + x.Number}}}
	if known {
		lines := slices.DeleteFunc([]string{kept.Name, kept.Street, strings.TrimSpace(kept.Town + " " + kept.Postcode), kept.Phone}, func(s string) bool { return s == "" })
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: l.T("post.address"), Value: strings.Join(lines, "\n")})
	}
	if x.Item != "" && x.Manifest != "" {
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: l.T("post.item"), Value: x.Item})
	}
	if x.State != delivery.PostOffered {
		body.State = &ui.Banner{Kind: ui.Info, Title: l.T("post.state." + string(x.State)), Text: l.T("post.text." + string(x.State))}
		body.Way = way(l, x)
	}
	switch {
	case x.State == delivery.PostDelivered:
		body.State.Kind = ui.Success
	case x.State == delivery.PostReturned && !x.Open():
		body.State.Kind, body.State.Text = ui.Caution, l.T("post.noMore")
	case x.State == delivery.PostReturned, x.State == delivery.PostLost:
		body.State.Kind = ui.Caution
	}
	if x.State == delivery.PostReturned {
		offices, err := p.o.Delivery.Of(r.Context(), x.Application)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(offices, func(c delivery.Collection) bool { return c.Paper == x.Paper }) {
			body.Office = &ui.Button{Text: l.T("collect.link.offered"), Kind: ui.Secondary, Icon: "map-pin", Href: "/collect/" + x.Paper}
		}
	}
	body.Facts = &facts
	if x.State == delivery.PostOffered {
		body.Lead = l.T("post.lead")
	}
	if x.Open() {
		if typed == nil {
			typed = &kept
		}
		body.Fields, page.Errors = asksAddress(l, *typed, wrong)
		if x.State == delivery.PostAsked {
			body.Choice = &ui.Details{Summary: l.T("post.change"), Open: wrong != nil}
		}
	}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, status, "post", page)
}

// way shows how far a paper has come; nil where its way has ended otherwise.
func way(l *ui.Locale, x delivery.Posting) *ui.Timeline {
	states := []delivery.PostState{delivery.PostAsked, delivery.PostManifested, delivery.PostHanded, delivery.PostUnderway, delivery.PostDelivered}
	at := slices.Index(states, x.State)
	if at < 0 {
		return nil
	}
	out := &ui.Timeline{Label: l.T("post.title")}
	for i, s := range states {
		step := ui.TimelineStep{Title: l.T("post.state." + string(s)), State: ui.StepUpcoming}
		switch {
		case i < at || x.State == delivery.PostDelivered:
			step.State = ui.StepDone
		case i == at:
			step.State = ui.StepCurrent
		}
		if i == at {
			step.At = x.Since
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

// asksAddress are the questions where a paper is posted to.
func asksAddress(l *ui.Locale, typed delivery.Address, wrong []string) (fields []ui.Component, errs []ui.FieldError) {
	box := func(name, value, dir, autocomplete string, width, most int, optional bool) {
		f := ui.Field{Name: name, Label: l.T("post." + name), Optional: optional}
		if slices.Contains(wrong, name) {
			f.Error = l.T("post.wrong." + name)
			errs = append(errs, ui.FieldError{Name: name, Text: f.Error})
		}
		if name == "street" {
			f.Hint = l.T("post.streetHint")
		}
		fields = append(fields, ui.Input{Field: f, Value: value, Dir: dir, Width: width, MaxLength: most, Autocomplete: autocomplete})
	}
	box("name", typed.Name, "", "name", 0, delivery.MostName, false)
	box("street", typed.Street, "", "street-address", 0, delivery.MostStreet, false)
	box("town", typed.Town, "", "address-level2", 0, delivery.MostTown, false)
	box("postcode", typed.Postcode, "ltr", "postal-code", 10, delivery.MostPostcode, true)
	box("phone", typed.Phone, "ltr", "tel", 20, delivery.MostPhone, true)
	return fields, errs
}
