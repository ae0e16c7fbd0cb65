package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// subject is whose form of which service is checked, and as of when.
type subject struct {
	plan   *plan.Plan
	digest string
	texts  *plan.Texts
	facts  map[string]any // of the applicant
	at     time.Time      // of the submission
	sent   bool           // before: who was eligible then is not asked to prove it again
	of     uuid.UUID      // the application whose form is corrected
	behalf map[string]any // of who applies for the applicant, nil where they do themselves
}

// checked is a form that may be submitted.
type checked struct {
	form    map[string]any // normalised, hidden values dropped
	labels  map[string]string
	uploads []uuid.UUID // that it names
}

// current is a service of the current release, applied for now by the caller.
func (a *API) current(ctx context.Context, l *release.Live) subject {
	return subject{plan: l.Plan, digest: l.PlanDigest, texts: l.Texts, facts: caller(ctx).Facts(), at: a.o.Now()}
}

// check validates a form. The error is a *Problem when the form is at fault.
func (a *API) check(ctx context.Context, s subject, raw map[string]any) (checked, error) {
	f, with, err := a.begin(ctx, s)
	if err != nil {
		return checked{}, err
	}
	return a.judge(ctx, f, with, s.texts, raw)
}

// judge validates answers. The error is a *Problem when they are at fault.
func (a *API) judge(ctx context.Context, f *form.Form, with form.Context, texts *plan.Texts, raw map[string]any) (checked, error) {
	values, problems, err := f.Validate(ctx, raw, with)
	if err != nil {
		return checked{}, err
	}
	if len(problems) > 0 {
		out := problem(ctx, "invalid")
		unavailable := 0
		for _, p := range problems {
			if p.Code == form.UnavailableProblem {
				unavailable++
				a.o.Log.ErrorContext(ctx, "api: a validation script did not run", "service", texts.Service, "field", p.Field, "error", p.Cause)
			}
			out.Errors = append(out.Errors, FieldProblem{Path: p.Path, Code: p.Code, Message: p.Text(texts, ui.Language(ctx))})
		}
		if unavailable == len(problems) { // nothing that the caller could correct
			out = problem(ctx, "unavailable", out.Errors...)
		}
		return checked{}, out
	}
	c := checked{form: values}
	if c.labels, err = f.Labels(values, with); err != nil {
		return c, err
	}
	for _, text := range f.Uploads(values) {
		id, err := uuid.Parse(text)
		if err != nil {
			return c, errors.New("a field holds no upload") // the form has checked it
		}
		c.uploads = append(c.uploads, id)
	}
	return c, nil
}

// begin asks what is to be asked before the form. The error is a *Problem when the applicant may not fill it in.
func (a *API) begin(ctx context.Context, s subject) (*form.Form, form.Context, error) {
	f, err := a.forms.Form(s.digest, s.plan)
	if err != nil {
		return nil, form.Context{}, err
	}
	with, err := a.context(ctx, s, f)
	if err != nil {
		return nil, with, err
	}
	with, refused, err := f.Open(ctx, with, a.o.Book.Ask)
	if err != nil {
		return nil, with, err
	}
	if refused != "" && !s.sent {
		out := problem(ctx, "not-eligible")
		if reason := s.texts.Reasons[refused].In(ui.Language(ctx), s.texts.Languages...); reason != "" {
			out.Detail = reason
		}
		return nil, with, out
	}
	return f, with, nil
}

// context is what a form reads beside its own values.
func (a *API) context(ctx context.Context, s subject, f *form.Form) (form.Context, error) {
	zone, err := time.LoadLocation(s.plan.Zone)
	if err != nil {
		return form.Context{}, err
	}
	at := s.at.In(zone)
	with := form.Context{
		Applicant: s.facts,
		Submitted: formula.Date{Year: at.Year(), Month: int(at.Month()), Day: at.Day()},
		Given:     application.Roots(s.behalf),
		Upload:    a.uploaded(ctx, s.of),
	}
	if reads := f.TariffReads(); len(reads) > 0 {
		tariff, err := a.o.Releases.Reference().Tariff(s.plan.Tariff, at.Format(time.DateOnly), reads)
		if err != nil {
			return with, fmt.Errorf("%w: %w", application.ErrUnavailable, err)
		}
		with.Tariff = tariff.Amounts
	}
	return with, nil
}

// uploaded tells a form of the caller's own uploads, and of those that stand in the form that is corrected.
func (a *API) uploaded(ctx context.Context, corrects uuid.UUID) func(string) (form.Uploaded, bool) {
	return func(id string) (form.Uploaded, bool) {
		upload, err := uuid.Parse(id)
		if err != nil {
			return form.Uploaded{}, false
		}
		up, err := a.o.Documents.Stat(ctx, caller(ctx).ID, upload)
		if errors.Is(err, document.ErrNotFound) && corrects != uuid.Nil {
			up, err = a.o.Documents.StatOf(ctx, corrects, upload)
		}
		if err != nil && !errors.Is(err, document.ErrNotFound) {
			a.o.Log.WarnContext(ctx, "api: upload not found out", "upload", id, "error", err)
		}
		return form.Uploaded{Size: up.Size, MediaType: up.MediaType, Pages: up.Pages}, err == nil && up.State != document.Infected
	}
}
