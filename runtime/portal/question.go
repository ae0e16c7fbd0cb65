package portal

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// question is a task with what its page is made of.
type question struct {
	*application.Asked
	l     *ui.Locale
	node  *plan.Node
	texts *plan.Texts
	body  string // name of the public body
	path  string // of its page
}

// title is what is asked: the step's name.
func (q *question) title() string { return cmp.Or(q.l.Pick(q.texts.Steps[q.Task.Step]), q.Task.Step) }

// decision is what an action is called: by the definition, else by the portal.
func (q *question) decision(action string) string {
	return decisionTitle(q.l, q.texts, q.Task.Step, action)
}

func decisionTitle(l *ui.Locale, texts *plan.Texts, step, action string) string {
	if title := l.Pick(texts.Decisions[step+"/"+action]); title != "" {
		return title
	}
	key := "asked.decision." + action
	if text := l.T(key); text != key {
		return text
	}
	return action
}

// askedOf reads the task that the address names, for whoever is asked.
func (p *Portal) askedOf(r *http.Request, me *identity.Person) (*question, error) {
	id, err := pathID(r, "task")
	if err != nil {
		return nil, err
	}
	asked, err := p.o.Applications.Asked(r.Context(), me.ID, me.NationalNumber, id)
	if err != nil {
		return nil, err
	}
	return p.questioned(r, asked, "/asked/"+asked.Task.ID.String())
}

// questioned completes a task with what its page is made of.
func (p *Portal) questioned(r *http.Request, asked *application.Asked, path string) (*question, error) {
	q := &question{Asked: asked, l: p.locale(r), path: path}
	pl, known := p.o.Releases.Plan(asked.Plan)
	texts, said := p.o.Releases.Texts(asked.Texts)
	if !known || !said {
		return nil, application.ErrUnavailable
	}
	i := slices.IndexFunc(pl.Nodes, func(n plan.Node) bool { return n.Key == asked.Task.Node && n.Invite != nil })
	if i < 0 {
		return nil, errNotFound
	}
	q.node, q.texts, q.body = &pl.Nodes[i], texts, p.authority(q.l, asked.Authority)
	return q, nil
}

// fields opens what is filled in beside an answer, with nothing typed; its form is nil where nothing is. begin are the answers with which it
// begins. owner is whose uploads count.
func (p *Portal) fields(ctx context.Context, q *question, me *identity.Person) (own *filling.Filling, begin []map[string]any, err error) {
	options := filling.Options{Locale: q.l, Documents: p.o.Documents, Log: p.o.Log, Path: q.path}
	if me != nil {
		options.Owner = me.ID
	}
	asked, err := p.o.Applications.AskedForm(ctx, q.Asked)
	if err != nil {
		return nil, nil, err
	}
	if asked != nil {
		options.Form, options.Texts, options.With = asked.Form, asked.Texts, asked.With
		begin = []map[string]any{asked.Form.Prefill(asked.With), asked.Before}
	}
	return filling.New(ctx, options), begin, nil
}

// fieldsOf are all fields of a view: the own form of a step has no sections to tell apart.
func fieldsOf(view form.View) (out []form.Field) {
	for _, s := range view.Sections {
		out = append(out, s.Fields...)
	}
	return out
}

// answersOf lists what was filled in, as it is read.
func answersOf(ctx context.Context, own *filling.Filling) (rows []ui.SummaryRow) {
	for _, field := range fieldsOf(own.View(nil)) {
		if field.Visible {
			rows = append(rows, own.SummaryRows(ctx, field)...)
		}
	}
	return rows
}
