package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Controls of a refund by request.
const (
	feeControl     = "_fee"
	paymentControl = "_payment"
	everyFee       = "*"
)

// refunds are what may be given back of an application by request: what a colleague has asked for, and forms to ask for more. Only accountants
// of the payment's authority have them.
func (v *visit) refunds(of uuid.UUID, was typed, fee string) ([]ui.Component, error) {
	mine := v.keeps(ledger.Accountant)
	if len(mine) == 0 {
		return nil, nil
	}
	requests, err := v.o.Payments.RefundRequestsOf(v.ctx, of)
	if err != nil {
		return nil, err
	}
	left, err := v.o.Payments.Refundable(v.ctx, of)
	if err != nil {
		return nil, err
	}
	names, err := namesOf(v, requests, func(r payment.RefundRequest) proposal.Proposal { return r.Proposal })
	if err != nil {
		return nil, err
	}
	var parts []ui.Component
	waits := map[uuid.UUID]bool{}
	for _, r := range requests {
		if !slices.Contains(mine, r.Authority) {
			continue
		}
		fees := make([]string, len(r.Fees))
		for i, code := range r.Fees {
			fees[i] = v.fee(r.Authority, code)
		}
		banner := ui.Banner{Title: v.locale.T("desk.ledger.refund."+string(r.Status), "fees", strings.Join(fees, v.locale.T("desk.and")), "name", v.name(names[r.ProposedBy]),
			"date", v.locale.Date(r.ProposedAt)), Text: r.Reason}
		if r.Status == proposal.Proposed {
			waits[r.Subject] = true
			banner.Kind = ui.Caution
		} else {
			banner.Text += "\n" + v.locale.T("desk.ledger.refund.by", "name", v.name(names[r.DecidedBy]))
		}
		parts = append(parts, banner)
		if r.Status == proposal.Proposed {
			parts = append(parts, v.decisions(r.Proposal, refundsPath(of), "desk.ledger.refund.approve", "desk.ledger.refund.takeBack")...)
		}
	}
	for _, p := range left {
		if slices.Contains(mine, p.Authority) && !waits[p.Payment] {
			parts = append(parts, v.asksRefund(of, p, was, fee))
		}
	}
	if len(parts) > 0 {
		parts = append([]ui.Component{ui.Heading{Text: v.locale.T("desk.ledger.refund.title")}}, parts...)
	}
	return parts, nil
}

func refundsPath(of uuid.UUID) string {
	return ledgerPath + "/applications/" + of.String() + "/refunds"
}

// asksRefund is the form that asks for a line of a payment, or all that is left of it, to go back.
func (v *visit) asksRefund(of uuid.UUID, p payment.Refundable, was typed, fee string) ui.Component {
	this := was.task == p.Payment // the form that was sent
	id := func(name string) string { return name + "-" + p.Payment.String() }
	which := ui.Radios{Field: ui.Field{Name: feeControl, ID: id(feeControl), Label: v.locale.T("desk.ledger.refund.which")}}
	why := ui.Textarea{Field: ui.Field{Name: reasonControl, ID: id(reasonControl), Label: v.locale.T("desk.ledger.refund.reason"), Hint: v.locale.T("desk.ledger.correction.hint")},
		Rows: 3, MaxLength: proposal.MostReason / 2}
	if this {
		which.Error, why.Error, why.Value = was.problem(which.ID), was.problem(why.ID), was.comment
	}
	var sum int64
	for _, l := range p.Lines {
		sum += l.Amount
		which.Options = append(which.Options, ui.Option{Value: l.Fee, Text: v.locale.T("desk.ledger.head", "class", v.fee(p.Authority, l.Fee),
			"head", v.locale.Money(ui.Money{Minor: l.Amount, Currency: p.Currency})), Selected: this && fee == l.Fee})
	}
	if len(p.Lines) > 1 {
		which.Options = append(which.Options, ui.Option{Value: everyFee, Text: v.locale.T("desk.ledger.head", "class", v.locale.T("desk.ledger.refund.all"),
			"head", v.locale.Money(ui.Money{Minor: sum, Currency: p.Currency})), Selected: this && fee == everyFee})
	}
	return handle{Action: refundsPath(of), Fields: []ui.Component{ui.Hidden{Name: paymentControl, Value: p.Payment.String()}, which, why},
		Button: ui.Button{Text: v.locale.T("desk.ledger.refund.propose"), Kind: ui.Secondary}}
}

