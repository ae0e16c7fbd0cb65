package form

import (
	"github.com/diwan-gov/diwan/catalog/formula"
)

// Prefill gives the answers with which an empty form opens, from what is attested of the applicant. A field whose formula has no value, or
// not one of its type, opens empty.
func (f *Form) Prefill(with Context) map[string]any {
	out := map[string]any{}
	a, err := f.newAnswers(with)
	if err != nil {
		return out
	}
	for i := range f.fields {
		field := &f.fields[i]
		if field.prefill == nil {
			continue
		}
		value, err := a.eval(field.prefill)
		if err != nil {
			continue
		}
		raw := formula.EncodeValue(value)
		if v, code := normalise(field, raw, f.plan.Currency); v != nil && code == "" {
			out[field.Code] = v
		}
	}
	return out
}
