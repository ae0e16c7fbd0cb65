package form

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// block is fields that are answered together: those of the form, of one row of a group, or the parts of a record.
type block struct {
	fields []field
	index  map[string]int
	order  []int // of fields: each after those that it is shown by and worked out of
	nested bool  // some field holds fields
}

type field struct {
	*plan.FormField
	typ      formula.Type
	when     *expression
	prefill  *expression
	value    *expression // what is worked out: of value, or of prefill where that stands
	require  *expression
	records  *expression    // those to choose from
	pattern  *regexp.Regexp // only where the schema does not say it
	min, max limit
	media    []string // media types that a file may have
	written  written
	manner   manner
	longest  int    // characters, as the schema says; 0 = no limit
	inner    *block // of a group and of a record
}

func (f *field) group() bool { return f.inner != nil && f.typ.Kind == formula.KindList }

func (f *field) list() bool { return f.typ.Kind == formula.KindList }

// block compiles fields. The formulas of those in a group read the row too; parts of records have none.
func (c *compiler) block(list []plan.FormField, said map[string]saying) (*block, error) {
	b := &block{index: make(map[string]int, len(list))}
	for i := range list {
		code := list[i].Code
		if _, twice := b.index[code]; twice || code == "" {
			return nil, fmt.Errorf("field %q is empty or given twice", code)
		}
		b.index[code] = i
	}
	if c.rows == nil {
		c.index = b.index
	} else {
		c.rows = b.index
	}
	for i := range list {
		compiled, err := c.field(&list[i], said[list[i].Code])
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", list[i].Code, err)
		}
		b.nested = b.nested || compiled.inner != nil
		b.fields = append(b.fields, compiled)
	}
	return b, nil
}

func (c *compiler) field(pf *plan.FormField, said saying) (_ field, err error) {
	out := field{FormField: pf, typ: typeOf(pf), written: writtenAs(pf), manner: mannerOf(pf), longest: said.MaxLength}
	if !slices.Contains(fieldTypes, pf.Type) || out.typ.Kind == formula.KindAny {
		return out, fmt.Errorf("type %q of kind %q", pf.Type, pf.Kind)
	}
	if out.when, err = c.condition(pf.When); err != nil {
		return out, err
	}
	if out.require, err = c.condition(pf.Require, pf.When); err != nil {
		return out, err
	}
	if pf.Prefill != "" {
		if out.prefill, err = c.compile(pf.Prefill, loose(out.typ), catalog.PrefillGuards(pf.Prefill, pf.ReadOnly, pf.Optional)...); err != nil {
			return out, err
		}
	}
	if pf.From != nil {
		if out.records, err = c.compile(pf.From.List, formula.Type{Kind: formula.KindList}, pf.When); err != nil {
			return out, err
		}
	}
	if pf.ReadOnly {
		out.value = out.prefill
	}
	if pf.Value != "" {
		if out.value, err = c.compile(pf.Value, loose(out.typ), pf.When); err != nil {
			return out, err
		}
	}
	if out.pattern, err = compilePattern(pf, said); err != nil {
		return out, err
	}
	if out.min, err = newLimit(pf, pf.Min, c.form.plan.Currency); err != nil {
		return out, err
	}
	if out.max, err = newLimit(pf, pf.Max, c.form.plan.Currency); err != nil {
		return out, err
	}
	for _, word := range pf.Accept {
		media, ok := mediaTypes[word]
		if !ok {
			return out, fmt.Errorf("accepts %q", word)
		}
		out.media = append(out.media, media)
	}
	return out, c.inner(&out, said)
}

// inner compiles the fields of a group's row, or the parts of a record.
func (c *compiler) inner(f *field, said saying) (err error) {
	if len(f.Fields) == 0 {
		return nil
	}
	in := &compiler{form: c.form, shared: c.shared, rows: map[string]int{}}
	if f.list() {
		if c.rows != nil {
			return fmt.Errorf("a group in a group")
		}
		if in, err = c.inRows(f.FormField, map[string]int{}); err != nil {
			return err
		}
	}
	if f.inner, err = in.block(f.Fields, said.inner()); err == nil {
		err = f.inner.sort(true)
	}
	return err
}

