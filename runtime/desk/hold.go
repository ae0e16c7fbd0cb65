package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const papersPath = "/desk/papers"

// holding are what two officers say together about the papers of an application.
type holding struct {
	paper, reason string // what was typed about one of them
	errors        []ui.FieldError
}

// holders are the authorities whose papers the officer may ask to suspend: those of the officer's roles that work on applications. Whoever keeps
// money and books reads applications and does nothing to them.
func (v *visit) holders() (out []string) {
	books := []string{ledger.Cashier, ledger.Accountant, ledger.Auditor, ledger.Finance}
	for _, c := range v.officer.Capacities {
		if a, role, ok := strings.Cut(c, ":"); ok && !slices.Contains(books, role) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// mayHold tells whether the officer may say anything about the papers of this application.
func (k *kase) mayHold() bool {
	return slices.Contains(k.holders(), k.a.Authority) && k.a.Applicant != k.officer.ID
}

// hold is what waits for a colleague about a paper, or the form that asks for it.
func (k *kase) hold(d document.Issued, holds []document.Hold) ([]ui.Component, error) {
	if !k.mayHold() {
		return nil, nil
	}
	i := slices.IndexFunc(holds, func(h document.Hold) bool { return h.Paper == d.ID && h.Status == proposal.Proposed })
	if i < 0 {
		return k.asksHold(d), nil
	}
	h := holds[i]
	names, err := k.o.People.Named(k.ctx, []uuid.UUID{h.ProposedBy})
	if err != nil {
		return nil, err
	}
	banner := ui.Banner{Kind: ui.Caution, Text: h.Reason,
		Title: k.locale.T("desk.hold."+holdWord(h.Kind)+".waits", "name", k.name(names[h.ProposedBy]), "date", k.locale.Date(h.ProposedAt))}
	return append([]ui.Component{banner}, k.decisions(h.Proposal, holdsPath(k.a.ID), "desk.hold."+holdWord(h.Kind)+".approve", "desk.hold.takeBack")...), nil
}

// holdWord is the key of a kind of proposal below desk.hold.
func holdWord(kind proposal.Kind) string {
	if kind == document.Releasing {
		return "release"
	}
	return "hold"
}

func holdsPath(of uuid.UUID) string { return "/desk/applications/" + of.String() + "/holds" }

// asksHold is the form that asks a colleague to suspend a paper, or to let it hold again; nil for one that is of no use any more.
func (k *kase) asksHold(d document.Issued) []ui.Component {
	kind := document.Holding
	switch {
	case d.Held:
		kind = document.Releasing
	case d.Status != document.Valid && d.Status != document.Suspended:
		return nil
	}
	key, id := "desk.hold."+holdWord(kind), "hold-"+d.ID
	box := ui.Textarea{Field: ui.Field{Name: reasonControl, ID: id, Label: k.locale.T(key + ".why"), Hint: k.locale.T("desk.hold.hint")}, Rows: 3, MaxLength: proposal.MostReason / 2}
	if k.holding.paper == d.ID {
		box.Value, box.Error = k.holding.reason, typed{errors: k.holding.errors}.problem(id)
	}
	return []ui.Component{ui.Details{Summary: k.locale.T(key + ".open"), Open: k.holding.paper == d.ID, Body: []ui.Component{
		ui.Text{Text: k.locale.T(key + ".text")},
		handle{Action: holdsPath(k.a.ID), Fields: []ui.Component{ui.Hidden{Name: paperControl, Value: d.ID}, ui.Hidden{Name: actionControl, Value: string(kind)}, box},
			Button: ui.Button{Text: k.locale.T(key + ".propose"), Kind: ui.Secondary}}}}}
}

// paperControl names a paper.
const paperControl = "_paper"

// proposeHold asks a colleague to suspend a paper, or to let it hold again.
func (v *visit) proposeHold() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	kind, paper, reason := proposal.Kind(was[actionControl]), was[paperControl], strings.TrimSpace(was[reasonControl])
	switch {
	case kind != document.Holding && kind != document.Releasing:
		return application.ErrNotFound
	case !(&kase{visit: v, a: a}).mayHold():
		return errForbidden
	case reason == "" || len(reason) > proposal.MostReason:
		wrong := []ui.FieldError{{Name: "hold-" + paper, Text: v.locale.T("desk.hold.noReason")}}
		return v.show(a, typed{errors: wrong, holding: holding{paper, reason, wrong}}, http.StatusUnprocessableEntity, nil)
	}
	if err := v.record("paper-"+holdWord(kind)+"-proposed", a, map[string]string{"document": paper}); err != nil {
		return err
	}
	err = v.o.Documents.ProposeHold(v.ctx, v.holders(), a.ID, paper, kind, reason, v.officer.ID)
	if err != nil && !errors.Is(err, proposal.ErrProposed) && !errors.Is(err, document.ErrTurned) { // the page shows what has happened meanwhile
		return err
	}
	http.Redirect(v.w, v.r, casePath(a), http.StatusSeeOther)
	return nil
}

// decideHold lets happen what a colleague has asked for about a paper, or declines it.
func (v *visit) decideHold() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	issued, err := v.o.Documents.OfApplication(v.ctx, a.ID)
	if err != nil {
		return err
	}
	holds, err := v.o.Documents.Holds(v.ctx, issued)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(holds, func(h document.Hold) bool { return h.ID.String() == v.r.PathValue("hold") })
	switch {
	case i < 0:
		return application.ErrNotFound
	case !(&kase{visit: v, a: a}).mayHold():
		return errForbidden
	}
	h := holds[i]
	err = v.decideOn("paper-"+holdWord(h.Kind)+"-decided", h.Proposal, was, func(approve bool) error {
		return v.o.Documents.DecideHold(v.ctx, v.holders(), h.ID, approve, v.officer.ID)
	})
	switch {
	case errors.Is(err, document.ErrTurned): // it was revoked or replaced meanwhile: the officer declines
		return v.show(a, typed{}, http.StatusConflict, &ui.Banner{Kind: ui.Caution, Title: v.locale.T("desk.hold.late")})
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, casePath(a), http.StatusSeeOther)
	return nil
}

