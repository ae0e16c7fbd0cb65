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
	"github.com/diwan-gov/diwan/workflows/activity"
)

// basisControl is the control of the law that a waiver stands on.
const basisControl = "_basis"

func waiversPath(of uuid.UUID) string {
	return ledgerPath + "/applications/" + of.String() + "/waivers"
}

// waivers are what an applicant was or is to be let off, and for accountants forms to propose it for what is due.
func (v *visit) waivers(of uuid.UUID, was map[string]string, problems []ui.FieldError) ([]ui.Component, error) {
	mine := v.keeps(ledger.Accountant)
	if len(mine) == 0 {
		return nil, nil
	}
	list, err := v.o.Payments.Waivers(v.ctx, of)
	if err != nil {
		return nil, err
	}
	views, err := v.o.Payments.OfApplication(v.ctx, of)
	if err != nil {
		return nil, err
	}
	names, err := namesOf(v, list, func(w payment.Waiver) proposal.Proposal { return w.Proposal })
	if err != nil {
		return nil, err
	}
	var parts []ui.Component
	waits := map[uuid.UUID]bool{}
	for _, w := range list {
		i := slices.IndexFunc(views, func(p payment.View) bool { return p.ID == w.Subject })
		if i < 0 || !slices.Contains(mine, w.Authority) {
			continue
		}
		banner := ui.Banner{Title: v.locale.T("desk.ledger.waiver."+string(w.Status), "lines", v.waivedLines(w, views[i].Currency), "name", v.name(names[w.ProposedBy]),
			"date", v.locale.Date(w.ProposedAt)), Text: w.Reason + "\n" + w.Basis}
		if w.Status != proposal.Proposed {
			banner.Text += "\n" + v.locale.T("desk.ledger.refund.by", "name", v.name(names[w.DecidedBy]))
			parts = append(parts, banner)
			continue
		}
		waits[w.Subject], banner.Kind = true, ui.Caution
		parts = append(parts, banner)
		parts = append(parts, v.decisions(w.Proposal, waiversPath(of), "desk.ledger.waiver.approve", "desk.ledger.correction.takeBack")...)
	}
	for _, p := range views {
		if p.Status == payment.Due && slices.Contains(mine, p.Authority) && !waits[p.ID] {
			parts = append(parts, v.asksWaiver(of, p, was, problems))
		}
	}
	if len(parts) > 0 {
		parts = append([]ui.Component{ui.Heading{Text: v.locale.T("desk.ledger.waiver.title")}}, parts...)
	}
	return parts, nil
}

// waivedLines are the fees of a waiver with their amounts.
func (v *visit) waivedLines(w payment.Waiver, currency string) string {
	said := make([]string, len(w.Lines))
	for i, l := range w.Lines {
		said[i] = v.fee(w.Authority, l.Fee) + ": " + v.inCash(l.Amount, currency) // isolated as a whole, or its parts would change places
	}
	return strings.Join(said, v.locale.T("desk.and"))
}

// asksWaiver is the form that proposes to let an applicant off fees of a payment, wholly or in part.
func (v *visit) asksWaiver(of uuid.UUID, p payment.View, was map[string]string, problems []ui.FieldError) ui.Component {
	said, this := typed{errors: problems}, was[paymentControl] == p.ID.String()
	value := func(name string) string {
		if this {
			return was[name]
		}
		return ""
	}
	fields := []ui.Component{ui.Hidden{Name: paymentControl, Value: p.ID.String()}}
	for _, l := range p.Lines {
		if l.Amount > 0 && !l.Deposit && l.Fee != activity.RoundingLine {
			name := amountControl + l.Fee
			id := name + "-" + p.ID.String()
			fields = append(fields, ui.MoneyInput{Field: ui.Field{Name: name, ID: id, Label: v.fee(p.Authority, l.Fee), Hint: v.locale.T("desk.ledger.waiver.most", "amount", ui.Money{Minor: l.Amount, Currency: p.Currency}),
				Error: said.problem(id)}, Value: value(name), Currency: p.Currency})
		}
	}
	box := func(name, label, hint string) ui.Field {
		id := name + "-waive-" + p.ID.String()
		return ui.Field{Name: name, ID: id, Label: v.locale.T("desk.ledger.waiver." + label), Hint: v.locale.T(hint), Error: said.problem(id)}
	}
	fields = append(fields, ui.Input{Field: box(basisControl, "basis", "desk.ledger.waiver.basisHint"), Value: value(basisControl), MaxLength: payment.MostBasis / 2},
		ui.Textarea{Field: box(reasonControl, "reason", "desk.ledger.waiver.reasonHint"), Value: value(reasonControl), Rows: 3, MaxLength: proposal.MostReason / 2})
	return ui.Details{Summary: v.locale.T("desk.ledger.waiver.open"), Open: this, Body: []ui.Component{
		handle{Action: waiversPath(of), Fields: fields, Button: ui.Button{Text: v.locale.T("desk.ledger.waiver.propose"), Kind: ui.Secondary}}}}
}

