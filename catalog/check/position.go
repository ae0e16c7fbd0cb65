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
	guards []source.Text        // conditions under which alone it is evaluated, beside those that hold at its points
	paper  bool                 // stands in a document
	list   bool                 // a table of the document's layout shows it
	group  *catalog.Field       // in whose rows it stands, or nil
	bare   bool                 // what holds at its points is not known where it is evaluated: fees and documents, which several steps share
	roots  []string             // during the form: what is known by then
	row    bool                 // shows a value
	form   bool                 // evaluated while the form is filled in: nothing has happened yet
	points []int                // of the flow, at which it is evaluated
	own    string               // root that the place itself fills: the officer's own form
	person bool                 // names somebody
	offers *catalog.OptionsFrom // whose list it is, or nil
	fee    *catalog.Fee         // the line to which it belongs, or nil
	assess bool                 // evaluated when fees are assessed: reads other lines and that day
	issued diag.Range           // of a document, where the service issues it

	formula  *formula.Formula // nil where it does not compile
	problems diag.List
}

var (
	yesNo = formula.Type{Kind: formula.KindBool}
	money = formula.Type{Kind: formula.KindMoney}
	day   = formula.Type{Kind: formula.KindDate}
	text  = formula.Type{Kind: formula.KindText}
	some  = formula.Type{Kind: formula.KindAny}
)

// positionsOf lists the formulas of a service, facts aside, and compiles them. Each is compiled under the guards that the engine knows
// when it evaluates it, so that what passes here is not refused there.
func positionsOf(p *pass) []*position {
	l := &positions{p: p}
	l.form()
	l.fees()
	for step := range p.service.AllSteps() {
		l.step(step)
	}
	l.whole()
	for _, at := range l.all {
		l.compile(at)
	}
	return l.all
}

// positions is the list while it is made.
type positions struct {
	p   *pass
	all []*position
}

// put adds a formula that is evaluated at a point of the flow; -1 is nowhere, since something is wrong there that is reported itself.
func (l *positions) put(text source.Text, want formula.Type, point int, guards ...source.Text) *position {
	if text.Value == "" {
		return &position{}
	}
	at := &position{text: text, want: want, guards: guards}
	if point >= 0 {
		at.points = []int{point}
	}
	l.all = append(l.all, at)
	return at
}

func (l *positions) compile(at *position) {
	switch {
	case at.assess:
		at.formula, at.problems = l.p.scope.CompileFee(at.text, at.want, at.guards...)
		return
	case at.paper:
		at.formula, at.problems = l.p.scope.CompilePaper(at.text, at.want, at.guards...)
		return
	case at.group != nil:
		at.formula, at.problems = l.p.scope.CompileIn(at.group, at.text, at.want, at.guards...)
		return
	case at.bare:
		at.formula, at.problems = l.p.scope.Compile(at.text, at.want, at.guards...)
		return
	}
	compile := l.p.scope.CompileAt
	if len(at.points) == 0 {
		at.formula, at.problems = compile(-1, at.text, at.want, at.guards...)
	}
	for _, point := range at.points {
		at.formula, at.problems = compile(point, at.text, at.want, at.guards...)
		if at.formula == nil {
			return
		}
	}
}

