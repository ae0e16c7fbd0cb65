package form

import (
	"github.com/diwan-gov/diwan/catalog/formula"
)

// Prefill gives the answers with which an empty form opens, from what is attested of the applicant and what registries say of them. A field
// whose formula has no value, or not one of its type, opens empty.
func (f *Form) Prefill(with Context) map[string]any {
	out := map[string]any{}
	a, err := f.newAnswers(with)
	if err != nil {
		return out
	}
	for i := range f.block.fields {
		field := &f.block.fields[i]
		if field.prefill == nil {
			continue
		}
		value, err := a.eval(field.prefill)
		if err != nil {
			continue
		}
		if v := f.given(field, formula.EncodeValue(value)); v != nil {
			out[field.Code] = v
		}
	}
	return out
}

// Value is what somebody types as the form keeps it; nil where it is no answer of the field.
func (f *Form) Value(code string, typed any) any {
	at, ok := f.block.index[code]
	if !ok {
		return nil
	}
	return f.given(&f.block.fields[at], typed)
}

// given is a value of a registry as an answer of a field; nil where it is not one. Of a record only what the field asks for is taken, and of a
// list each record so.
func (f *Form) given(field *field, raw any) any {
	if field.inner == nil && !field.list() {
		v, code := normalise(field, raw, f.plan.Currency)
		if code != "" {
			return nil
		}
		return v
	}
	switch raw := raw.(type) {
	case []any:
		out := []any{}
		for _, item := range raw {
			if field.inner == nil {
				out = append(out, item)
			} else if record, ok := item.(map[string]any); ok {
				out = append(out, f.parts(field, record))
			}
		}
		return out
	case map[string]any:
		if parts := f.parts(field, raw); len(parts) > 0 {
			return parts
		}
	}
	return nil
}

func (f *Form) parts(field *field, record map[string]any) map[string]any {
	out := map[string]any{}
	for i := range field.inner.fields {
		inner := &field.inner.fields[i]
		if v := f.given(inner, record[inner.Code]); v != nil {
			out[inner.Code] = v
		}
	}
	return out
}
