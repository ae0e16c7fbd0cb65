package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Words of tasks that the desk looks at.
const (
	incidentTask = "incident"
	refuse       = "refuse"
	mostComment  = 4000 // bytes
	mostTyped    = 2000 // characters, of which Arabic ones have two bytes
	mostKey      = 128
)

// Controls of a decision beside those that every form has.
const (
	actionControl  = "_action"
	commentControl = "_comment"
	confirmControl = "_confirm"
	backControl    = "_back"
)

// typed is what an officer has chosen, written and filled in, right or wrong.
type typed struct {
	task            uuid.UUID
	key             string
	revision        int
	action, comment string
	errors          []ui.FieldError

	own      *filling.Filling // what is filled in beside the decision; its form is nil where nothing is
	problems []form.Problem
	waiver   map[string]string // what was typed about letting an applicant off
	holding  holding           // what was typed about suspending a paper
	more     bool              // an answer has opened further questions
}

func (t typed) problem(name string) string {
	for _, e := range t.errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// read takes what was posted about a task.
func (v *visit) read(a *application.View, task application.Task) (t typed, controls map[string]string, err error) {
	t.task = task.ID
	if t.own, err = v.asked(a, task); err != nil {
		return t, nil, err
	}
	if controls, err = t.own.Read(v.w, v.r); err != nil {
		return t, nil, err
	}
	t.key, t.action, t.comment = controls[filling.KeyControl], controls[actionControl], strings.TrimSpace(controls[commentControl])
	if t.revision, err = strconv.Atoi(controls[filling.RevisionControl]); err != nil || t.key == "" || len(t.key) > mostKey {
		return t, nil, application.ErrInvalid
	}
	return t, controls, nil
}

// decide takes a decision, asks again where it cannot be undone, and goes back to the queue.
func (v *visit) decide() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	id, err := uuid.Parse(v.r.PathValue("task"))
	i := slices.IndexFunc(a.Tasks, func(t application.Task) bool { return t.ID == id })
	if err != nil || i < 0 {
		return application.ErrNotFound
	}
	t := a.Tasks[i]
	was, controls, err := v.read(a, t)
	switch {
	case err != nil:
		return err
	case !t.Open(): // a repeat of what closed it has the same answer, and anything else is refused
		values, err := was.judge(v, "")
		if err != nil {
			return err
		}
		was.problems = nil
		return v.act(a, was, values)
	case ui.IsFragment(v.r):
		return v.questions(was)
	case controls[backControl] != "" || was.own.RowsChanged():
		return v.show(a, was, http.StatusOK, nil)
	}
	was.errors = v.check(t, was)
	values, err := was.judge(v, controls[filling.ShownControl])
	switch {
	case err != nil:
		return err
	case len(was.errors)+len(was.problems) > 0:
		return v.show(a, was, http.StatusUnprocessableEntity, nil)
	case was.more:
		return v.show(a, was, http.StatusOK, &ui.Banner{Kind: ui.Info, Text: v.locale.T("desk.decision.more")})
	}
	if was.action == refuse && t.Panel == nil && controls[confirmControl] == "" && t.Revision == was.revision && slices.Contains(v.officer.Capacities, t.Role) {
		return v.confirm(a, was)
	}
	return v.act(a, was, values)
}

// check finds what is missing in a decision.
func (v *visit) check(t application.Task, was typed) (found []ui.FieldError) {
	if !slices.Contains(t.Actions, was.action) {
		found = append(found, ui.FieldError{Name: actionControl, Text: v.locale.T("desk.decision.none")})
	}
	switch {
	case was.action == application.Skip && was.comment == "":
		found = append(found, ui.FieldError{Name: "why-" + was.action, Text: v.locale.T("desk.handle.noReason")})
	case slices.Contains(t.Comment, was.action) && was.comment == "":
		found = append(found, ui.FieldError{Name: commentControl, Text: v.locale.T("desk.decision.noComment")})
	case len(was.comment) > mostComment:
		found = append(found, ui.FieldError{Name: commentControl, Text: v.locale.T("desk.decision.longComment")})
	}
	return found
}

