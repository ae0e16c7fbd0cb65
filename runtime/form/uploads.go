package form

import "github.com/diwan-gov/diwan/workflows/plan"

// Uploads lists the uploads that normalised answers name, in form order.
func (f *Form) Uploads(answers map[string]any) []string { return uploads(f.block, answers) }

func uploads(b *block, answers map[string]any) (out []string) {
	for i := range b.fields {
		f := &b.fields[i]
		given := answers[f.Code]
		if f.inner != nil {
			rows, isList := given.([]any)
			if !isList {
				rows = []any{given}
			}
			for _, row := range rows {
				if fields, ok := row.(map[string]any); ok {
					out = append(out, uploads(f.inner, fields)...)
				}
			}
			continue
		}
		if f.written != asUpload {
			continue
		}
		list, _ := items(given)
		for _, id := range list {
			if text, ok := id.(string); ok {
				out = append(out, text)
			}
		}
	}
	return out
}

// FileFields are the fields that take files, those in groups too, each with how many files a filled-in form may bring of it.
func (f *Form) FileFields() []FileField { return fileFields(f.list.Fields, 1) }

// FileField is a field that takes files.
type FileField struct {
	plan.FormField
	Most int
}

func fileFields(fields []plan.FormField, times int) (out []FileField) {
	for i := range fields {
		field := &fields[i]
		switch {
		case len(field.Fields) > 0:
			out = append(out, fileFields(field.Fields, times*max(1, field.AtMost))...)
		case writtenAs(field) == asUpload:
			out = append(out, FileField{*field, times * max(1, field.AtMost)})
		}
	}
	return out
}
