package form

import (
	"slices"
	"strings"
)

// LabelKey names the label of an answer that was chosen among records, in what Labels gives: the field by its codes (owner.vehicle, without
// the numbers of rows) and the value.
func LabelKey(field, value string) string { return field + "/" + value }

// Labels are the labels of those answers that were chosen among records of a registry, by LabelKey. They are kept with the answers, since what
// the registry says may be another thing tomorrow, and nobody asks it again in order to show what was sent. values are what Validate gave, with
// the same context.
func (f *Form) Labels(values map[string]any, with Context) (map[string]string, error) {
	if !f.block.chooses() {
		return nil, nil
	}
	a, err := f.newAnswers(with)
	if err != nil {
		return nil, err
	}
	a.take(values)
	out := map[string]string{}
	a.blocks(func(b *answers) { b.labels(out) })
	return out, nil
}

// chooses tells that a field, or one of its rows, takes its answers from records.
func (b *block) chooses() bool {
	return slices.ContainsFunc(b.fields, func(f field) bool { return f.records != nil || f.inner != nil && f.inner.chooses() })
}

func (a *answers) labels(out map[string]string) {
	for i := range a.block.fields {
		if a.block.fields[i].records == nil || a.values[i] == nil {
			continue
		}
		list, _ := items(a.values[i])
		for _, o := range a.offered(i).options {
			if slices.ContainsFunc(list, func(item any) bool { return typed(item) == o.Value }) {
				out[LabelKey(a.codes(i), o.Value)] = o.Label
			}
		}
	}
}

// codes is field i by its codes alone: what names its control, without the numbers of rows.
func (a *answers) codes(i int) string {
	parts := strings.Split(a.key+a.block.fields[i].Code, ".")
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p != "" && p[0] >= '0' && p[0] <= '9' }), ".")
}
