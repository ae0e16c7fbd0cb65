package form

import (
	"fmt"
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
}

type fact struct {
	name string
	*expression
}

var kinds = map[string]formula.Kind{
	"bool": formula.KindBool, "int": formula.KindInt, "decimal": formula.KindDecimal, "money": formula.KindMoney, "text": formula.KindText,
	"date": formula.KindDate, "list": formula.KindList, "record": formula.KindObject,
}

// known are the roots that have values while a form is filled in; the answers of lookups have none yet.
var known = []string{catalog.FormRoot, catalog.ApplicantRoot, catalog.AsOfRoot, catalog.TariffRoot, catalog.FactsRoot}

// compiler compiles the formulas of a form. Of the facts only those that they need are compiled: the others may read what comes later.
type compiler struct {
	form   *Form
	env    *formula.Env
	facts  []fact
	before int // facts of the plan that may be read, those before this one
	tariff map[string]bool
}

func newCompiler(f *Form) (*compiler, error) {
	scope := make([]formula.Field, 0, len(f.plan.Scope))
	for _, s := range f.plan.Scope {
		field, err := scopeField(s)
		if err != nil {
			return nil, err
		}
		scope = append(scope, field)
		if s.Name == catalog.ApplicantRoot || s.Name == catalog.TariffRoot {
			f.scope[s.Name] = field.Type
		}
	}
	env, err := formula.NewEnv(scope)
	return &compiler{form: f, env: env, before: len(f.plan.Facts), tariff: map[string]bool{}}, err
}

// scopeField gives a field of a plan's scope as formulas know it.
func scopeField(s plan.Field) (formula.Field, error) {
	out := formula.Field{Name: s.Name, Optional: s.Optional, When: s.When}
	kind, ok := kinds[s.Kind]
	if !ok {
		return out, fmt.Errorf("scope: %s of kind %q", s.Name, s.Kind)
	}
	out.Type.Kind = kind
	if kind != formula.KindList && kind != formula.KindObject {
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
	return e, nil
}

// read notes one path that e reads.
func (c *compiler) read(e *expression, path string) error {
	root, rest, _ := strings.Cut(path, ".")
	name := firstName(rest)
	if !slices.Contains(known, root) {
		return fmt.Errorf("reads %s, which is not known while the form is filled in", root)
	}
	switch root {
	case catalog.FormRoot:
		at, ok := c.form.index[name]
		if !ok {
			return fmt.Errorf("no such field %q", name)
		}
		e.fields = append(e.fields, at)
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
	}
	return nil
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
	before := c.before
	c.before = at
	e, err := c.compile(facts[at].Formula, formula.Type{Kind: kinds[facts[at].Kind]})
	c.before = before
	if err != nil {
		return 0, fmt.Errorf("fact %s: %w", name, err)
	}
	c.facts = append(c.facts, fact{name, e})
	return len(c.facts) - 1, nil
}

func (c *compiler) tariffReads() []string {
	names := make([]string, 0, len(c.tariff))
	for name := range c.tariff {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func firstName(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}
