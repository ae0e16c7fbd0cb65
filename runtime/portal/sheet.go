package portal

import (
	"maps"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// A form of few questions is one page: on a phone too, scrolling a little is less work than loading. Longer ones have a page a section.
const (
	fewSections = 2
	fewFields   = 6
)

// sheet is one page of a form.
type sheet struct {
	code     string
	sections []form.Section
}

const wholeForm = "all"

// sheets are the pages that have something to show.
func (f *filling) sheets(view form.View) []sheet {
	whole := sheet{code: wholeForm}
	var out []sheet
	fields := 0
	for _, s := range view.Sections {
		fields += len(s.Fields)
		if s.Visible {
			whole.sections = append(whole.sections, s)
			out = append(out, sheet{s.Code, []form.Section{s}})
		}
	}
	if f.single || len(view.Sections) <= fewSections && fields <= fewFields || len(out) == 0 {
		return []sheet{whole}
	}
	return out
}

func (s sheet) title() string {
	if len(s.sections) != 1 {
		return ""
	}
	return s.sections[0].Title
}

// shown are the names of the fields that the page asks, those in its groups and records too.
func (s sheet) shown() (names []string) {
	for _, section := range s.sections {
		for _, field := range section.Fields {
			if field.Visible {
				names = append(names, shownIn(field)...)
			}
		}
	}
	return names
}

func shownIn(field form.Field) (names []string) {
	field.Each(func(inner *form.Field) {
		if inner.Visible {
			names = append(names, inner.Name)
		}
	})
	return names
}

// carried are hidden controls for everything that was typed and that the page does not ask: nothing is lost on the way, also what is hidden
// just now and may be shown again.
func (f *filling) carried(asked []string) []ui.Hidden {
	var out []ui.Hidden
	for _, name := range slices.Sorted(maps.Keys(f.typed)) {
		plain, _, _ := strings.Cut(name, "-")
		field, top, _, ok := f.form.Control(name)
		if !ok || slices.Contains(asked, plain) && field.Type != fileType || slices.Contains(f.frozen, top) {
			continue
		}
		for _, v := range f.typed[name] {
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

// problemsOn picks the problems of fields that were asked.
func problemsOn(problems []form.Problem, asked []string) []form.Problem {
	var out []form.Problem
	for _, p := range problems {
		if slices.Contains(asked, p.Field) {
			out = append(out, p)
		}
	}
	return out
}

// fresh are fields that the page shows now and did not show when it was filled in: an answer has opened them.
func fresh(now []string, before string) []string {
	asked := strings.Split(before, ",")
	return slices.DeleteFunc(slices.Clone(now), func(code string) bool { return slices.Contains(asked, code) })
}
