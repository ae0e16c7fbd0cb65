package portal

import (
	"net/http"
	"slices"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// sharedBill is what somebody sees who pays for another: for which service, how much and until when, and nothing of who applies or why.
type sharedBill struct {
	Service string
	Amount  ui.Money
	Until   string
	Link    string // for the applicant, to send on; "" for everybody else
	Pay     ui.ButtonRow
}

// share shows a bill to whoever has its link. The applicant finds there the link to send on.
func (p *Portal) share(w http.ResponseWriter, r *http.Request) error {
	id, of, err := p.paying(r)
	if err != nil {
		return err
	}
	views, err := p.o.Payments.OfApplication(r.Context(), of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(views, func(v payment.View) bool { return v.ID == id })
	switch {
	case i < 0:
		return errNotFound
	case views[i].Status == payment.Paid:
		return p.afterPaying(w, r, of, "paid")
	case !views[i].Payable:
		return p.afterPaying(w, r, of, "notdue")
	}
	digest, err := p.o.Applications.TextsOf(r.Context(), of)
	if err != nil {
		return err
	}
	v, l := views[i], p.locale(r)
	body := sharedBill{Amount: ui.Money{Minor: v.Amount, Currency: v.Currency}}
	if texts, ok := p.o.Releases.Texts(digest); ok {
		body.Service = l.Pick(texts.Title)
	}
	if v.DueAt != nil && !v.Late {
		body.Until = l.T("bank.until", "date", l.Deadline(*v.DueAt))
	}
	page := p.page(r, l.T("share.bill"))
	if _, mine := p.own(r, of); mine {
		page = p.page(r, l.T("share.title"))
		body.Link = p.o.PublicURL + "/pay/" + id.String() + "/bill"
		page.Back = &ui.BackLink{Href: "/applications/" + of.String()}
	} else {
		body.Pay.Buttons = []ui.Button{{Text: l.T("action.payNow"), Href: "/pay/" + id.String(), Icon: "credit-card", Large: true}}
		body.Pay.Buttons = append(body.Pay.Buttons, ui.Button{Text: l.T("payments.beside"), Kind: ui.Secondary, Href: "/payments?with=" + id.String()})
		if p.o.Banks {
			body.Pay.Buttons = append(body.Pay.Buttons, ui.Button{Text: l.T("action.payAtBank"), Kind: ui.Secondary, Href: "/pay/" + id.String() + "/bank"})
		}
	}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, http.StatusOK, "share", page)
}
