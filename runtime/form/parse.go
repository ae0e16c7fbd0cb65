package form

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Controls of a page have these names: CODE; of a date also CODE-day, CODE-month and CODE-year; of a part of a record RECORD.PART; of a group
// GROUP, which holds how many rows the page shows, and GROUP.ROW.CODE, where rows are counted from 0. Choices and several files repeat one.

// Parse reads the answers of a posted HTML form as they were typed. What the form does not have, such as a token or a button, is left out.
func (f *Form) Parse(values url.Values) map[string]any { return parse(f.block, values, "") }

func parse(b *block, values url.Values, prefix string) map[string]any {
	out := map[string]any{}
	for i := range b.fields {
		f := &b.fields[i]
		name := prefix + f.Code
		switch {
		case f.value != nil: // never comes from outside
		case f.group():
			if _, posted := values[name]; posted {
				out[f.Code] = parseRows(f, values, name)
			}
		case f.inner != nil:
			if parts := parse(f.inner, values, name+"."); len(parts) > 0 {
				out[f.Code] = parts
			}
		case f.list():
			if given, posted := values[name]; posted {
				out[f.Code] = several(given)
			}
		default:
			if v := single(f, values, name); v != nil {
				out[f.Code] = v
			}
		}
	}
	return out
}

func parseRows(f *field, values url.Values, name string) []any {
	rows := []any{}
	for i := range rowCount(values, name) {
		rows = append(rows, parse(f.inner, values, name+"."+strconv.Itoa(i)+"."))
	}
	return rows
}

// rowCount is how many rows the page shows.
func rowCount(values url.Values, name string) int {
	text, _ := first(values[name])
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return max(0, min(n, mostItems))
}

func several(given []string) []any {
	out := []any{}
	for _, v := range given {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

// single is the answer of a field with one control, or with the boxes of a date; nil where the form did not have it.
func single(f *field, values url.Values, name string) any {
	if text, ok := first(values[name]); ok {
		return text
	}
	if catalog.FieldType(f.Type) != catalog.DateField {
		return nil
	}
	boxes := map[string]any{}
	for _, part := range dateBoxes {
		if text, ok := first(values[name+"-"+part]); ok {
			boxes[part] = text
		}
	}
	if len(boxes) == 0 {
		return nil
	}
	return boxes
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

// Controls is the way back: what a page would post of answers that are stored or prefilled.
func (f *Form) Controls(answers map[string]any) url.Values {
	out := url.Values{}
	controls(f.block, answers, "", out)
	return out
}

func controls(b *block, answers map[string]any, prefix string, out url.Values) {
	for i := range b.fields {
		f := &b.fields[i]
		name := prefix + f.Code
		switch v := answers[f.Code].(type) {
		case map[string]any:
			if f.inner != nil {
				controls(f.inner, v, name+".", out)
			}
		case []any:
			if !f.group() {
				for _, item := range v {
					out.Add(name, typed(item))
				}
				continue
			}
			out.Set(name, strconv.Itoa(len(v)))
			for at, row := range v {
				if fields, ok := row.(map[string]any); ok {
					controls(f.inner, fields, name+"."+strconv.Itoa(at)+".", out)
				}
			}
		case bool:
			out.Set(name, map[bool]string{true: "yes", false: "no"}[v])
		case string, json.Number:
			out.Set(name, typed(v))
		}
	}
}

// Control finds the field that a control of this name belongs to. top is the code of the field of the form in which it stands; part is what
// stands behind a hyphen, as the box of a date.
func (f *Form) Control(name string) (field plan.FormField, top, part string, ok bool) {
	name, part, _ = strings.Cut(name, "-")
	steps := strings.Split(name, ".")
	b := f.block
	for len(steps) > 0 {
		i, known := b.index[steps[0]]
		if !known {
			return field, "", "", false
		}
		at := &b.fields[i]
		steps = steps[1:]
		if at.group() && len(steps) > 0 {
			if row, err := strconv.Atoi(steps[0]); err != nil || row < 0 || row >= mostItems || strconv.Itoa(row) != steps[0] {
				return field, "", "", false
			}
			if steps = steps[1:]; len(steps) == 0 {
				return field, "", "", false
			}
		}
		field, b = *at.FormField, at.inner
		if b == nil {
			break
		}
	}
	top, _, _ = strings.Cut(name, ".")
	return field, top, part, len(steps) == 0
}

// AddRow gives what a page with one more row of a group would post.
func (f *Form) AddRow(values url.Values, group string) {
	if field, _, _, ok := f.Control(group); ok && catalog.FieldType(field.Type) == catalog.GroupField {
		values.Set(group, strconv.Itoa(min(rowCount(values, group)+1, mostItems)))
	}
}

// RemoveRow gives what the page would post without that row of a group, counted from 0: the rows behind it move up.
func (f *Form) RemoveRow(values url.Values, group string, row int) {
	n := rowCount(values, group)
	field, _, _, ok := f.Control(group)
	if !ok || catalog.FieldType(field.Type) != catalog.GroupField || row < 0 || row >= n {
		return
	}
	moved := url.Values{}
	for name, given := range values {
		rest, inside := strings.CutPrefix(name, group+".")
		index, tail, _ := strings.Cut(rest, ".")
		at, err := strconv.Atoi(index)
		switch {
		case !inside || err != nil || at < row:
			continue
		case at > row:
			moved[group+"."+strconv.Itoa(at-1)+"."+tail] = given
		}
		delete(values, name)
	}
	for name, given := range moved {
		values[name] = given
	}
	values.Set(group, strconv.Itoa(n-1))
}
