package portal

import (
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// payoutPage asks the applicant to which account money goes.
type payoutPage struct {
	Lead    string
	Action  string
	Account ui.Input
	Submit  ui.Button
}

// asksAccount is the payout for which the applicant is to name an account, or nil.
func (o *opened) asksAccount() *payment.Payout {
	for i := range o.payouts {
		if o.payouts[i].Asks {
			return &o.payouts[i]
		}
	}
	return nil
}

// accountBox asks for an account.
func (o *opened) accountBox() *actionBox {
	x := o.asksAccount()
	if x == nil {
		return nil
	}
	key := "action.accountText"
	if x.Refund {
		key = "action.accountRefund"
	}
	if x.Status == payment.PayoutFailed || x.Status == payment.PayoutBack {
		key = "action.accountFailed"
	}
	return &actionBox{Title: o.l.T("action.accountTitle"), Text: o.l.T(key), Amount: &ui.Money{Minor: x.Amount, Currency: x.Currency}, Icon: "credit-card",
		Button: &ui.Button{Text: o.l.T("action.accountNow"), Href: "/applications/" + o.ID.String() + "/payouts/" + x.ID.String(), Icon: "pencil", Large: true}}
}

// paidOut says of each payout how far it has come.
func (o *opened) paidOut() (out []ui.Component) {
	for _, x := range o.payouts {
		key := "money.payout." + string(x.Status)
		switch {
		case x.Status == payment.PayoutCancelled:
			continue
		case x.Status == payment.PayoutFailed && !x.Asks:
			key = "money.payout.again"
		case x.Status == payment.PayoutBack && !x.Asks:
			key = "money.payout.backAgain"
		}
		text := o.l.T(key, "amount", ui.Money{Minor: x.Amount, Currency: x.Currency})
		if x.Status == payment.PayoutPaid && x.EndedAt != nil {
			text += "\n" + o.l.T("money.paidOn", "date", o.l.DateTime(*x.EndedAt))
		}
		switch {
		case x.Account != "":
			text += "\n" + o.l.T("money.payout.account", "last", x.Account)
		case x.Card:
			text += "\n" + o.l.T("money.payout.card")
		}
		out = append(out, ui.Inset{Text: text})
	}
	return out
}

// toPayOut reads the application, and the payout that the address names where an account is asked for.
func (p *Portal) toPayOut(r *http.Request) (o *opened, x *payment.Payout, err error) {
	me, err := p.me(r)
	if err != nil {
		return nil, nil, err
	}
	if o, err = p.open(r, me); err != nil {
		return nil, nil, err
	}
	id, err := pathID(r, "payout")
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(o.payouts, func(x payment.Payout) bool { return x.ID == id })
	if i < 0 {
		return nil, nil, errNotFound
	}
	return o, &o.payouts[i], nil
}

// account asks to which account money goes.
func (p *Portal) account(w http.ResponseWriter, r *http.Request) error {
	o, x, err := p.toPayOut(r)
	if err != nil {
		return err
	}
	if !x.Asks {
		return see(w, r, "/applications/"+o.ID.String()+"?notice=changed")
	}
	return p.askAccount(w, r, o, x.ID, http.StatusOK, "", "")
}

func (p *Portal) askAccount(w http.ResponseWriter, r *http.Request, o *opened, id uuid.UUID, status int, typed, problem string) error {
	here := "/applications/" + o.ID.String()
	page := p.page(r, o.l.T("payout.title"))
	body := payoutPage{Lead: o.l.T("payout.lead", "service", o.l.Pick(o.texts.Title), "reference", o.Reference), Action: here + "/payouts/" + id.String(),
		Account: ui.Input{Field: ui.Field{Name: "account", Label: o.l.T("payout.label"), Hint: o.l.T("payout.hint"), Error: problem}, Value: typed, Width: 30, MaxLength: 60},
		Submit:  ui.Button{Text: o.l.T("payout.send")}}
	if problem != "" {
		page.Errors = []ui.FieldError{{Name: "account", Text: problem}}
	}
	page.Back, page.Body = &ui.BackLink{Href: here}, body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, status, "payout", page)
}

// accountGiven takes the account. Who has given one, and when, is kept; the number stands with the payout only.
func (p *Portal) accountGiven(w http.ResponseWriter, r *http.Request) error {
	o, x, err := p.toPayOut(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	typed := r.PostFormValue("account")
	account, ok := form.IBAN(typed)
	if !ok {
		return p.askAccount(w, r, o, x.ID, http.StatusUnprocessableEntity, typed, o.l.T("payout.wrong"))
	}
	me, err := p.me(r)
	if err != nil {
		return err
	}
	notice := "account"
	switch err := p.o.Payments.GiveAccount(r.Context(), o.ID, x.ID, account); {
	case errors.Is(err, payment.ErrNotDue):
		notice = "changed"
	case errors.Is(err, payment.ErrNotFound):
		return errNotFound
	case err != nil:
		return errors.Join(application.ErrUnavailable, err)
	default:
		if err := p.o.Audit(r.Context(), audit.Entry{Authority: o.Authority, Actor: me.ID.String(), Action: "act", Subject: o.ID.String(),
			Detail: map[string]string{"action": "account", "payout": x.ID.String()}}); err != nil {
			return err
		}
	}
	return see(w, r, "/applications/"+o.ID.String()+"?notice="+notice)
}
