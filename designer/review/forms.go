package review

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// forms are the form of a service before and after, filled in with the same scenario.
type forms struct {
	ID, Code string
	Was, Is  *sheetOf
	Same     bool
	// Action leads here again, with the same proposal, compared with the same one.
	Action, Proposal, Since string

	Scenarios []ui.Option // to choose what it is filled in with
	Languages []ui.Option
}

// sheetOf is a form as a citizen sees it.
type sheetOf struct {
	Lang, Dir string
	Sections  []section
	Hidden    []string // labels of what is asked on a condition, and not here
	plain     template.HTML
}

type section struct {
	Title, Intro string
	Body         template.HTML
}

// marked is a question with a word of what became of it.
type marked struct {
	Mark string // added, removed, changed, moved
	Body ui.Component
}

func (marked) Component() string { return "review/marked" }

// mostScenarios is how many scenarios can be chosen to fill in a form.
const mostScenarios = 60

func (c *compares) forms(was, is *catalog.Service, d compare.Difference, id string) *forms {
	locale := c.locale
	if lang := c.r.FormValue("in"); lang != "" {
		locale = c.ui.Locale(lang)
	}
	f := &forms{ID: id + "-form", Action: reviewPath(c.s.change.Number), Proposal: c.r.FormValue("proposal"), Since: c.r.FormValue("since")}
	shown := cmp.Or(is, was)
	f.Code = shown.Code.Value
	scenario := c.scenario(shown, d)
	for i := range shown.Scenarios[:min(len(shown.Scenarios), mostScenarios)] {
		s := &shown.Scenarios[i]
		f.Scenarios = append(f.Scenarios, ui.Option{Value: strconv.Itoa(i), Text: s.Title.Value, Selected: s == scenario})
	}
	for _, lang := range c.languages() {
		f.Languages = append(f.Languages, ui.Option{Value: lang, Text: languageName(lang), Selected: lang == locale.Lang()})
	}
	marks := marksOf(d, "field")
	f.Was, f.Is = c.sheet(c.old, was, scenario, marks, locale, id+"-was-"), c.sheet(c.new, is, scenario, marks, locale, id+"-is-")
	f.Same = f.Was != nil && f.Is != nil && f.Was.plain == f.Is.plain && len(marks) == 0
	return f
}

// languageName is what a language calls itself.
func languageName(lang string) string {
	name, known := map[string]string{"ar": "العربية", "en": "English", "kk": "Қазақша", "ru": "Русский", "fr": "Français"}[lang]
	if !known {
		return lang
	}
	return name
}

// languages are those of the interface and of the catalogue.
func (c *compares) languages() (out []string) {
	for _, lang := range c.s.is.Settings.Languages {
		if c.ui.Locale(lang.Value).Lang() == lang.Value {
			out = append(out, lang.Value)
		}
	}
	return out
}

// scenario is what forms are filled in with: the one that is asked for, else the one that shows most of what changed.
func (c *compares) scenario(s *catalog.Service, d compare.Difference) *catalog.Scenario {
	if n, err := strconv.Atoi(c.r.FormValue("scenario")); err == nil && n >= 0 && n < len(s.Scenarios) && c.r.FormValue("service") == s.Code.Value {
		return &s.Scenarios[n]
	}
	suite := c.new
	if c.s.is.Service(s.Code.Value) != s {
		suite = c.old
	}
	marks := marksOf(d, "field")
	var best *catalog.Scenario
	most := -1
	for i := range s.Scenarios[:min(len(s.Scenarios), mostScenarios)] {
		view, ok := c.view(suite, s, &s.Scenarios[i], c.locale.Lang())
		if !ok {
			return nil
		}
		shows := 0
		view.Each(func(f *form.Field) {
			if f.Visible {
				shows++
				if marks[f.Code] != "" {
					shows += 1000
				}
			}
		})
		if shows > most {
			best, most = &s.Scenarios[i], shows
		}
	}
	return best
}