// confirmPage is the body of the template confirm.
type confirmPage struct {
	Title, Text, Comment string
	Action               string
	Fields               []ui.Component
	Yes, Back            ui.Button
}

func (v *visit) confirm(a *application.View, was typed) error {
	body := confirmPage{
		Title: v.locale.T("desk.confirm.title", "reference", a.Reference), Text: v.locale.T("desk.confirm.text"), Comment: was.comment,
		Action: decidePath(a, was.task),
		Yes:    ui.Button{Text: v.locale.T("desk.confirm.yes"), Kind: ui.Warning, Name: confirmControl, Value: "yes"},
		Back:   ui.Button{Text: v.locale.T("desk.confirm.back"), Kind: ui.Secondary, Name: backControl, Value: "yes"},
	}
	body.Fields = []ui.Component{
		ui.Hidden{Name: filling.RevisionControl, Value: strconv.Itoa(was.revision)}, ui.Hidden{Name: filling.KeyControl, Value: was.key},
		ui.Hidden{Name: actionControl, Value: was.action}, ui.Hidden{Name: commentControl, Value: was.comment},
	}
	if was.own.Form != nil {
		for _, h := range was.own.Carried(nil) {
			body.Fields = append(body.Fields, h)
		}
		shown := filling.Shown(was.fields(was.own.View(nil)))
		body.Fields = append(body.Fields, ui.Hidden{Name: filling.ShownControl, Value: strings.Join(shown, ",")})
	}
	page := v.page(body.Title, body)
	return v.render(http.StatusOK, "confirm", page)
}

// act sends the decision and shows what came of it.
func (v *visit) act(a *application.View, was typed, values map[string]any) error {
	if err := v.record("act", a, map[string]string{"task": was.task.String(), "action": was.action}); err != nil {
		return err
	}
	request := application.ActRequest{Task: was.task, Action: was.action, Revision: was.revision, Comment: was.comment, Data: values}
	if values != nil {
		labels, err := was.own.Form.Labels(values, was.own.With)
		if err != nil {
			return err
		}
		request.Labels, request.Uploads = labels, was.own.Files(values)
	}
	answer, err := v.o.Book.Act(v.ctx, v.actor(), a.ID, request, was.key)
	switch {
	case errors.Is(err, application.ErrKeyReused):
		answer.Code = "key-reused"
	case errors.Is(err, application.ErrNotFound) && len(request.Uploads) > 0:
		was.problems = was.own.GivenAway()
		return v.show(a, was, http.StatusUnprocessableEntity, nil)
	case err != nil:
		return err
	case answer.Code == "":
		what := "decided"
		switch {
		case answer.Pending:
			what = "pending"
		case was.task == uuid.Nil && (was.action == application.Resume || slices.Contains(withReasons, was.action)):
			what = was.action
		}
		http.Redirect(v.w, v.r, "/desk?"+url.Values{"done": {what}, "of": {a.Reference}}.Encode(), http.StatusSeeOther)
		return nil
	}
	return v.refused(a, answer.Code, was)
}

// actor is the officer as the book of applications knows them.
func (v *visit) actor() application.Actor {
	return application.Actor{Person: v.officer.ID, Capacities: v.officer.Capacities, Delegated: v.officer.Delegated, NationalNumber: v.officer.NationalNumber, Kind: application.Officer}
}

// refused shows the application as it is now, says why the decision was not taken, and keeps what was typed.
func (v *visit) refused(a *application.View, code string, was typed) error {
	status := http.StatusConflict
	switch code {
	case "forbidden", "own-application", "same-officer", "recused":
		status = http.StatusForbidden
	case "comment-required", "unknown-action", "invalid":
		status = http.StatusUnprocessableEntity
	}
	now, err := v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, a.ID)
	if err != nil {
		return err
	}
	key := "desk.refused." + code
	return v.show(now, was, status, &ui.Banner{
		Kind: ui.Caution, Title: v.said(key+".title", v.locale.T("desk.refused.other.title")), Text: v.said(key+".text", v.locale.T("desk.refused.other.text")),
	})
}
