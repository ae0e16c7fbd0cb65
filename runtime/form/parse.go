package form

import (
	"net/url"

	"github.com/diwan-gov/diwan/catalog"
)

// Parse reads the answers of a posted HTML form as they were typed: each field under its code, a date also as CODE-day, CODE-month and
// CODE-year. What the form does not have, such as a token or a button, is left out.
func (f *Form) Parse(values url.Values) map[string]any {
	out := map[string]any{}
	for i := range f.fields {
		code := f.fields[i].Code
		if text, ok := first(values[code]); ok {
			out[code] = text
			continue
		}
		if catalog.FieldType(f.fields[i].Type) != catalog.DateField {
			continue
		}
		boxes := map[string]any{}
		for _, part := range dateBoxes {
			if text, ok := first(values[code+"-"+part]); ok {
				boxes[part] = text
			}
		}
		if len(boxes) > 0 {
			out[code] = boxes
		}
	}
	return out
}

// first is the first value that is not empty, as a box that is repeated for a wide and a narrow window has; ok is false where the form did
// not have the field.
func first(values []string) (string, bool) {
	for _, v := range values {
		if v != "" {
			return v, true
		}
	}
	return "", len(values) > 0
}