// waive asks a colleague to let an applicant off.
func (v *visit) waive() error {
	of, was, err := v.inBooks()
	if err != nil {
		return err
	}
	mine := v.keeps(ledger.Accountant)
	views, err := v.o.Payments.OfApplication(v.ctx, of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(views, func(p payment.View) bool {
		return p.ID.String() == was[paymentControl] && slices.Contains(mine, p.Authority)
	})
	if i < 0 {
		return application.ErrNotFound
	}
	p := views[i]
	var lines []activity.Line
	var problems []ui.FieldError
	wrong := func(id, key string) {
		problems = append(problems, ui.FieldError{Name: id + p.ID.String(), Text: v.locale.T("desk.ledger.waiver." + key)})
	}
	first := ""
	for _, l := range p.Lines {
		name := amountControl + l.Fee
		if l.Amount <= 0 || l.Deposit || l.Fee == activity.RoundingLine {
			continue
		}
		if first == "" {
			first = name
		}
		amount, ok := minor(was[name], p.Currency)
		switch {
		case !ok || amount > l.Amount:
			wrong(name+"-", "noAmount")
		case amount > 0:
			lines = append(lines, activity.Line{Fee: l.Fee, Amount: amount})
		}
	}
	if len(lines) == 0 && len(problems) == 0 {
		wrong(first+"-", "nothing")
	}
	basis, reason := strings.TrimSpace(was[basisControl]), strings.TrimSpace(was[reasonControl])
	if basis == "" || len(basis) > payment.MostBasis {
		wrong(basisControl+"-waive-", "noBasis")
	}
	if reason == "" || len(reason) > proposal.MostReason {
		wrong(reasonControl+"-waive-", "noReason")
	}
	if len(problems) > 0 {
		return v.showWaiving(http.StatusUnprocessableEntity, was, problems)
	}
	if err := v.booked("waiver-proposed", p.Authority, p.ID.String(), nil); err != nil {
		return err
	}
	_, err = v.o.Payments.Waive(v.ctx, mine, p.ID, lines, basis, reason, v.officer.ID)
	switch {
	case errors.Is(err, payment.ErrAmount):
		wrong(first+"-", "noAmount")
		return v.showWaiving(http.StatusUnprocessableEntity, was, problems)
	case err != nil && !errors.Is(err, proposal.ErrProposed) && !errors.Is(err, payment.ErrNotDue): // the page shows what has happened meanwhile
		return err
	}
	http.Redirect(v.w, v.r, ledgerPath+"/applications/"+of.String(), http.StatusSeeOther)
	return nil
}

// decideWaiver lets a waiver happen that a colleague has proposed, or declines it.
func (v *visit) decideWaiver() error {
	of, was, err := v.inBooks()
	if err != nil {
		return err
	}
	mine := v.keeps(ledger.Accountant)
	list, err := v.o.Payments.Waivers(v.ctx, of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(w payment.Waiver) bool {
		return w.ID.String() == v.r.PathValue("waiver") && slices.Contains(mine, w.Authority)
	})
	if i < 0 {
		return application.ErrNotFound
	}
	err = v.decideOn("waiver-decided", list[i].Proposal, was, func(approve bool) error {
		return v.o.Payments.DecideWaiver(v.ctx, mine, list[i].ID, approve, v.officer.ID)
	})
	switch {
	case errors.Is(err, payment.ErrNotDue), errors.Is(err, payment.ErrAmount): // it was paid meanwhile: the officer declines it
		return v.showWaiving(http.StatusConflict, nil, []ui.FieldError{{Text: v.locale.T("desk.ledger.waiver.late")}})
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, ledgerPath+"/applications/"+of.String(), http.StatusSeeOther)
	return nil
}

// showWaiving shows the application in the books with what is wrong in a waiver.
func (v *visit) showWaiving(status int, was map[string]string, problems []ui.FieldError) error {
	return v.showApplication(status, typed{errors: problems, waiver: was}, "")
}

// waiversWaiting lists the waivers that wait for a second accountant; nil where there are none.
func (v *visit) waiversWaiting(books []string) (*ui.Table, error) {
	list, err := v.o.Payments.WaiversWaiting(v.ctx, books)
	if err != nil {
		return nil, err
	}
	rows := make([]waiting, len(list))
	for i, w := range list {
		rows[i] = waiting{w.Proposal, w.Application, w.Basis}
	}
	return v.waitingFor("desk.ledger.waiver.waiting", rows)
}
