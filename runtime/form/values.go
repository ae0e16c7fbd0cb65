package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// call is one use of a form, by one goroutine.
type call struct {
	form   *Form
	with   Context
	roots  formula.Values // what formulas of the form read
	facts  map[string]any // roots["facts"]
	tried  []bool         // facts
	oddity []Problem      // names in rows and records that the form does not have
}

// answers are the answers of one block on their way through validation.
type answers struct {
	*call
	block   *block
	path    string         // JSON pointer to the block, "" for the form
	key     string         // what the names of its controls begin with, "" for the form
	roots   formula.Values // what its formulas read
	values  []any          // normalised JSON, nil = no answer
	visible []bool
	found   []*Problem     // the first problem of each field
	read    map[string]any // decoded values of visible fields
	offers  map[int]offer  // by field, as they are asked for
	inner   [][]*answers   // by field, nil where the block has none: the rows of a group, the one of a record
	at      int            // index of a row among those that were given
	dropped bool           // an empty row, which is not kept
}

// newAnswers decodes the context. The error names what is not of its declared type, never its value.
func (f *Form) newAnswers(with Context) (*answers, error) {
	c := &call{form: f, with: with, facts: make(map[string]any, len(f.facts)), tried: make([]bool, len(f.facts))}
	a := newBlock(c, f.block)
	applicant, err := f.decodeRoot(catalog.ApplicantRoot, func(name string) (any, error) { return with.Applicant[name], nil })
	if err != nil {
		return a, err
	}
	tariff, err := f.decodeRoot(catalog.TariffRoot, func(name string) (any, error) { return decodeJSON(with.Tariff[name]) })
	if err != nil {
		return a, err
	}
	asOf := map[string]any{}
	if with.Submitted.Valid() {
		asOf["submitted"] = with.Submitted
	}
	c.roots = formula.Values{
		f.root: a.read, catalog.FactsRoot: c.facts, catalog.ApplicantRoot: applicant, catalog.TariffRoot: tariff, catalog.AsOfRoot: asOf,
	}
	for _, root := range f.reads {
		given, ok := with.Given[root]
		if !ok {
			continue // it has no value, and what reads it none
		}
		if c.roots[root], err = f.decodeRoot(root, func(name string) (any, error) { return given[name], nil }); err != nil {
			return a, err
		}
	}
	a.roots = c.roots
	return a, nil
}

func newBlock(c *call, b *block) *answers {
	n := len(b.fields)
	a := &answers{
		call: c, block: b, values: make([]any, n), visible: make([]bool, n), found: make([]*Problem, n), read: make(map[string]any, n),
	}
	if b.nested {
		a.inner = make([][]*answers, n)
	}
	return a
}

// row makes the answers of a row of field i; of a record where at is below 0.
func (a *answers) row(i, at int) *answers {
	f := &a.block.fields[i]
	r := newBlock(a.call, f.inner)
	r.path, r.key, r.at = a.path+"/"+f.Code, a.key+f.Code+".", at
	if at < 0 {
		return r // its parts have no formulas
	}
	index := strconv.Itoa(at)
	r.path, r.key = r.path+"/"+index, r.key+index+"."
	r.roots = maps.Clone(a.roots)
	r.roots[catalog.RowRoot] = r.read
	return r
}

// decodeRoot decodes the declared fields of a root; what is absent stays so.
func (f *Form) decodeRoot(root string, get func(name string) (any, error)) (map[string]any, error) {
	out := map[string]any{}
	object := f.scope[root].Object
	if object == nil {
		return out, nil
	}
	for _, declared := range object.Fields {
		raw, err := get(declared.Name)
		if raw == nil && err == nil {
			continue
		}
		if err == nil {
			out[declared.Name], err = formula.DecodeIn(f.plan.Currency, declared.Type, raw)
		}
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", root, declared.Name, err)
		}
	}
	return out, nil
}

func decodeJSON(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// eval evaluates an expression, and before it the facts that it reads. A fact without a value stays absent: the formula may guard itself.
func (a *answers) eval(e *expression) (any, error) {
	for _, i := range e.facts {
		if a.tried[i] {
			continue
		}
		a.tried[i] = true
		if v, err := a.form.facts[i].formula.Eval(a.call.roots); err == nil {
			a.facts[a.form.facts[i].name] = v
		}
	}
	return e.formula.Eval(a.roots)
}

// holds tells whether a condition is true; one that has no value, since what it reads is not answered yet, is not.
func (a *answers) holds(e *expression) bool {
	if e == nil {
		return true
	}
	v, err := a.eval(e)
	return err == nil && v == true
}

// take normalises what was given and decides what is visible, each field after those that its condition reads. A hidden field loses its
// answer before anything reads it, and what is worked out never comes from outside.
func (a *answers) take(raw map[string]any) {
	for _, i := range a.block.order {
		f := &a.block.fields[i]
		if a.visible[i] = a.holds(f.when); !a.visible[i] {
			continue
		}
		given := raw[f.Code]
		if f.value != nil {
			given = a.workedOut(f)
		}
		switch {
		case f.group():
			a.takeRows(i, given)
		case f.inner != nil:
			a.takeRecord(i, given)
		case f.list():
			a.takeItems(i, given)
		default:
			a.takeValue(i, given)
		}
	}
}

// workedOut gives the value of a formula as JSON, nil where it has none.
func (a *answers) workedOut(f *field) any {
	v, err := a.eval(f.value)
	if err != nil {
		return nil
	}
	return a.form.given(f, formula.EncodeValue(v))
}

func (a *answers) takeValue(i int, raw any) {
	f := &a.block.fields[i]
	v, code := normalise(f, raw, a.form.plan.Currency)
	switch {
	case code != "":
		a.problem(i, code, nil)
	case v != nil:
		a.choose(i, v)
		a.values[i] = v
		if decoded, err := f.decode(v, a.form.plan.Currency); err == nil {
			a.read[f.Code] = decoded
		}
	}
}

// decode gives a normalised value as formulas read it.
func (f *field) decode(v any, currency string) (any, error) {
	if text, ok := v.(string); ok && f.typ.Kind == formula.KindMoney {
		return formula.ParseMoney(text + " " + currency)
	}
	return formula.DecodeValue(f.typ, v)
}

// normalised gives the visible answers by code.
func (a *answers) normalised() map[string]any {
	out := make(map[string]any, len(a.values))
	for i, v := range a.values {
		if v != nil {
			out[a.block.fields[i].Code] = v
		}
	}
	return out
}

// sound tells that none of the fields has a problem, nor what is in them, nor what they are worked out of.
func (a *answers) sound(fields []int) bool {
	for _, i := range fields {
		derived := a.block.fields[i].value
		if !a.fine(i) || derived != nil && a.values[i] == nil && !a.settled(derived) {
			return false
		}
	}
	return true
}

// fine tells that neither the field nor what is in it has a problem.
func (a *answers) fine(i int) bool {
	if a.found[i] != nil {
		return false
	}
	if a.inner == nil {
		return true
	}
	for _, r := range a.inner[i] {
		for j := range r.found {
			if !r.dropped && !r.fine(j) {
				return false
			}
		}
	}
	return true
}
