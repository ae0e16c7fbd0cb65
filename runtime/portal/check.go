package portal

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/bill"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

type checkPage struct {
	Steps    ui.StepIndicator
	Parts    []checkPart
	Fees     *ui.FeeTable
	FeesText string // where no amount can be told
	Refusal  string // why it would be refused, as far as can be told now
	Carried  []ui.Hidden
	Path     string // of the pages of the form
	Last     string // the page before this one
	Send     string // where the form is sent
	Declare  bool
}

// checkPart is a section with its answers and the page on which they are changed.
type checkPart struct {
	Title, Sheet string
	Answers      ui.SummaryList
}

// check shows all answers, what they cost and what is known against them, before anything is sent.
func (f *filled) check(w http.ResponseWriter, r *http.Request, s *release.Live, values map[string]any, d draft, flash []ui.Banner) error {
	view := f.Form.View(f.Texts, f.Locale.Lang(), values, nil, f.With, f.Frozen) // as it will be stored
	body := checkPage{Path: f.Path, Send: strings.TrimSuffix(f.Path, "/apply") + "/submit", Declare: true, Carried: f.Carried(nil)}
	body.Carried = append(body.Carried, ui.Hidden{Name: filling.KeyControl, Value: d.key})
	pages := f.sheets(view)
	for _, page := range pages {
		if len(pages) > 1 {
			body.Steps.Steps = append(body.Steps.Steps, page.title())
		}
		for _, section := range page.sections {
			body.Parts = append(body.Parts, checkPart{Title: section.Title, Sheet: page.code, Answers: f.summary(r, section)})
		}
	}
	if len(pages) > 1 {
		body.Steps.Steps = append(body.Steps.Steps, f.Locale.T("check.title"))
		body.Steps.Current = len(body.Steps.Steps)
	}
	body.Last = pages[len(pages)-1].code
	body.Declare = !slices.ContainsFunc(s.Plan.Form.Fields, func(field plan.FormField) bool { return field.Type == "consent" })
	if err := f.quote(r, s, values, &body); err != nil {
		return err
	}
	page := f.p.page(r, f.Locale.T("check.title"))
	page.Path, page.Flash, page.Body = f.Path, append(f.forWhom(), flash...), body
	return f.p.ui.Render(w, r, http.StatusOK, "check", page)
}

// summary lists the answers of a section.
func (f *filled) summary(r *http.Request, section form.Section) (list ui.SummaryList) {
	for _, field := range section.Fields {
		if field.Visible {
			list.Rows = append(list.Rows, f.SummaryRows(r.Context(), field)...)
		}
	}
	return list
}

// quote asks what the application would lead to. That it cannot be told now is no reason not to apply.
func (f *filled) quote(r *http.Request, s *release.Live, values map[string]any, body *checkPage) error {
	q, err := f.p.o.Applications.Quote(r.Context(), f.applicant, s.Service, values)
	switch {
	case errors.Is(err, application.ErrUnavailable):
		f.p.o.Log.WarnContext(r.Context(), "portal: quote", "service", s.Service, "error", err)
		if len(s.Plan.Fees) > 0 {
			body.FeesText = f.Locale.T("check.feesLater")
		}
		return nil
	case err != nil:
		return err
	case q.Kind == plan.End && q.Outcome == ui.Refused:
		body.Refusal = f.Locale.T("check.refusedNoReason")
		if reason := f.Locale.Pick(f.Texts.Reasons[q.Reason]); reason != "" && q.Reason != "" {
			body.Refusal = reason
		}
	case len(q.Lines) > 0:
		note := "check.feesNote"
		if q.Assumed {
			note = "check.feesIfApproved"
		}
		table := ui.FeeTable{Total: ui.Money{Minor: q.Total, Currency: q.Currency}, Note: f.Locale.T(note)}
		table.Rows = bill.Rows(f.Locale, f.Texts, q.Lines, q.Currency)
		body.Fees = &table
	case q.Kind == plan.Review && len(s.Plan.Fees) > 0:
		body.FeesText = f.Locale.T("check.feesAfterReview")
	case len(s.Plan.Fees) > 0:
		body.FeesText = f.Locale.T("check.nothingToPay")
	default:
		body.FeesText = f.Locale.T("service.freeText")
	}
	return nil
}
