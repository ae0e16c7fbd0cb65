package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// askedPage is what somebody is asked in an application: theirs, or another's who has named them. It shows nothing of that application but
// the words of the definition and what the step's own form shows.
type askedPage struct {
	Service  string
	Facts    ui.Facts
	Text     string
	Silence  string // what follows when nobody answers
	Path     string
	Sections []applySection // the step's own form
	More     bool           // an answer has opened further questions
	Choices  []ui.Component
	Carried  []ui.Hidden
	Submit   string
	Answered *ui.Panel // in place of the questions
	Closed   string    // why there is nothing to answer any more
}

// Controls of the page beside those of a form.
const (
	decisionControl = "_decision"
	commentControl  = "_comment"
	confirmControl  = "_confirm"
)

const mostComment = 4000 // bytes

// given is an answer as it was typed.
type given struct {
	action, comment, key string
	revision             string
	errors               []ui.FieldError

	own      *filling.Filling // what is filled in beside the answer; its form is nil where nothing is
	problems []form.Problem
	more     bool // an answer has opened further questions
}

// fresh is an answer that nobody has typed yet.
func fresh(q *question) given {
	return given{key: rand.Text(), revision: strconv.Itoa(q.Task.Revision)}
}

func (g given) problem(name string) string {
	for _, e := range g.errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

func (p *Portal) asked(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	q, err := p.askedOf(r, me)
	if err != nil {
		return err
	}
	var flash []ui.Banner
	if kind, ok := notices[r.URL.Query().Get("notice")]; ok {
		flash = []ui.Banner{{Kind: kind, Text: q.l.T("notice." + r.URL.Query().Get("notice"))}}
	}
	g, err := p.begun(r.Context(), q, me)
	if err != nil {
		return err
	}
	return p.ask(w, r, http.StatusOK, q, g, flash)
}

// begun is an answer that begins with what is known.
func (p *Portal) begun(ctx context.Context, q *question, me *identity.Person) (g given, err error) {
	g = fresh(q)
	var begin []map[string]any
	if g.own, begin, err = p.fields(ctx, q, me); err != nil || g.own.Form == nil {
		return g, err
	}
	for _, known := range begin {
		g.own.Prefill(known)
	}
	return g, nil
}

// hidden are the controls that travel with an answer beside its fields.
func (g given) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: filling.KeyControl, Value: g.key}, {Name: filling.RevisionControl, Value: g.revision}}
}

// sections are the questions of the step's own form, with what is carried beside them.
func (g given) sections(ctx context.Context) (sections []applySection, carried []ui.Hidden, errors []ui.FieldError) {
	if g.own == nil || g.own.Form == nil {
		return nil, nil, nil
	}
	fields := fieldsOf(g.own.View(g.problems))
	shown := filling.Shown(fields)
	carried = append(g.own.Carried(shown), ui.Hidden{Name: filling.ShownControl, Value: strings.Join(shown, ",")})
	return []applySection{{Questions: g.own.Questions(ctx, fields)}}, carried, filling.Errors(fields)
}

// ask shows what is asked, or what became of it.
func (p *Portal) ask(w http.ResponseWriter, r *http.Request, status int, q *question, g given, flash []ui.Banner) error {
	page := p.page(r, q.title())
	page.Path, page.Flash = q.path, flash
	page.Back = &ui.BackLink{Text: q.l.T("nav.applications"), Href: "/applications"}
	if q.Own {
		page.Back.Text, page.Back.Href = q.l.Pick(q.texts.Title), "/applications/"+q.Application.String()
	}
	body := askedPage{Service: q.l.Pick(q.texts.Title), Path: q.path, Facts: q.facts()}
	switch {
	case q.Answer != nil:
		body.Answered = &ui.Panel{Title: q.l.T("asked.thanks"), Text: q.l.T("asked.answered", "decision", q.decision(q.Answer.Action), "date", q.l.Date(q.Answer.At))}
	case q.SuspendedUntil != nil && q.Task.Open():
		body.Closed = q.l.T("asked.suspended", "until", q.l.Deadline(*q.SuspendedUntil))
	case !q.Task.Open() || q.Status == application.Ended:
		body.Closed = q.l.T("asked.closed")
	default:
		body.Text, body.Silence = q.text(), q.silence()
		body.Choices, body.More = q.choices(g), g.more
		body.Sections, body.Carried, page.Errors = g.sections(r.Context())
		body.Carried, page.Errors = append(body.Carried, g.hidden()...), append(page.Errors, g.errors...)
		body.Submit = q.l.T("action.continue")
	}
	page.Body = body
	w.Header().Set("Cache-Control", "private, no-cache")
	return p.ui.Render(w, r, status, "asked", page)
}

