package filling

import (
	"maps"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Carried are hidden controls for everything that was typed and that the page does not ask: nothing is lost on the way, also what is hidden
// just now and may be shown again.
func (f *Filling) Carried(asked []string) []ui.Hidden {
	var out []ui.Hidden
	for _, name := range slices.Sorted(maps.Keys(f.Typed)) {
		plain, _, _ := strings.Cut(name, "-")
		field, top, _, ok := f.Form.Control(name)
		if !ok || slices.Contains(asked, plain) && field.Type != FileType || slices.Contains(f.Frozen, top) {
			continue
		}
		for _, v := range f.Typed[name] {
			if v != "" {
				out = append(out, ui.Hidden{Name: name, Value: v})
			}
			if field.Of == "" && v != "" {
				break // one answer is enough
			}
		}
	}
	return out
}

// Shown are the names of the fields that are asked, those in groups and records too.
func Shown(fields []form.Field) (names []string) {
	for _, field := range fields {
		if !field.Visible {
			continue
		}
		field.Each(func(inner *form.Field) {
			if inner.Visible {
				names = append(names, inner.Name)
			}
		})
	}
	return names
}

// Fresh are fields that the page shows now and did not show when it was filled in (before, as ShownControl has them): an answer has opened them.
func Fresh(now []string, before string) []string {
	asked := strings.Split(before, ",")
	return slices.DeleteFunc(slices.Clone(now), func(code string) bool { return slices.Contains(asked, code) })
}

// Errors lists what is wrong with fields and with what they hold, for the summary above a page.
func Errors(fields []form.Field) (out []ui.FieldError) {
	for _, field := range fields {
		out = append(out, errorsIn(field, "")...)
	}
	return out
}

// errorsIn lists what is wrong with a field and what it holds; where says in which row or record it stands.
func errorsIn(field form.Field, where string) (out []ui.FieldError) {
	if !field.Visible {
		return nil
	}
	if field.Error != "" {
		out = append(out, ui.FieldError{Name: field.Name, Text: where + field.Label + ": " + field.Error})
	}
	for _, part := range field.Parts {
		out = append(out, errorsIn(part, where+field.Label+" – ")...)
	}
	for _, row := range field.Rows {
		for _, inner := range row.Fields {
			out = append(out, errorsIn(inner, where+row.Title+" – ")...)
		}
	}
	return out
}