// holdsWait is how many wait for the officer's word; where they cannot be counted the page says nothing about them.
func (v *visit) holdsWait() (n int) {
	mine := v.holders()
	if len(mine) == 0 {
		return 0
	}
	list, err := v.o.Documents.HoldsWaiting(v.ctx, mine)
	if err != nil && v.ctx.Err() == nil {
		v.o.Log.WarnContext(v.ctx, "desk: holds of papers not counted", "error", err)
	}
	for _, h := range list {
		if h.ProposedBy != v.officer.ID {
			n++
		}
	}
	return n
}

// papersWaiting lists what officers have asked for about papers and waits for a colleague.
func (v *visit) papersWaiting() error {
	list, err := v.o.Documents.HoldsWaiting(v.ctx, v.holders())
	if err != nil {
		return err
	}
	names, err := namesOf(v, list, func(h document.Hold) proposal.Proposal { return h.Proposal })
	if err != nil {
		return err
	}
	t := v.locale.T
	body := inboxPage{Table: ui.Table{Caption: t("desk.hold.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: t("desk.hold.paper")}, {Text: t("desk.hold.what")}, {Text: t("desk.ledger.reason")}, {Text: t("desk.ledger.proposedBy")}, {Text: t("desk.ledger.proposedOn")},
	}, Empty: &ui.Empty{Title: t("desk.hold.none"), Text: t("desk.hold.noneText"), Drawing: "inbox"}}}
	for _, h := range list {
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: h.Number, Href: "/desk/applications/" + h.Application.String()}, {Text: t("desk.hold." + holdWord(h.Kind) + ".open")}, {Text: h.Reason},
			{Text: v.name(names[h.ProposedBy])}, {Text: v.locale.DateTime(h.ProposedAt)}}})
	}
	return v.render(http.StatusOK, "inbox", v.page(t("desk.hold.title"), body))
}