func (q *question) facts() ui.Facts {
	items := []ui.Meta{{Icon: "landmark", Label: q.l.T("service.authority"), Text: q.body}}
	if q.By != "" {
		items = append(items, ui.Meta{Icon: "user", Label: q.l.T("asked.by"), Text: q.By})
	}
	items = append(items, ui.Meta{Icon: "calendar", Label: q.l.T("asked.on"), Text: q.l.Date(q.Task.OpenedAt)})
	if q.Task.DueAt != nil && q.Task.Open() {
		items = append(items, ui.Meta{Icon: "clock", Label: q.l.T("asked.before"), Text: q.l.Deadline(*q.Task.DueAt)})
	}
	return ui.Facts{Items: items}
}

func (q *question) text() string {
	if q.By != "" {
		return q.l.T("asked.byName", "name", q.By, "service", q.l.Pick(q.texts.Title))
	}
	return q.l.T("asked.own")
}

// silence says what follows when nobody answers, by the last time limit of the step.
func (q *question) silence() string {
	outcomes := q.node.Clock().Outcomes()
	if len(outcomes) == 0 || q.Task.DueAt == nil {
		return ""
	}
	last := outcomes[len(outcomes)-1]
	if slices.ContainsFunc(q.node.Invite.Decisions, func(d plan.Decision) bool { return d.Action == last }) {
		return q.l.T("asked.silence", "decision", q.decision(last))
	}
	if last == "lapse" {
		return q.l.T("asked.lapse")
	}
	return ""
}

// choices are the decisions and the box for a reason. One decision alone is only a button.
func (q *question) choices(g given) []ui.Component {
	if len(q.Task.Actions) == 1 && len(q.Task.Comment) == 0 {
		return []ui.Component{ui.Hidden{Name: decisionControl, Value: q.Task.Actions[0]}}
	}
	radios := ui.Radios{Field: ui.Field{Name: decisionControl, Label: q.l.T("asked.choose"), Error: g.problem(decisionControl)}}
	var needing []string
	for _, action := range q.Task.Actions {
		radios.Options = append(radios.Options, ui.Option{Value: action, Text: q.decision(action), Selected: action == g.action})
		if slices.Contains(q.Task.Comment, action) {
			needing = append(needing, q.decision(action))
		}
	}
	hint := q.l.T("asked.commentHint")
	if len(needing) > 0 {
		hint += " " + q.l.T("asked.commentNeeded", "decisions", strings.Join(needing, q.l.T("asked.or")))
	}
	return []ui.Component{radios, ui.Textarea{
		Field: ui.Field{Name: commentControl, Label: q.l.T("asked.comment"), Hint: hint, Error: g.problem(commentControl), Optional: len(needing) < len(q.Task.Actions)},
		Value: g.comment, Rows: 3, MaxLength: mostComment / 2,
	}}
}

// check finds what is missing in an answer.
func (q *question) check(g given) (found []ui.FieldError) {
	if !slices.Contains(q.Task.Actions, g.action) {
		found = append(found, ui.FieldError{Name: decisionControl, Text: q.l.T("asked.none")})
	}
	switch {
	case slices.Contains(q.Task.Comment, g.action) && g.comment == "":
		found = append(found, ui.FieldError{Name: commentControl, Text: q.l.T("asked.noComment")})
	case len(g.comment) > mostComment:
		found = append(found, ui.FieldError{Name: commentControl, Text: q.l.T("asked.longComment")})
	}
	return found
}
