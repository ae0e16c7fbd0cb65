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
	"github.com/diwan-gov/diwan/runtime/ui"
)

// handle is something that an officer may do beside deciding: a button, and what is asked before it.
type handle struct {
	Action string // receives a POST
	Fields []ui.Component
	Button ui.Button
}

func (handle) Component() string { return "desk/handle" }

// withReasons are what concerns the whole application and needs a reason.
var withReasons = []string{application.Extend, application.Suspend, application.Reopen}

// handles are what the officer may do about an application beside deciding on it: take the task or put it back, say that they must not decide,
// lengthen its time limit, go on without what has failed.
func (k *kase) handles(t *application.Task, was typed) (out []ui.Component) {
	if t != nil && t.Kind != incidentTask && slices.Contains(k.officer.Capacities, t.Role) && k.a.Applicant != k.officer.ID && !k.recused() {
		out = append(out, k.taking(t)...)
		out = append(out, ui.Details{Summary: k.locale.T("desk.handle.recuse.title"), Body: []ui.Component{
			ui.Text{Text: k.locale.T("desk.handle.recuse.text")}, k.asksWhy(taskPath(k.a, t.ID)+"/"+application.Recuse, application.Recuse, "desk.handle.recuse.why", "desk.handle.recuse.button", was),
		}})
	}
	if t != nil && slices.Contains(t.Actions, application.Skip) && slices.Contains(k.officer.Capacities, t.Role) && k.a.Applicant != k.officer.ID {
		out = append(out, k.skipping(t, was))
	}
	if slices.Contains(k.a.Anytime, application.Resume) {
		out = append(out, handle{Action: casePath(k.a) + "/" + application.Resume,
			Fields: []ui.Component{ui.Text{Text: k.locale.T("desk.handle.resume.text", "until", k.locale.Deadline(*k.a.SuspendedUntil))}, ui.Hidden{Name: filling.KeyControl, Value: uuid.NewString()}},
			Button: ui.Button{Text: k.locale.T("desk.handle.resume.title"), Kind: ui.Secondary}})
	}
	for _, action := range withReasons {
		if slices.Contains(k.a.Anytime, action) {
			key := "desk.handle." + action
			h := k.asksWhy(casePath(k.a)+"/"+action, action, key+".why", key+".title", was)
			if text := k.consequence(action); text != "" {
				h.Fields = append([]ui.Component{ui.Text{Text: text}}, h.Fields...)
			}
			out = append(out, ui.Details{Summary: k.locale.T(key + ".title"), Open: was.action == action, Body: []ui.Component{h}})
		}
	}
	return out
}

// consequence says before what comes of an act that needs a reason.
func (k *kase) consequence(action string) string {
	switch pl := k.plan; {
	case action == application.Reopen && pl.Reopen != nil:
		return k.locale.T("desk.handle.reopen.text", "step", k.stepTitle(pl.Nodes[pl.Reopen.To].Step))
	case action == application.Suspend && pl.Suspend != nil:
		return k.locale.T("desk.handle.suspend.text", "for", k.locale.Duration(pl.Suspend.For.Count, pl.Suspend.For.Unit))
	}
	return ""
}

// taking is the button by which a task is taken or put back; there is none on one that several decide on together.
func (k *kase) taking(t *application.Task) []ui.Component {
	who, is := t.ClaimedBy(k.o.Now())
	key := application.Claim
	switch {
	case t.Panel != nil || is && who != k.officer.ID:
		return nil
	case is:
		key = application.Release
	}
	h := handle{Action: taskPath(k.a, t.ID) + "/" + key, Button: ui.Button{Text: k.locale.T("desk.handle." + key), Kind: ui.Secondary}}
	if is {
		h.Fields = []ui.Component{ui.Text{Text: k.locale.T("desk.handle.yours", "until", k.locale.DateTime(*t.ClaimedUntil))}}
	}
	return []ui.Component{h}
}

