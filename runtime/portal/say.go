package portal

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// says are the links to what the applicant may say at any time, by the definition's own words.
func (o *opened) says() (links []ui.Link) {
	for _, event := range o.Anytime {
		links = append(links, ui.Link{Text: o.eventTitle(event), Href: "/applications/" + o.ID.String() + "/say/" + url.PathEscape(event)})
	}
	if t := o.place(); t != nil {
		links = append(links, ui.Link{Text: o.l.T("round.decline"), Href: o.placeHref(t, declinePlace)})
	}
	return links
}

func (o *opened) eventTitle(event string) string {
	return cmp.Or(o.l.Pick(o.texts.Anytime[event]), event)
}

// say asks before something is said that changes where the application goes.
func (p *Portal) say(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	o, err := p.open(r, me)
	if err != nil {
		return err
	}
	here, event := "/applications/"+o.ID.String(), r.PathValue("event")
	if !slices.Contains(o.Anytime, event) {
		return see(w, r, here+"?notice=changed")
	}
	title := o.eventTitle(event)
	page := p.page(r, title)
	page.Back = &ui.BackLink{Href: here}
	page.Body = withdrawPage{ui.Confirm{
		Title: title, Text: o.l.T("say.text", "service", o.l.Pick(o.texts.Title), "reference", o.Reference),
		Action: here + "/say/" + url.PathEscape(event), Yes: title, Warning: true, No: ui.Link{Text: o.l.T("say.no"), Href: here},
		Fields: []ui.Hidden{{Name: "key", Value: rand.Text()}},
	}}
	return p.ui.Render(w, r, http.StatusOK, "withdraw", page)
}

func (p *Portal) said(w http.ResponseWriter, r *http.Request) error {
	event := r.PathValue("event")
	if event == application.Withdraw {
		return errNotFound // it has a page of its own, which says what becomes of the money
	}
	return p.confirmed(w, r, application.ActRequest{Action: event}, "said")
}
