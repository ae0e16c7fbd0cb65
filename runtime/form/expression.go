package form

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// expression is a compiled formula with what it reads, directly or through facts.
type expression struct {
	formula *formula.Formula
	facts   []int // each after those that it reads
	fields  []int // of the form
	row     []int // of the row in which it stands
}

type fact struct {
	name string
	*expression
}

var kinds = map[string]formula.Kind{
	"bool": formula.KindBool, "int": formula.KindInt, "decimal": formula.KindDecimal, "money": formula.KindMoney, "text": formula.KindText,
	"date": formula.KindDate, "list": formula.KindList, "record": formula.KindObject, "table": formula.KindTable,
}

// compiler compiles the formulas of a form, or of the rows of one of its groups.
type compiler struct {
	form *Form
	*shared
	env    *formula.Env
	before int            // facts of the plan that may be read, those before this one
	rows   map[string]int // fields of the row; nil outside groups
}

// shared is what the compilers of one form have in common. Of the facts only those that its formulas need are compiled: the others may read
// what comes later.
type shared struct {
	scope   []formula.Field
	plain   *formula.Env
	rowEnvs map[string]*formula.Env // by group
	index   map[string]int          // fields of the form
	facts   []fact
	tariff  map[string]bool
	given   map[string]bool
}

func newCompiler(f *Form) (*compiler, error) {
	s := &shared{tariff: map[string]bool{}, given: map[string]bool{}, rowEnvs: map[string]*formula.Env{}}
	for _, declared := range f.plan.Scope {
		field, err := scopeField(declared)
		if err != nil {
			return nil, err
		}
		s.scope = append(s.scope, field)
		if declared.Name != f.root && field.Type.Object != nil {
			f.scope[declared.Name] = field.Type
		}
	}
	var err error
	s.plain, err = formula.NewEnv(s.scope)
	return &compiler{form: f, shared: s, env: s.plain, before: len(f.plan.Facts)}, err
}

// inRows is a compiler of what stands in the rows of a group, whose fields are index.
func (c *compiler) inRows(group *plan.FormField, index map[string]int) (in *compiler, err error) {
	in = &compiler{form: c.form, shared: c.shared, before: c.before, rows: index}
	if in.env = c.rowEnvs[group.Code]; in.env != nil {
		return in, nil
	}
	for _, root := range c.scope {
		if root.Name != c.form.root || root.Type.Object == nil {
			continue
		}
		for _, f := range root.Type.Object.Fields {
			if f.Name != group.Code || f.Type.Elem == nil {
				continue
			}
			row := formula.Field{Name: catalog.RowRoot, Type: *f.Type.Elem}
			in.env, err = formula.NewEnv(append(c.scope[:len(c.scope):len(c.scope)], row))
			c.rowEnvs[group.Code] = in.env
		}
	}
	return in, err
}

// scopeField gives a field of a plan's scope as formulas know it.
func scopeField(s plan.Field) (formula.Field, error) {
	out := formula.Field{Name: s.Name, Optional: s.Optional, When: s.When}
	kind, ok := kinds[s.Kind]
	if !ok {
		return out, fmt.Errorf("scope: %s of kind %q", s.Name, s.Kind)
	}
	out.Type.Kind = kind
	if kind == formula.KindTable {
		out.Type.Table = &formula.TableShape{Gives: kinds[s.Gives]}
		for _, c := range s.Fields {
			out.Type.Table.Columns = append(out.Type.Table.Columns, formula.Column{Name: c.Name, Kind: kinds[c.Kind]})
		}
		return out, nil
	}
	if kind != formula.KindList && kind != formula.KindObject {
		return out, nil
	}
	if s.Of != "" {
		out.Type.Elem = &formula.Type{Kind: kinds[s.Of]}
		return out, nil
	}
	object := &formula.Object{Name: s.Name}
	for _, member := range s.Fields {
		f, err := scopeField(member)
		if err != nil {
			return out, err
		}
		object.Fields = append(object.Fields, f)
	}
	out.Type.Object = object
	if kind == formula.KindList {
		out.Type = formula.Type{Kind: kind, Elem: &formula.Type{Kind: formula.KindObject, Object: object}}
	}
	return out, nil
}

