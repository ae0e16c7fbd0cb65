package compile

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Compile makes the plan and the texts of one service. Where the findings have errors both are nil. Safe for parallel use on one catalogue.
func Compile(c *catalog.Catalogue, s *catalog.Service) (*plan.Plan, *plan.Texts, diag.List) {
	k := &compiler{c: c, s: s, scope: c.Scope(s), needs: map[string]bool{}, paperNeeds: map[string]bool{}, formNeeds: map[string]bool{}}
	k.list.Add(k.scope.Problems...)
	k.plan = &plan.Plan{
		Format: plan.Format, Service: s.Code.Value, Authority: s.Authority.Value, Withdraw: -1,
		Currency: c.Settings.Currency.Value, Zone: c.Settings.TimeZone.Value, Tariff: s.Tariff.Value, Closed: len(s.Closed.Entries) > 0,
		Scope: planFields(slices.Concat(k.scope.Fields, k.scope.ItemFields())), Facts: []plan.Fact{}, Fees: []plan.Fee{}, Nodes: []plan.Node{}, Edges: []plan.Edge{},
		Documents: []plan.Document{},
	}
	k.tariffOn()
	if s.LateHolidays == catalog.ExtendLimits {
		k.plan.LateHolidays = plan.Extend
	}
	if s.Tariff.Value != "" && c.Tariff(s.Tariff.Value) == nil {
		k.unknown("tariff", s.Tariff)
	}
	if c.Authority(s.Authority.Value) == nil {
		k.unknown("authority", s.Authority)
	}
	for _, f := range k.scope.Facts {
		k.plan.Facts = append(k.plan.Facts, plan.Fact{Name: f.Name, Formula: f.Text, Kind: kindName(f.Formula.Type().Kind), Row: f.Row})
	}
	k.triggers()
	k.fees()
	k.flow()
	k.form()
	k.readSets()
	k.feeReads()
	if k.list.HasErrors() {
		k.list.Sort()
		return nil, nil, k.list
	}
	return k.plan, texts(c, s, k.plan), k.list
}

// compiler is one service on its way.
type compiler struct {
	c     *catalog.Catalogue
	s     *catalog.Service
	scope *catalog.Scope
	plan  *plan.Plan
	list  diag.List

	tariffDay  []string        // paths that choose the version of the tariff
	needs      map[string]bool // paths that the machine's formulas read, facts resolved
	paperNeeds map[string]bool // paths that rows read
	formNeeds  map[string]bool // paths that the form's own formulas read
	asked      []plan.BeforeLookup
	eligible   []plan.Eligible
	onBehalf   []plan.Representation
	undos      []plan.Node
	relied     []reliance // what was read by when, for what a correction may still change
}

// reliance says that paths are read at a point of the flow.
type reliance struct {
	point int
	paths []string
	anew  *catalog.Step // that works it out again after each correction that it asks for, or nil
}

func (k *compiler) add(code diag.Code, at diag.Range, summary diag.Phrase, args ...any) {
	k.list.Add(diag.New(diag.Error, code, at, summary, args...))
}

func (k *compiler) unknown(what diag.Phrase, t source.Text) {
	k.add("unknown-name", t.Range(), "there is no {what} {name:q}", "what", what, "name", t.Value)
}

// formula compiles a formula that the machine evaluates at a point, and notes what it reads. It gives the text as it stands in the plan.
func (k *compiler) formula(point int, text source.Text, want formula.Type, guards ...source.Text) string {
	if text.Value == "" {
		return ""
	}
	f, problems := k.scope.CompileAt(point, text, want, guards...)
	k.read(f, problems, text, point)
	return text.Value
}

// read notes what a formula reads that the machine evaluates at the points.
func (k *compiler) read(f *formula.Formula, problems diag.List, text source.Text, points ...int) {
	k.list.Add(problems...)
	if f == nil {
		return
	}
	paths := k.resolve(f)
	for _, p := range paths {
		k.needs[p] = true
	}
	for _, point := range points {
		k.relied = append(k.relied, reliance{point: point, paths: paths})
		k.known(point, text, paths)
	}
}

