package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const (
	moneyPath       = "/desk/money"
	incidentsAtOnce = 50
)

// operates are the authorities of which the officer is an operator.
func (v *visit) operates() (out []string) {
	for _, c := range v.officer.Capacities {
		if a, role, ok := strings.Cut(c, ":"); ok && role == operator && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// stuck counts the money that waits for the officer. A page is worth showing without it.
func (v *visit) stuck() int {
	mine := v.operates()
	if len(mine) == 0 {
		return 0
	}
	n, err := v.o.Payments.CountIncidents(v.ctx, mine)
	if err != nil && v.ctx.Err() == nil {
		v.o.Log.WarnContext(v.ctx, "desk: incidents of money", "error", err)
	}
	return n
}

// incidents lists the money that the gateway does not move by itself, for the operators of its authority, the oldest first.
func (v *visit) incidents() error {
	list, err := v.o.Payments.Incidents(v.ctx, v.operates(), incidentsAtOnce)
	if err != nil {
		return err
	}
	body := inboxPage{Table: ui.Table{Caption: v.locale.T("desk.stuck.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: v.locale.T("desk.queue.reference")}, {Text: v.locale.T("desk.queue.service")}, {Text: v.locale.T("desk.stuck.what")},
		{Text: v.locale.T("desk.stuck.amount"), Number: true}, {Text: v.locale.T("desk.stuck.since")},
	}, Empty: &ui.Empty{Title: v.locale.T("desk.stuck.none"), Text: v.locale.T("desk.stuck.noneText"), Drawing: "inbox"}}}
	for _, i := range list {
		a, err := v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, i.Application)
		if err != nil {
			return err
		}
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: a.Reference, Href: "/desk/applications/" + a.ID.String()}, {Text: v.service(a.Service, a.Texts)}, {Text: v.locale.T("desk.stuck.kind." + string(i.Kind)), Note: v.noted(i)},
			{Text: v.locale.Money(ui.Money{Minor: i.Amount, Currency: i.Currency})}, {Text: v.locale.DateTime(i.OpenedAt)},
		}})
	}
	return v.render(http.StatusOK, "inbox", v.page(v.locale.T("desk.stuck.title"), body))
}

// noted is what stands in the list under what has happened.
func (v *visit) noted(i payment.Incident) string {
	switch {
	case i.Forgoing == nil:
		return v.failure(i)
	case i.Forgoing.ProposedBy == v.officer.ID:
		return v.locale.T("desk.stuck.forgo.others")
	}
	return v.locale.T("desk.stuck.forgo.yours")
}

// failure is why the gateway has not done it, or its code where the desk has no words for that.
func (v *visit) failure(i payment.Incident) string {
	if i.Failure == "" {
		return ""
	}
	return v.said("desk.payout.failure."+i.Failure, i.Failure)
}

// wentWrong are the incidents of the application's money, as everybody at the desk reads them.
func (k *kase) wentWrong() (parts []ui.Component, err error) {
	if k.stopped, err = k.o.Payments.IncidentsOf(k.ctx, k.a.ID); err != nil {
		return nil, err
	}
	for _, i := range k.stopped {
		said := []string{k.locale.Money(ui.Money{Minor: i.Amount, Currency: i.Currency}), k.failure(i)}
		tag := ui.Tag{State: ui.Overdue, Text: k.locale.T("desk.stuck.kind." + string(i.Kind))}
		if i.ClosedAt != nil {
			tag.State = ui.Done
			outcome := "desk.stuck.outcome." + i.Outcome
			if i.Kind == payment.Disputed { // how, the payment says
				outcome = "desk.stuck.decided"
			}
			said = append(said, k.locale.T(outcome), k.locale.DateTime(*i.ClosedAt), i.Reason)
		}
		said = slices.DeleteFunc(said, func(s string) bool { return s == "" })
		for at, s := range said {
			said[at] = "\u2068" + s + "\u2069" // each in its own direction: what an officer wrote stands beside words of the page
		}
		parts = append(parts, paid{Tag: tag, Text: strings.Join(said, " · ")})
	}
	return parts, nil
}

// settling is what the officer may do about the money of the application that waits for an operator.
func (k *kase) settling(was typed) (out []ui.Component, err error) {
	mine := k.operates()
	names, err := namesOf(k.visit, k.stopped, proposedForgoing)
	if err != nil {
		return nil, err
	}
	for _, i := range k.stopped {
		if i.ClosedAt != nil || !slices.Contains(mine, i.Authority) || k.a.Applicant == k.officer.ID {
			continue
		}
		amount := k.locale.Money(ui.Money{Minor: i.Amount, Currency: i.Currency})
		parts := []ui.Component{ui.Text{Text: k.locale.T("desk.stuck.text."+string(i.Kind), "amount", amount)}}
		for _, action := range i.Actions() {
			path := "/desk/applications/" + k.a.ID.String() + "/money/" + i.ID.String() + "/" + action
			h := handle{Action: path, Button: ui.Button{Kind: ui.Secondary, Text: k.locale.T("desk.stuck.do." + action)}}
			switch action {
			case payment.IncidentByHand:
				h = k.asksWhy(path, reasonFor(action, i.ID), "desk.stuck.how", "desk.stuck.do."+action, was)
			case payment.IncidentForgo:
				h = k.asksToForgo(i, was)
			}
			parts = append(parts, h)
		}
		if i.Forgoing != nil {
			parts = append(parts, k.forgoing(*i.Forgoing, names)...)
		}
		out = append(out, ui.Details{Summary: k.locale.T("desk.stuck.kind."+string(i.Kind)) + " · " + amount, Open: true, Body: parts})
	}
	return out, nil
}

// reasonFor names the box in which it is written how an incident was settled by hand, or why money is to be let go: a page may have several.
func reasonFor(action string, id uuid.UUID) string { return action + "-" + id.String() }

// seesTo tries money again, or notes that it was settled by hand.
func (v *visit) seesTo() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	id, err := uuid.Parse(v.r.PathValue("incident"))
	action := v.r.PathValue("action")
	if err != nil || action != payment.IncidentRetry && action != payment.IncidentByHand {
		return application.ErrNotFound
	}
	was, err := v.reason(reasonFor(action, id))
	if err != nil {
		return err
	}
	if a.Applicant == v.officer.ID {
		return v.refused(a, "own-application", was)
	}
	if action != payment.IncidentRetry && was.comment == "" {
		was.errors = []ui.FieldError{{Name: "why-" + was.action, Text: v.locale.T("desk.stuck.noHow")}}
		return v.show(a, was, http.StatusUnprocessableEntity, nil)
	}
	if err := v.record("act", a, map[string]string{"incident": id.String(), "action": action}); err != nil {
		return err
	}
	err = v.o.Payments.ActOnIncident(v.ctx, payment.IncidentAct{Application: a.ID, Incident: id, Authorities: v.operates(), Officer: v.officer.ID, Action: action, Reason: was.comment})
	switch {
	case errors.Is(err, payment.ErrNotFound):
		return application.ErrNotFound
	case errors.Is(err, payment.ErrNotDue):
		return v.refused(a, "over", was)
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, "/desk?"+url.Values{"done": {action}, "of": {a.Reference}}.Encode(), http.StatusSeeOther)
	return nil
}
