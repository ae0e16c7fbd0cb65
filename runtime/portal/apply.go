package portal

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

type applyPage struct {
	Steps    ui.StepIndicator
	Service  string
	Path     string
	Comment  string // of the officer, where the form is corrected
	Frozen   string // why some answers cannot be changed
	Sections []applySection
	Carried  []ui.Hidden
	Back     bool // to the page before
	Submit   string
	More     bool // an answer has opened further questions
}

type applySection struct {
	Title, Intro string
	Questions    []ui.Component
}

// draft is what travels with a form from page to page beside the answers.
type draft struct {
	key      string // idempotency key: made when the form is opened, so that it is sent once
	back     string // return: check
	revision string
}

func (p *Portal) apply(w http.ResponseWriter, r *http.Request) error {
	f, _, err := p.begin(r)
	if err != nil {
		return err
	}
	f.Prefill(f.Form.Prefill(f.With))
	if f.draft != nil {
		if sent := f.draft.Application; sent != nil {
			return see(w, r, sentTo(f.draft, *sent))
		}
		f.Prefill(f.draft.Form)
	}
	view := f.View(nil)
	return f.page(w, r, http.StatusOK, view, f.sheets(view)[0], draft{key: rand.Text()}, false)
}

// answer takes one page of the form and leads to the next, to the check of all answers, or back to what is wrong.
func (p *Portal) answer(w http.ResponseWriter, r *http.Request) error {
	f, s, err := p.begin(r)
	if err != nil {
		return err
	}
	posted, err := f.Read(w, r)
	if err != nil {
		return err
	}
	d := draft{key: posted[filling.KeyControl], back: posted[returnControl]}
	view := f.View(nil)
	pages := f.sheets(view)
	at := max(0, slices.IndexFunc(pages, func(s sheet) bool { return s.code == posted[sheetControl] }))
	if ui.IsFragment(r) {
		return f.fragment(w, r, view, pages[at], d)
	}
	switch to, change := strings.CutPrefix(posted[filling.GoControl], "change:"); {
	case change:
		at = max(0, slices.IndexFunc(pages, func(s sheet) bool { return s.code == to }))
		d.back = "check"
		return f.page(w, r, http.StatusOK, view, pages[at], d, false)
	case f.RowsChanged():
		return f.page(w, r, http.StatusOK, view, pages[at], d, false)
	case posted[filling.GoControl] == "back":
		return f.page(w, r, http.StatusOK, view, pages[max(0, at-1)], d, false)
	}
	values, problems, err := f.Validate(r.Context())
	if err != nil {
		return err
	}
	asked := pages[at].shown()
	opened := filling.Fresh(asked, posted[filling.ShownControl])
	mine := problemsOn(problems, slices.DeleteFunc(asked, func(code string) bool { return slices.Contains(opened, code) }))
	switch {
	case len(mine) > 0 || len(opened) > 0:
		return f.again(w, r, mine, pages[at].code, d, len(opened) > 0)
	case d.back == "" && at+1 < len(pages):
		return f.page(w, r, http.StatusOK, view, pages[at+1], d, false)
	case len(problems) > 0:
		return f.incomplete(w, r, problems, d)
	case enquiry(s.Plan):
		return f.send(w, r, s, values, d)
	}
	return f.check(w, r, s, values, d, nil)
}

// again shows a page with what is wrong on it.
func (f *filled) again(w http.ResponseWriter, r *http.Request, problems []form.Problem, code string, d draft, more bool) error {
	view := f.View(problems)
	pages := f.sheets(view)
	at := max(0, slices.IndexFunc(pages, func(s sheet) bool { return s.code == code }))
	status := http.StatusUnprocessableEntity
	if len(problems) == 0 {
		status = http.StatusOK
	}
	return f.page(w, r, status, view, pages[at], d, more)
}