// behind is read for a formula that is evaluated behind a point, when what its step gives is there.
func (k *compiler) behind(f *formula.Formula, problems diag.List, text source.Text, point int, given string) {
	k.read(f, problems, text)
	if f == nil {
		return
	}
	paths := k.resolve(f)
	k.relied = append(k.relied, reliance{point: point, paths: paths})
	k.known(point, text, slices.DeleteFunc(slices.Clone(paths), func(p string) bool { root, _ := cut(p); return root == given }))
}

// row compiles a formula of an answer or a document, which the runtime evaluates with everything that it knows.
func (k *compiler) row(point int, text source.Text, want formula.Type, paper bool, guards ...source.Text) (formula.Type, bool) {
	var f *formula.Formula
	var problems diag.List
	if paper {
		f, problems = k.scope.CompilePaper(text, want, guards...)
	} else {
		f, problems = k.scope.CompileAt(point, text, want, guards...)
	}
	k.list.Add(problems...)
	if f == nil {
		return formula.Type{}, false
	}
	paths := k.resolve(f)
	for _, p := range paths {
		k.paperNeeds[p] = true
	}
	k.known(point, text, paths)
	return f.Type(), true
}

// resolve lists the paths that f reads, with facts replaced by what they read, sorted.
func (k *compiler) resolve(f *formula.Formula) []string {
	var out []string
	seen := map[string]bool{}
	var walk func(f *formula.Formula)
	walk = func(f *formula.Formula) {
		for _, path := range f.Reads() {
			root, name := cut(path)
			if root != catalog.FactsRoot {
				out = append(out, path)
				if root == catalog.TariffRoot {
					out = append(out, k.tariffDay...)
				}
				continue
			}
			name, _ = cut(name)
			if i := slices.IndexFunc(k.scope.Facts, func(x catalog.CompiledFact) bool { return x.Name == name }); i >= 0 && !seen[name] {
				seen[name] = true
				walk(k.scope.Facts[i].Formula)
			}
		}
	}
	walk(f)
	slices.Sort(out)
	return slices.Compact(out)
}

// known reports what is read before its step.
func (k *compiler) known(point int, text source.Text, paths []string) {
	for st := range k.s.AllSteps() {
		code := st.Code.Value
		if k.scope.Flow.At(st) < 0 || slices.Contains(catalog.Roots(), code) || k.scope.Flow.Perhaps(point, code) || point == k.scope.Flow.At(st) && st.Has("fields") {
			continue
		}
		if slices.ContainsFunc(paths, func(p string) bool { root, _ := cut(p); return root == code }) {
			k.add("answer-too-early", text.Range(), "{name} is read before it is asked", "name", code)
		}
	}
}

// tariffOn compiles the day that chooses the version of the tariff. Whoever reads the tariff reads that day too.
func (k *compiler) tariffOn() {
	text := k.s.TariffOn
	if text.Value == "" || text.Value == catalog.AsOfRoot+".submitted" {
		return
	}
	f, problems := k.scope.CompileFee(text, formula.Type{Kind: formula.KindDate})
	k.list.Add(problems...)
	if f == nil {
		return
	}
	k.tariffDay = k.resolve(f)
	if slices.ContainsFunc(k.tariffDay, func(p string) bool { root, _ := cut(p); return root == catalog.TariffRoot }) {
		k.add("tariff-day", text.Range(), "the day that chooses the tariff cannot be read from the tariff")
	}
	k.plan.TariffOn = text.Value
}

func (k *compiler) form() {
	var err error
	if k.plan.Form, err = Fields(k.s.FieldList()); err != nil {
		k.add("form-schema", k.s.RangeOf("form"), "the form has no schema: {problem}", "problem", err.Error())
	}
	k.plan.Form.Before, k.plan.Form.Eligible, k.plan.Form.OnBehalf = k.asked, k.eligible, k.onBehalf
	k.formReads()
	defer k.evidence() // its rules stand behind the others, as its words do
	for i := range k.s.Validate {
		v := &k.s.Validate[i]
		if v.Script.Value == "" {
			k.plan.Form.Rules = append(k.plan.Form.Rules, plan.Rule{Field: v.Field.Value, When: v.When.Value, Formula: v.Rule.Value})
			continue
		}
		file, content := k.c.Script(k.s, v.Script.Value)
		if content == nil {
			k.unknown("script", v.Script)
		}
		k.plan.Form.Scripts = append(k.plan.Form.Scripts, plan.Script{Field: v.Field.Value, When: v.When.Value, File: file, Source: string(content)})
	}
}