// requestRefund asks a colleague to let something go back.
func (v *visit) requestRefund() error {
	of, controls, err := v.inBooks()
	if err != nil {
		return err
	}
	mine := v.keeps(ledger.Accountant)
	left, err := v.o.Payments.Refundable(v.ctx, of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(left, func(p payment.Refundable) bool {
		return p.Payment.String() == controls[paymentControl] && slices.Contains(mine, p.Authority)
	})
	if i < 0 {
		return application.ErrNotFound
	}
	p, fee := left[i], controls[feeControl]
	was := typed{task: p.Payment, comment: strings.TrimSpace(controls[reasonControl])}
	var fees []string
	for _, l := range p.Lines {
		if fee == everyFee || fee == l.Fee {
			fees = append(fees, l.Fee)
		}
	}
	wrong := func(control, key string) {
		was.errors = append(was.errors, ui.FieldError{Name: control + "-" + p.Payment.String(), Text: v.locale.T("desk.ledger.refund." + key)})
	}
	if len(fees) == 0 {
		wrong(feeControl, "noFee")
	}
	if was.comment == "" || len(was.comment) > proposal.MostReason {
		wrong(reasonControl, "noReason")
	}
	if len(was.errors) > 0 {
		return v.showApplication(http.StatusUnprocessableEntity, was, fee)
	}
	if err := v.booked("refund-requested", p.Authority, p.Payment.String(), map[string]string{"fees": strings.Join(fees, " ")}); err != nil {
		return err
	}
	_, err = v.o.Payments.RequestRefund(v.ctx, mine, p.Payment, fees, was.comment, v.officer.ID)
	if err != nil && !errors.Is(err, proposal.ErrProposed) && !errors.Is(err, payment.ErrNothing) { // the page shows what a colleague has done meanwhile
		return err
	}
	http.Redirect(v.w, v.r, ledgerPath+"/applications/"+of.String(), http.StatusSeeOther)
	return nil
}

// decideRefund lets a refund happen that a colleague has asked for, or declines it.
func (v *visit) decideRefund() error {
	of, controls, err := v.inBooks()
	if err != nil {
		return err
	}
	mine := v.keeps(ledger.Accountant)
	requests, err := v.o.Payments.RefundRequestsOf(v.ctx, of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(requests, func(r payment.RefundRequest) bool {
		return r.ID.String() == v.r.PathValue("request") && slices.Contains(mine, r.Authority)
	})
	if i < 0 {
		return application.ErrNotFound
	}
	err = v.decideOn("refund-decided", requests[i].Proposal, controls, func(approve bool) error {
		return v.o.Payments.DecideRefund(v.ctx, mine, requests[i].ID, approve, v.officer.ID)
	})
	switch {
	case errors.Is(err, payment.ErrNothing): // it went back in another way: the officer declines it
		return v.showApplication(http.StatusConflict, typed{errors: []ui.FieldError{{Text: v.locale.T("desk.ledger.refund.nothing")}}}, "")
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, ledgerPath+"/applications/"+of.String(), http.StatusSeeOther)
	return nil
}

// refundsWaiting lists the requests that wait for a second accountant; nil where there are none.
func (v *visit) refundsWaiting(books []string) (*ui.Table, error) {
	list, err := v.o.Payments.RefundRequests(v.ctx, books)
	if err != nil {
		return nil, err
	}
	rows := make([]waiting, len(list))
	for i, r := range list {
		rows[i] = waiting{Proposal: r.Proposal, Application: r.Application}
	}
	return v.waitingFor("desk.ledger.refund.waiting", rows)
}
