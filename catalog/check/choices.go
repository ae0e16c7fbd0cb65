package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// choices: one case always fits, and each can be reached.
func choices(p *pass) {
	for step := range p.service.AllSteps() {
		if step.Kind() != catalog.ChooseStep {
			continue
		}
		if len(step.Choose) == 0 {
			p.add(problem("no-cases", step.KeyRange("choose"), "there is nothing to choose between").
				WithHelp("Write choose: [{when: formula, steps: […]}, {steps: […]}]."))
			continue
		}
		last := len(step.Choose) - 1
		always := slices.IndexFunc(step.Choose, func(c catalog.Case) bool { return c.When.IsZero() })
		if always >= 0 && always < last {
			p.add(problem("case-never", step.Choose[always+1].Head(), "this case is never reached: the one before it always fits").
				WithRelated(step.Choose[always].Head(), "it has no when").WithHelp("Write the case without when last."))
			continue
		}
		chosen(p, step, always < 0)
	}
}

// chosen proves what it can of the conditions of a choice.
func chosen(p *pass, step *catalog.Step, mayBeOpen bool) {
	var conditions, given []string
	for i := range step.Choose {
		conditions = append(conditions, step.Choose[i].When.Value)
	}
	if at := p.flow.At(step); at >= 0 {
		for _, g := range p.flow.Points[at].Given {
			given = append(given, g.Value)
		}
	}
	found := prove(conditions, given, p.domain)
	help := diag.Phrase("Write one more case without when, last: {steps: []} where nothing more happens then.")
	switch {
	case !mayBeOpen:
	case !found.known:
		p.add(problem("case-open", step.KeyRange("choose"), "it cannot be proved that one of the cases always fits").WithHelp(help))
	case found.open != "":
		p.add(problem("case-open", step.KeyRange("choose"), "no case fits where {example}", "example", found.open).WithHelp(help))
	}
	for _, i := range found.never {
		at := step.Choose[i].Head()
		if !step.Choose[i].When.IsZero() {
			at = step.Choose[i].When.Range()
		}
		p.add(problem("case-never", at, "this case is never reached: those before it fit whenever it does, or it contradicts itself").
			WithHelp("Change its condition, move it up, or remove it."))
	}
}

// domain is what the value at a path may be, as far as the form and the registries say.
func (p *pass) domain(path string) domain {
	root, code, _ := strings.Cut(path, ".")
	if root == catalog.RepresentativeRoot && code == "as" {
		return domain{texts: capacities(p.service)}.orOpen()
	}
	if root == catalog.FormRoot {
		if _, f := p.service.Field(code); f != nil {
			return fieldDomain(f)
		}
	}
	if step := p.service.Step(root); step != nil {
		for i := range step.Fields {
			if step.Fields[i].Code.Value == code {
				return fieldDomain(&step.Fields[i])
			}
		}
		if step.Kind() == catalog.DrawStep && code == "channel" {
			return domain{texts: step.Draw.Keys()}
		}
		if d, known := p.answered(step.Ask.Value, code); known {
			return d
		}
	}
	for i := range p.service.Before {
		if b := &p.service.Before[i]; b.As.Value == root {
			if d, known := p.answered(b.Ask.Value, code); known {
				return d
			}
		}
	}
	return domain{whole: p.kindAt(path) == formula.KindInt}
}

// answered is what an operation may give under a name.
func (p *pass) answered(operation, name string) (domain, bool) {
	_, op := p.catalogue.Operation(operation)
	if op == nil {
		return domain{}, false
	}
	t, ok := op.Gives.Get(name)
	return domain{whole: t.Word == "integer", texts: t.Options.Keys()}.orOpen(), ok
}

// orOpen leaves out a list of texts that has none.
func (d domain) orOpen() domain {
	if len(d.texts) == 0 {
		d.texts = nil
	}
	return d
}

func fieldDomain(f *catalog.Field) domain {
	d := domain{whole: f.Kind() == formula.KindInt, min: f.Min.Value, max: f.Max.Value}
	for i := range f.Options {
		d.texts = append(d.texts, f.Options[i].Value.Value)
	}
	return d
}

// kindAt is the kind of the value at a path.
func (p *pass) kindAt(path string) formula.Kind {
	fields := p.scope.Fields
	kind := formula.KindAny
	for name := range strings.SplitSeq(path, ".") {
		i := slices.IndexFunc(fields, func(f formula.Field) bool { return f.Name == name })
		if i < 0 {
			return formula.KindAny
		}
		kind = fields[i].Type.Kind
		o := fields[i].Type.Object
		if o == nil {
			fields = nil
			continue
		}
		fields = o.Fields
	}
	return kind
}