func (l *positions) form() {
	s := l.p.service
	asked := func(roots []string, text source.Text, want formula.Type, guards ...source.Text) *position {
		at := l.put(text, want, -1, guards...)
		at.form, at.roots = true, roots
		return at
	}
	before := s.BeforeRoots()
	if len(s.OnBehalf) > 0 {
		before = append([]string{catalog.RepresentativeRoot}, before...)
	}
	people := []string{catalog.ApplicantRoot, catalog.AsOfRoot}
	for i := range s.OnBehalf {
		r := &s.OnBehalf[i]
		if r.Mandate == nil {
			continue
		}
		_, op := l.p.catalogue.Operation(r.Mandate.Ask.Value)
		for _, e := range r.Mandate.With.Entries {
			asked(append(people[:2:2], catalog.RepresentativeRoot), e.Value, argumentType(op, e.Key.Value), source.Text{Value: r.Holds()})
		}
	}
	known := func(roots ...string) []string { return append(roots, before...) }
	for i := range s.Before {
		b := &s.Before[i]
		_, op := l.p.catalogue.Operation(b.Ask.Value)
		for _, e := range b.With.Entries {
			asked(append(people[:2:2], before[:len(before)-len(s.Before)+i]...), e.Value, argumentType(op, e.Key.Value))
		}
	}
	for i := range s.Eligible {
		asked(known(catalog.ApplicantRoot, catalog.AsOfRoot, catalog.TariffRoot), s.Eligible[i].Must, yesNo)
	}
	in := func(group *catalog.Field, at *position) {
		if group != nil {
			at.group, at.roots = group, append(at.roots[:len(at.roots):len(at.roots)], catalog.RowRoot)
		}
	}
	roots := known(catalog.FormRoot, catalog.ApplicantRoot, catalog.AsOfRoot)
	for i := range s.Form {
		asked(roots, s.Form[i].When, yesNo)
	}
	for a := range s.FieldList().All() {
		in(a.Group, asked(roots, a.Field.When, yesNo, a.Conditions()[1:]...))
		in(a.Group, asked(roots, a.Field.Require, yesNo, a.Conditions()...))
		list := asked(roots, a.Field.ListFormula(), some, a.Conditions()...)
		list.offers = a.Field.From
		in(a.Group, list)
	}
	roots = known(catalog.FormRoot, catalog.ApplicantRoot, catalog.AsOfRoot, catalog.TariffRoot)
	for a := range s.FieldList().All() {
		in(a.Group, asked(roots, a.Field.Value, a.Field.Given(), a.Conditions()...))
	}
	for i := range s.Validate {
		v := &s.Validate[i]
		beside, _ := s.FieldList().At(v.Field.Value)
		guards := append(beside.Conditions(), v.When)
		in(beside.Group, asked(roots, v.When, yesNo, beside.Conditions()...))
		in(beside.Group, asked(roots, v.Rule, yesNo, guards...))
	}
	for i := range s.Evidence {
		e := &s.Evidence[i]
		asked(roots, e.When, yesNo)
		for j := range e.Bars {
			asked(roots, e.Bars[j].When, yesNo)
		}
	}
	roots = known(catalog.ApplicantRoot, catalog.AsOfRoot)
	for _, f := range s.Fields() {
		asked(roots, f.Prefill, f.Given(), presumed(f)...)
	}
	l.p.tariffDay = l.put(s.TariffOn, day, -1) // what it reads is asked for where the tariff is read
	l.p.tariffDay.assess = true
}

func (l *positions) fees() {
	s := l.p.service
	for i := range s.Fees {
		fee := &s.Fees[i]
		paid := l.p.paidAt(fee.Code.Value)
		for _, f := range feeFormulas(fee) {
			at := l.put(f.text, f.want, -1, f.guards...)
			at.points, at.bare, at.fee, at.assess = paid, true, fee, true
		}
	}
}

// paidAt are the points of the steps that ask for the fee.
func (p *pass) paidAt(fee string) []int {
	var out []int
	for step := range p.service.AllSteps() {
		if i := p.flow.At(step); i >= 0 && slices.Contains(values(step.Pay), fee) {
			out = append(out, i)
		}
	}
	return out
}

// presumed are the conditions under which a prefill is compiled.
func presumed(f *catalog.Field) []source.Text {
	var out []source.Text
	for _, guard := range catalog.PrefillGuards(f.Prefill.Value, f.ReadOnly, f.Optional) {
		out = append(out, source.Text{Value: guard})
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
			i := slices.IndexFunc(p.scope.Facts, func(f catalog.CompiledFact) bool { return f.Name == name })
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
