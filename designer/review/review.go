package review

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed templates/*.html messages/*.yaml
var files embed.FS

// Options of Pages. Site and Scripts may be zero; Now and Log may be missing; everything else must be given.
type Options struct {
	Site    ui.Site
	Changes Changes
	Book    Book
	Route   Route
	People  People
	Audit   Audit
	Moves   Moves
	Scripts form.Scripts // of forms and scenarios; nil: they find nothing

	Now func() time.Time // time.Now
	Log *slog.Logger     // slog.Default()
}

// Pages are the handlers. They are safe for parallel use.
type Pages struct {
	o    Options
	ui   *ui.Templates
	kept kept
}

// New parses the pages. It fails when a template, a message or an option is missing.
func New(o Options) (*Pages, error) {
	if o.Changes == nil || o.Book == nil || o.Route == nil || o.People == nil || o.Audit == nil || o.Moves == nil {
		return nil, errors.New("review: an option is missing")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	templates, err := ui.New(o.Site, files)
	if err != nil {
		return nil, err
	}
	return &Pages{o: o, ui: templates}, nil
}

const changesPath = "/designer/changes"

// Register puts the pages on a mux that stands behind identity's Guard.Load, ui.Lang, ui.Policy and protection against requests of other
// sites.
func (p *Pages) Register(mux *http.ServeMux) {
	sheet.Register(mux)
	for pattern, page := range map[string]func(*visit) error{
		"GET " + changesPath + "/{number}/review":                   (*visit).look,
		"POST " + changesPath + "/{number}/decide":                  (*visit).decide,
		"POST " + changesPath + "/{number}/remarks":                 (*visit).say,
		"POST " + changesPath + "/{number}/remarks/{remark}/settle": (*visit).settle,
		"GET /designer/services/{code}/history":                     (*visit).history,
		"GET /designer/services/{code}/move":                        (*visit).move,
		"POST /designer/services/{code}/move":                       (*visit).actMove,
	} {
		mux.HandleFunc(pattern, p.handle(page))
	}
}

// visit is one request of one analyst or reviewer.
type visit struct {
	*Pages
	w      http.ResponseWriter
	r      *http.Request
	ctx    context.Context
	person *identity.Person
	locale *ui.Locale
}

// mostBody bounds what one request may bring.
const mostBody = 64 << 10

func (p *Pages) handle(page func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person, known := identity.FromContext(r.Context())
		if !known {
			identity.ToSignIn(w, r, "/designer")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		v := &visit{Pages: p, w: w, r: r, ctx: r.Context(), person: person, locale: p.ui.Locale(ui.Language(r.Context()))}
		err := error(change.ErrForeign)
		if person.Officer || change.IsReader(person) {
			if err = r.ParseForm(); err != nil {
				err = errors.Join(change.ErrInvalid, err)
			} else {
				err = page(v)
			}
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// fail answers with the page of an error; what is not foreseen is logged under the number that the page shows.
func (v *visit) fail(err error) {
	status := http.StatusInternalServerError
	tooLarge := (*http.MaxBytesError)(nil)
	switch {
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, change.ErrForeign):
		status = http.StatusForbidden
	case errors.Is(err, change.ErrNotFound), errors.Is(err, application.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, change.ErrInvalid), errors.Is(err, application.ErrInvalid):
		status = http.StatusBadRequest
	case errors.Is(err, change.ErrStatus):
		status = http.StatusConflict
	case errors.Is(err, application.ErrUnavailable):
		status = http.StatusServiceUnavailable
	}
	v.ui.Fail(v.w, v.r, v.o.Log, "review", status, v.page("", nil), err)
}

func (v *visit) page(title string, body any) ui.Page {
	return ui.Page{
		Title: title, Wide: true, Body: body, Styles: []string{sheet.Path()},
		User: &ui.User{Name: v.person.DisplayName(v.locale.Lang()), RoleLabel: v.locale.T("review.role"), Officer: true},
		Nav: []ui.NavItem{
			{Text: v.locale.T("review.nav.catalogue"), Href: "/designer"},
			{Text: v.locale.T("review.nav.changes"), Href: changesPath, Current: true},
		},
	}
}

func (v *visit) render(status int, name string, page ui.Page) error {
	return v.ui.Render(v.w, v.r, status, name, page)
}

func (v *visit) redirect(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

func changePath(number int64) string { return changesPath + "/" + strconv.FormatInt(number, 10) }

func reviewPath(number int64) string { return changePath(number) + "/review" }

// pick is a text of the catalogue in the language of the page.
func (v *visit) pick(t catalog.Text) string { return v.locale.Pick(t.Plain()) }

// authority is the title of an authority.
func (v *visit) authority(c *catalog.Catalogue, code string) string {
	if a := c.Authority(code); a != nil {
		return v.pick(a.Title)
	}
	return code
}

// names are those of people, by ID; of who is not known there is none.
func (v *visit) names(ids []uuid.UUID) (map[uuid.UUID]string, error) {
	people, err := v.o.People.Named(v.ctx, ids)
	out := make(map[uuid.UUID]string, len(people))
	for id, p := range people {
		out[id] = p.DisplayName(v.locale.Lang())
	}
	return out, err
}

// said is a message, or what stands in for one that does not exist.
func (v *visit) said(key, otherwise string) string {
	if text := v.locale.T(key); text != key {
		return text
	}
	return otherwise
}

// record writes a read or an act down.
func (v *visit) record(authority, action, subject string, detail map[string]string) error {
	return v.o.Audit(v.ctx, audit.Entry{Authority: authority, Actor: v.person.ID.String(), Action: action, Subject: subject, Detail: detail})
}
