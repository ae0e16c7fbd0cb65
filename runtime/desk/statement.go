package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// statements lists what the public has said and what waits for a role of the officer to look at it, the oldest first.
func (v *visit) statements() error {
	list, err := v.o.Book.ToTriage(v.ctx, v.actor(), application.Page{After: v.r.URL.Query().Get("after"), Size: queueSize})
	if err != nil {
		return err
	}
	body := inboxPage{Table: ui.Table{Caption: v.locale.T("desk.statement.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: v.locale.T("desk.queue.reference")}, {Text: v.locale.T("desk.queue.service")}, {Text: v.locale.T("desk.queue.task")}, {Text: v.locale.T("desk.queue.received")},
	}, Empty: &ui.Empty{Title: v.locale.T("desk.statement.none"), Text: v.locale.T("desk.statement.noneText"), Drawing: "inbox"}}}
	for _, s := range list.Items {
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: s.Reference, Href: "/desk/statements/" + s.ID.String()}, {Text: v.service(s.Service, s.Texts)}, {Text: v.step(s.Texts, s.Step)}, {Text: v.locale.DateTime(s.At)},
		}})
	}
	if list.Next != "" {
		body.More = &ui.Button{Text: v.locale.T("desk.queue.more"), Kind: ui.Secondary, Href: "/desk/statements?" + url.Values{"after": {list.Next}}.Encode()}
	}
	page := v.page(v.locale.T("desk.statement.title"), body)
	if v.r.URL.Query().Get("done") == "yes" {
		page.Flash = []ui.Banner{{Kind: ui.Success, Text: v.locale.T("desk.statement.done")}}
	}
	return v.render(http.StatusOK, "inbox", page)
}

// statementPage is the body of the template statement.
type statementPage struct {
	Service, Reference string
	Said               []ui.Component
	Action             string
	Reason             ui.Textarea
	Take, SetAside     ui.Button
}

// statement shows one, to be taken or set aside.
func (v *visit) statement() error {
	s, err := v.lookAt()
	if err != nil {
		return err
	}
	return v.showStatement(s, http.StatusOK, "", nil)
}

func (v *visit) lookAt() (*application.Statement, error) {
	id, err := uuid.Parse(v.r.PathValue("id"))
	if err != nil {
		return nil, application.ErrNotFound
	}
	return v.o.Book.ToLookAt(v.ctx, v.actor(), id)
}

func (v *visit) showStatement(s *application.Statement, status int, reason string, problems []ui.FieldError) error {
	a, err := v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, s.Application)
	if err != nil {
		return err
	}
	if err := v.record("read", a, map[string]string{"statement": s.ID.String()}); err != nil {
		return err
	}
	k := &kase{visit: v, a: a}
	var known, found bool
	k.texts, known = v.o.Releases.Texts(a.Texts)
	k.plan, found = v.o.Releases.Plan(a.Plan)
	if !known || !found {
		return application.ErrUnavailable
	}
	page := v.page(k.stepTitle(s.Step), nil)
	page.Errors = problems
	page.Crumbs = []ui.Link{{Text: v.locale.T("desk.statement.title"), Href: "/desk/statements"}, {Text: a.Reference}}
	box := ui.Textarea{Field: ui.Field{Name: "reason", Label: v.locale.T("desk.statement.reason"), Hint: v.locale.T("desk.statement.reasonHint"), Optional: true}, Value: reason, Rows: 3, MaxLength: mostTyped}
	if len(problems) > 0 {
		box.Error = problems[0].Text
	}
	page.Body = statementPage{
		Service: v.locale.Pick(k.texts.Title), Reference: a.Reference, Said: k.statementParts(*s), Action: "/desk/statements/" + s.ID.String(), Reason: box,
		Take:     ui.Button{Text: v.locale.T("desk.statement.take"), Name: "what", Value: application.StatementTaken, Icon: "check"},
		SetAside: ui.Button{Text: v.locale.T("desk.statement.setAside"), Name: "what", Value: application.StatementSetAside, Kind: ui.Secondary},
	}
	return v.render(status, "statement", page)
}

// triage takes a statement, or sets it aside.
func (v *visit) triage() error {
	s, err := v.lookAt()
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return errors.Join(application.ErrInvalid, err)
	}
	what, reason := v.r.PostForm.Get("what"), strings.TrimSpace(v.r.PostForm.Get("reason"))
	if what != application.StatementTaken && what != application.StatementSetAside || len(reason) > mostComment {
		return application.ErrInvalid
	}
	code, err := v.o.Book.Triage(v.ctx, v.actor(), s.ID, what == application.StatementTaken, reason)
	switch {
	case err != nil:
		return err
	case code == "comment-required":
		return v.showStatement(s, http.StatusUnprocessableEntity, reason, []ui.FieldError{{Name: "reason", Text: v.locale.T("desk.statement.noReason")}})
	case code != "": // another officer was faster
		http.Redirect(v.w, v.r, "/desk/statements", http.StatusSeeOther)
		return nil
	}
	http.Redirect(v.w, v.r, "/desk/statements?done=yes", http.StatusSeeOther)
	return nil
}

// statementParts is one statement as officers read it.
func (k *kase) statementParts(s application.Statement) []ui.Component {
	parts, _ := k.filled(application.RegistryAnswer{Node: s.Node, At: s.At, Values: s.Data})
	if s.Comment != "" {
		parts = append(parts, comment{s.Comment})
	}
	return parts
}

// mostHeard is how much of what the public has said stands on one page.
const mostHeard = 50

// heard is what the public has said in an application, from its beginning or from where the address says.
func (k *kase) heard() (parts []ui.Component, err error) {
	public := false
	for i := range k.plan.Nodes {
		n := &k.plan.Nodes[i]
		public = public || n.Invite != nil && n.Invite.Whom == application.PublicRole
	}
	if !public {
		return nil, nil
	}
	all, err := k.o.Book.StatementsOf(k.ctx, k.officer.Capacities, k.a.ID, application.Page{After: k.r.URL.Query().Get("said"), Size: mostHeard})
	if err != nil || len(all.Items) == 0 {
		return nil, err
	}
	parts = append(parts, ui.Heading{Text: k.locale.T("desk.statement.title")})
	for _, s := range all.Items {
		parts = append(parts, ui.Details{Summary: k.locale.DateTime(s.At) + " – " + k.locale.T("desk.statement.state."+s.State), Text: s.Reason, Body: k.statementParts(s)})
	}
	if all.Next != "" {
		parts = append(parts, ui.Button{Text: k.locale.T("desk.statement.more"), Kind: ui.Secondary, Href: "/desk/applications/" + k.a.ID.String() + "?" + url.Values{"said": {all.Next}}.Encode()})
	}
	return parts, nil
}
