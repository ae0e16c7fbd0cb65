package review

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Task is the kind of task by which the route asks for a decision.
const Task = "review"

// refuse is the decision that cannot be taken back: it is asked for twice.
const refuse = "refuse"

// Bounds of what is written.
const (
	mostComment = 4000 // bytes
	mostTyped   = 2000 // characters, of which Arabic ones have two bytes
	mostKey     = 128
)

// typed is what somebody has chosen and written, right or wrong.
type typed struct {
	task                         uuid.UUID
	key, action, comment, digest string
	revision                     int
	errors                       []ui.FieldError
}

func (t typed) problem(name string) string {
	for _, e := range t.errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// decision is the form for the caller's own open task of the route.
type decision struct {
	Step, Action string
	Text         string // of a panel: how far it is
	Fields       []ui.Component
	Submit       ui.Button
}

// notice says why there is no decision to take, where that is worth saying. Typed is a comment that could not be sent.
type notice struct{ Title, Text, Typed string }

// asked is the route's application as the caller may read it, with the task that waits for them; nil where they may not, or nothing waits.
func (v *visit) asked(s *subject) (a *application.View, task *application.Task, err error) {
	if s.change.Application == uuid.Nil {
		return nil, nil, nil
	}
	a, err = v.o.Book.ForOfficer(v.ctx, v.person.Capacities, s.change.Application)
	if errors.Is(err, application.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if err := v.record(a.Authority, "read", a.ID.String(), map[string]string{"page": "review"}); err != nil {
		return nil, nil, err
	}
	for i, t := range a.Tasks {
		if t.Open() && t.Kind == Task && slices.Contains(v.person.Capacities, t.Role) {
			return a, &a.Tasks[i], nil
		}
	}
	return a, nil, nil
}

// deciding is the form of a decision, or why there is none.
func (v *visit) deciding(s *subject, a *application.View, task *application.Task, asked []Asked, t typed) (*decision, *notice) {
	say := func(key string) *notice {
		return &notice{Title: v.locale.T("review.notice." + key + ".title"), Text: v.locale.T("review.notice." + key + ".text"), Typed: t.comment}
	}
	switch {
	case s.change.Status != change.Proposed:
		if t.comment != "" {
			return nil, say("moved")
		}
		return nil, nil
	case s.change.Author == v.person.ID || a != nil && a.Applicant == v.person.ID:
		return nil, say("own")
	case a != nil && slices.Contains(a.Recused, v.person.ID):
		return nil, say("recused")
	case task == nil && t.comment != "":
		return nil, say("moved")
	case task == nil:
		return nil, nil
	case !s.latest() || s.since > 0:
		return nil, say("older")
	}
	if by, claimed := task.ClaimedBy(v.o.Now()); claimed && by != v.person.ID {
		return nil, say("claimed")
	}
	if why := unasked(a, task, v.person.ID, v.o.Now()); why != "" {
		return nil, say(why)
	}
	if t.key == "" || t.task != task.ID {
		t.key, t.task = uuid.NewString(), task.ID
	}
	choice := ui.Radios{Field: ui.Field{Name: "action", Label: v.locale.T("review.decision.action"), Error: t.problem("action")}}
	for _, action := range task.Actions {
		option := ui.Option{Value: action, Text: v.named(asked, task.Step, action, "review.decision."), Selected: action == t.action}
		if task.Panel == nil {
			option.Hint = v.said("review.decision."+action+"Hint", "")
		}
		choice.Options = append(choice.Options, option)
	}
	d := &decision{
		Action: changePath(s.change.Number) + "/decide",
		Fields: []ui.Component{
			ui.Hidden{Name: "task", Value: task.ID.String()}, ui.Hidden{Name: "key", Value: t.key}, ui.Hidden{Name: "revision", Value: strconv.Itoa(task.Revision)},
			ui.Hidden{Name: "digest", Value: s.proposal.Digest}, choice,
			ui.Textarea{Field: ui.Field{Name: "comment", Label: v.locale.T("review.decision.comment"), Hint: v.locale.T("review.decision.commentHint"), Optional: true, Error: t.problem("comment")},
				Value: t.comment, Rows: 4, MaxLength: mostTyped},
		},
		Submit: ui.Button{Text: v.locale.T("review.decision.send")},
	}
	if task.Panel != nil {
		v.voting(d, task)
	}
	return d, nil
}

// read takes what was posted.
func (v *visit) read() (t typed, err error) {
	f := v.r.PostForm
	t = typed{key: f.Get("key"), action: f.Get("action"), comment: strings.TrimSpace(f.Get("comment")), digest: f.Get("digest")}
	var errs [2]error
	t.task, errs[0] = uuid.Parse(f.Get("task"))
	t.revision, errs[1] = strconv.Atoi(f.Get("revision"))
	if errors.Join(errs[:]...) != nil || t.key == "" || len(t.key) > mostKey {
		return t, application.ErrInvalid
	}
	return t, nil
}

// decide sends a decision on what was looked at, and asks again where it ends the change.
func (v *visit) decide() error {
	t, err := v.read()
	if err != nil {
		return err
	}
	s, err := v.subject()
	if err != nil {
		return err
	}
	a, err := v.o.Book.ForOfficer(v.ctx, v.person.Capacities, s.change.Application)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(a.Tasks, func(one application.Task) bool { return one.ID == t.task })
	if i < 0 {
		return application.ErrNotFound
	}
	task := a.Tasks[i]
	if task.Open() { // a repeat of what closed it has the same answer, and anything else is refused
		if s.proposal == nil || s.proposal.Digest != t.digest {
			return v.refused("changed", t)
		}
		switch {
		case !slices.Contains(task.Actions, t.action):
			t.errors = append(t.errors, ui.FieldError{Name: "action", Text: v.locale.T("review.decision.none")})
		case slices.Contains(task.Comment, t.action) && t.comment == "":
			t.errors = append(t.errors, ui.FieldError{Name: "comment", Text: v.locale.T("review.decision.noComment")})
		case len(t.comment) > mostComment:
			t.errors = append(t.errors, ui.FieldError{Name: "comment", Text: v.locale.T("review.decision.longComment")})
		}
		if len(t.errors) > 0 {
			return v.show(s, http.StatusUnprocessableEntity, t, nil)
		}
		if t.action == refuse && task.Panel == nil && v.r.PostForm.Get("confirm") == "" && slices.Contains(v.person.Capacities, task.Role) {
			return v.confirm(s, t)
		}
	}
	if err := v.record(a.Authority, "act", a.ID.String(), map[string]string{"task": t.task.String(), "action": t.action, "change": strconv.FormatInt(s.change.Number, 10)}); err != nil {
		return err
	}
	actor := application.Actor{Person: v.person.ID, Capacities: v.person.Capacities, Delegated: v.person.Delegated, NationalNumber: v.person.NationalNumber, Kind: application.Officer}
	answer, err := v.o.Book.Act(v.ctx, actor, a.ID, application.ActRequest{Task: t.task, Action: t.action, Revision: t.revision, Comment: t.comment}, t.key)
	switch {
	case errors.Is(err, application.ErrKeyReused):
		return v.refused("key-reused", t)
	case err != nil:
		return err
	case answer.Code != "":
		return v.refused(answer.Code, t)
	}
	done := "decided"
	if answer.Pending {
		done = "pending"
	}
	return v.redirect(reviewPath(s.change.Number) + "?" + url.Values{"done": {done}}.Encode())
}

// confirmPage is the body of the template confirm.
type confirmPage struct{ Confirm ui.Confirm }

func (v *visit) confirm(s *subject, t typed) error {
	title := v.locale.T("review.confirm.title", "number", s.change.Number)
	body := confirmPage{ui.Confirm{Title: title, Text: v.locale.T("review.confirm.text"), Action: changePath(s.change.Number) + "/decide", Yes: v.locale.T("review.confirm.yes"), Warning: true,
		No: ui.Link{Text: v.locale.T("review.confirm.no"), Href: reviewPath(s.change.Number)},
		Fields: []ui.Hidden{{Name: "task", Value: t.task.String()}, {Name: "key", Value: t.key}, {Name: "revision", Value: strconv.Itoa(t.revision)}, {Name: "digest", Value: t.digest},
			{Name: "action", Value: t.action}, {Name: "comment", Value: t.comment}, {Name: "confirm", Value: "yes"}}}}
	return v.render(http.StatusOK, "confirm", v.page(title, body))
}

// refused shows the change as it is now, says why the decision was not taken, and keeps what was typed.
func (v *visit) refused(code string, t typed) error {
	status := http.StatusConflict
	switch code {
	case "forbidden", "own-application", "same-officer", "recused":
		status = http.StatusForbidden
	case "comment-required", "unknown-action", "invalid":
		status = http.StatusUnprocessableEntity
	}
	s, err := v.subject()
	if err != nil {
		return err
	}
	return v.show(s, status, t, &ui.Banner{
		Kind: ui.Caution, Title: v.locale.T("review.refused.title"), Text: v.said("review.refused."+code, v.locale.T("review.refused.other")),
	})
}
