package portal

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
)

// payable is an own application and the payment of it that the address names.
func (p *Portal) payable(r *http.Request) (*application.View, uuid.UUID, error) {
	me, err := p.me(r)
	if err != nil {
		return nil, uuid.Nil, err
	}
	id, err := pathID(r, "payment")
	if err != nil {
		return nil, uuid.Nil, err
	}
	of, err := p.o.Payments.ApplicationOf(r.Context(), id)
	if errors.Is(err, payment.ErrNotFound) {
		err = errNotFound
	}
	if err != nil {
		return nil, uuid.Nil, err
	}
	v, err := p.o.Applications.ForApplicant(r.Context(), me.ID, of)
	return v, id, err
}

// pay leads to the gateway. Looking at it twice leads to the same checkout, so it is safe to load again.
func (p *Portal) pay(w http.ResponseWriter, r *http.Request) error {
	v, id, err := p.payable(r)
	if err != nil {
		return err
	}
	request := payment.CheckoutRequest{Payment: id, ReturnURL: p.o.PublicURL + "/pay/" + id.String() + "/return"}
	if texts, ok := p.o.Releases.Texts(v.Texts); ok {
		request.Description = texts.Title
	}
	address, err := p.o.Payments.Checkout(r.Context(), request)
	switch {
	case errors.Is(err, payment.ErrNotDue):
		return see(w, r, "/applications/"+v.ID.String()+"?notice=notdue")
	case errors.Is(err, payment.ErrUnavailable):
		return errors.Join(application.ErrUnavailable, err)
	case err != nil:
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return see(w, r, address)
}

// paid is where the gateway sends people back, paid or not: the provider is asked, never the address.
func (p *Portal) paid(w http.ResponseWriter, r *http.Request) error {
	v, id, err := p.payable(r)
	if err != nil {
		return err
	}
	notice := "unpaid"
	status, err := p.o.Payments.Confirm(r.Context(), id)
	switch {
	case errors.Is(err, payment.ErrUnavailable):
		notice = "unconfirmed"
	case err != nil:
		return err
	case status == payment.Paid:
		notice = "paid"
		if _, err := p.o.Applications.Settle(r.Context(), v.ID, application.Beyond(v.Sequence)); err != nil {
			return err
		}
	case status != payment.Due:
		notice = "notdue"
	}
	w.Header().Set("Cache-Control", "no-store")
	return see(w, r, "/applications/"+v.ID.String()+"?notice="+notice)
}
