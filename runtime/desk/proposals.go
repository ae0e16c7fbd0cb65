package desk

import (
	"errors"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// What an officer says about a proposal of a colleague; who has made it takes it back by declining.
const (
	reasonControl = "_reason"
	approveWord   = "approve"
	declineWord   = "decline"
)

// decideOn carries out what a form says about a proposal, with an entry in the audit before; do is told whether it is approved. That a colleague has
// decided meanwhile is no error: the page shows it.
func (v *visit) decideOn(action string, p proposal.Proposal, was map[string]string, do func(approve bool) error) error {
	word := was[actionControl]
	if word != approveWord && word != declineWord {
		return application.ErrNotFound
	}
	if err := v.booked(action, p.Authority, p.ID.String(), map[string]string{"decision": word}); err != nil {
		return err
	}
	err := do(word == approveWord)
	switch {
	case errors.Is(err, proposal.ErrOwn):
		return errForbidden
	case errors.Is(err, proposal.ErrNotFound):
		return application.ErrNotFound
	case errors.Is(err, proposal.ErrDecided):
		return nil
	}
	return err
}

// inBooks is which application a form in the books is about, and what it says.
func (v *visit) inBooks() (of uuid.UUID, was map[string]string, err error) {
	if _, err = v.books(); err != nil {
		return of, nil, err
	}
	if of, err = v.oneID(); err != nil {
		return of, nil, err
	}
	was, err = v.posted()
	return of, was, err
}

// namesOf are the names of those who have proposed and decided; of gives the proposal in what is listed.
func namesOf[T any](v *visit, list []T, of func(T) proposal.Proposal) (map[uuid.UUID]*identity.Person, error) {
	var people []uuid.UUID
	for _, x := range list {
		p := of(x)
		people = append(people, p.ProposedBy, p.DecidedBy)
	}
	return v.o.People.Named(v.ctx, people)
}

// decisions are the buttons of a proposal that waits, which posts to path: who has made it can only take it back. approve and takeBack are keys of messages.
func (v *visit) decisions(p proposal.Proposal, path, approve, takeBack string) []ui.Component {
	button := func(action, key, kind string) ui.Component {
		return handle{Action: path + "/" + p.ID.String(), Fields: []ui.Component{ui.Hidden{Name: actionControl, Value: action}},
			Button: ui.Button{Text: v.locale.T(key), Kind: kind}}
	}
	if p.ProposedBy == v.officer.ID {
		return []ui.Component{button(declineWord, takeBack, ui.Secondary)}
	}
	return []ui.Component{button(approveWord, approve, ""), button(declineWord, "desk.ledger.correction.decline", ui.Secondary)}
}

// waiting is a proposal in the list of those that wait for a second accountant.
type waiting struct {
	proposal.Proposal
	Application uuid.UUID
	Note        string // under its reason
}

// waitingFor lists proposals under a caption; nil where there are none.
func (v *visit) waitingFor(caption string, list []waiting) (*ui.Table, error) {
	if len(list) == 0 {
		return nil, nil
	}
	names, err := namesOf(v, list, func(w waiting) proposal.Proposal { return w.Proposal })
	if err != nil {
		return nil, err
	}
	t := &ui.Table{Caption: v.locale.T(caption), Columns: []ui.Column{
		{Text: v.locale.T("desk.ledger.proposedOn")}, {Text: v.locale.T("desk.ledger.authority")}, {Text: v.locale.T("desk.ledger.reason")}, {Text: v.locale.T("desk.ledger.proposedBy")}}}
	for _, w := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: v.locale.DateTime(w.ProposedAt), Href: ledgerPath + "/applications/" + w.Application.String()}, {Text: v.authority(w.Authority)}, {Text: w.Reason, Note: w.Note},
			{Text: v.name(names[w.ProposedBy])}}})
	}
	return t, nil
}
