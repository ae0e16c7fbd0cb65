package catalog

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Scope is what the formulas of one service may read: form, applicant, asOf, tariff, the answer of each lookup under the code of its
// step, and facts. The checker, the compiler and the designer all use this one.
type Scope struct {
	// Fields are the roots in the order above, with their types and the conditions under which they are there.
	Fields []formula.Field
	// Plain compiles the formulas of the service.
	Plain *formula.Env
	// Paper compiles those of its documents, which may also read issued.
	Paper *formula.Env
	// Fees compiles those of fee lines, which may also read the lines before them (fees.code) and the day of the assessment (asOf.assessed).
	Fees *formula.Env
	// Facts are the facts that compile, each after those that it reads.
	Facts []CompiledFact
	// Problems are what is wrong with the facts, with values that are computed and with lists for whose items there are branches.
	Problems diag.List
	// Flow is the graph of the steps.
	Flow *Flow

	rows    map[*Field]*formula.Env // of groups, as they are asked for
	broken  []string                // facts without a type
	missing []string                // roots that are named in the service but whose type is not known
	areas   []areaScope
	mixed   []string // paths of choices whose options are of several kinds
}

// The roots that every service has, the one that only documents have, and the one that only the fields in a group have.
const (
	FormRoot      = "form"
	ApplicantRoot = "applicant"
	AsOfRoot      = "asOf"
	TariffRoot    = "tariff"
	FactsRoot     = "facts"
	FeesRoot      = "fees"
	IssuedRoot    = "issued"
	RowRoot       = "row"
	// RepresentativeRoot is there where somebody may apply for the applicant.
	RepresentativeRoot = "representative"
)

// Roots lists the names that no lookup step may have.
func Roots() []string {
	return []string{FormRoot, ApplicantRoot, AsOfRoot, TariffRoot, FactsRoot, FeesRoot, IssuedRoot, RowRoot, RepresentativeRoot}
}

// Scope works out what the formulas of s may read. It is never nil: what is wrong in a definition is left out, and found by the checker.
// It is not kept, since only those who compile need it.
func (c *Catalogue) Scope(s *Service) *Scope {
	var sc Scope
	for _, f := range s.Fields() {
		if f.mixed() {
			sc.mixed = append(sc.mixed, FormRoot+"."+f.Code.Value)
		}
	}
	sc.Fields = append(sc.Fields, formula.Field{Name: FormRoot, Type: s.FieldList().Type()}, object(ApplicantRoot, applicantFields()),
		object(AsOfRoot, []formula.Field{field("submitted", formula.KindDate)}))
	if len(s.OnBehalf) > 0 {
		sc.Fields = append(sc.Fields, Representative())
	}
	sc.tariff(c, s)
	sc.before(c, s)
	sc.Flow = s.Flow()
	sc.answers(c, s)
	sc.facts(s)
	sc.inside(c, s)
	sc.feeLines(s)
	return &sc
}

// readsBroken tells whether text, a formula, reads something whose type is not known because of a problem that is reported itself; what
// else is wrong with text may follow from that.
func (sc *Scope) readsBroken(text string) bool {
	for _, root := range sc.missing {
		if mentionsRoot(text, root) {
			return true
		}
	}
	for _, path := range sc.mixed {
		if mentionsRoot(text, path) {
			return true
		}
	}
	return slices.ContainsFunc(mentionedFacts(text), func(name string) bool { return slices.Contains(sc.broken, name) })
}

// Compile compiles a formula of the service where guards hold. It gives nil where there are problems, and also, without any, where the
// formula reads something that is reported itself.
func (sc *Scope) Compile(text source.Text, want formula.Type, guards ...source.Text) (*formula.Formula, diag.List) {
	return sc.compile(sc.Plain, text, want, guards)
}

// CompilePaper is Compile for a formula of a document.
func (sc *Scope) CompilePaper(text source.Text, want formula.Type, guards ...source.Text) (*formula.Formula, diag.List) {
	return sc.compile(sc.Paper, text, want, guards)
}

// CompileIn is Compile for a formula of a field in the rows of group, which may also read row; group is nil for one that stands outside.
func (sc *Scope) CompileIn(group *Field, text source.Text, want formula.Type, guards ...source.Text) (*formula.Formula, diag.List) {
	if group == nil {
		return sc.Compile(text, want, guards...)
	}
	env := sc.rows[group]
	if env == nil {
		env = environment(append(sc.Fields[:len(sc.Fields):len(sc.Fields)], Row(group)))
		if sc.rows == nil {
			sc.rows = map[*Field]*formula.Env{}
		}
		sc.rows[group] = env
	}
	return sc.compile(env, text, want, guards)
}

// Row is the root under which formulas of the fields in a group read the row in which they stand.
func Row(group *Field) formula.Field { return object(RowRoot, asked(group.Fields)) }

// CompileFee is Compile for a formula of a fee line, and for the day of the tariff.
func (sc *Scope) CompileFee(text source.Text, want formula.Type, guards ...source.Text) (*formula.Formula, diag.List) {
	return sc.compile(sc.Fees, text, want, guards)
}

