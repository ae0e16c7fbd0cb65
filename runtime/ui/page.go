package ui

import (
	"html/template"
	"net/http"
	"net/url"
)

// Page is what the layout and every page template get. A page template reads its own data as .Body.
// Lang, Path and Nonce are taken from the request when they are empty.
type Page struct {
	Lang, Title, Path, Nonce string
	Then                     string // where somebody comes to who signs in; empty means Path
	Description              string // for search engines; one sentence
	User                     *User  // nil: not signed in
	Nav                      []NavItem
	Crumbs                   []Link
	Back                     *BackLink
	Flash                    []Banner
	Errors                   []FieldError // shown as the error summary, and announced in the title
	Wide                     bool         // the whole width, for queues and tables
	Bare                     bool         // the content brings its own bands and containers, as a home page does
	Scripts                  []string     // addresses of further modules
	Styles                   []string     // addresses of further sheets
	Body                     any
}

// User is who is signed in. Officer pages carry the role and a darker header.
type User struct {
	Name, RoleLabel string
	Officer         bool
}

// NavItem is one entry of the main navigation. Count is shown as a badge when it is not zero.
type NavItem struct {
	Text, Href string
	Current    bool
	Count      int
}

// Link is words that lead somewhere.
type Link struct{ Text, Href string }

// layoutData is the dot of the layout.
type layoutData struct {
	Page
	Site      Site
	Content   template.HTML
	Languages []languageLink
	SignIn    string
}

type languageLink struct {
	Lang, Name, Href string
	Current          bool
}

func (ts *Templates) complete(r *http.Request, page Page) Page {
	if page.Lang == "" {
		page.Lang = Language(r.Context())
	}
	if ts.sets[page.Lang] == nil {
		page.Lang = ts.site.Languages[0]
	}
	if page.Nonce == "" {
		page.Nonce = Nonce(r.Context())
	}
	if page.Path == "" {
		page.Path = pathWithout(r.URL, "lang")
	}
	return page
}

// pathWithout is the path and query of an address without one parameter.
func pathWithout(u *url.URL, name string) string {
	query := u.Query()
	query.Del(name)
	return (&url.URL{Path: u.Path, RawQuery: query.Encode()}).String()
}

func (ts *Templates) languageLinks(page Page) []languageLink {
	here, err := url.Parse(page.Path)
	if err != nil {
		here = &url.URL{Path: "/"}
	}
	var out []languageLink
	for _, lang := range ts.site.Languages {
		query := here.Query()
		query.Set("lang", lang)
		href := (&url.URL{Path: here.Path, RawQuery: query.Encode()}).String()
		out = append(out, languageLink{Lang: lang, Name: ownName(lang), Href: href, Current: lang == page.Lang})
	}
	return out
}