// loose leaves open what is in a list or a record: it follows from the scope.
func loose(t formula.Type) formula.Type {
	if t.Kind == formula.KindList || t.Kind == formula.KindObject {
		return formula.Type{Kind: t.Kind}
	}
	return t
}

// typeOf is the type of a field as formulas know it.
func typeOf(pf *plan.FormField) formula.Type {
	t := formula.Type{Kind: kinds[pf.Kind]}
	switch {
	case pf.Of != "":
		t.Elem = &formula.Type{Kind: kinds[pf.Of]}
	case len(pf.Fields) > 0:
		object := &formula.Object{Name: pf.Code}
		for i := range pf.Fields {
			inner := &pf.Fields[i]
			object.Fields = append(object.Fields, formula.Field{Name: inner.Code, Type: typeOf(inner)})
		}
		if t.Kind == formula.KindList {
			t.Elem = &formula.Type{Kind: formula.KindObject, Object: object}
		} else {
			t.Object = object
		}
	}
	return t
}

// needs are the fields of the block that must be known before field i is: what shows it and what it is worked out of. rows says that the
// block is of a row.
func (b *block) needs(i int, rows bool) []int {
	var out []int
	add := func(e *expression) {
		switch {
		case e == nil:
		case rows:
			out = append(out, e.row...)
		default:
			out = append(out, e.fields...)
		}
	}
	f := &b.fields[i]
	add(f.when)
	add(f.value)
	add(f.records)
	if f.inner != nil && !rows {
		for j := range f.inner.fields {
			inner := &f.inner.fields[j]
			add(inner.when)
			add(inner.value)
			add(inner.records)
		}
	}
	return out
}

// sort orders the fields so that each stands after those that it needs, and otherwise as written. Then one pass decides what is visible and
// what is worked out. rows says that the block is of a row. What goes round in circles is refused.
func (b *block) sort(rows bool) error {
	placed, moving := make([]bool, len(b.fields)), make([]bool, len(b.fields))
	var place func(i int) error
	place = func(i int) error {
		if placed[i] {
			return nil
		}
		if moving[i] {
			return fmt.Errorf("field %s: whether it is shown, or what it is, depends on itself", b.fields[i].Code)
		}
		moving[i] = true
		for _, before := range b.needs(i, rows) {
			if err := place(before); err != nil {
				return err
			}
		}
		placed[i] = true
		b.order = append(b.order, i)
		return nil
	}
	for i := range b.fields {
		if err := place(i); err != nil {
			return err
		}
	}
	return nil
}

// expressions are what decides how a field is asked, nil where there is none.
func (f *field) expressions() []*expression {
	return []*expression{f.when, f.value, f.require, f.records}
}

// dynamic lists the fields of the form that others are shown by, worked out of or needed by, in order.
func (b *block) dynamic() []string {
	read := make([]bool, len(b.fields))
	var all func(fields []field)
	all = func(fields []field) {
		for i := range fields {
			f := &fields[i]
			for _, e := range f.expressions() {
				if e != nil {
					for _, at := range e.fields {
						read[at] = true
					}
				}
			}
			if f.inner != nil {
				all(f.inner.fields)
			}
		}
	}
	all(b.fields)
	var out []string
	for i, is := range read {
		if is && b.fields[i].value == nil {
			out = append(out, b.fields[i].Code)
		}
	}
	return out
}

// moves tells that another field of the same row is shown by, worked out of or needed by field i.
func (b *block) moves(i int) bool {
	return slices.ContainsFunc(b.fields, func(f field) bool {
		for _, e := range f.expressions() {
			if e != nil && slices.Contains(e.row, i) {
				return true
			}
		}
		return false
	})
}
