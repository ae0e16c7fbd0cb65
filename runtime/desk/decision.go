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

// typed is what an officer has chosen and written, right or wrong.
type typed struct {
	task, key       string
	revision        int
	action, comment string
	errors          []ui.FieldError
}

func (t typed) problem(name string) string {
	for _, e := range t.errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// decide takes a decision, asks again where it cannot be undone, and goes back to the queue.
func (v *visit) decide() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return errors.Join(application.ErrInvalid, err)
	}
	form := v.r.PostForm
	was := typed{task: form.Get("task"), key: form.Get("key"), action: form.Get("action"), comment: strings.TrimSpace(form.Get("comment"))}
	task, err := uuid.Parse(was.task)
	revision, wrong := strconv.Atoi(form.Get("revision"))
	if err != nil || wrong != nil || was.key == "" || len(was.key) > mostKey {
		return application.ErrInvalid
	}
	was.revision = revision
	if i := slices.IndexFunc(a.Tasks, func(t application.Task) bool { return t.ID == task }); i < 0 {
		return application.ErrNotFound
	} else if t := a.Tasks[i]; t.Open() {
		if form.Get("back") != "" {
			return v.show(a, was, http.StatusOK, nil)
		}
		if was.errors = v.check(t, was); was.errors != nil {
			return v.show(a, was, http.StatusUnprocessableEntity, nil)
		}
		if was.action == refuse && form.Get("confirm") == "" && t.Revision == revision && slices.Contains(v.officer.Capacities, t.Role) {
			return v.confirm(a, was)
		}
	}
	return v.act(a, task, was)
}

// check finds what is missing in a decision.
func (v *visit) check(t application.Task, was typed) (found []ui.FieldError) {
	if !slices.Contains(t.Actions, was.action) {
		found = append(found, ui.FieldError{Name: "action", Text: v.locale.T("desk.decision.none")})
	}
	switch {
	case slices.Contains(t.Comment, was.action) && was.comment == "":
		found = append(found, ui.FieldError{Name: "comment", Text: v.locale.T("desk.decision.noComment")})
	case len(was.comment) > mostComment:
		found = append(found, ui.FieldError{Name: "comment", Text: v.locale.T("desk.decision.longComment")})
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
		Action: "/desk/applications/" + a.ID.String() + "/decide",
		Yes:    ui.Button{Text: v.locale.T("desk.confirm.yes"), Kind: ui.Warning, Name: "confirm", Value: "yes"},
		Back:   ui.Button{Text: v.locale.T("desk.confirm.back"), Kind: ui.Secondary, Name: "back", Value: "yes"},
	}
	body.Fields = []ui.Component{
		ui.Hidden{Name: "task", Value: was.task}, ui.Hidden{Name: "revision", Value: strconv.Itoa(was.revision)}, ui.Hidden{Name: "key", Value: was.key},
		ui.Hidden{Name: "action", Value: was.action}, ui.Hidden{Name: "comment", Value: was.comment},
	}
	page := v.page(body.Title, body)
	return v.render(http.StatusOK, "confirm", page)
}

// act sends the decision and shows what came of it.
func (v *visit) act(a *application.View, task uuid.UUID, was typed) error {
	if err := v.record("act", a, map[string]string{"task": task.String(), "action": was.action}); err != nil {
		return err
	}
	actor := application.Actor{Person: v.officer.ID, Capacities: v.officer.Capacities, Kind: application.Officer}
	request := application.ActRequest{Task: task, Action: was.action, Revision: was.revision, Comment: was.comment}
	answer, err := v.o.Book.Act(v.ctx, actor, a.ID, request, was.key)
	switch {
	case errors.Is(err, application.ErrKeyReused):
		answer.Code = "key-reused"
	case err != nil:
		return err
	case answer.Code == "":
		what := "decided"
		if answer.Pending {
			what = "pending"
		}
		http.Redirect(v.w, v.r, "/desk?"+url.Values{"done": {what}, "of": {a.Reference}}.Encode(), http.StatusSeeOther)
		return nil
	}
	return v.refused(a, answer.Code, was)
}

// refused shows the application as it is now, says why the decision was not taken, and keeps what was typed.
func (v *visit) refused(a *application.View, code string, was typed) error {
	status := http.StatusConflict
	switch code {
	case "forbidden", "own-application", "same-officer":
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
