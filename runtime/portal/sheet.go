package portal

import (
	"slices"

	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
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
func (f *filled) sheets(view form.View) []sheet {
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
		names = append(names, filling.Shown(section.Fields)...)
	}
	return names
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