// view is the form of a service as it is filled in; false where the service does not compile.
func (c *compares) view(suite *servicetest.Suite, s *catalog.Service, sc *catalog.Scenario, lang string) (form.View, bool) {
	w, _ := suite.Walk(s)
	if w == nil {
		return form.View{}, false
	}
	day, typed := c.o.Now().UTC().Format(time.DateOnly), map[string]any{}
	if sc != nil && w.Begin(sc.On.Value, sc) == nil {
		return w.Sheet().View(lang, w.Typed(sc), nil), true
	}
	if err := w.Begin(day, nil); err != nil {
		return form.View{}, false
	}
	return w.Sheet().View(lang, typed, nil), true
}

// sheet renders a form as the portal does. Its names are its own on the page; files are shown empty.
func (c *compares) sheet(suite *servicetest.Suite, s *catalog.Service, sc *catalog.Scenario, marks map[string]string, locale *ui.Locale, prefix string) *sheetOf {
	if s == nil {
		return nil
	}
	view, ok := c.view(suite, s, sc, locale.Lang())
	if !ok {
		return nil
	}
	out := &sheetOf{Lang: locale.Lang(), Dir: locale.Dir()}
	clear := func(prefix string) {
		view.Each(func(f *form.Field) {
			f.Name, f.Dynamic = prefix+f.Name, false
			if f.Type == filling.FileType {
				f.Value, f.Values = "", nil
			}
			for i := range f.Rows {
				f.Rows[i].Name = prefix + f.Rows[i].Name
			}
		})
	}
	clear("")
	plain, err := c.questions(&view, locale, nil, func(section) {})
	if err != nil {
		c.o.Log.ErrorContext(c.ctx, "review: form not rendered", "service", s.Code.Value, "error", err)
		return nil
	}
	out.plain = plain
	clear(prefix)
	if _, err = c.questions(&view, locale, marks, func(s section) { out.Sections = append(out.Sections, s) }); err != nil {
		c.o.Log.ErrorContext(c.ctx, "review: form not rendered", "service", s.Code.Value, "error", err)
		return nil
	}
	for _, s := range view.Sections {
		for _, f := range s.Fields {
			if !f.Visible {
				out.Hidden = append(out.Hidden, f.Label)
			}
		}
	}
	return out
}

// questions renders the fields that are shown, section by section.
func (c *compares) questions(view *form.View, locale *ui.Locale, marks map[string]string, each func(section)) (all template.HTML, err error) {
	f := &filling.Filling{Options: filling.Options{Locale: locale, Log: c.o.Log}}
	for _, s := range view.Sections {
		if !s.Visible {
			continue
		}
		var body []ui.Component
		for _, field := range s.Fields {
			if !field.Visible {
				continue
			}
			question := f.Question(c.ctx, field)
			if mark := marks[field.Code]; mark != "" {
				question = marked{mark, question}
			}
			body = append(body, question)
		}
		one := section{Title: s.Title, Intro: s.Intro}
		if one.Body, err = c.html(locale.Lang(), body...); err != nil {
			return "", err
		}
		each(one)
		all += template.HTML(template.HTMLEscapeString(s.Title+"\n"+s.Intro)) + one.Body
	}
	return all, nil
}

// marksOf says what became of the things of a kind, by code.
func marksOf(d compare.Difference, kind string) map[string]string {
	out := map[string]string{}
	for i := range d {
		c := &d[i]
		at := slices.IndexFunc(c.Subject, func(p compare.Part) bool { return p.Kind == kind })
		if at < 0 {
			continue
		}
		code, mark := c.Subject[at].Code, "changed"
		if at == len(c.Subject)-1 && c.Key == "" {
			switch c.Kind {
			case kind + "-added":
				mark = "added"
			case kind + "-removed":
				mark = "removed"
			case kind + "-moved":
				mark = "moved"
			}
		}
		if out[code] == "" || out[code] == "moved" {
			out[code] = mark
		}
	}
	return out
}
