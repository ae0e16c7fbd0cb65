package desk

import (
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// tillProposals are what waits for a second officer about a till, with the buttons of whoever may decide, and what was decided.
func (v *visit) tillProposals(t *till.Till, list []proposal.Proposal) (parts []ui.Component, err error) {
	var people []uuid.UUID
	for _, p := range list {
		people = append(people, p.ProposedBy)
	}
	names, err := v.o.People.Named(v.ctx, people)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.Status != proposal.Proposed {
			continue
		}
		parts = append(parts, ui.Banner{Kind: ui.Caution, Title: v.locale.T("desk.till.waits."+string(p.Kind), "name", v.name(names[p.ProposedBy]), "date", v.locale.DateTime(p.ProposedAt)), Text: p.Reason})
		button := func(action, key, kind string) ui.Component {
			return handle{Action: tillHref(t.ID) + "/decide", Fields: []ui.Component{ui.Hidden{Name: keyControl, Value: p.ID.String()}, ui.Hidden{Name: actionControl, Value: action}},
				Button: ui.Button{Text: v.locale.T("desk.till." + key), Kind: kind}}
		}
		switch {
		case p.ProposedBy != v.officer.ID:
			parts = append(parts, button(approveWord, "approve."+string(p.Kind), ""), button(declineWord, "decline."+string(p.Kind), ui.Secondary))
		case p.Kind == till.Void:
			parts = append(parts, button(declineWord, "keep", ui.Secondary))
		default:
			parts = append(parts, button(declineWord, "again", ui.Secondary))
		}
	}
	return parts, nil
}

// decideTill lets happen what a clerk has proposed about a till, or declines it.
func (v *visit) decideTill() error {
	t, was, err := v.onTill()
	if err != nil {
		return err
	}
	id, err := uuid.Parse(was[keyControl])
	if err != nil {
		return application.ErrNotFound
	}
	err = v.decideOn("till-decided", proposal.Proposal{ID: id, Authority: t.Authority}, was, func(approve bool) error {
		return v.o.Tills.Decide(v.ctx, []string{t.Authority}, id, approve, v.officer.ID)
	})
	switch {
	case errors.Is(err, payment.ErrNotDue), errors.Is(err, till.ErrNotLast): // a colleague declines it
		return v.showTill(http.StatusConflict, nil, []ui.FieldError{{Text: v.locale.T("desk.till.tooLate")}})
	case err != nil && !errors.Is(err, till.ErrClosed):
		return err
	}
	if t.Clerk == v.officer.ID {
		return v.toTill("")
	}
	http.Redirect(v.w, v.r, tillHref(t.ID), http.StatusSeeOther)
	return nil
}

// deposit notes that what a till has taken was brought to the bank.
func (v *visit) deposit() error {
	t, was, err := v.onTill()
	if err != nil {
		return err
	}
	if err := v.booked("till-banked", t.Authority, t.ID.String(), nil); err != nil {
		return err
	}
	err = v.o.Tills.Deposit(v.ctx, []string{t.Authority}, t.ID, form.Line(was[slipControl]), v.officer.ID)
	switch {
	case errors.Is(err, till.ErrSlip):
		return v.showTill(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: slipControl, Text: v.locale.T("desk.till.noSlip")}})
	case err != nil && !errors.Is(err, till.ErrClosed): // a colleague was faster
		return err
	}
	http.Redirect(v.w, v.r, tillHref(t.ID), http.StatusSeeOther)
	return nil
}

// explains are the differences of a till: what was said about them, and for accountants the form that says it.
func (v *visit) explains(t *till.Till, was map[string]string, problems []ui.FieldError) (parts []ui.Component, err error) {
	tasks, err := v.o.Tills.Differences(v.ctx, []string{t.Authority}, t.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range tasks {
		amount := ui.Money{Minor: d.Amount, Currency: d.Currency}
		if d.ClosedAt != nil {
			parts = append(parts, ui.Banner{Title: v.locale.T("desk.till.explained", "amount", amount, "date", v.locale.Date(*d.ClosedAt)), Text: d.Reason})
			continue
		}
		parts = append(parts, ui.Banner{Kind: ui.Caution, Title: v.locale.T("desk.till.task", "amount", amount, "owner", v.role(d.Owner), "age", v.standing(d.OpenedAt, nil)), Text: v.locale.T("desk.till.taskText")})
		if !slices.Contains(v.keeps(ledger.Accountant), d.Authority) {
			continue
		}
		id := reasonControl + "-" + d.ID.String()
		parts = append(parts, handle{Action: tillHref(t.ID) + "/explain", Fields: []ui.Component{ui.Hidden{Name: keyControl, Value: d.ID.String()},
			ui.Textarea{Field: ui.Field{Name: reasonControl, ID: id, Label: v.locale.T("desk.till.explain"), Hint: v.locale.T("desk.settlement.reasonHint"), Error: typed{errors: problems}.problem(id)},
				Rows: 3, MaxLength: proposal.MostReason / 2}}, Button: ui.Button{Text: v.locale.T("desk.settlement.explain"), Kind: ui.Secondary}})
	}
	return parts, nil
}

// explainTill ends the task of a difference.
func (v *visit) explainTill() error {
	t, was, err := v.onTill()
	if err != nil {
		return err
	}
	if !slices.Contains(v.keeps(ledger.Accountant), t.Authority) {
		return errForbidden
	}
	id, err := uuid.Parse(was[keyControl])
	if err != nil {
		return application.ErrNotFound
	}
	if err := v.booked("till-explained", t.Authority, id.String(), nil); err != nil {
		return err
	}
	err = v.o.Tills.Explain(v.ctx, []string{t.Authority}, id, was[reasonControl], v.officer.ID)
	switch {
	case errors.Is(err, proposal.ErrReason):
		return v.showTill(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: reasonControl + "-" + id.String(), Text: v.locale.T("desk.settlement.noReason")}})
	case errors.Is(err, till.ErrNotFound):
		return application.ErrNotFound
	case err != nil && !errors.Is(err, till.ErrClosed):
		return err
	}
	http.Redirect(v.w, v.r, tillHref(t.ID), http.StatusSeeOther)
	return nil
}
