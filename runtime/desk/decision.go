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
	mostComment  = 4000
	mostKey      = 128
)

// decision is the panel in which an officer decides.
type decision struct {
	Title, Text string
	Action      string // receives a POST
	Fields      []ui.Component
	Submit      ui.Button
}

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

// notice says why there is nothing to decide, nil where there is something.
func (k *kase) notice(t *application.Task, was typed) *notice {
	n := notice{Typed: was.comment, TypedLabel: k.locale.T("desk.decision.typed")}
	switch {
	case k.a.Status == application.Ended:
		n.Title, n.Text = k.locale.T("desk.none.ended"), k.outcome(k.a.Outcome)
	case t == nil:
		n.Title, n.Text = k.locale.T("desk.none.title"), k.locale.T("desk.none.text")
	case !slices.Contains(k.officer.Capacities, t.Role):
		n.Title, n.Text = k.locale.T("desk.none.title"), k.waitsFor(t)
	case k.a.Applicant == k.officer.ID:
		n.Title, n.Text = k.locale.T("desk.refused.own-application.title"), k.locale.T("desk.refused.own-application.text")
	default:
		return nil
	}
	return &n
}

func (k *kase) decision(t *application.Task, was typed) *decision {
	d := &decision{
		Title: k.locale.T("desk.decision.title"), Action: "/desk/applications/" + k.a.ID.String() + "/decide",
		Submit: ui.Button{Text: k.locale.T("desk.decision.submit"), Icon: "check"},
		Fields: []ui.Component{
			ui.Hidden{Name: "task", Value: t.ID.String()}, ui.Hidden{Name: "revision", Value: strconv.Itoa(t.Revision)},
			ui.Hidden{Name: "key", Value: uuid.NewString()},
		},
	}
	if t.Kind == incidentTask {
		d.Title, d.Text = k.locale.T("desk.incident.title"), k.locale.T("desk.incident.text")
		d.Submit = ui.Button{Text: k.decisionTitle(t.Step, t.Actions[0]), Icon: "refresh-cw"}
		d.Fields = append(d.Fields, ui.Hidden{Name: "action", Value: t.Actions[0]})
		return d
	}
	choices := ui.Radios{Field: ui.Field{Name: "action", Label: k.locale.T("desk.decision.choose"), Error: was.problem("action")}}
	var needing []string
	for _, action := range t.Actions {
		title := k.decisionTitle(t.Step, action)
		choices.Options = append(choices.Options, ui.Option{
			Value: action, Text: title, Hint: k.said("desk.hint."+action, ""), Selected: action == was.action,
		})
		if slices.Contains(t.Comment, action) {
			needing = append(needing, title)
		}
	}
	hint := k.locale.T("desk.decision.commentHint")
	if len(needing) > 0 {
		hint += " " + k.locale.T("desk.decision.commentNeeded", "decisions", strings.Join(needing, k.locale.T("desk.or")))
	}
	d.Fields = append(d.Fields, choices, ui.Textarea{
		Field: ui.Field{Name: "comment", Label: k.locale.T("desk.decision.comment"), Hint: hint, Error: was.problem("comment"), Optional: len(needing) < len(t.Actions)},
		Value: was.comment, Rows: 4, MaxLength: mostComment,
	})
	return d
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
	case "forbidden", "own-application":
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
