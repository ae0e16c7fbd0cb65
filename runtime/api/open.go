package api

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// OpenedForm is a form as it stands for the caller: what registries say before it is asked, and what answers show, require and offer.
type OpenedForm struct {
	Form   map[string]any `json:"form" doc:"The answers that were given, with what is filled in for the caller where there were none"`
	Fields []OpenedField  `json:"fields" doc:"The fields that are asked or shown with these answers, in order; those of rows and records behind what holds them"`
}

// OpenedField is one field as it stands.
type OpenedField struct {
	Name     string         `json:"name" doc:"The field's code, or that behind its group, row or record: children.1.name"`
	Required bool           `json:"required,omitempty"`
	Derived  bool           `json:"derived,omitempty" doc:"Worked out by the service: leave it out"`
	Options  []OpenedOption `json:"options,omitempty" doc:"What may be chosen, of a registry too"`
	None     string         `json:"none,omitempty" doc:"What is said where there is nothing to choose"`
}

// OpenedOption is one answer that may be chosen, in the language of the request.
type OpenedOption struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

type openInput struct {
	Code string `path:"code" maxLength:"200"`
	Body struct {
		Form map[string]any `json:"form,omitempty" doc:"The answers so far, by field code"`
	}
}

func (a *API) open(described huma.API) {
	op := a.operation(described, http.MethodPost, "services/{code}/form", "open-form", "The form as it stands for the caller with the answers so far; nothing is kept")
	huma.Register(described, op, func(ctx context.Context, in *openInput) (*answer[OpenedForm], error) {
		out, err := a.opened(ctx, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[OpenedForm]{Body: out}, nil
	})
}

func (a *API) opened(ctx context.Context, in *openInput) (OpenedForm, error) {
	l, ok := a.o.Releases.Service(in.Code)
	if !ok {
		return OpenedForm{}, problem(ctx, "not-found")
	}
	f, with, err := a.begin(ctx, a.current(ctx, l))
	if err != nil {
		return OpenedForm{}, err
	}
	return asStands(ctx, f, with, l.Texts, in.Body.Form), nil
}

type openTaskInput struct {
	ID   string `path:"id" maxLength:"64"`
	Task string `path:"task" maxLength:"64"`
	Body struct {
		Form map[string]any `json:"form,omitempty" doc:"The answers so far, by field code"`
	}
}

// openTask opens what is filled in beside the decision on a task.
func (a *API) openTask(described huma.API) {
	op := a.operation(described, http.MethodPost, "applications/{id}/tasks/{task}/form", "open-task-form",
		"The form of a task as it stands for the caller with the answers so far; nothing is kept")
	huma.Register(described, op, func(ctx context.Context, in *openTaskInput) (*answer[OpenedForm], error) {
		out, err := a.openedTask(ctx, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[OpenedForm]{Body: out}, nil
	})
}

func (a *API) openedTask(ctx context.Context, in *openTaskInput) (OpenedForm, error) {
	id, err := uuid.Parse(in.ID)
	if err != nil {
		return OpenedForm{}, application.ErrNotFound
	}
	v, as, err := a.view(ctx, id)
	if err != nil {
		return OpenedForm{}, err
	}
	i := slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.ID.String() == in.Task && t.Open() && mine(caller(ctx), t, as) })
	if i < 0 {
		return OpenedForm{}, application.ErrNotFound
	}
	own, err := a.own(ctx, v, v.Tasks[i])
	if err != nil {
		return OpenedForm{}, err
	}
	if as.officer && !as.applicant { // the form may show what is known of the case
		if err := a.o.Audit(ctx, entry(caller(ctx), "read", v, nil)); err != nil {
			return OpenedForm{}, err
		}
	}
	return asStands(ctx, own.Form, own.With, own.Texts, in.Body.Form), nil
}

// asStands is a form with the answers so far, and with what is filled in where there are none.
func asStands(ctx context.Context, f *form.Form, with form.Context, texts *plan.Texts, answers map[string]any) OpenedForm {
	out := OpenedForm{Form: f.Prefill(with), Fields: []OpenedField{}}
	maps.Copy(out.Form, answers)
	view := f.View(texts, ui.Language(ctx), out.Form, nil, with, nil)
	view.Each(func(field *form.Field) {
		if !field.Visible {
			return
		}
		shown := OpenedField{Name: field.Name, Required: field.Required, Derived: field.Derived, None: field.None}
		for _, o := range field.Options {
			shown.Options = append(shown.Options, OpenedOption{o.Value, o.Label})
		}
		out.Fields = append(out.Fields, shown)
	})
	return out
}
