package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// fill asks the fields that are shown, one by one, until the sheet is accepted. What stands in typed is offered; frozen fields are not asked.
func (t *walker) fill(sheet *servicetest.Sheet, typed map[string]any, frozen []string) (map[string]any, error) {
	t.sheet = sheet
	asked := map[string]bool{}
	section := ""
	for {
		view := sheet.View(t.lang, typed, frozen)
		head, field := nextField(view, asked)
		if field == nil {
			problems, err := sheet.Problems(typed)
			if err != nil || len(problems) == 0 {
				return typed, err
			}
			for _, p := range problems {
				t.line("  ! %s", sheet.Text(p, t.lang))
				delete(asked, topOf(p))
			}
			if !slices.ContainsFunc(problems, func(p form.Problem) bool { return !asked[topOf(p)] && shown(view, topOf(p)) }) {
				return nil, usage("the form cannot be filled in here: %s", problems[0].Path)
			}
			continue
		}
		if head.Code != section {
			section = head.Code
			t.line("\n%s", head.Title)
			if head.Intro != "" {
				t.line("%s", head.Intro)
			}
		}
		asked[field.Code] = true
		value, err := t.field(field, typed[field.Code])
		if err != nil {
			return nil, err
		}
		if typed[field.Code] = value; value == nil {
			delete(typed, field.Code)
		}
		problems, err := sheet.Problems(typed)
		if err != nil {
			return nil, err
		}
		for _, p := range problems {
			if topOf(p) == field.Code {
				t.line("  ! %s", sheet.Text(p, t.lang))
				delete(asked, field.Code)
				break
			}
		}
	}
}

// topOf is the field of the form in which a problem is.
func topOf(p form.Problem) string {
	top, _, _ := strings.Cut(strings.TrimPrefix(p.Path, "/"), "/")
	return top
}

func shown(view form.View, code string) bool {
	for _, s := range view.Sections {
		if slices.ContainsFunc(s.Fields, func(f form.Field) bool { return f.Code == code && f.Visible && !f.Frozen && !f.Derived }) {
			return true
		}
	}
	return false
}

// nextField is the first field that is shown and not asked yet, with its section.
func nextField(view form.View, asked map[string]bool) (*form.Section, *form.Field) {
	for i := range view.Sections {
		s := &view.Sections[i]
		for j := range s.Fields {
			if f := &s.Fields[j]; f.Visible && !f.Frozen && !f.Derived && !asked[f.Code] {
				return s, f
			}
		}
	}
	return nil, nil
}

// field asks one field and gives its answer as it would be typed, nil for none. An empty line takes what is offered.
func (t *walker) field(f *form.Field, offered any) (any, error) {
	label := f.Label
	if !f.Required {
		label = diag.Say("{label} (may stay empty)", "label", label).In(t.l)
	}
	t.line("%s", label)
	for _, more := range []string{f.Declaration, f.Hint} {
		if more != "" {
			t.line("  %s", more)
		}
	}
	switch catalog.FieldType(f.Type) {
	case catalog.GroupField:
		return t.rows(f, offered)
	case catalog.AddressField, catalog.PlaceField, catalog.PersonField:
		return t.parts(f, offered)
	case catalog.ConsentField:
		t.say("  yes or no")
	case catalog.FileField:
		t.say("  any name stands for an upload, such as report.pdf")
	}
	for i, o := range f.Options {
		t.line("  %d) %s [%s]", i+1, o.Label, o.Value)
	}
	if offered := words(offered); offered != "" {
		t.line("  [%s]", offered)
	}
	text, err := t.ask()
	if err != nil {
		return nil, err
	}
	switch {
	case text == "":
		return offered, nil
	case text == "-":
		return nil, nil
	case f.Type == string(catalog.FileField):
		return t.w.Upload(text, fieldOf(t.sheet.Fields, f.Code)), nil
	case f.Type == string(catalog.ChoicesField):
		out := []any{}
		for _, one := range strings.Split(text, ",") {
			out = append(out, option(f, strings.TrimSpace(one)))
		}
		return out, nil
	}
	return option(f, text), nil
}

// option turns the number of an option into its value. A value that is a number itself goes before.
func option(f *form.Field, text string) string {
	if slices.ContainsFunc(f.Options, func(o form.Option) bool { return o.Value == text }) {
		return text
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(f.Options) {
		return f.Options[n-1].Value
	}
	return text
}

// parts asks the parts of a record.
func (t *walker) parts(f *form.Field, offered any) (any, error) {
	out := map[string]any{}
	before, _ := offered.(map[string]any)
	for i := range f.Parts {
		p := &f.Parts[i]
		if !p.Visible || p.Frozen || p.Derived {
			continue
		}
		v, err := t.field(p, before[p.Code])
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[p.Code] = v
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// rows asks the rows of a group; what is offered is taken as it is, or left.
func (t *walker) rows(f *form.Field, offered any) (any, error) {
	given, _ := offered.([]any)
	if len(given) > 0 {
		t.line("  [%s]", words(offered))
		text, err := t.ask()
		if err != nil || text == "" {
			return offered, err
		}
	}
	var out []any
	for f.AtMost == 0 || len(out) < f.AtMost {
		if len(out) >= f.AtLeast {
			t.say("  Another one, {row}? yes or no", "row", f.RowName)
			text, err := t.ask()
			if err != nil {
				return nil, err
			}
			if text != "yes" && text != "y" && text != "نعم" {
				break
			}
		}
		out = append(out, map[string]any{})
		view := t.sheet.View(t.lang, map[string]any{f.Code: out}, nil)
		group := fieldIn(view, f.Code)
		if group == nil || len(group.Rows) < len(out) {
			break
		}
		row := map[string]any{}
		fields := group.Rows[len(out)-1].Fields
		for i := range fields {
			if !fields[i].Visible || fields[i].Derived {
				continue
			}
			v, err := t.field(&fields[i], nil)
			if err != nil {
				return nil, err
			}
			if v != nil {
				row[fields[i].Code] = v
			}
		}
		out[len(out)-1] = row
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

func fieldIn(view form.View, code string) *form.Field {
	for i := range view.Sections {
		for j := range view.Sections[i].Fields {
			if f := &view.Sections[i].Fields[j]; f.Code == code {
				return f
			}
		}
	}
	return nil
}

func fieldOf(fields []plan.FormField, code string) *plan.FormField {
	for i := range fields {
		if fields[i].Code == code {
			return &fields[i]
		}
	}
	return nil
}

// words shows an answer as it was typed.
func words(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = words(v[i])
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+": "+words(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}
