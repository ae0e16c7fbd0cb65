package portal

import (
	"errors"
	"net/http"
	"strings"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// bankPage is what somebody takes along to a bank, or types into a wallet.
type bankPage struct {
	Reference string // in groups
	Amount    ui.Money
	Until     string
	Card      ui.Button // the other way to pay
}

// bank shows by which reference a payment can be made at a bank or from a wallet. It is the same whenever it is looked at.
func (p *Portal) bank(w http.ResponseWriter, r *http.Request) error {
	id, of, err := p.paying(r)
	if err != nil {
		return err
	}
	b, err := p.o.Payments.Bill(r.Context(), id)
	switch {
	case errors.Is(err, payment.ErrNoBills), errors.Is(err, payment.ErrNotFound):
		return errNotFound
	case errors.Is(err, payment.ErrNotDue), err == nil && b.Status == payment.BillOver:
		return p.afterPaying(w, r, of, "notdue")
	case err != nil:
		return err
	case b.Status == payment.BillPaid:
		return p.afterPaying(w, r, of, "paid")
	}
	l := p.locale(r)
	page := p.page(r, l.T("bank.title"))
	body := bankPage{
		Reference: grouped(b.Reference), Amount: ui.Money{Minor: b.Amount.Minor, Currency: b.Amount.Currency},
		Card: ui.Button{Text: l.T("bank.card"), Href: "/pay/" + id.String(), Icon: "credit-card"},
	}
	if b.DueAt != nil {
		body.Until = l.T("bank.until", "date", l.Deadline(*b.DueAt))
	}
	if _, mine := p.own(r, of); mine {
		page.Back = &ui.BackLink{Href: "/applications/" + of.String()}
	}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, http.StatusOK, "bank", page)
}

// grouped is a number as people read it out.
func grouped(digits string) string {
	var parts []string
	for len(digits) > 4 {
		parts, digits = append(parts, digits[:4]), digits[4:]
	}
	return strings.Join(append(parts, digits), " ")
}
