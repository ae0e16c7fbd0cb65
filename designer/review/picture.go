package review

import (
	"html/template"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/workflows/draw"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// picture is the plan of a service on one side.
type picture struct {
	Title string
	SVG   template.HTML
	Marks []string // those that are in it, for the legend
}

// planned is a service on one side as it runs.
type planned struct {
	plan  *plan.Plan
	texts *plan.Texts
	c     *catalog.Catalogue
	s     *catalog.Service
}

func planOf(suite *servicetest.Suite, c *catalog.Catalogue, s *catalog.Service) *planned {
	if s == nil {
		return nil
	}
	w, _ := suite.Walk(s)
	if w == nil {
		return nil
	}
	return &planned{w.Plan(), w.Texts(), c, s}
}

// pictures draws both plans; same where the two are one and the same picture.
func (c *compares) pictures(was, is *catalog.Service, d compare.Difference, id string) (out []picture, same bool) {
	old, new := planOf(c.old, c.s.was, was), planOf(c.new, c.s.is, is)
	lang := c.told()
	draws := func(p *planned, id string, marks map[string]draw.Mark) template.HTML {
		// Our own picture: every word of it is escaped where it is drawn.
		return template.HTML(draw.SVG(p.plan, p.texts, draw.Options{Lang: lang, Name: p.names(lang), ID: id, Marks: marks}))
	}
	became := marksOf(d, "step")
	if old != nil && new != nil && len(became) == 0 && draws(old, "", nil) == draws(new, "", nil) {
		return []picture{{Title: c.locale.T("review.picture.one"), SVG: draws(new, id+"-", nil)}}, true
	}
	if old != nil {
		marks := stood(old, new, draw.Removed, nil)
		out = append(out, picture{Title: c.locale.T("review.before"), SVG: draws(old, id+"-was-", marks), Marks: legend(marks)})
	}
	if new != nil {
		marks := stood(new, old, draw.Added, became)
		out = append(out, picture{Title: c.locale.T("review.after"), SVG: draws(new, id+"-is-", marks), Marks: legend(marks)})
	}
	return out, false
}

// stood marks the nodes that have no place in the other plan, and what became of the others.
func stood(here, there *planned, alone draw.Mark, became map[string]string) map[string]draw.Mark {
	marks := map[string]draw.Mark{}
	if there == nil {
		return marks // all of it came or went, which is said above
	}
	for _, n := range here.plan.Nodes {
		if n.Kind == plan.End || n.Kind == plan.Join {
			continue
		}
		if !slices.ContainsFunc(there.plan.Nodes, func(o plan.Node) bool { return o.Key == n.Key && o.Kind == n.Kind }) {
			marks[n.Key] = alone
			continue
		}
		if mark := became[n.Step]; (mark == "changed" || mark == "moved") && n.Key == here.face(n.Step) {
			marks[n.Key] = draw.Mark(mark)
		}
	}
	return marks
}

// face is the key of the node that stands for a step in a picture: what is done there, else the condition that refuses.
func (p *planned) face(step string) (key string) {
	for _, n := range p.plan.Nodes {
		switch {
		case n.Step != step || n.Kind == plan.End || n.Kind == plan.Join || n.Kind == plan.Correct:
		case n.Kind != plan.Gate:
			return n.Key
		case key == "":
			key = n.Key
		}
	}
	return key
}

// legend are the marks that are used.
func legend(marks map[string]draw.Mark) (out []string) {
	for _, mark := range []draw.Mark{draw.Added, draw.Removed, draw.Moved, draw.Changed} {
		for _, used := range marks {
			if used == mark {
				out = append(out, string(mark))
				break
			}
		}
	}
	return out
}

// names gives the names that stand in a picture.
func (p *planned) names(lang string) func(kind, code string) string {
	return func(kind, code string) string {
		switch kind {
		case "role":
			authority, role, other := strings.Cut(code, ":")
			if !other {
				authority, role = p.s.Authority.Value, code
			}
			if r := p.c.Role(authority, role); r != nil {
				return r.Title.In(lang)
			}
		case "registry":
			name, _, _ := strings.Cut(code, "/")
			if r := p.c.Registry(name); r != nil {
				return r.Title.In(lang)
			}
		}
		return ""
	}
}