// skipping lets an operator go on without what has failed for good, and says before what comes of it.
func (k *kase) skipping(t *application.Task, was typed) ui.Component {
	h := k.asksWhy(decidePath(k.a, t.ID), application.Skip, "desk.handle.skip.why", "desk.handle.skip.title", was)
	h.Fields = append(h.Fields, ui.Hidden{Name: filling.RevisionControl, Value: strconv.Itoa(t.Revision)}, ui.Hidden{Name: actionControl, Value: application.Skip})
	text := k.locale.T("desk.handle.skip.text")
	if t.Skipping.Undo {
		text = k.locale.T("desk.handle.skip.undo")
	}
	if t.Skipping.Ends != "" {
		text = k.locale.T("desk.handle.skip.ends", "outcome", k.outcome(t.Skipping.Ends))
	}
	return ui.Details{Summary: k.locale.T("desk.handle.skip.title"), Open: was.action == application.Skip, Body: []ui.Component{ui.Text{Text: text}, h}}
}

// asksWhy is a button with a box for the reason.
func (k *kase) asksWhy(path, action, label, button string, was typed) handle {
	box := ui.Textarea{Field: ui.Field{Name: commentControl, ID: "why-" + action, Label: k.locale.T(label)}, Rows: 3, MaxLength: mostTyped}
	if was.action == action {
		box.Value, box.Error = was.comment, was.problem("why-"+action)
	}
	h := handle{Action: path, Fields: []ui.Component{ui.Hidden{Name: filling.KeyControl, Value: uuid.NewString()}, box}, Button: ui.Button{Kind: ui.Secondary}}
	if button != "" {
		h.Button.Text = k.locale.T(button)
	}
	return h
}

func (k *kase) recused() bool { return slices.Contains(k.a.Recused, k.officer.ID) }

func casePath(a *application.View) string { return "/desk/applications/" + a.ID.String() }

func taskPath(a *application.View, task uuid.UUID) string {
	return casePath(a) + "/tasks/" + task.String()
}

// handled takes or puts back a task, or notes that the officer must not decide.
func (v *visit) handled() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	what := v.r.PathValue("what")
	task, err := uuid.Parse(v.r.PathValue("task"))
	if err != nil || !slices.Contains([]string{application.Claim, application.Release, application.Recuse}, what) {
		return application.ErrNotFound
	}
	was, err := v.reason(what)
	if err != nil {
		return err
	}
	code, err := v.o.Book.Handle(v.ctx, v.actor(), a.ID, task, what, was.comment)
	switch {
	case err != nil:
		return err
	case code == "comment-required":
		was.errors = []ui.FieldError{{Name: "why-" + what, Text: v.locale.T("desk.handle.noReason")}}
		return v.show(a, was, http.StatusUnprocessableEntity, nil)
	case code != "":
		return v.refused(a, code, typed{})
	case what == application.Recuse:
		http.Redirect(v.w, v.r, "/desk?"+url.Values{"done": {"recused"}, "of": {a.Reference}}.Encode(), http.StatusSeeOther)
		return nil
	}
	http.Redirect(v.w, v.r, "/desk/applications/"+a.ID.String(), http.StatusSeeOther)
	return nil
}

// withReason does what concerns the whole application and needs a reason: lengthen its time limit, take it up again.
func (v *visit) withReason(action string) error {
	a, err := v.application()
	if err != nil {
		return err
	}
	was, err := v.reason(action)
	if err != nil {
		return err
	}
	if !slices.Contains(a.Anytime, action) { // the page lay open for long, or somebody else was quicker: what was written is not lost
		return v.refused(a, "over", was)
	}
	if was.comment == "" {
		was.errors = []ui.FieldError{{Name: "why-" + action, Text: v.locale.T("desk.handle.noReason")}}
		return v.show(a, was, http.StatusUnprocessableEntity, nil)
	}
	return v.act(a, was, nil)
}

// resume lets an application go on that stands still.
func (v *visit) resume() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	if !slices.Contains(a.Anytime, application.Resume) {
		return application.ErrNotFound
	}
	was, err := v.reason(application.Resume)
	if err != nil {
		return err
	}
	return v.act(a, was, nil)
}

// reason reads what was written about something that is done beside deciding.
func (v *visit) reason(action string) (typed, error) {
	was := typed{action: action, own: filling.New(v.ctx, filling.Options{Locale: v.locale})}
	controls, err := was.own.Read(v.w, v.r)
	if err != nil {
		return was, err
	}
	was.key, was.comment = controls[filling.KeyControl], strings.TrimSpace(controls[commentControl])
	if len(was.comment) > mostComment || len(was.key) > mostKey {
		return was, errors.Join(application.ErrInvalid)
	}
	return was, nil
}
