package portal

import (
	"errors"
	"net/http"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// mostLinking is how many papers are given by links at once: anybody may ask, and each is in memory whole.
const mostLinking = 8

// linkPage is the body of the template link: what whoever has a link sees, which is nothing of who the holder is.
type linkPage struct {
	Closed *ui.Banner // why there is no file; nil: there is one
	Facts  ui.SummaryList
	Submit ui.Button
}

// linked shows what a link leads to. It uses nothing up, so a scanner of mails that follows every link takes nothing away.
func (p *Portal) linked(w http.ResponseWriter, r *http.Request) error {
	x, err := p.link(r)
	return p.linkPage(w, r, x, err)
}

// linkUsed gives the paper of a link.
func (p *Portal) linkUsed(w http.ResponseWriter, r *http.Request) error {
	select {
	case p.linking <- struct{}{}:
		defer func() { <-p.linking }()
	default:
		return application.ErrUnavailable
	}
	x, err := p.link(r)
	if err != nil {
		return p.linkPage(w, r, x, err)
	}
	file, err := p.o.Documents.Open(r.Context(), x.Application, x.Paper)
	if err != nil {
		return err
	}
	if err := p.o.Delivery.Used(r.Context(), r.PathValue("token")); err != nil {
		return p.linkPage(w, r, nil, err)
	}
	outside(w)
	file.ServeHTTP(w, r)
	return nil
}

// link is the paper of the link that was followed. The language of the mail stands behind its token, and counts for nothing here.
func (p *Portal) link(r *http.Request) (*delivery.Linked, error) {
	if p.o.Delivery == nil {
		return nil, delivery.ErrNotFound
	}
	return p.o.Delivery.Link(r.Context(), r.PathValue("token"))
}

// outside keeps an address that opens something out of other sites, stores and search engines.
func outside(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
}

// linkPage shows the page; err is why there is no file. Whoever tries tokens reads the same of one that never was and of one that is over.
func (p *Portal) linkPage(w http.ResponseWriter, r *http.Request, x *delivery.Linked, err error) error {
	l := p.locale(r)
	page := p.page(r, l.T("link.title"))
	page.Then = "/applications" // not here: what a sign-in leads to is kept for a while
	body, status := linkPage{}, http.StatusOK
	switch {
	case errors.Is(err, delivery.ErrNotFound):
		status, body.Closed = http.StatusNotFound, &ui.Banner{Kind: ui.Caution, Title: l.T("link.over"), Text: l.T("link.overText")}
	case errors.Is(err, delivery.ErrOver):
		status, body.Closed = http.StatusGone, &ui.Banner{Kind: ui.Caution, Title: l.T("link.over"), Text: l.T("link.overText")}
	case errors.Is(err, delivery.ErrPaper):
		status, body.Closed = http.StatusGone, &ui.Banner{Kind: ui.Caution, Title: l.T("link.notValid"), Text: l.T("link.notValidText")}
	case err != nil:
		return err
	default:
		if body.Facts, err = p.linkFacts(r, l, x); err != nil {
			return err
		}
		body.Submit = ui.Button{Text: l.T("link.download"), Icon: "download", Large: true}
	}
	page.Body = body
	outside(w)
	return p.ui.Render(w, r, status, "link", page)
}

// linkFacts say for which service a paper is, what it is, and how long the link lasts.
func (p *Portal) linkFacts(r *http.Request, l *ui.Locale, x *delivery.Linked) (facts ui.SummaryList, err error) {
	digest, err := p.o.Applications.TextsOf(r.Context(), x.Application)
	if err != nil {
		return facts, err
	}
	if texts, ok := p.o.Releases.Texts(digest); ok {
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: l.T("link.service"), Value: l.Pick(texts.Title)})
	}
	facts.Rows = append(facts.Rows, ui.SummaryRow{Key: l.T("collect.document"), Value: l.Pick(x.Title)},
		ui.SummaryRow{Key: l.T("email.until"), Value: l.DateTime(x.Until)}, ui.SummaryRow{Key: l.T("email.left"), Value: l.Number(int64(x.Left))})
	return facts, nil
}
