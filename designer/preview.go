package designer

import (
	"context"
	"errors"
	"html/template"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/draw"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// previewPart is the form of a service as a citizen gets it.
type previewPart struct {
	Languages, Widths, Scenarios []branch
	Lang, Dir                    string
	Phone                        bool
	Title, Summary               string
	Sections                     []previewSection
	Broken                       bool // it does not compile: the findings say why
	Problem                      string
}

// previewSection is one group of questions.
type previewSection struct {
	Title, Intro string
	Body         template.HTML
}

// noFiles are the uploads of a form that nobody sends.
type noFiles struct{}

var errNoFiles = errors.New("designer: a preview has no uploads")

func (noFiles) Upload(context.Context, uuid.UUID, string, io.Reader) (document.Upload, error) {
	return document.Upload{}, errNoFiles
}
func (noFiles) Stat(context.Context, uuid.UUID, uuid.UUID) (document.Upload, error) {
	return document.Upload{}, errNoFiles
}
func (noFiles) StatOf(context.Context, uuid.UUID, uuid.UUID) (document.Upload, error) {
	return document.Upload{}, errNoFiles
}

// here is the address of the open side with one thing of it changed.
func (b *workbench) here(name, value string) string {
	q := url.Values{"file": {b.file}, "tab": {b.tab}}
	for _, keep := range []string{"pl", "w", "scenario", "at"} {
		if v := b.r.FormValue(keep); v != "" {
			q.Set(keep, v)
		}
	}
	q.Set(name, value)
	return changePath(b.ch.Number) + "/edit?" + q.Encode()
}

// walk stands before the form of the service, as a scenario begins; nil where it does not compile.
func (b *workbench) walk(scenario int) (*servicetest.Walk, *catalog.Scenario, error) {
	if b.service == nil || b.unsound() {
		return nil, nil, nil
	}
	w, problems := servicetest.New(b.c, b.o.Scripts).Walk(b.service)
	if w == nil || problems.HasErrors() {
		return nil, nil, nil
	}
	var sc *catalog.Scenario
	day := b.o.Now().In(b.zone()).Format(time.DateOnly)
	if scenario >= 0 && scenario < len(b.service.Scenarios) {
		sc = &b.service.Scenarios[scenario]
		if on := sc.On.Value; on != "" {
			day = on
		}
	}
	return w, sc, w.Begin(day, sc)
}

// scenarios are links to the page with each of the service's scenarios.
func (b *workbench) scenarios(chosen int, none bool) (out []branch) {
	if b.service == nil {
		return nil
	}
	if none {
		out = append(out, branch{Title: b.locale.T("designer.preview.empty"), Href: b.here("scenario", "-1"), Current: chosen < 0})
	}
	for i := range b.service.Scenarios {
		out = append(out, branch{Title: b.service.Scenarios[i].Title.Value, Href: b.here("scenario", strconv.Itoa(i)), Current: i == chosen})
	}
	return out
}

// chosen is the scenario that the address names.
func (b *workbench) chosen() int {
	n, err := strconv.Atoi(b.r.FormValue("scenario"))
	if err != nil {
		return 0
	}
	return n
}

func (b *workbench) previewPart() *previewPart {
	part := &previewPart{Lang: b.r.FormValue("pl"), Phone: b.r.FormValue("w") == "phone", Scenarios: b.scenarios(b.chosen(), true)}
	languages := b.languages()
	if !slices.Contains(languages, part.Lang) && len(languages) > 0 {
		if part.Lang = languages[0]; slices.Contains(languages, b.locale.Lang()) {
			part.Lang = b.locale.Lang()
		}
	}
	part.Dir = ui.Dir(part.Lang)
	for _, l := range languages {
		part.Languages = append(part.Languages, branch{Title: b.language(l), Href: b.here("pl", l), Current: l == part.Lang})
	}
	part.Widths = []branch{{Title: b.locale.T("designer.preview.desktop"), Href: b.here("w", "desktop"), Current: !part.Phone}, {Title: b.locale.T("designer.preview.phone"), Href: b.here("w", "phone"), Current: part.Phone}}
	w, sc, err := b.walk(b.chosen())
	if w == nil {
		part.Broken = true
		return part
	}
	if err != nil {
		part.Problem = err.Error()
	}
	var typed map[string]any
	if sc != nil {
		typed = w.Typed(sc)
	}
	part.Title, part.Summary = b.service.Title.In(part.Lang), b.service.Summary.In(part.Lang)
	f := filling.New(b.ctx, filling.Options{Form: w.Form(), Texts: w.Texts(), With: w.Context(), Locale: b.ui.Locale(part.Lang), Documents: noFiles{}, Path: b.r.URL.Path})
	for _, s := range w.Sheet().View(part.Lang, typed, nil).Sections {
		if !s.Visible {
			continue
		}
		one := previewSection{Title: s.Title, Intro: s.Intro}
		for _, q := range f.Questions(b.ctx, s.Fields) {
			html, err := b.ui.HTML(part.Lang, q)
			if err != nil {
				part.Problem = err.Error()
			}
			one.Body += html
		}
		part.Sections = append(part.Sections, one)
	}
	return part
}

// picture draws what the service would run as, with the way that an application has taken, nil for none; nothing where it does not compile.
func (b *workbench) picture(taken *draw.Taken) template.HTML {
	if b.service == nil || b.unsound() {
		return ""
	}
	pl, texts, problems := compile.Compile(b.c, b.service)
	if pl == nil || problems.HasErrors() {
		return ""
	}
	o := draw.Options{Lang: b.locale.Lang(), Name: b.nameOf, Taken: taken}
	if b.tab == stepsTab {
		steps := b.stepPaths()
		o.Chosen = b.chosenStep()
		o.Href = func(code string) string {
			if at := steps[code]; at != "" {
				return b.here("at", at)
			}
			return ""
		}
	}
	return template.HTML(draw.SVG(pl, texts, o))
}

// stepPaths are the places of the steps that the open file declares, by their codes.
func (b *workbench) stepPaths() map[string]string {
	out := map[string]string{}
	var each func([]thing)
	each = func(list []thing) {
		for i := range list {
			if list[i].Type == reflect.TypeFor[catalog.Step]() {
				out[list[i].code()] = list[i].Path.String()
			}
			each(list[i].Below)
		}
	}
	each(b.everything())
	return out
}

// chosenStep is the code of the step in which the selected thing stands.
func (b *workbench) chosenStep() string {
	if step := b.stepAt(b.at); step != nil {
		if _, code := step.Get("step"); code != nil {
			return code.Value
		}
	}
	return ""
}

// nameOf is the title of a role, an authority or a registry.
func (b *workbench) nameOf(kind, code string) string {
	switch kind {
	case "role":
		if r := b.c.Role(b.service.Authority.Value, code); r != nil {
			return b.say(r.Title)
		}
		if r := b.c.CommonRole(code); r != nil {
			return b.say(r.Title)
		}
	case "authority":
		if a := b.c.Authority(code); a != nil {
			return b.say(a.Title)
		}
	case "registry":
		if r := b.c.Registry(code); r != nil {
			return b.say(r.Title)
		}
	}
	return ""
}

// feePart is what a scenario pays.
type feePart struct {
	Title string
	Lines []feeLine
	Total string
}

// feeLine is one line, with the formula that it came from.
type feeLine struct {
	Title, Amount, Formula string
	Said                   string // the formula in plain words
}

// mostParts is how many scenarios the fees are worked out for.
const mostParts = 12

// feeParts work the fees of the scenarios out.
func (b *workbench) feeParts() (out []feePart) {
	if b.service == nil || len(b.service.Fees) == 0 || b.unsound() {
		return nil
	}
	scenarios := b.service.Scenarios[:min(len(b.service.Scenarios), mostParts)]
	for i, outcome := range servicetest.New(b.c, b.o.Scripts).Outcomes(b.service, scenarios) {
		part, total := feePart{Title: scenarios[i].Title.Value}, ui.Money{Currency: b.c.Settings.Currency.Value}
		for _, f := range outcome.Fees {
			line := feeLine{Title: f.Fee, Amount: b.locale.Money(ui.Money{Minor: f.Amount, Currency: total.Currency})}
			for j := range b.service.Fees {
				if fee := &b.service.Fees[j]; fee.Code.Value == f.Fee {
					line.Title, line.Formula, line.Said = b.say(fee.Title), fee.Amount.Value, b.inWords(fee.Amount.Value)
				}
			}
			total.Minor += f.Amount
			part.Lines = append(part.Lines, line)
		}
		if part.Total = b.locale.Money(total); len(part.Lines) > 0 {
			out = append(out, part)
		}
	}
	return out
}
