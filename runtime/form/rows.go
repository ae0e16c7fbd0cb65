package form

import (
	"encoding/json"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
)

// mostItems bounds what is looked at of a list, whatever its own bounds say.
const mostItems = 500

// takeItems takes several answers of one question: the values of choices, the uploads of a field of files. What is there twice is there once,
// and the values of choices stand in the order of their options.
func (a *answers) takeItems(i int, raw any) {
	f := &a.block.fields[i]
	given, ok := items(raw)
	if !ok || len(given) > mostItems {
		a.problem(i, TypeProblem, nil)
		given = nil
	}
	kept := []any{}
	for _, item := range given {
		v, code := normalise(f, item, a.form.plan.Currency)
		switch {
		case code != "":
			a.problem(i, code, nil)
		case v != nil && !slices.Contains(kept, v):
			a.choose(i, v)
			kept = append(kept, v)
		}
	}
	if catalog.FieldType(f.Type) == catalog.ChoicesField {
		slices.SortStableFunc(kept, func(x, y any) int { return a.optionAt(i, x) - a.optionAt(i, y) })
	}
	a.put(i, kept)
}

// put keeps a list or a record as it is stored, and as formulas read it.
func (a *answers) put(i int, v any) {
	f := &a.block.fields[i]
	a.values[i] = v
	if decoded, err := f.decode(v, a.form.plan.Currency); err == nil {
		a.read[f.Code] = decoded
	}
}

// items reads a list; a single answer is one of one.
func items(raw any) ([]any, bool) {
	switch v := raw.(type) {
	case nil:
		return nil, true
	case []any:
		return v, true
	case string, json.Number:
		return []any{v}, true
	}
	return nil, false
}

// optionAt is the place of a value among the options of field i.
func (a *answers) optionAt(i int, v any) int {
	f := &a.block.fields[i]
	if f.records != nil {
		return slices.IndexFunc(a.offered(i).options, func(o Option) bool { return o.Value == v })
	}
	switch v := v.(type) {
	case string:
		return slices.Index(f.Options, v)
	case json.Number:
		return slices.Index(f.Options, string(v))
	}
	return -1
}

// takeRows takes the rows of a group. An empty row that nobody asked for is no row.
func (a *answers) takeRows(i int, raw any) {
	f := &a.block.fields[i]
	given, ok := raw.([]any)
	if raw != nil && !ok || len(given) > mostItems {
		a.problem(i, TypeProblem, nil)
		given = nil
	}
	filled := 0
	for at, item := range given {
		fields, ok := item.(map[string]any)
		if !ok {
			a.problem(i, TypeProblem, nil)
			continue
		}
		r := a.row(i, at)
		r.take(fields)
		r.noteStrangers(fields)
		if r.dropped = r.empty(); !r.dropped {
			filled++
		}
		a.inner[i] = append(a.inner[i], r)
	}
	stored, read := []any{}, []any{}
	for _, r := range a.inner[i] {
		if r.dropped && filled < f.AtLeast {
			r.dropped = false // one that must be there: what it lacks is told beside its fields
			filled++
		}
		if !r.dropped {
			stored, read = append(stored, r.normalised()), append(read, r.read)
		}
	}
	a.values[i], a.read[f.Code] = stored, read
}

// takeRecord takes the parts of a record. One without any answer is absent.
func (a *answers) takeRecord(i int, raw any) {
	fields, ok := raw.(map[string]any)
	if raw != nil && !ok {
		a.problem(i, TypeProblem, nil)
		return
	}
	r := a.row(i, -1)
	r.take(fields)
	r.noteStrangers(fields)
	a.inner[i] = []*answers{r}
	if r.dropped = r.empty(); !r.dropped {
		a.values[i], a.read[a.block.fields[i].Code] = r.normalised(), r.read
	}
}

// empty tells that nothing was answered: what is worked out is no answer.
func (a *answers) empty() bool {
	for i, v := range a.values {
		if a.found[i] != nil {
			return false
		}
		if v == nil || a.block.fields[i].value != nil {
			continue
		}
		if list, ok := v.([]any); !ok || len(list) > 0 {
			return false
		}
	}
	return true
}

// kept are the rows of a group that are stored, in order.
func (a *answers) kept(i int) []*answers {
	return slices.DeleteFunc(slices.Clone(a.inner[i]), func(r *answers) bool { return r.dropped })
}

// blocks calls f for the answers of the form and of every row and record in it that is kept.
func (a *answers) blocks(f func(*answers)) {
	f(a)
	for i := range a.inner {
		for _, r := range a.inner[i] {
			if !r.dropped {
				r.blocks(f)
			}
		}
	}
}

func (a *answers) noteStrangers(raw map[string]any) {
	if len(a.oddity) < mostUnknown {
		a.oddity = append(a.oddity, a.strange(raw)...)
	}
}
