package portal

import (
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

// shown are the codes of the fields that the page asks.
func (s sheet) shown() (codes []string) {
	for _, section := range s.sections {
		for _, field := range section.Fields {
			if field.Visible {
				codes = append(codes, field.Code)
			}
		}
	}
	return codes
}

// names are the controls with which a field is posted.
func names(field form.Field) []string {
	if field.Type == "date" {
		return []string{field.Code, field.Code + "-day", field.Code + "-month", field.Code + "-year"}
	}
	return []string{field.Code}
}

// carried are hidden controls for everything that was typed and that the page does not ask: nothing is lost on the way, also what is hidden
// just now and may be shown again.
func (f *filling) carried(view form.View, asked []string) []ui.Hidden {
	var out []ui.Hidden
	for _, section := range view.Sections {
		for _, field := range section.Fields {
			if slices.Contains(asked, field.Code) && field.Type != "file" || slices.Contains(f.frozen, field.Code) {
				continue
			}
			for _, name := range names(field) {
				if v := f.typed.Get(name); v != "" {
					out = append(out, ui.Hidden{Name: name, Value: v})
				}
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
