package designer

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed templates/*.html messages/*.yaml
var files embed.FS

// Options of a Designer. Site and Scripts may be zero; Now and Log may be missing; everything else must be given.
type Options struct {
	Site    ui.Site
	Changes Changes
	People  People
	Scripts form.Scripts // of forms; nil: they find nothing

	Now func() time.Time // time.Now
	Log *slog.Logger     // slog.Default()
}

// Designer is the handlers of the analysts' pages. It is safe for parallel use.
type Designer struct {
	o  Options
	ui *ui.Templates

	mu      sync.Mutex
	checked *checked // findings of the live catalogue
	edited  *edited  // when its files were changed last
}

// New parses the pages. It fails when a template, a message or an option is missing.
func New(o Options) (*Designer, error) {
	if o.Changes == nil || o.People == nil {
		return nil, errors.New("designer: an option is missing")
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
	return &Designer{o: o, ui: templates}, nil
}

// Paths of the pages.
const (
	homePath     = "/designer"
	changesPath  = "/designer/changes"
	releasesPath = "/designer/releases"
)

// Register puts the pages on a mux that stands behind identity's Guard.Load, ui.Lang, ui.Policy and protection against requests of other
// sites.
func (d *Designer) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+staticPath, serveStatic)
	for pattern, page := range map[string]func(*visit) error{
		"GET " + homePath:                            (*visit).home,
		"GET " + changesPath:                         (*visit).changes,
		"GET " + releasesPath:                        (*visit).releases,
		"POST " + releasesPath:                       (*visit).rollback,
		"POST " + changesPath:                        (*visit).start,
		"GET " + changesPath + "/{number}":           (*visit).change,
		"POST " + changesPath + "/{number}/words":    (*visit).describe,
		"POST " + changesPath + "/{number}/propose":  (*visit).propose,
		"POST " + changesPath + "/{number}/withdraw": (*visit).withdraw,
		"GET " + changesPath + "/{number}/merge":     (*visit).merge,
		"POST " + changesPath + "/{number}/merge":    (*visit).takeOver,
		"GET " + changesPath + "/{number}/edit":      (*visit).edit,
		"POST " + changesPath + "/{number}/edit":     (*visit).act,
		"GET " + changesPath + "/{number}/bulk":      (*visit).bulkEdit,
		"POST " + changesPath + "/{number}/bulk":     (*visit).bulkApply,
		"GET " + changesPath + "/{number}/new":       (*visit).newService,
		"POST " + changesPath + "/{number}/new":      (*visit).makeService,
		"GET " + changesPath + "/{number}/leaflet":   (*visit).leaflet,
		"POST " + changesPath + "/{number}/leaflet":  (*visit).fromLeaflet,
		"GET " + changesPath + "/{number}/texts":     (*visit).export,
		"POST " + changesPath + "/{number}/texts":    (*visit).importTexts,
		"GET " + changesPath + "/{number}/since":     (*visit).since,
		"POST " + changesPath + "/{number}/type":     (*visit).typed,
		"POST " + changesPath + "/{number}/complete": (*visit).complete,
		"POST " + changesPath + "/{number}/formula":  (*visit).formulaBox,
		"POST " + changesPath + "/{number}/hover":    (*visit).hover,
		"GET /designer/{rest...}":                    func(*visit) error { return change.ErrNotFound },
	} {
		mux.HandleFunc(pattern, d.handle(page))
	}
}

// visit is one request of one analyst or reviewer.
type visit struct {
	*Designer
	w      http.ResponseWriter
	r      *http.Request
	ctx    context.Context
	person *identity.Person
	locale *ui.Locale
}

// mostBody bounds what one request may bring: a whole file, as a form writes it.
const mostBody = 4 * change.MostFile

func (d *Designer) handle(page func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person, known := identity.FromContext(r.Context())
		if !known {
			identity.ToSignIn(w, r, homePath)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		v := &visit{Designer: d, w: w, r: r, ctx: r.Context(), person: person, locale: d.ui.Locale(ui.Language(r.Context()))}
		err := change.ErrForeign
		if change.IsReader(person) || operates(person) && strings.HasPrefix(r.URL.Path, releasesPath) {
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
	case errors.Is(err, change.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, change.ErrInvalid):
		status = http.StatusBadRequest
	case errors.Is(err, change.ErrStatus), errors.Is(err, change.ErrStale):
		status = http.StatusConflict
	}
	v.ui.Fail(v.w, v.r, v.o.Log, "designer", status, v.page("", nil), err)
}

// page is a page of the designer.
func (v *visit) page(title string, body any) ui.Page {
	changes := strings.HasPrefix(v.r.URL.Path, changesPath)
	return ui.Page{
		Title: title, Wide: true, Body: body, Styles: []string{static("designer.css")}, Scripts: []string{static("vendor/sortable/Sortable.min.js"), static("designer.js"), static("formula.js")},
		User: &ui.User{Name: v.person.DisplayName(v.locale.Lang()), RoleLabel: v.role(), Officer: true},
		Nav:  v.nav(changes),
	}
}

// role is in what capacity somebody is here.
func (v *visit) role() string {
	if !change.IsReader(v.person) {
		return v.locale.T("designer.release.actor.operator")
	}
	return v.locale.T("designer.role")
}

// nav are the pages that somebody may see: whoever only operates the platform sees the releases.
func (v *visit) nav(changes bool) []ui.NavItem {
	releases := ui.NavItem{Text: v.locale.T("designer.release.title"), Href: releasesPath, Current: strings.HasPrefix(v.r.URL.Path, releasesPath)}
	if !change.IsReader(v.person) {
		return []ui.NavItem{releases}
	}
	return []ui.NavItem{
		{Text: v.locale.T("designer.home.title"), Href: homePath, Current: v.r.URL.Path == homePath},
		{Text: v.locale.T("designer.changes.title"), Href: changesPath, Current: changes}, releases,
	}
}

func (v *visit) render(status int, name string, page ui.Page) error {
	return v.ui.Render(v.w, v.r, status, name, page)
}

func (v *visit) redirect(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

func (v *visit) number() (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, change.ErrNotFound
	}
	return n, nil
}

// opened is the change of the address, with the catalogue as it has it and what was found in reading it.
func (v *visit) opened() (ch *change.Change, c *catalog.Catalogue, reading diag.List, err error) {
	number, err := v.number()
	if err != nil {
		return nil, nil, nil, err
	}
	if ch, err = v.o.Changes.Find(v.ctx, number); err != nil {
		return nil, nil, nil, err
	}
	c, reading, _, err = v.o.Changes.Catalogue(v.ctx, number)
	return ch, c, reading, err
}

func changePath(number int64) string { return changesPath + "/" + strconv.FormatInt(number, 10) }

// say is a text of the catalogue in the language of the page.
func (v *visit) say(t catalog.Text) string { return v.locale.Pick(t.Plain()) }

// authority is the title of an authority.
func (v *visit) authority(c *catalog.Catalogue, code string) string {
	if code == change.Platform {
		return v.locale.T("designer.platform")
	}
	if a := c.Authority(code); a != nil {
		return v.say(a.Title)
	}
	return code
}

// told is the language in which findings are told: Arabic, else English.
func (v *visit) told() *diag.Language {
	if v.locale.Lang() == "ar" {
		return explain.Arabic()
	}
	return nil
}
