package portal

import (
	"net/http"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// filled is a form in the hands of an applicant during one request.
type filled struct {
	*filling.Filling
	p      *Portal
	me     *identity.Person
	single bool // always one page
	// applicant is who applies: me, or whom a draft is for: an offer, a form at the counter, or of somebody for whom I apply.
	applicant application.Person
	draft     *application.Draft
}

// Controls of the portal's pages beside those that every form has.
const (
	sheetControl  = "_sheet"  // the page that was filled in
	returnControl = "_return" // check: back to the check page
)

// begin opens the form of a service of the current release for who is signed in.
func (p *Portal) begin(r *http.Request) (*filled, *release.Live, error) {
	if r.PathValue("draft") != "" {
		return p.beginDraft(r)
	}
	s, ok := p.o.Releases.Service(r.PathValue("code"))
	if !ok {
		return nil, nil, errNotFound
	}
	if !s.Plan.ByApplicant() {
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
	f.Path = "/services/" + s.Service + "/apply"
	return f, s, f.open(r.Context(), s.PlanDigest, false)
}

// by says who the applicant is, and who applies for them.
func (f *filled) by(a application.Person) {
	f.applicant, f.With.Given = a, application.Roots(a.Behalf.Given())
}

func (p *Portal) fill(r *http.Request, me *identity.Person, digest string, pl *plan.Plan, texts *plan.Texts, facts map[string]any, day time.Time) (*filled, error) {
	compiled, err := p.forms.Form(digest, pl)
	if err != nil {
		return nil, err
	}
	f := &filled{p: p, me: me, applicant: application.Person{ID: me.ID, Facts: me.Facts()}, Filling: filling.New(r.Context(), filling.Options{
		Form: compiled, Texts: texts, Locale: p.locale(r), Owner: me.ID, Documents: p.o.Documents, Log: p.o.Log,
	})}
	f.With.Applicant = facts
	f.With.Submitted.Year, f.With.Submitted.Month, f.With.Submitted.Day = day.Year(), int(day.Month()), day.Day()
	if entries := compiled.TariffReads(); len(entries) > 0 {
		tariff, err := p.o.Releases.Reference().Tariff(pl.Tariff, day.Format(time.DateOnly), entries)
		if err != nil {
			return nil, err
		}
		f.With.Tariff = tariff.Amounts
	}
	return f, nil
}
