package check

import (
	"iter"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// settles tells that the formula decides whether a field is shown, or what it is.
func settles(a catalog.Asked, at *position) bool {
	node := at.text.Node()
	if node == nil || at.group != a.Group && node != a.Section.When.Node() {
		return false
	}
	return slices.Contains([]*source.Node{a.Field.When.Node(), a.Field.Value.Node(), a.Field.ListFormula().Node(), a.Section.When.Node()}, node)
}

// shows: a row shows one value or a table, and a group of fields is neither. A row of a paper shows a table where its layout has one of it.
func shows(at *position) diag.List {
	if !at.row || at.formula == nil || at.list {
		return at.problems
	}
	t := at.formula.Type()
	if at.paper && t.Kind == formula.KindList && t.Elem != nil && t.Elem.Kind == formula.KindObject {
		return diag.List{problem("row-value", at.text.Range(), "this gives {got}, but a row shows {want}", "got", t.Said(), "want", diag.Phrase("a single value")).
			WithHelp("Name the row, and give the document a layout with a table of it.")}
	}
	if t.Kind == formula.KindObject || t.Kind == formula.KindList && (t.Elem == nil || at.paper || t.Elem.Kind != formula.KindObject) {
		what := diag.Phrase("a single value or a table")
		if at.paper {
			what = "a single value"
		}
		return diag.List{problem("row-value", at.text.Range(), "this gives {got}, but a row shows {want}", "got", t.Said(), "want", what).
			WithHelp("Name one field of it.")}
	}
	return at.problems
}

// formulas reports what does not compile in its place.
func formulas(p *pass) {
	for _, at := range p.positions {
		for _, d := range shows(at) {
			if at.paper {
				d = d.WithRelated(at.issued, "issued here by {service}", "service", p.service.Code.Value)
			}
			p.add(d)
		}
	}
}

// visibility: the form is filled in before anything happens, so its formulas read only what is known by then; and no field is shown
// because of itself.
func visibility(p *pass) {
	for _, at := range p.positions {
		if !at.form {
			continue
		}
		told := tariffInForm(p, at)
		for _, read := range p.rootsRead(at.formula) {
			root, through := read[0], read[1]
			if slices.Contains(at.roots, root) || told && through == catalog.TariffRoot {
				continue
			}
			name := diag.Say("{root}", "root", root)
			if through != "" {
				name = diag.Say("{root} (through {fact})", "root", root, "fact", through)
			}
			p.add(problem("form-reads", where(at.text, root, through), "{name} is not known yet here, while the form is filled in", "name", name).
				WithHelp("What can be read here is {roots}, and facts that read only these.", "roots", at.roots))
		}
	}
	circles(p)
}

// circles reports the first field of each circle of conditions and of what is worked out: among the fields of the form, where what is in a
// group counts for the group, and among those of a row.
func circles(p *pass) {
	form := map[string][]string{}
	rows := map[*catalog.Field]map[string][]string{}
	for a := range p.service.FieldList().All() {
		node, name, needs := a.Field, a.Field.Code.Value, form
		if a.Group != nil {
			node, name = a.Group, a.Group.Code.Value
			if rows[node] == nil {
				rows[node] = map[string][]string{}
			}
			needs = rows[node]
		}
		for _, at := range p.positions {
			if !at.form || !settles(a, at) {
				continue
			}
			for path := range p.reads(at.formula) {
				root, rest, _ := strings.Cut(path, ".")
				read, _, _ := strings.Cut(rest, ".")
				switch root {
				case catalog.FormRoot:
					form[name] = append(form[name], read)
				case catalog.RowRoot:
					needs[a.Field.Code.Value] = append(needs[a.Field.Code.Value], read)
				}
			}
		}
	}
	tellCircles(p, p.service.FieldList().All(), form, nil)
	for group, needs := range rows {
		tellCircles(p, p.service.FieldList().All(), needs, group)
	}
}

// tellCircles reports the circles among the fields of one group, or outside groups.
func tellCircles(p *pass, fields iter.Seq[catalog.Asked], needs map[string][]string, group *catalog.Field) {
	for name := range needs {
		slices.Sort(needs[name])
	}
	done := map[string]bool{}
	for a := range fields {
		code := a.Field.Code.Value
		way := []string(nil)
		if a.Group == group && !done[code] {
			way = wayBack(code, needs)
		}
		if way == nil {
			continue
		}
		for _, step := range way {
			done[step] = true
		}
		if a.Field.Value.Value != "" {
			p.add(problem("value-circle", a.Field.Value.Range(), "what {field} is depends on itself: {path}", "field", code, "path", strings.Join(way, " → ")).
				WithHelp("Let one of them be asked."))
			continue
		}
		at := a.Field.When
		for _, other := range []source.Text{a.Section.When, a.Field.Code} { // a group may be shown by what stands in it
			if at.IsZero() {
				at = other
			}
		}
		p.add(problem("visibility-circle", at.Range(), "whether {field} is shown depends on itself: {path}", "field", code, "path", strings.Join(way, " → ")).
			WithHelp("Let one of them be shown whatever the others say."))
	}
}

// wayBack is a shortest way from name back to it, or nil.
func wayBack(name string, next map[string][]string) []string {
	from := map[string]string{}
	queue := []string{name}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, n := range next[at] {
			if n == name {
				way := []string{name}
				for ; at != name; at = from[at] {
					way = append([]string{at}, way...)
				}
				return append([]string{name}, way...)
			}
			if _, seen := from[n]; !seen {
				from[n] = at
				queue = append(queue, n)
			}
		}
	}
	return nil
}

// order: what a step gives is there only after it.
func order(p *pass) {
	reached := p.flow.Reached()
	for _, at := range p.positions {
		for _, read := range p.rootsRead(at.formula) {
			root, through := read[0], read[1]
			step := p.service.Step(root)
			if step == nil || root == at.own || slices.Contains(catalog.Roots(), root) {
				continue
			}
			point := slices.IndexFunc(at.points, func(i int) bool { return reached[i] && !p.flow.Perhaps(i, root) })
			if point < 0 {
				continue
			}
			name := diag.Say("{root}", "root", root)
			if through != "" {
				name = diag.Say("{root} (through {fact})", "root", root, "fact", through)
			}
			d := problem("answer-too-early", where(at.text, root, through), "{name} is read before it is asked", "name", name).
				WithRelated(step.Code.Range(), "the step").WithHelp("Put the step before what reads its answer.")
			if beside(p.flow, at.points[point], p.flow.At(step)) {
				d = d.WithHelp("The two stand in branches that run beside each other: read it after the branches are together again.")
			}
			if at.paper {
				d = d.WithRelated(at.issued, "issued here by {service}", "service", p.service.Code.Value)
			}
			p.add(d)
		}
	}
}

// beside tells that two points lie in different branches of one together step.
func beside(f *catalog.Flow, a, b int) bool {
	for x := f.Points[a].Area; x != 0; x = f.Areas[x].Parent {
		for y := f.Points[b].Area; y != 0; y = f.Areas[y].Parent {
			if x != y && f.Areas[x].Fork == f.Areas[y].Fork {
				return true
			}
		}
	}
	return false
}
