package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// position is one place of a service that holds a formula.
type position struct {
	text   source.Text
	want   formula.Type
	guards []source.Text  // conditions under which alone it is evaluated
	paper  bool           // stands in a document
	group  *catalog.Field // in whose rows it stands, or nil
	roots  []string       // during the form: what is known by then
	row    bool           // shows a value
	steps  int            // how many steps may have happened before it; duringForm for what the form itself evaluates
	issued diag.Range     // of a document, where the service issues it

	formula  *formula.Formula // nil where it does not compile
	problems diag.List
}

// duringForm: nothing has happened yet.
const duringForm = -1

var (
	yesNo = formula.Type{Kind: formula.KindBool}
	money = formula.Type{Kind: formula.KindMoney}
	day   = formula.Type{Kind: formula.KindDate}
	some  = formula.Type{Kind: formula.KindAny}
)

// positionsOf lists the formulas of a service, facts aside, and compiles them. Each is compiled under the guards that the engine knows
// when it evaluates it, so that what passes here is not refused there.
func positionsOf(p *pass) []*position {
	var out []*position
	var roots []string
	put := func(text source.Text, want formula.Type, steps int, guards ...source.Text) *position {
		if text.Value == "" {
			return nil
		}
		at := &position{text: text, want: want, steps: steps, guards: guards, roots: roots}
		out = append(out, at)
		return at
	}
	s := p.service
	roots = []string{catalog.FormRoot, catalog.ApplicantRoot, catalog.AsOfRoot}
	for i := range s.Form {
		put(s.Form[i].When, yesNo, duringForm)
	}
	in := func(group *catalog.Field, at *position) {
		if at != nil && group != nil {
			at.group, at.roots = group, append(at.roots[:len(at.roots):len(at.roots)], catalog.RowRoot)
		}
	}
	for a := range s.FieldList().All() {
		in(a.Group, put(a.Field.When, yesNo, duringForm, a.Conditions()[1:]...))
		in(a.Group, put(a.Field.Require, yesNo, duringForm, a.Conditions()...))
	}
	roots = []string{catalog.FormRoot, catalog.ApplicantRoot, catalog.AsOfRoot, catalog.TariffRoot}
	for a := range s.FieldList().All() {
		in(a.Group, put(a.Field.Value, formula.Type{Kind: a.Field.Kind()}, duringForm, a.Conditions()...))
	}
	for i := range s.Validate {
		v := &s.Validate[i]
		beside, _ := s.FieldList().At(v.Field.Value)
		guards := append(beside.Conditions(), v.When)
		in(beside.Group, put(v.When, yesNo, duringForm, beside.Conditions()...))
		in(beside.Group, put(v.Rule, yesNo, duringForm, guards...))
	}
	roots = []string{catalog.ApplicantRoot, catalog.AsOfRoot}
	for _, f := range s.Fields() {
		put(f.Prefill, formula.Type{Kind: f.Kind()}, duringForm)
	}
	p.tariffDay = put(s.TariffOn, day, len(s.Steps)) // what it reads is asked for where the tariff is read
	for i := range s.Fees {
		fee := &s.Fees[i]
		paid := paidAt(s, fee.Code.Value)
		put(fee.When, yesNo, paid)
		put(fee.Amount, money, paid, fee.When)
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		put(step.When, yesNo, i)
		_, op := p.catalogue.Operation(step.Ask.Value)
		for _, e := range step.With.Entries {
			put(e.Value, argumentType(op, e.Key.Value), i, step.When)
		}
		for j := range step.Answer {
			row := &step.Answer[j]
			put(row.When, yesNo, i, step.When)
			if at := put(row.Value, some, i, step.When, row.When); at != nil {
				at.row = true
			}
		}
		d := p.catalogue.Document(step.Issue.Value)
		if d == nil || !p.catalogue.Sound(d.Head().File) {
			continue
		}
		paper := func(at *position) {
			if at != nil {
				at.paper, at.issued, at.row = true, step.Issue.Range(), at.want.Kind == formula.KindAny
			}
		}
		paper(put(d.Valid, day, i))
		for j := range d.Rows {
			row := &d.Rows[j]
			paper(put(row.When, yesNo, i))
			paper(put(row.Value, some, i, row.When))
		}
	}
	for _, at := range out {
		if at.paper {
			at.formula, at.problems = p.scope.CompilePaper(at.text, at.want, at.guards...)
		} else {
			at.formula, at.problems = p.scope.CompileIn(at.group, at.text, at.want, at.guards...)
		}
	}
	return out
}

// argumentType is what the operation wants, or any type where that is reported elsewhere.
func argumentType(op *catalog.Operation, name string) formula.Type {
	if op == nil {
		return some
	}
	t, ok := op.With.Get(name)
	if !ok {
		return some
	}
	ft, _ := t.Formula()
	return ft
}

// paidAt is the first step that asks for the fee; after all steps where none does.
func paidAt(s *catalog.Service, fee string) int {
	i := slices.IndexFunc(s.Steps, func(step catalog.Step) bool { return slices.Contains(values(step.Pay), fee) })
	if i < 0 {
		return len(s.Steps)
	}
	return i
}

// reads are the paths that a formula needs, through the facts and the day of the tariff, mapped to what it names for that (facts.late, tariff)
// or "" where it names the path itself.
func (p *pass) reads(f *formula.Formula) map[string]string {
	out := map[string]string{}
	seen := map[string]bool{}
	var walk func(f *formula.Formula, through string)
	walk = func(f *formula.Formula, through string) {
		for _, path := range f.Reads() {
			name, isFact := strings.CutPrefix(path, catalog.FactsRoot+".")
			if !isFact {
				if _, known := out[path]; !known {
					out[path] = through
				}
				if strings.HasPrefix(path, catalog.TariffRoot+".") && p.tariffDay != nil && p.tariffDay.formula != nil && !seen[catalog.TariffRoot] {
					seen[catalog.TariffRoot] = true
					walk(p.tariffDay.formula, via(through, catalog.TariffRoot))
				}
				continue
			}
			name, _, _ = strings.Cut(name, ".")
			if seen[name] {
				continue
			}
			seen[name] = true
			i := slices.IndexFunc(p.scope.Facts, func(f catalog.Fact) bool { return f.Name == name })
			if i >= 0 {
				walk(p.scope.Facts[i].Formula, via(through, catalog.FactsRoot+"."+name))
			}
		}
	}
	if f != nil {
		walk(f, "")
	}
	return out
}

// via keeps the first thing through which something is read.
func via(through, next string) string {
	if through != "" {
		return through
	}
	return next
}

// rootsRead are the roots that a formula needs, sorted, each with what it names for that, or "".
func (p *pass) rootsRead(f *formula.Formula) [][2]string {
	throughs := map[string]string{}
	reads := p.reads(f)
	for _, path := range slices.Sorted(maps.Keys(reads)) {
		root, _, _ := strings.Cut(path, ".")
		if before, known := throughs[root]; !known || before != "" && reads[path] == "" {
			throughs[root] = reads[path]
		}
	}
	var out [][2]string
	for _, root := range slices.Sorted(maps.Keys(throughs)) {
		out = append(out, [2]string{root, throughs[root]})
	}
	return out
}

// where is the place in text at which root, or that through which it is read, is named.
func where(text source.Text, root, through string) diag.Range {
	name := root + "."
	if through != "" {
		name = through
	}
	i := strings.Index(text.Value, name)
	if i < 0 {
		return text.Range()
	}
	return text.Span(i, i+len(strings.TrimSuffix(name, ".")))
}
