package portal

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// filling is a form in the hands of an applicant during one request: what was typed so far, on whichever page.
type filling struct {
	p     *Portal
	me    *identity.Person
	l     *ui.Locale
	path  string // where its pages are posted to
	form  *form.Form
	texts *plan.Texts
	with  form.Context

	typed   url.Values        // by names of controls
	refused map[string]string // why uploads were not taken, by name of control
	frozen  []string
	single  bool // always one page
	changed rowChange
	fetch   string // where sent uploads are fetched from, "" where they are not
}

// formCache keeps compiled forms by the digest of their plan.
type formCache struct{ byDigest map[string]*form.Form }

// mostForms bounds the cache; a catalogue has about 1,400 services.
const mostForms = 3000

// compiled is the form of a plan, compiled once.
func (p *Portal) compiled(digest string, pl *plan.Plan) (*form.Form, error) {
	p.mu.Lock()
	f := p.forms.byDigest[digest]
	p.mu.Unlock()
	if f != nil {
		return f, nil
	}
	f, err := form.Compile(pl, p.o.Scripts)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.forms.byDigest == nil || len(p.forms.byDigest) >= mostForms {
		p.forms.byDigest = map[string]*form.Form{}
	}
	p.forms.byDigest[digest] = f
	return f, nil
}

// begin opens the form of a service of the current release for who is signed in.
func (p *Portal) begin(r *http.Request) (*filling, *release.Live, error) {
	s, ok := p.o.Releases.Service(r.PathValue("code"))
	if !ok {
		return nil, nil, errNotFound
	}
	if !s.Open() {
		return nil, nil, application.ErrNotOpen
	}
	me, err := p.me(r)
	if err != nil {
		return nil, nil, err
	}
	f, err := p.fill(r, me, s.PlanDigest, s.Plan, s.Texts, me.Facts(), p.today(s.Plan))
	if err != nil {
		return nil, nil, err
	}
	f.path = "/services/" + s.Service + "/apply"
	return f, s, f.open(r.Context(), s.PlanDigest, false)
}

func (p *Portal) fill(r *http.Request, me *identity.Person, digest string, pl *plan.Plan, texts *plan.Texts, facts map[string]any, day time.Time) (*filling, error) {
	compiled, err := p.compiled(digest, pl)
	if err != nil {
		return nil, err
	}
	f := &filling{p: p, me: me, l: p.locale(r), form: compiled, texts: texts, typed: url.Values{}, refused: map[string]string{}}
	f.with = form.Context{Applicant: facts, Upload: f.uploaded(r.Context())}
	f.with.Submitted.Year, f.with.Submitted.Month, f.with.Submitted.Day = day.Year(), int(day.Month()), day.Day()
	if entries := compiled.TariffReads(); len(entries) > 0 {
		tariff, err := p.o.Releases.Reference().Tariff(pl.Tariff, day.Format(time.DateOnly), entries)
		if err != nil {
			return nil, err
		}
		f.with.Tariff = tariff.Amounts
	}
	return f, nil
}

// uploaded tells of the applicant's own uploads. What cannot be read now counts as missing, which asks for the file again.
func (f *filling) uploaded(ctx context.Context) func(string) (int64, string, bool) {
	return func(id string) (int64, string, bool) {
		u, ok := f.upload(ctx, id)
		return u.Size, u.MediaType, ok
	}
}

func (f *filling) upload(ctx context.Context, id string) (document.Upload, bool) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return document.Upload{}, false
	}
	u, err := f.p.o.Documents.Stat(ctx, f.me.ID, parsed)
	if err != nil && !errors.Is(err, document.ErrNotFound) {
		f.p.o.Log.ErrorContext(ctx, "portal: upload", "upload", parsed, "error", err)
	}
	return u, err == nil
}

// prefill takes answers that are known, such as attested or stored ones.
func (f *filling) prefill(values map[string]any) {
	maps.Copy(f.typed, f.form.Controls(values))
}

// view is the form as it was typed, with problems.
func (f *filling) view(problems []form.Problem) form.View {
	v := f.form.View(f.texts, f.l.Lang(), f.form.Parse(f.typed), problems, f.with, f.frozen)
	v.Each(func(field *form.Field) {
		if said := f.refused[field.Name]; said != "" {
			field.Error = said
		}
	})
	return v
}

// validate checks everything that was typed, on all pages. A file that was not taken is a problem of its field.
func (f *filling) validate(ctx context.Context) (map[string]any, []form.Problem, error) {
	values, problems, err := f.form.Validate(ctx, f.form.Parse(f.typed), f.with)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range problems {
		if p.Cause != nil {
			f.p.o.Log.WarnContext(ctx, "portal: script", "field", p.Field, "service", f.texts.Service, "error", p.Cause)
		}
	}
	problems = slices.DeleteFunc(problems, func(p form.Problem) bool { return f.refused[p.Field] != "" })
	for name := range f.refused {
		problems = append(problems, form.Problem{Path: "/" + strings.ReplaceAll(name, ".", "/"), Field: name, Code: form.FileMissingProblem})
	}
	return values, problems, nil
}

// files are the uploads that normalised answers name.
func (f *filling) files(values map[string]any) []uuid.UUID {
	var out []uuid.UUID
	for _, text := range f.form.Uploads(values) {
		if id, err := uuid.Parse(text); err == nil {
			out = append(out, id)
		}
	}
	return out
}
