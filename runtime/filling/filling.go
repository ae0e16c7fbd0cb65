package filling

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Documents is what a filling needs of *document.Archive.
type Documents interface {
	Upload(ctx context.Context, owner uuid.UUID, name string, body io.Reader) (document.Upload, error)
	Stat(ctx context.Context, owner, id uuid.UUID) (document.Upload, error)
	// StatOf describes an upload that a form of the application names already.
	StatOf(ctx context.Context, application, id uuid.UUID) (document.Upload, error)
}

// Options say which form is filled in, by whom. Form is nil where nothing is asked beside the page's own controls.
type Options struct {
	Form   *form.Form
	Texts  *plan.Texts // whose Fields are those of the form
	With   form.Context
	Locale *ui.Locale
	Owner  uuid.UUID // of the files that are uploaded
	// Corrects is the application whose form is corrected: what it names already stands, whoever has uploaded it, an officer at the counter or a
	// representative. Zero where nothing was sent yet.
	Corrects  uuid.UUID
	Documents Documents
	Log       *slog.Logger
	Path      string   // where its pages are posted to
	Frozen    []string // codes of fields that can no longer be changed
	Fetch     string   // where sent uploads are fetched from, "" where they are not
}

// Filling is a form in somebody's hands during one request: what was typed so far, on whichever page. It is for one goroutine.
type Filling struct {
	Options
	Typed url.Values // by names of controls

	refused map[string]string // why uploads were not taken, by name of control
	changed rowChange
}

// New opens a form with nothing typed. What the form is told of uploads is told of the owner's.
func New(ctx context.Context, o Options) *Filling {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	f := &Filling{Options: o, Typed: url.Values{}, refused: map[string]string{}}
	f.With.Upload = func(id string) (form.Uploaded, bool) {
		u, ok := f.upload(ctx, id)
		return form.Uploaded{Size: u.Size, MediaType: u.MediaType, Pages: u.Pages}, ok && u.State != document.Infected
	}
	return f
}

// upload tells of the owner's own uploads, and of those that stand in what is corrected. What cannot be read now counts as missing, which asks for the file again.
func (f *Filling) upload(ctx context.Context, id string) (document.Upload, bool) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return document.Upload{}, false
	}
	u, err := f.Documents.Stat(ctx, f.Owner, parsed)
	if errors.Is(err, document.ErrNotFound) && f.Corrects != uuid.Nil {
		u, err = f.Documents.StatOf(ctx, f.Corrects, parsed)
	}
	if err != nil && !errors.Is(err, document.ErrNotFound) {
		f.Log.ErrorContext(ctx, "filling: upload", "upload", parsed, "error", err)
	}
	return u, err == nil
}

// Prefill takes answers that are known, such as attested or stored ones.
func (f *Filling) Prefill(values map[string]any) {
	maps.Copy(f.Typed, f.Form.Controls(values))
}

// View is the form as it was typed, with problems.
func (f *Filling) View(problems []form.Problem) form.View {
	v := f.Form.View(f.Texts, f.Locale.Lang(), f.Form.Parse(f.Typed), problems, f.With, f.Frozen)
	v.Each(func(field *form.Field) {
		if said := f.refused[field.Name]; said != "" {
			field.Error = said
		}
	})
	return v
}

// Validate checks everything that was typed, on all pages. A file that was not taken is a problem of its field.
func (f *Filling) Validate(ctx context.Context) (map[string]any, []form.Problem, error) {
	f.dropUnclean(ctx)
	values, problems, err := f.Form.Validate(ctx, f.Form.Parse(f.Typed), f.With)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range problems {
		if p.Cause != nil {
			f.Log.WarnContext(ctx, "filling: script", "field", p.Field, "service", f.Texts.Service, "error", p.Cause)
		}
	}
	problems = slices.DeleteFunc(problems, func(p form.Problem) bool { return f.refused[p.Field] != "" })
	for name := range f.refused {
		problems = append(problems, form.Problem{Path: "/" + strings.ReplaceAll(name, ".", "/"), Field: name, Code: form.FileMissingProblem})
	}
	return values, problems, nil
}

// Files are the uploads that normalised answers name.
func (f *Filling) Files(values map[string]any) []uuid.UUID {
	var out []uuid.UUID
	for _, text := range f.Form.Uploads(values) {
		if id, err := uuid.Parse(text); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// GivenAway forgets every file that was typed and says beside its field that it is missing: a file belongs to the application that named it
// first, and an earlier one does.
func (f *Filling) GivenAway() (problems []form.Problem) {
	for _, name := range slices.Sorted(maps.Keys(f.Typed)) {
		if field, _, _, ok := f.Form.Control(name); ok && field.Type == FileType && f.Typed.Get(name) != "" {
			f.Typed.Del(name)
			problems = append(problems, form.Problem{
				Path: "/" + strings.ReplaceAll(name, ".", "/"), Field: name, Code: form.FileMissingProblem, Message: "form.problem." + form.FileMissingProblem,
			})
		}
	}
	return problems
}
