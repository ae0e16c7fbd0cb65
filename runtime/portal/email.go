package portal

import (
	"errors"
	"net/http"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// emailPage is the body of the template email: to which address a link to a paper of one's own is sent, and what became of the last.
type emailPage struct {
	Lead   string // for how long and how often a link is good
	State  *ui.Banner
	Facts  ui.SummaryList
	Action string
	Field  ui.Input
	Submit ui.Button
}

// email shows how the link to a paper stands, and lets its holder ask for one.
func (p *Portal) email(w http.ResponseWriter, r *http.Request) error {
	x, err := p.ownEmailed(r)
	if err != nil {
		return err
	}
	return p.emailPage(w, r, http.StatusOK, x, "", "")
}

// ownEmailed is the paper of who asks of which a link can be sent.
func (p *Portal) ownEmailed(r *http.Request) (delivery.Emailed, error) {
	return ownOf(p, r, Delivery.LinksOf, func(x delivery.Emailed) string { return x.Paper })
}

// emailAsked asks for a link. The mail is in the language of the page.
func (p *Portal) emailAsked(w http.ResponseWriter, r *http.Request) error {
	x, err := p.ownEmailed(r)
	if err != nil {
		return err
	}
	me, err := p.me(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	to := form.Line(r.PostFormValue("address"))
	err = p.o.Delivery.AskLink(r.Context(), x.Application, x.Paper, me.ID, to, p.locale(r).Lang())
	switch {
	case errors.Is(err, delivery.ErrMailbox):
		return p.emailPage(w, r, http.StatusUnprocessableEntity, x, to, "email.wrong")
	case errors.Is(err, delivery.ErrTooOften):
		return p.emailPage(w, r, http.StatusTooManyRequests, x, to, "email.tooOften")
	case errors.Is(err, delivery.ErrPaper): // the page of the application says why
		return see(w, r, "/applications/"+x.Application.String())
	case err != nil:
		return err
	}
	return see(w, r, "/email/"+x.Paper)
}

// emailPage shows the page. wrong is the key of what is said of the address that was typed, "" for nothing.
func (p *Portal) emailPage(w http.ResponseWriter, r *http.Request, status int, x delivery.Emailed, typed, wrong string) error {
	l := p.locale(r)
	page := p.page(r, l.T("email.title"))
	page.Back = &ui.BackLink{Href: "/applications/" + x.Application.String()}
	body := emailPage{Lead: l.T("email.lead", "days", l.T("email.days", "count", delivery.LinkDays), "downloads", l.T("email.downloads", "count", delivery.MostDownloads)),
		Action: "/email/" + x.Paper, Submit: ui.Button{Text: l.T("email.ask")}}
	body.Facts.Rows = []ui.SummaryRow{{Key: l.T("collect.document"), Value: l.Pick(x.Title) + "\n" + x.Number}}
	if x.State != delivery.LinkOffered {
		body.State = &ui.Banner{Kind: map[delivery.LinkState]string{delivery.LinkSent: ui.Success, delivery.LinkFailed: ui.Failure}[x.State],
			Title: l.T("email.state." + string(x.State)), Text: l.T("email.text." + string(x.State))}
		if body.State.Kind == "" {
			body.State.Kind = ui.Info
		}
	}
	if x.Until != nil {
		body.Facts.Rows = append(body.Facts.Rows, ui.SummaryRow{Key: l.T("email.until"), Value: l.DateTime(*x.Until)},
			ui.SummaryRow{Key: l.T("email.left"), Value: l.Number(int64(delivery.MostDownloads - x.Opened))})
	}
	body.Field = ui.Input{Field: ui.Field{Name: "address", Label: l.T("email.address"), Hint: l.T("email.addressHint")}, Type: "email", Value: typed, Dir: "ltr",
		MaxLength: delivery.MostMailbox, Autocomplete: "email"}
	if wrong != "" {
		body.Field.Error = l.T(wrong, "count", delivery.MostLinksADay)
		page.Errors = []ui.FieldError{{Name: "address", Text: body.Field.Error}}
	}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, status, "email", page)
}