// condition compiles a formula that may be "", which gives nil.
func (c *compiler) condition(text string, given ...string) (*expression, error) {
	if text == "" {
		return nil, nil
	}
	return c.compile(text, formula.Type{Kind: formula.KindBool}, given...)
}

// compile gives the expression of a formula that is only evaluated while all of given hold.
func (c *compiler) compile(text string, want formula.Type, given ...string) (*expression, error) {
	given = slices.DeleteFunc(slices.Clone(given), func(g string) bool { return g == "" })
	if c.env == nil {
		return nil, fmt.Errorf("formula %q stands where none can", text)
	}
	f, problems := c.env.CompileUnder(text, want, given)
	if f == nil {
		for _, p := range problems {
			return nil, fmt.Errorf("formula %q: %s", text, p.Said())
		}
		return nil, fmt.Errorf("formula %q does not compile", text)
	}
	e := &expression{formula: f}
	for _, path := range f.Reads() {
		if err := c.read(e, path); err != nil {
			return nil, fmt.Errorf("formula %q: %w", text, err)
		}
	}
	slices.Sort(e.fields)
	e.fields = slices.Compact(e.fields)
	slices.Sort(e.row)
	e.row = slices.Compact(e.row)
	return e, nil
}

// read notes one path that e reads.
func (c *compiler) read(e *expression, path string) error {
	root, rest, _ := strings.Cut(path, ".")
	name := firstName(rest)
	switch root {
	case c.form.root:
		at, ok := c.index[name]
		if !ok {
			return fmt.Errorf("no such field %q", name)
		}
		e.fields = append(e.fields, at)
	case catalog.RowRoot:
		at, ok := c.rows[name]
		if !ok {
			return fmt.Errorf("no such field %q in the row", name)
		}
		e.row = append(e.row, at)
	case catalog.ApplicantRoot, catalog.AsOfRoot:
	case catalog.TariffRoot:
		c.tariff[name] = true
	case catalog.FactsRoot:
		at, err := c.fact(name)
		if err != nil {
			return err
		}
		for _, i := range append(slices.Clone(c.facts[at].facts), at) {
			if !slices.Contains(e.facts, i) {
				e.facts = append(e.facts, i)
			}
		}
		e.fields = append(e.fields, c.facts[at].fields...)
	default:
		if !c.form.mayRead(root) {
			return fmt.Errorf("reads %s, which is not known while the form is filled in", root)
		}
		c.given[root] = true
	}
	return nil
}

// mayRead tells that the context can bring a root: for the form of the service only who applies for the applicant and what is asked before it, for the own form of a step all.
func (f *Form) mayRead(root string) bool {
	return f.root != catalog.FormRoot || root == catalog.RepresentativeRoot || slices.ContainsFunc(f.list.Before, func(b plan.BeforeLookup) bool { return b.Result == root })
}

// fact compiles a fact when it is first read.
func (c *compiler) fact(name string) (int, error) {
	if at := slices.IndexFunc(c.facts, func(f fact) bool { return f.name == name }); at >= 0 {
		return at, nil
	}
	facts := c.form.plan.Facts
	at := slices.IndexFunc(facts[:c.before], func(f plan.Fact) bool { return f.Name == name })
	if at < 0 {
		return 0, fmt.Errorf("no fact %q before it", name)
	}
	base := &compiler{form: c.form, shared: c.shared, env: c.plain, before: at}
	e, err := base.compile(facts[at].Formula, formula.Type{Kind: kinds[facts[at].Kind]})
	if err != nil {
		return 0, fmt.Errorf("fact %s: %w", name, err)
	}
	c.facts = append(c.facts, fact{name, e})
	return len(c.facts) - 1, nil
}

func sorted(names map[string]bool) []string {
	return slices.Sorted(maps.Keys(names))
}

func firstName(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}
