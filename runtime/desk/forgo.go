package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// incidentControl names an incident.
const incidentControl = "_incident"

// forgoingsPath receives that the money of a lost dispute is to be let go, and below it what a second operator says about that.
func forgoingsPath(of uuid.UUID) string { return "/desk/applications/" + of.String() + "/forgoings" }

// proposedForgoing is what waits for a second operator about an incident, if anything does.
func proposedForgoing(i payment.Incident) proposal.Proposal {
	if i.Forgoing == nil {
		return proposal.Proposal{}
	}
	return *i.Forgoing
}

// asksToForgo is the form that asks a colleague to let money go.
func (k *kase) asksToForgo(i payment.Incident, was typed) handle {
	id := reasonFor(payment.IncidentForgo, i.ID)
	box := ui.Textarea{Field: ui.Field{Name: reasonControl, ID: id, Label: k.locale.T("desk.stuck.forgo.why"), Hint: k.locale.T("desk.ledger.correction.hint")}, Rows: 3, MaxLength: proposal.MostReason / 2}
	if was.action == id {
		box.Value, box.Error = was.comment, was.problem(id)
	}
	return handle{Action: forgoingsPath(k.a.ID), Fields: []ui.Component{ui.Hidden{Name: incidentControl, Value: i.ID.String()}, box},
		Button: ui.Button{Kind: ui.Secondary, Text: k.locale.T("desk.stuck.forgo.propose")}}
}

// forgoing is what a colleague has proposed, with the buttons that answer it.
func (k *kase) forgoing(p proposal.Proposal, names map[uuid.UUID]*identity.Person) []ui.Component {
	banner := ui.Banner{Kind: ui.Caution, Text: p.Reason, Title: k.locale.T("desk.stuck.forgo.waits", "name", k.name(names[p.ProposedBy]), "date", k.locale.Date(p.ProposedAt))}
	return append([]ui.Component{banner}, k.decisions(p, forgoingsPath(k.a.ID), "desk.stuck.forgo.approve", "desk.hold.takeBack")...)
}

// oneOfMine is the application with the incident of it that is meant, of which the officer is an operator; nobody sees to money of their own.
func (v *visit) oneOfMine(means func(payment.Incident) bool) (*application.View, payment.Incident, error) {
	a, err := v.application()
	if err != nil {
		return nil, payment.Incident{}, err
	}
	list, err := v.o.Payments.IncidentsOf(v.ctx, a.ID)
	if err != nil {
		return nil, payment.Incident{}, err
	}
	mine := v.operates()
	i := slices.IndexFunc(list, func(i payment.Incident) bool { return slices.Contains(mine, i.Authority) && means(i) })
	switch {
	case i < 0:
		return nil, payment.Incident{}, application.ErrNotFound
	case a.Applicant == v.officer.ID:
		return nil, payment.Incident{}, errForbidden
	}
	return a, list[i], nil
}

// proposeForgoing asks a colleague to let the money of a lost dispute go.
func (v *visit) proposeForgoing() error {
	controls, err := v.posted()
	if err != nil {
		return err
	}
	a, i, err := v.oneOfMine(func(i payment.Incident) bool { return i.ID.String() == controls[incidentControl] })
	if err != nil {
		return err
	}
	id := reasonFor(payment.IncidentForgo, i.ID)
	was := typed{action: id, comment: strings.TrimSpace(controls[reasonControl])}
	if was.comment == "" || len(was.comment) > proposal.MostReason {
		was.errors = []ui.FieldError{{Name: id, Text: v.locale.T("desk.hold.noReason")}}
		return v.show(a, was, http.StatusUnprocessableEntity, nil)
	}
	if err := v.record("dispute-forgone-proposed", a, map[string]string{"incident": i.ID.String()}); err != nil {
		return err
	}
	err = v.o.Payments.Forgo(v.ctx, v.operates(), a.ID, i.ID, was.comment, v.officer.ID)
	if err != nil && !errors.Is(err, proposal.ErrProposed) && !errors.Is(err, payment.ErrNotDue) { // the page shows what a colleague has done meanwhile
		return err
	}
	http.Redirect(v.w, v.r, casePath(a), http.StatusSeeOther)
	return nil
}

// decideForgoing lets money go, as a colleague has proposed, or declines it.
func (v *visit) decideForgoing() error {
	controls, err := v.posted()
	if err != nil {
		return err
	}
	a, i, err := v.oneOfMine(func(i payment.Incident) bool {
		return i.Forgoing != nil && i.Forgoing.ID.String() == v.r.PathValue("forgoing")
	})
	if err != nil {
		return err
	}
	err = v.decideOn("dispute-forgone-decided", *i.Forgoing, controls, func(approve bool) error {
		return v.o.Payments.DecideForgoing(v.ctx, v.operates(), a.ID, i.Forgoing.ID, approve, v.officer.ID)
	})
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, casePath(a), http.StatusSeeOther)
	return nil
}
