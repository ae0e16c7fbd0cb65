package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// correction fills in what the officer may do about an entry: propose that it is taken back, or decide on what a colleague has proposed.
func (v *visit) correction(e *ledger.Written, body *entryPage, reason string, problems []ui.FieldError) error {
	may := slices.Contains(v.keeps(ledger.Accountant), e.Authorities()[0])
	last, err := v.o.Ledger.CorrectionOf(v.ctx, e.ID)
	if err != nil {
		return err
	}
	if last != nil && last.Status == proposal.Proposed {
		names, err := v.o.People.Named(v.ctx, []uuid.UUID{last.ProposedBy})
		if err != nil {
			return err
		}
		body.State = &ui.Banner{Kind: ui.Caution, Title: v.locale.T("desk.ledger.correction.waits", "name", v.name(names[last.ProposedBy]), "date", v.locale.Date(last.ProposedAt)), Text: last.Reason}
		if !may {
			return nil
		}
		body.Action = ledgerPath + "/corrections/" + last.ID.String()
		back := ui.Button{Text: v.locale.T("desk.ledger.correction.decline"), Kind: ui.Secondary, Name: actionControl, Value: declineWord}
		if last.ProposedBy == v.officer.ID {
			back.Text = v.locale.T("desk.ledger.correction.takeBack")
			body.Submit = []ui.Button{back}
			return nil
		}
		body.Submit = []ui.Button{{Text: v.locale.T("desk.ledger.correction.approve"), Name: actionControl, Value: approveWord}, back}
		return nil
	}
	if !may || e.ReversedBy != uuid.Nil {
		return nil
	}
	body.Action = ledgerPath + "/entries/" + e.ID.String() + "/correct"
	body.Reason = &ui.Textarea{Field: ui.Field{Name: reasonControl, Label: v.locale.T("desk.ledger.correction.reason"), Hint: v.locale.T("desk.ledger.correction.hint"),
		Error: typed{errors: problems}.problem(reasonControl)}, Value: reason, Rows: 3, MaxLength: proposal.MostReason / 2}
	body.Submit = []ui.Button{{Text: v.locale.T("desk.ledger.correction.propose"), Kind: ui.Secondary}}
	return nil
}

// propose asks a colleague to let an entry be taken back.
func (v *visit) propose() error {
	e, err := v.oneEntry()
	if err != nil {
		return err
	}
	controls, err := v.posted()
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(controls[reasonControl])
	if err := v.booked("correction-proposed", e.Authorities()[0], e.ID.String(), nil); err != nil {
		return err
	}
	_, err = v.o.Ledger.Propose(v.ctx, v.keeps(ledger.Accountant), e.ID, reason, v.officer.ID, v.here())
	switch {
	case errors.Is(err, proposal.ErrReason):
		return v.showEntry(http.StatusUnprocessableEntity, reason, []ui.FieldError{{Name: reasonControl, Text: v.locale.T("desk.ledger.correction.noReason")}})
	case errors.Is(err, ledger.ErrCorrected): // somebody was faster: the page says so
		return v.showEntry(http.StatusConflict, "", nil)
	case errors.Is(err, ledger.ErrNotFound):
		return application.ErrNotFound
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, ledgerPath+"/entries/"+e.ID.String(), http.StatusSeeOther)
	return nil
}

// decideCorrection lets a counter-entry be written that a colleague has proposed, or declines it.
func (v *visit) decideCorrection() error {
	if _, err := v.books(); err != nil {
		return err
	}
	id, err := v.oneID()
	if err != nil {
		return err
	}
	controls, err := v.posted()
	if err != nil {
		return err
	}
	mine := v.keeps(ledger.Accountant)
	list, err := v.o.Ledger.Corrections(v.ctx, mine)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(c proposal.Proposal) bool { return c.ID == id })
	if i < 0 {
		return application.ErrNotFound
	}
	err = v.decideOn("correction-decided", list[i], controls, func(approve bool) error {
		return v.o.Ledger.Decide(v.ctx, mine, id, approve, v.officer.ID, v.here())
	})
	if err != nil && !errors.Is(err, ledger.ErrCorrected) { // the page of the entry says what was decided
		return err
	}
	http.Redirect(v.w, v.r, ledgerPath+"/entries/"+list[i].Subject.String(), http.StatusSeeOther)
	return nil
}

// corrections lists what waits for a second officer, and what was decided last.
func (v *visit) corrections() error {
	books, err := v.books()
	if err != nil {
		return err
	}
	list, err := v.o.Ledger.Corrections(v.ctx, books)
	if err != nil {
		return err
	}
	names, err := namesOf(v, list, func(c proposal.Proposal) proposal.Proposal { return c })
	if err != nil {
		return err
	}
	title := v.locale.T("desk.ledger.corrections")
	t := ui.Table{Caption: title, Columns: []ui.Column{
		{Text: v.locale.T("desk.ledger.proposedOn")}, {Text: v.locale.T("desk.ledger.authority")}, {Text: v.locale.T("desk.ledger.reason")},
		{Text: v.locale.T("desk.ledger.proposedBy")}, {Text: v.locale.T("desk.ledger.decision")},
	}, Empty: &ui.Empty{Title: v.locale.T("desk.ledger.correction.none"), Text: v.locale.T("desk.ledger.correction.noneText"), Drawing: "inbox"}}
	states := map[proposal.Status]string{proposal.Proposed: ui.Waiting, proposal.Approved: ui.Done, proposal.Declined: ui.Refused}
	for _, c := range list {
		decided := ui.Cell{Tag: &ui.Tag{State: states[c.Status], Text: v.locale.T("desk.ledger.correction.is." + string(c.Status))}}
		if c.DecidedAt != nil {
			decided.Note = v.name(names[c.DecidedBy])
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: v.locale.DateTime(c.ProposedAt), Href: ledgerPath + "/entries/" + c.Subject.String()}, {Text: v.authority(c.Authority)}, {Text: c.Reason},
			{Text: v.name(names[c.ProposedBy])}, decided,
		}})
	}
	body := entriesPage{Lead: v.locale.T("desk.ledger.correction.lead"), Table: t}
	waiting, err := v.refundsWaiting(books)
	if err != nil {
		return err
	}
	if waiting != nil {
		body.Totals = []ui.Table{*waiting}
	}
	off, err := v.waiversWaiting(books)
	if err != nil {
		return err
	}
	if off != nil {
		body.Totals = append(body.Totals, *off)
	}
	page := v.page(title, body)
	page.Crumbs = v.ledgerCrumbs(ledger.Scope{}, title)
	return v.render(http.StatusOK, "entries", page)
}

// booked puts what the officer does with a book into the audit, before it is done.
func (v *visit) booked(action, authority, subject string, detail map[string]string) error {
	return v.o.Audit(v.ctx, audit.Entry{Authority: authority, Actor: v.officer.ID.String(), Action: action, Subject: subject, Detail: detail})
}
