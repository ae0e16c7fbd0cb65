package portal

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// What a page can end with beside an answer. Errors of the capabilities are mapped in status, in one place.
var (
	errNotFound = errors.New("portal: not found")
	errSignIn   = errors.New("portal: sign-in is needed")
)

// handle answers the error of a page with the page of that error, or with the way to the sign-in.
func (p *Portal) handle(page func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := page(w, r)
		if refused := (*ineligible)(nil); errors.As(err, &refused) {
			err = p.refuse(w, r, refused)
		}
		switch {
		case err == nil, r.Context().Err() != nil:
		case errors.Is(err, errSignIn):
			p.signIn(w, r)
		default:
			p.fail(w, r, err)
		}
	}
}

func (p *Portal) fail(w http.ResponseWriter, r *http.Request, err error) {
	code, reference := status(err), ""
	if code >= 500 {
		reference = rand.Text()[:10]
		p.o.Log.ErrorContext(r.Context(), "portal", "page", r.Pattern, "reference", reference, "error", err)
	}
	page := p.page(r, "")
	page.Path = r.URL.Path
	if rendering := p.ui.Error(w, r, code, page, reference); rendering != nil {
		p.o.Log.ErrorContext(r.Context(), "portal", "page", r.Pattern, "error", rendering)
	}
}

func status(err error) int {
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errNotFound), errors.Is(err, filling.ErrUnreadable), errors.Is(err, application.ErrNotFound), errors.Is(err, application.ErrInvalid),
		errors.Is(err, document.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, application.ErrKeyReused), errors.Is(err, application.ErrUnderway), errors.Is(err, application.ErrNotOpen):
		return http.StatusConflict
	case errors.Is(err, filling.ErrTooLarge), errors.Is(err, document.ErrTooLarge), errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, application.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// signIn leads to the sign-in and back. What was posted without a session cannot be kept, so a POST comes back to its form.
func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) {
	back := url.URL{Path: r.URL.Path}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		back.RawQuery = r.URL.RawQuery
	}
	http.Redirect(w, r, p.signInFor(back.String()), http.StatusSeeOther)
}

// signInFor is where somebody signs in and then comes to a page.
func (p *Portal) signInFor(page string) string {
	return cmp.Or(p.o.Site.SignIn, "/sign-in") + "?" + url.Values{"then": {page}}.Encode()
}

// see answers with the way to another page, after something was done.
func see(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// pathID is a UUID of the address; anything else is not found.
func pathID(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(r.PathValue(name))
	if err != nil {
		return uuid.Nil, errNotFound
	}
	return id, nil
}

// Frame is what every page for citizens has, for pages that stand beside the portal: navigation and who is signed in.
func (p *Portal) Frame(r *http.Request, title string) ui.Page { return p.page(r, title) }

// page is the frame of every page: navigation and who is signed in.
func (p *Portal) page(r *http.Request, title string) ui.Page {
	l := p.locale(r)
	page := ui.Page{Title: title, Lang: l.Lang()}
	type item struct {
		key, href string
		count     int
	}
	items := []item{{"nav.services", "/services", 0}, {"nav.applications", "/applications", 0}}
	if person, ok := identity.FromContext(r.Context()); ok {
		page.User = &ui.User{Name: person.DisplayName(l.Lang())}
		news := p.news(r.Context(), person)
		items[1].count = news.Asked
		items = append(items, item{"nav.messages", "/messages", news.Unread})
	}
	if len(p.o.Releases.Reference().Rights) > 0 { // otherwise the catalogue grants none
		items = append(items, item{"nav.rights", "/rights", 0})
	}
	items = append(items, item{"nav.verify", "/verify", 0})
	for _, item := range items {
		here := r.URL.Path == item.href || strings.HasPrefix(r.URL.Path, item.href+"/")
		page.Nav = append(page.Nav, ui.NavItem{Text: l.T(item.key), Href: item.href, Current: here, Count: item.count})
	}
	return page
}

// Locale is that of a request, for what is answered beside the pages.
func (p *Portal) Locale(r *http.Request) *ui.Locale { return p.locale(r) }

func (p *Portal) locale(r *http.Request) *ui.Locale { return p.ui.Locale(ui.Language(r.Context())) }

// me is who is signed in, or errSignIn.
func (p *Portal) me(r *http.Request) (*identity.Person, error) {
	person, ok := identity.FromContext(r.Context())
	if !ok {
		return nil, errSignIn
	}
	return person, nil
}