func (sc *Scope) compile(env *formula.Env, text source.Text, want formula.Type, guards []source.Text) (*formula.Formula, diag.List) {
	if sc.readsBroken(text.Value) {
		return nil, nil
	}
	var given []string
	for _, g := range guards {
		if g.Value != "" {
			given = append(given, g.Value)
		}
	}
	f, problems := env.CompileUnder(text.Value, want, given)
	var list diag.List
	for _, p := range problems {
		list.Add(formulaProblem(text, p))
	}
	return f, list
}

// formulaProblem puts a problem of a formula at its place in the file.
func formulaProblem(text source.Text, p formula.Problem) diag.Diagnostic {
	d := diag.Of(diag.Error, p.Code, text.Span(p.Offset, p.End), p.Said()).WithSuggestion(p.Suggestion)
	switch {
	case p.Code == formula.CodeUnknownName && p.Args["name"] == TariffRoot:
		return d.WithSuggestion("").WithHelp("Write tariff: with the code of a tariff at the top of the service.")
	case p.Code == formula.CodeUnknownName && p.Args["name"] == RepresentativeRoot:
		return d.WithSuggestion("").WithHelp("Write onBehalf: at the top of the service, with who may apply for the applicant.")
	case p.Code == formula.CodeUnknownName && p.Args["name"] == FeesRoot:
		return d.WithSuggestion("").WithHelp("Only the formulas of fee lines read other lines.")
	case p.Code == formula.CodeUnknownName && p.Args["name"] == IssuedRoot:
		return d.WithSuggestion("").WithHelp("Only the documents of the service read the number and the day of issue.")
	case p.Code == formula.CodeUnknownName && p.Args["name"] == RowRoot:
		return d.WithSuggestion("").WithHelp("Only the fields in a group, and validations beside them, read row.")
	case p.Code == formula.CodeUnknownName && (p.Args["name"] == EventRoot || p.Args["name"] == RightRoot):
		return d.WithSuggestion("").WithHelp("Only the formulas of a trigger read what started the service.")
	case p.Suggestion != "" && p.Help == formula.DidYouMean: // said once
		return d
	}
	if path, _ := p.Args["path"].(string); p.Code == formula.CodeAbsentValue && strings.HasPrefix(path, TariffRoot+".") {
		return d.WithHelp("Not every version of the tariff has it: write it there, or say what then with orElse({path}, value).", "path", path)
	}
	return d.Helped(p.Advice())
}

// environment builds what compiles formulas. Names that no formula could write are left out before, so it cannot fail by a definition.
func environment(fields []formula.Field) *formula.Env {
	env, err := formula.NewEnv(fields)
	if err != nil {
		panic("catalog: the scope of a service: " + err.Error())
	}
	return env
}

func field(name string, k formula.Kind) formula.Field {
	return formula.Field{Name: name, Type: formula.Type{Kind: k}}
}

func object(name string, fields []formula.Field) formula.Field {
	return formula.Field{Name: name, Type: formula.Type{Kind: formula.KindObject, Object: &formula.Object{Name: name, Fields: fields}}}
}

// addField leaves out a name that no formula could write and a second one of a name; the checker reports both.
func addField(fields []formula.Field, f formula.Field) []formula.Field {
	if !IsName(f.Name) || slices.ContainsFunc(fields, func(g formula.Field) bool { return g.Name == f.Name }) {
		return fields
	}
	return append(fields, f)
}

func applicantFields() []formula.Field {
	return []formula.Field{
		field("nationalNumber", formula.KindText), field("name", formula.KindText), field("birthDate", formula.KindDate), field("sex", formula.KindText),
	}
}

// tariff is the root that the service's tariff fills.
func (sc *Scope) tariff(c *Catalogue, s *Service) {
	if s.Tariff.IsZero() {
		return
	}
	if t := c.Tariff(s.Tariff.Value); t != nil && c.Sound(t.Head().File) {
		if fields, ok := t.fields(); ok {
			sc.Fields = append(sc.Fields, object(TariffRoot, fields))
			return
		}
	}
	sc.missing = append(sc.missing, TariffRoot)
}

// before are the roots of what is asked when the form is opened.
func (sc *Scope) before(c *Catalogue, s *Service) {
	for i := range s.Before {
		b := &s.Before[i]
		_, op := c.Operation(b.Ask.Value)
		if slices.Contains(Roots(), b.As.Value) {
			continue
		}
		if op == nil || !c.Sound(op.Head().File) {
			sc.missing = append(sc.missing, b.As.Value)
			continue
		}
		f := object(b.As.Value, typeFields(op.Gives, 0))
		f.Optional = b.Optional
		sc.Fields = addField(sc.Fields, f)
	}
}

func typeFields(types source.Map[Type], depth int) []formula.Field {
	var out []formula.Field
	for name, t := range types.All() {
		if ft, ok := t.formula(name, depth); ok {
			out = addField(out, formula.Field{Name: name, Type: ft, Optional: t.Optional})
		}
	}
	return out
}
