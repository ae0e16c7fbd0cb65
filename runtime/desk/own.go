package desk

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

func decidePath(a *application.View, task uuid.UUID) string {
	return "/desk/applications/" + a.ID.String() + "/tasks/" + task.String() + "/decide"
}

// asked opens what is filled in beside the decision on a task, with nothing typed. Its form is nil where nothing is.
func (v *visit) asked(a *application.View, t application.Task) (*filling.Filling, error) {
	f, _, err := v.open(a, t)
	return f, err
}

// open is asked, and gives the answers with which the form begins.
func (v *visit) open(a *application.View, t application.Task) (f *filling.Filling, begin []map[string]any, err error) {
	options := filling.Options{Locale: v.locale, Owner: v.officer.ID, Documents: v.o.Documents, Log: v.o.Log, Path: decidePath(a, t.ID)}
	if t.Form {
		own, err := v.o.Book.OwnForm(v.ctx, a, t)
		if err != nil {
			return nil, nil, err
		}
		if own != nil {
			options.Form, options.Texts, options.With = own.Form, own.Texts, own.With
			begin = []map[string]any{own.Form.Prefill(own.With), own.Before}
		}
	}
	return filling.New(v.ctx, options), begin, nil
}

// judge validates what was filled in, and finds out whether an answer has opened further questions: what those lack is not told as a mistake.
// values are nil where nothing is asked, or something is wrong.
func (t *typed) judge(v *visit, shown string) (values map[string]any, err error) {
	if t.own.Form == nil {
		return nil, nil
	}
	values, t.problems, err = t.own.Validate(v.ctx)
	if err != nil {
		return nil, err
	}
	opened := filling.Fresh(filling.Shown(t.fields(t.own.View(nil))), shown)
	t.problems = slices.DeleteFunc(t.problems, func(p form.Problem) bool { return slices.Contains(opened, p.Field) })
	t.more = len(opened) > 0
	return values, nil
}

// fields are all fields of a view; an own form has no sections to tell apart.
func (*typed) fields(view form.View) (out []form.Field) {
	for _, s := range view.Sections {
		out = append(out, s.Fields...)
	}
	return out
}

// ownQuestions are the questions beside a decision; what is typed and not asked just now is carried along.
type ownQuestions struct {
	Body    []ui.Component
	Carried []ui.Hidden
}

func (ownQuestions) Component() string { return "desk/questions" }

// asking makes the questions, and lists what is wrong with their answers.
func (t *typed) asking(v *visit) (ownQuestions, []ui.FieldError) {
	fields := t.fields(t.own.View(t.problems))
	shown := filling.Shown(fields)
	out := ownQuestions{Body: t.own.Questions(v.ctx, fields), Carried: t.own.Carried(shown)}
	out.Carried = append(out.Carried, ui.Hidden{Name: filling.ShownControl, Value: strings.Join(shown, ",")})
	return out, filling.Errors(fields)
}

// questions answers with the questions alone, after an answer that opens or closes some.
func (v *visit) questions(t typed) error {
	if t.own.Form == nil {
		return application.ErrNotFound
	}
	body, _ := t.asking(v)
	page := v.page("", body)
	return v.ui.Fragment(v.w, v.r, http.StatusOK, "questions", page)
}

// unsent are the answers that could not be sent, so that nothing that was typed is lost.
func (t *typed) unsent(v *visit) []ui.Component {
	if t.own == nil || t.own.Form == nil {
		return nil
	}
	list := ui.SummaryList{}
	for _, field := range t.fields(t.own.View(nil)) {
		if field.Visible {
			list.Rows = append(list.Rows, t.own.SummaryRows(v.ctx, field)...)
		}
	}
	return []ui.Component{list}
}
