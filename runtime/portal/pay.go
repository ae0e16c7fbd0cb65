package portal

import (
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// A payment's address is a link that pays and tells nothing else: whoever has it may pay, a parent, an employer or an app that holds only a
// bearer token. Its ID is random. Who applied, and for what, is shown to the applicant alone.

// paying is the payment that the address names and the application that it is for.
func (p *Portal) paying(r *http.Request) (id, of uuid.UUID, err error) {
	if id, err = pathID(r, "payment"); err != nil {
		return id, of, err
	}
	of, err = p.o.Payments.ApplicationOf(r.Context(), id)
	if errors.Is(err, payment.ErrNotFound) {
		err = errNotFound
	}
	return id, of, err
}

// pay leads to the provider, which the visitor chooses first where there are several. Looking at it twice leads to the same checkout, so it is safe to load again.
func (p *Portal) pay(w http.ResponseWriter, r *http.Request) error {
	id, of, err := p.paying(r)
	if err != nil {
		return err
	}
	at, chosen, err := p.payAt(w, r)
	if err != nil || !chosen {
		return err
	}
	digest, err := p.o.Applications.TextsOf(r.Context(), of)
	if err != nil {
		return err
	}
	request := payment.CheckoutRequest{Payment: id, Provider: at, ReturnURL: p.o.PublicURL + "/pay/" + id.String() + "/return", Language: ui.Language(r.Context())}
	if texts, ok := p.o.Releases.Texts(digest); ok {
		request.Description = texts.Title
	}
	address, err := p.o.Payments.Checkout(r.Context(), request)
	switch {
	case errors.Is(err, payment.ErrNotDue):
		return p.afterPaying(w, r, of, "notdue")
	case errors.Is(err, payment.ErrUnavailable):
		return errors.Join(application.ErrUnavailable, err)
	case err != nil:
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return see(w, r, address)
}

// choosePage lets the visitor say where to pay.
type choosePage struct{ Places []ui.Button }

// payAt is where the visitor wants to pay, "" = wherever, there being one. Where that is not said yet, it has asked.
func (p *Portal) payAt(w http.ResponseWriter, r *http.Request) (at string, chosen bool, err error) {
	offered, at := p.o.Payments.Offered(), r.URL.Query().Get("at")
	switch {
	case len(offered) < 2:
		return "", true, nil
	case slices.Contains(offered, at):
		return at, true, nil
	}
	l := p.locale(r)
	page, body := p.page(r, l.T("pay.choose")), choosePage{}
	for _, name := range offered {
		to := r.URL.Query()
		to.Set("at", name)
		body.Places = append(body.Places, ui.Button{Text: l.T("pay.at." + name), Kind: ui.Secondary, Href: r.URL.Path + "?" + to.Encode()})
	}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return "", false, p.ui.Render(w, r, http.StatusOK, "payAt", page)
}

// paid is where the gateway sends people back, paid or not: the provider is asked, never the address.
func (p *Portal) paid(w http.ResponseWriter, r *http.Request) error {
	id, of, err := p.paying(r)
	if err != nil {
		return err
	}
	before, mine := p.own(r, of)
	notice := "unpaid"
	status, err := p.o.Payments.Confirm(r.Context(), id)
	switch {
	case errors.Is(err, payment.ErrUnavailable):
		notice = "unconfirmed"
	case err != nil:
		return err
	case status == payment.Paid:
		notice = "paid"
		if mine {
			if _, err := p.o.Applications.Settle(r.Context(), of, application.Beyond(before.Sequence)); err != nil {
				return err
			}
		}
	case status != payment.Due:
		notice = "notdue"
	}
	return p.afterPaying(w, r, of, notice)
}

// own is the application as its applicant sees it, where it is the applicant who asks.
func (p *Portal) own(r *http.Request, id uuid.UUID) (*application.View, bool) {
	me, err := p.me(r)
	if err != nil {
		return nil, false
	}
	v, err := p.o.Applications.ForApplicant(r.Context(), me.ID, id)
	return v, err == nil
}

// payPage is what somebody else who paid is told.
type payPage struct {
	Paid   *ui.Panel
	Notice *ui.Banner
	Again  *ui.Button
}

// afterPaying leads the applicant to the application, and tells anybody else how the payment went.
func (p *Portal) afterPaying(w http.ResponseWriter, r *http.Request, of uuid.UUID, notice string) error {
	w.Header().Set("Cache-Control", "no-store")
	if _, mine := p.own(r, of); mine {
		return see(w, r, "/applications/"+of.String()+"?notice="+notice)
	}
	l := p.locale(r)
	page := p.page(r, l.T("pay."+notice+".title"))
	body := payPage{}
	if notice == "paid" {
		body.Paid = &ui.Panel{Title: page.Title, Text: l.T("pay.paid.text")}
	} else {
		body.Notice = &ui.Banner{Kind: ui.Caution, Text: l.T("pay." + notice + ".text")}
	}
	if notice == "unpaid" {
		body.Again = &ui.Button{Text: l.T("pay.again"), Href: "/pay/" + r.PathValue("payment")}
	}
	page.Body = body
	return p.ui.Render(w, r, http.StatusOK, "pay", page)
}
