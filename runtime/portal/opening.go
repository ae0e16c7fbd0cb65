package portal

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/ui"
)

// What registries say before a form is kept for the pages of that form, so that they are asked once and not at every page. It is forgotten
// soon, never written down, and asked anew when the form is sent. That somebody may not fill it in is not kept: they may have put right why.
const (
	openFor      = 10 * time.Minute
	mostOpenings = 5000
)

type opening struct {
	given   map[string]map[string]any
	refused string
	until   time.Time
}

type openingKey struct {
	person uuid.UUID
	plan   string
	by     uuid.UUID // who applies for the person, in which capacity: what one was told, another is not
	as     string
}

// ineligible is the error of a form that the applicant may not fill in.
type ineligible struct{ service, path, reason string }

func (*ineligible) Error() string { return "portal: not eligible" }

// open asks what is to be asked before the form, or takes what was asked a moment ago. The error is an *ineligible where the applicant may
// not fill it in.
func (f *filled) open(ctx context.Context, digest string, anew bool) error {
	if !f.Form.Opens() {
		return nil
	}
	key := openingKey{person: f.applicant.ID, plan: digest}
	if by := f.applicant.Behalf; by != nil {
		key.by, key.as = by.ID, by.As
	}
	o, known := f.p.opened(key)
	if anew || !known {
		with, refused, err := f.Form.Open(ctx, f.With, f.p.o.Applications.Ask)
		if err != nil {
			return err
		}
		o = opening{with.Given, refused, f.p.o.Now().Add(openFor)}
		f.p.keep(key, o)
	}
	f.With.Given = o.given
	if o.refused != "" {
		return &ineligible{f.Locale.Pick(f.Texts.Title), strings.TrimSuffix(f.Path, "/apply"), f.Locale.Pick(f.Texts.Reasons[o.refused])}
	}
	return nil
}

func (p *Portal) opened(key openingKey) (opening, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.openings[key]
	return o, ok && p.o.Now().Before(o.until)
}

func (p *Portal) keep(key openingKey, o opening) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.refused != "" {
		delete(p.openings, key)
		return
	}
	if p.openings == nil || len(p.openings) >= mostOpenings {
		p.openings = map[openingKey]opening{}
	}
	p.openings[key] = o
}

type ineligiblePage struct{ Service, Reason string }

// refuse tells somebody why they may not fill in a form, in the words of the definition.
func (p *Portal) refuse(w http.ResponseWriter, r *http.Request, why *ineligible) error {
	page := p.page(r, p.locale(r).T("ineligible.title"))
	page.Back = &ui.BackLink{Text: why.service, Href: why.path}
	page.Path = why.path
	page.Body = ineligiblePage{why.service, why.reason}
	w.Header().Set("Cache-Control", "private, no-store")
	return p.ui.Render(w, r, http.StatusForbidden, "ineligible", page)
}
