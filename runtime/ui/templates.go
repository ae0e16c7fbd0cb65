package ui

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"text/template/parse"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages/*.yaml
var messageFiles embed.FS

// Templates are the layout, the components and the page templates of one package, parsed for every
// language of the site. They are safe for concurrent use.
type Templates struct {
	site    Site
	sets    map[string]*template.Template
	locales map[string]*Locale
}

// New parses the templates of fsys that match patterns (templates/*.html when there are none) and adds its
// messages/{lang}.yaml to the messages of the kit. It fails on a template that does not parse, on a message
// that Arabic or English lacks, and on a message, icon or asset that a template names and nobody has.
// Of the site's languages it offers those in which every message of kit and package is there.
func New(site Site, fsys fs.FS, patterns ...string) (*Templates, error) {
	site = site.withDefaults()
	if len(patterns) == 0 {
		patterns = []string{"templates/*.html"}
	}
	all := messages{}
	if err := all.load(messageFiles); err != nil {
		return nil, err
	}
	if err := all.load(fsys); err != nil {
		return nil, err
	}
	for _, lang := range defaultLanguages {
		if err := all.complete(lang); err != nil {
			return nil, err
		}
	}
	site.Languages = all.whole(site.Languages)
	ts := &Templates{site: site, sets: map[string]*template.Template{}, locales: map[string]*Locale{}}
	for _, lang := range site.Languages {
		locale := newLocale(lang, all, site.Zone)
		set := template.New("ui")
		set.Funcs(functions(locale, set))
		if _, err := set.ParseFS(templateFiles, "templates/*.html"); err != nil {
			return nil, err
		}
		if _, err := set.ParseFS(fsys, patterns...); err != nil {
			return nil, err
		}
		ts.sets[lang], ts.locales[lang] = set, locale
	}
	return ts, ts.checkNames()
}

// Locale writes texts, dates and money in a language; the site's first language stands in for one that it
// does not offer.
func (ts *Templates) Locale(lang string) *Locale {
	if locale, ok := ts.locales[lang]; ok {
		return locale
	}
	return ts.locales[ts.site.Languages[0]]
}

// Render answers with the page template name inside the layout. Nothing is sent before all of it is
// rendered; when that fails it answers 500 with a plain page and returns the error for the log.
// A signed-in page is never stored by the browser unless the handler set Cache-Control itself.
func (ts *Templates) Render(w http.ResponseWriter, r *http.Request, status int, name string, page Page) error {
	page = ts.complete(r, page)
	set := ts.sets[page.Lang]
	var body bytes.Buffer
	if err := set.ExecuteTemplate(&body, name, page); err != nil {
		return ts.fail(w, page, err)
	}
	data := layoutData{
		Page: page, Site: ts.site, Content: template.HTML(body.String()), Languages: ts.languageLinks(page),
		SignIn: ts.site.SignIn + "?" + url.Values{"then": {cmp.Or(page.Then, page.Path)}}.Encode(),
	}
	var whole bytes.Buffer
	if err := set.ExecuteTemplate(&whole, "ui/layout", data); err != nil {
		return ts.fail(w, page, err)
	}
	send(w, r, status, page, whole.Bytes())
	return nil
}

// Fragment answers with the template alone, for a request of htmx that replaces a part of a page.
func (ts *Templates) Fragment(w http.ResponseWriter, r *http.Request, status int, name string, page Page) error {
	page = ts.complete(r, page)
	var body bytes.Buffer
	if err := ts.sets[page.Lang].ExecuteTemplate(&body, name, page); err != nil {
		return ts.fail(w, page, err)
	}
	send(w, r, status, page, body.Bytes())
	return nil
}

// IsFragment says whether htmx asked for a part of a page and not for a page.
func IsFragment(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Boosted") != "true"
}

// HTML renders one component in a language, outside a page.
func (ts *Templates) HTML(lang string, c Component) (template.HTML, error) {
	return show(ts.sets[ts.Locale(lang).Lang()], c)
}

func send(w http.ResponseWriter, r *http.Request, status int, page Page, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", page.Lang)
	if h.Get("Cache-Control") == "" {
		if page.User != nil {
			h.Set("Cache-Control", "no-store")
		} else {
			h.Set("Cache-Control", "private, no-cache")
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// fail is the answer when a template itself is broken, so it uses none.
func (ts *Templates) fail(w http.ResponseWriter, page Page, err error) error {
	locale := ts.Locale(page.Lang)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, "%s\n\n%s\n", locale.T("problem.500.title"), locale.T("problem.500.text"))
	return fmt.Errorf("ui: render: %w", err)
}

// Trees are the parsed templates by name, for the type check in uitest.
func (ts *Templates) Trees() map[string]*parse.Tree {
	out := map[string]*parse.Tree{}
	for _, t := range ts.sets[ts.site.Languages[0]].Templates() {
		if t.Tree != nil {
			out[t.Name()] = t.Tree.Copy() // html/template writes into its own
		}
	}
	return out
}
