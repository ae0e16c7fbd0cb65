package form

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// answers are the answers of one call on their way through validation; it is used by one goroutine.
type answers struct {
	form    *Form
	with    Context
	values  []any // normalised JSON, nil = no answer
	visible []bool
	found   []*Problem // the first problem of each field
	roots   formula.Values
	read    map[string]any // roots["form"]: decoded values of visible fields
	facts   map[string]any // roots["facts"]
	tried   []bool         // facts
}

// newAnswers decodes the context. The error names what is not of its declared type, never its value.
func (f *Form) newAnswers(with Context) (*answers, error) {
	n := len(f.fields)
	a := &answers{
		form: f, with: with, values: make([]any, n), visible: make([]bool, n), found: make([]*Problem, n),
		read: make(map[string]any, n), facts: make(map[string]any, len(f.facts)), tried: make([]bool, len(f.facts)),
	}
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
	a.roots = formula.Values{
		catalog.FormRoot: a.read, catalog.FactsRoot: a.facts, catalog.ApplicantRoot: applicant, catalog.TariffRoot: tariff, catalog.AsOfRoot: asOf,
	}
	return a, nil
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
			out[declared.Name], err = formula.DecodeValue(declared.Type, raw)
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
		if v, err := a.form.facts[i].formula.Eval(a.roots); err == nil {
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
// answer before anything reads it.
func (a *answers) take(raw map[string]any) {
	for _, i := range a.form.order {
		f := &a.form.fields[i]
		if a.visible[i] = a.holds(f.when); !a.visible[i] {
			continue
		}
		v, code := normalise(f, raw[f.Code], a.form.plan.Currency)
		switch {
		case code != "":
			a.problem(i, code, nil)
		case v != nil:
			a.values[i] = v
			if decoded, err := f.decode(v, a.form.plan.Currency); err == nil {
				a.read[f.Code] = decoded
			}
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
			out[a.form.fields[i].Code] = v
		}
	}
	return out
}

// sound tells that none of the fields has a problem.
func (a *answers) sound(fields []int) bool {
	for _, i := range fields {
		if a.found[i] != nil {
			return false
		}
	}
	return true
}
