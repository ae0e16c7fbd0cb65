// Package docs shows what is written about the language: the guide, the reference and the findings, in the layout of every other page.
//
// The words come as Markdown from catalog/reference, which also writes them into the repository; this package renders them once and owns
// nothing else. It reads no files and knows no visitor.
//
//	d, err := docs.New(docs.Options{Site: site, Pages: reference.Pages()})
//	d.Register(mux) // GET /docs, GET /docs/{name}
package docs

import (
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed *.html messages/*.yaml
var files embed.FS

//go:embed docs.css
var styles []byte

var sheet = ui.NewSheet("/docs/docs", styles)

// Options of the pages; all must be given but Log.
type Options struct {
	Site  ui.Site
	Pages []reference.Page
	// Frame gives the main navigation and who is signed in, as on every other page; without it there is none.
	Frame func(r *http.Request, title string) ui.Page
	Log   *slog.Logger
}

// Docs is the handlers. It never changes and is safe for parallel use.
type Docs struct {
	ui    *ui.Templates
	frame func(r *http.Request, title string) ui.Page
	log   *slog.Logger
	pages []page
}

// page is one document, rendered in each language that it is written in.
type page struct {
	reference.Page
	rendered map[string]document
}

// document is one rendered text.
type document struct {
	Lang     string
	Dir      string // ltr or rtl
	HTML     template.HTML
	Headings []ui.Link // of its second level
}

// New renders every page.
func New(o Options) (*Docs, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	templates, err := ui.New(o.Site, files, "*.html")
	if err != nil {
		return nil, err
	}
	if o.Frame == nil {
		o.Frame = func(_ *http.Request, title string) ui.Page { return ui.Page{Title: title} }
	}
	d := &Docs{ui: templates, frame: o.Frame, log: o.Log}
	for _, p := range o.Pages {
		out := page{p, map[string]document{}}
		for lang, text := range p.Markdown {
			if out.rendered[lang], err = render(lang, text); err != nil {
				return nil, fmt.Errorf("docs: %s in %s: %w", p.Name, lang, err)
			}
		}
		d.pages = append(d.pages, out)
	}
	return d, nil
}

// Register puts the pages on a mux.
func (d *Docs) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /docs", d.index)
	mux.HandleFunc("GET /docs/{name}", d.page)
	sheet.Register(mux)
}

// indexPage lists what there is.
type indexPage struct{ Cards []ui.Card }

func (d *Docs) index(w http.ResponseWriter, r *http.Request) {
	l := d.ui.Locale(ui.Language(r.Context()))
	body := indexPage{}
	for _, p := range d.pages {
		body.Cards = append(body.Cards, ui.Card{Title: l.Pick(p.Title), Text: l.Pick(p.Summary), Href: "/docs/" + p.Name, Icon: "file-text"})
	}
	page := d.frame(r, l.T("docs.title"))
	page.Description, page.Body = l.T("docs.summary"), body
	page.Crumbs = []ui.Link{{Text: l.T("site.home"), Href: "/"}, {Text: l.T("docs.title")}}
	d.render(w, r, "docs/index", page)
}

// textPage is one document. Other says that it is not written in the reader's language.
type textPage struct {
	document
	Other bool
}

func (d *Docs) page(w http.ResponseWriter, r *http.Request) {
	l := d.ui.Locale(ui.Language(r.Context()))
	for _, p := range d.pages {
		if p.Name != r.PathValue("name") {
			continue
		}
		doc, own := p.rendered[l.Lang()]
		if !own {
			doc = p.rendered["en"]
		}
		page := d.frame(r, l.Pick(p.Title))
		page.Description, page.Body, page.Wide = l.Pick(p.Summary), textPage{doc, !own && !p.Mixed}, true
		page.Crumbs = []ui.Link{{Text: l.T("site.home"), Href: "/"}, {Text: l.T("docs.title"), Href: "/docs"}, {Text: l.Pick(p.Title)}}
		d.render(w, r, "docs/page", page)
		return
	}
	page := d.frame(r, "")
	page.Path = r.URL.Path
	page.Back = &ui.BackLink{Text: l.T("docs.title"), Href: "/docs"}
	if err := d.ui.Error(w, r, http.StatusNotFound, page, ""); err != nil {
		d.log.Error("a page of the docs", "page", "404", "error", err)
	}
}

func (d *Docs) render(w http.ResponseWriter, r *http.Request, name string, page ui.Page) {
	page.Styles = []string{sheet.Path()}
	w.Header().Set("Cache-Control", "public, max-age=300")
	if err := d.ui.Render(w, r, http.StatusOK, name, page); err != nil {
		d.log.Error("a page of the docs", "page", name, "error", err)
	}
}
