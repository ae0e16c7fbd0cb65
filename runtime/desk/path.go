package desk

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/draw"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// pathPage is the plan of an application as a picture with the way that it has taken, and every visit of a step in words.
type pathPage struct {
	Reference, Service string
	Picture            template.HTML
	Label              string
	Visits             ui.Table
}

// path shows how an application has come to where it is.
func (v *visit) path() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	if err := v.record("read", a, map[string]string{"page": "path"}); err != nil {
		return err
	}
	passed, err := v.o.Book.Path(v.ctx, v.officer.Capacities, a.ID)
	if err != nil {
		return err
	}
	k := &kase{visit: v, a: a}
	var known, found bool
	k.texts, known = v.o.Releases.Texts(a.Texts)
	k.plan, found = v.o.Releases.Plan(a.Plan)
	if !known || !found {
		return application.ErrUnavailable
	}
	var people []uuid.UUID
	for _, p := range passed {
		people = append(people, p.By, p.Behalf)
	}
	names, err := v.o.People.Named(v.ctx, slices.DeleteFunc(people, func(id uuid.UUID) bool { return id == uuid.Nil }))
	if err != nil {
		return err
	}
	title := v.locale.T("desk.path.title")
	body := pathPage{Reference: a.Reference, Service: v.locale.Pick(k.texts.Title), Label: title, Visits: k.visits(passed, names)}
	// Our own picture: every word of it is escaped where it is drawn.
	body.Picture = template.HTML(draw.SVG(k.plan, k.texts, draw.Options{Lang: v.locale.Lang(), Name: k.pictured, Taken: k.taken(passed)}))
	page := v.page(title+" – "+a.Reference, body)
	page.Crumbs = []ui.Link{{Text: v.locale.T("desk.queue.title"), Href: "/desk"}, {Text: a.Reference, Href: casePath(a)}, {Text: title}}
	page.Wide = true
	return v.render(http.StatusOK, "path", page)
}

// pictured gives the names that stand in a picture.
func (k *kase) pictured(kind, code string) string {
	switch kind {
	case "role":
		if !strings.Contains(code, ":") { // of the service's own authority
			code = k.plan.Authority + ":" + code
		}
		return k.role(code)
	case "registry":
		for _, r := range k.o.Releases.Reference().Registries {
			if r.Code == code {
				return k.locale.Pick(r.Title)
			}
		}
	}
	return ""
}

// taken is the way of an application by the nodes of its plan.
func (k *kase) taken(passed []application.Passed) *draw.Taken {
	t := &draw.Taken{Visits: map[string]int{}}
	from, on := "", ""
	for _, p := range passed {
		switch p.Kind {
		case "entered", "ended":
			if p.Node == "" {
				continue // from before nodes were kept
			}
			t.Visits[p.Node]++
			t.Moves = append(t.Moves, draw.Move{From: from, On: on, To: p.Node})
			if i := slices.IndexFunc(k.plan.Nodes, func(n plan.Node) bool { return n.Key == p.Node }); i >= 0 && k.plan.Nodes[i].Kind == plan.Fork {
				from, on = p.Node, ""
			}
		case "done", "paid", "waived":
			from, on = p.Node, p.Outcome
			if p.Kind != "done" {
				on = "paid"
			}
			t.Moves = append(t.Moves, draw.Move{From: from, On: on})
		}
	}
	if k.a.Status == application.Ended {
		return t
	}
	for i := range k.a.Tasks {
		if k.a.Tasks[i].Open() {
			t.Now = append(t.Now, k.a.Tasks[i].Node)
		}
	}
	if k.a.Node != "" && !slices.Contains(t.Now, k.a.Node) {
		t.Now = append(t.Now, k.a.Node)
	}
	return t
}

// visits are what has happened in words: where, when, who and why.
func (k *kase) visits(passed []application.Passed, names map[uuid.UUID]*identity.Person) ui.Table {
	t := ui.Table{Caption: k.locale.T("desk.case.timeline"), Columns: []ui.Column{
		{Text: k.locale.T("desk.path.when")}, {Text: k.locale.T("desk.path.what")}, {Text: k.locale.T("desk.path.visit")}, {Text: k.locale.T("desk.path.who")}, {Text: k.locale.T("desk.path.why")},
	}}
	for _, p := range passed {
		title, text := k.stepTitle(p.Step), ""
		if p.Kind == "entered" {
			text = k.locale.T("desk.path.entered")
		} else {
			step, shown := k.event(p.Event)
			if !shown {
				continue
			}
			title, text = step.Title, step.Text
		}
		who := k.said("desk.actor."+p.Actor, "")
		if p.By != uuid.Nil {
			who = k.name(names[p.By])
		}
		cell := ui.Cell{Text: who}
		if p.Behalf != uuid.Nil {
			cell.Note = k.locale.T("desk.path.behalf", "name", k.name(names[p.Behalf]))
		}
		visit := ""
		if p.Visit > 0 {
			visit = k.locale.Number(int64(p.Visit))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: k.locale.DateTime(p.At)}, {Text: title, Note: text}, {Text: visit}, cell, {Text: p.Comment}}})
	}
	return t
}