// incomplete shows the first page on which something is wrong.
func (f *filled) incomplete(w http.ResponseWriter, r *http.Request, problems []form.Problem, d draft) error {
	for _, s := range f.sheets(f.View(nil)) {
		if mine := problemsOn(problems, s.shown()); len(mine) > 0 {
			return f.again(w, r, mine, s.code, d, false)
		}
	}
	return errNotFound // a problem of a field that no page has: the form is not ours
}

// body makes the page of one sheet.
func (f *filled) body(r *http.Request, view form.View, s sheet) applyPage {
	body := applyPage{Service: f.Locale.Pick(f.Texts.Title), Path: f.Path, Carried: f.Carried(s.shown())}
	for _, section := range s.sections {
		shown := applySection{Title: section.Title, Intro: section.Intro}
		var fixed ui.SummaryList // answers that can no longer be changed, on top
		for _, field := range section.Fields {
			switch {
			case field.Visible && field.Frozen:
				fixed.Rows = append(fixed.Rows, f.SummaryRows(r.Context(), field)...)
			case field.Visible:
				shown.Questions = append(shown.Questions, f.Question(r.Context(), field))
			}
		}
		if len(fixed.Rows) > 0 {
			shown.Questions = append([]ui.Component{fixed}, shown.Questions...)
		}
		body.Sections = append(body.Sections, shown)
	}
	body.Carried = append(body.Carried, ui.Hidden{Name: sheetControl, Value: s.code}, ui.Hidden{Name: filling.ShownControl, Value: strings.Join(s.shown(), ",")})
	return body
}

func (d draft) hidden() []ui.Hidden {
	out := []ui.Hidden{{Name: filling.KeyControl, Value: d.key}}
	if d.back != "" {
		out = append(out, ui.Hidden{Name: returnControl, Value: d.back})
	}
	if d.revision != "" {
		out = append(out, ui.Hidden{Name: filling.RevisionControl, Value: d.revision})
	}
	return out
}

// fragment answers with the questions alone, after an answer that opens or closes some.
func (f *filled) fragment(w http.ResponseWriter, r *http.Request, view form.View, s sheet, d draft) error {
	page := f.p.page(r, "")
	body := f.body(r, view, s)
	body.Carried = append(body.Carried, d.hidden()...) // the questions take the place of those before, and of what is carried among them
	page.Body = body
	return f.p.ui.Fragment(w, r, http.StatusOK, "questions", page)
}

func (f *filled) page(w http.ResponseWriter, r *http.Request, status int, view form.View, s sheet, d draft, more bool) error {
	body := f.body(r, view, s)
	body.Carried = append(body.Carried, d.hidden()...)
	body.More = more
	pages := f.sheets(view)
	at := slices.IndexFunc(pages, func(other sheet) bool { return other.code == s.code })
	title := body.Service
	body.Submit = f.Locale.T("action.continue")
	if enquiry(f.Form.Plan()) && at == len(pages)-1 {
		body.Submit = f.Locale.T("service.ask")
	}
	if len(pages) > 1 {
		for _, other := range pages {
			body.Steps.Steps = append(body.Steps.Steps, other.title())
		}
		body.Steps.Steps = append(body.Steps.Steps, f.Locale.T("check.title"))
		body.Steps.Current, body.Back = at+1, at > 0
		title = s.title()
	}
	page := f.p.page(r, title)
	page.Errors, page.Flash = errorsOf(s), f.forWhom()
	page.Back = &ui.BackLink{Text: body.Service, Href: strings.TrimSuffix(f.Path, "/apply")}
	page.Path = strings.TrimSuffix(f.Path, "/submit") // a change of language opens the form anew
	page.Body = body
	// Kept by this browser alone, so that its back button finds what was typed.
	w.Header().Set("Cache-Control", "private, no-cache")
	return f.p.ui.Render(w, r, status, "apply", page)
}

func errorsOf(s sheet) (out []ui.FieldError) {
	for _, section := range s.sections {
		out = append(out, filling.Errors(section.Fields)...)
	}
	return out
}
