package machine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// expression is one compiled formula and the facts that it reads, directly or through others, in the plan's order.
type expression struct {
	formula *formula.Formula
	facts   []int
	tariff  bool // reads the tariff, itself or through a fact
}

// source is what makes one formula differ from another.
type source struct {
	text, kind, given string
	paper             bool // may read what was issued
	fee               bool // may read earlier fee lines and the day of the assessment
}

// compiler compiles every formula of a plan, each once.
type compiler struct {
	plain, paper *formula.Env
	fee          *formula.Env // plain where no line reads another
	scope        []formula.Field
	facts        map[string]int
	readers      []expression  // of facts, by index
	numbers      []*expression // of the row of a fact that held, by index; nil where it has no rows
	done         map[source]*expression
}

var kinds = map[string]formula.Kind{
	"": formula.KindAny, "bool": formula.KindBool, "int": formula.KindInt, "decimal": formula.KindDecimal, "money": formula.KindMoney,
	"text": formula.KindText, "date": formula.KindDate, "list": formula.KindList, "record": formula.KindObject, "table": formula.KindTable,
}

// wanted is the type that a formula of a plan must give: kind alone, since what is in a list or a record follows from the scope.
func wanted(kind string) (formula.Type, error) {
	k, ok := kinds[kind]
	if !ok {
		return formula.Type{}, fmt.Errorf("kind %q", kind)
	}
	return formula.Type{Kind: k}, nil
}

// Type is the type of a plan's field as formulas know it.
func Type(f plan.Field) (formula.Type, error) {
	t, err := wanted(f.Kind)
	if err != nil || f.Kind == "" {
		return t, fmt.Errorf("field %q: kind %q", f.Name, f.Kind)
	}
	if t.Kind != formula.KindList && t.Kind != formula.KindObject && t.Kind != formula.KindTable {
		return t, nil
	}
	if f.Of != "" {
		elem, err := wanted(f.Of)
		t.Elem = &elem
		return t, err
	}
	fields, err := Fields(f.Fields)
	if err != nil {
		return t, err
	}
	if t.Kind == formula.KindTable {
		t.Table = &formula.TableShape{Gives: kinds[f.Gives]}
		for _, c := range fields {
			t.Table.Columns = append(t.Table.Columns, formula.Column{Name: c.Name, Kind: c.Type.Kind})
		}
		return t, nil
	}
	object := &formula.Object{Name: f.Name, Fields: fields}
	if t.Kind == formula.KindList {
		t.Elem = &formula.Type{Kind: formula.KindObject, Object: object}
	} else {
		t.Object = object
	}
	return t, nil
}

// Fields gives the fields of a plan's scope as formulas know them, ready for formula.NewEnv.
func Fields(fields []plan.Field) ([]formula.Field, error) {
	out := make([]formula.Field, 0, len(fields))
	for _, f := range fields {
		t, err := Type(f)
		if err != nil {
			return nil, err
		}
		out = append(out, formula.Field{Name: f.Name, Type: t, Optional: f.Optional, When: f.When})
	}
	return out, nil
}

// IssuedField is what the rows of a document may read beside the plan's scope: issued.number and issued.on.
func IssuedField() plan.Field {
	return plan.Field{Name: "issued", Kind: "record", Fields: []plan.Field{{Name: "number", Kind: "text"}, {Name: "on", Kind: "date"}}}
}

func newCompiler(p *plan.Plan) (*compiler, error) {
	scope, err := Fields(p.Scope)
	if err != nil {
		return nil, err
	}
	c := &compiler{scope: scope, facts: map[string]int{}, done: map[source]*expression{}}
	if c.plain, err = formula.NewEnv(scope); err != nil {
		return nil, err
	}
	withIssued, err := Fields(append(p.Scope[:len(p.Scope):len(p.Scope)], IssuedField()))
	if err != nil {
		return nil, err
	}
	if c.paper, err = formula.NewEnv(withIssued); err != nil {
		return nil, err
	}
	if c.fee, err = feeEnv(c.plain, scope, p.FeeReads); err != nil {
		return nil, err
	}
	for i, f := range p.Facts {
		e, err := c.compile(source{text: f.Formula, kind: f.Kind})
		if err != nil {
			return nil, fmt.Errorf("fact %s: %w", f.Name, err)
		}
		number, err := c.optional(source{text: f.Row, kind: "int"})
		if err != nil {
			return nil, fmt.Errorf("fact %s: %w", f.Name, err)
		}
		c.readers, c.numbers = append(c.readers, *e), append(c.numbers, number)
		c.facts[f.Name] = i
	}
	return c, nil
}

// compile gives the compiled formula; guards are conditions that hold wherever it is evaluated.
func (c *compiler) compile(s source, guards ...string) (*expression, error) {
	given := make([]string, 0, len(guards))
	for _, g := range guards {
		if g != "" {
			given = append(given, g)
		}
	}
	s.given = strings.Join(given, "\x00")
	s.fee = s.fee && c.fee != c.plain // so that one formula is compiled once
	if e := c.done[s]; e != nil {
		return e, nil
	}
	want, err := wanted(s.kind)
	if err != nil {
		return nil, err
	}
	env := c.plain
	switch {
	case s.paper:
		env = c.paper
	case s.fee:
		env = c.fee
	}
	f, problems := env.CompileUnder(s.text, want, given)
	if len(problems) > 0 || f == nil {
		if len(problems) == 0 {
			return nil, fmt.Errorf("formula %q does not compile", s.text)
		}
		return nil, fmt.Errorf("formula %q: %s", s.text, problems[0].Summary)
	}
	e := &expression{formula: f}
	e.tariff = slices.ContainsFunc(f.Reads(), func(path string) bool { root, _, _ := strings.Cut(path, "."); return root == "tariff" })
	if e.facts, err = c.factsOf(f); err != nil {
		return nil, fmt.Errorf("formula %q: %w", s.text, err)
	}
	for _, i := range e.facts {
		e.tariff = e.tariff || c.readers[i].tariff
	}
	c.done[s] = e
	return e, nil
}

// reads tells whether a formula that the machine evaluates, and not only a paper, reads a day of asOf.
func (c *compiler) reads(day string) bool {
	for s, e := range c.done {
		if !s.paper && slices.ContainsFunc(e.formula.Reads(), func(p string) bool { return p == "asOf" || p == "asOf."+day }) {
			return true
		}
	}
	return false
}

// optional compiles a condition that may be "", which gives nil.
func (c *compiler) optional(s source, guards ...string) (*expression, error) {
	if s.text == "" {
		return nil, nil
	}
	return c.compile(s, guards...)
}

// factsOf lists the facts that f needs, each after those that it reads itself.
func (c *compiler) factsOf(f *formula.Formula) ([]int, error) {
	var needed []int
	has := make(map[int]bool)
	add := func(i int) {
		if !has[i] {
			has[i] = true
			needed = append(needed, i)
		}
	}
	for _, path := range f.Reads() {
		root, rest, _ := strings.Cut(path, ".")
		if root != "facts" {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		i, ok := c.facts[name]
		if !ok {
			return nil, fmt.Errorf("fact %q is not known before it", name)
		}
		for _, before := range c.readers[i].facts {
			add(before)
		}
		add(i)
	}
	return needed, nil
}
