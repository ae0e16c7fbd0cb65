package portal

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// offerPage shows what was filled in for somebody, before they look through it.
type offerPage struct {
	Text    string
	Until   ui.Facts
	Look    ui.Button
	Path    string // where declining is sent
	Decline ui.Button
}

// sentPage tells an officer that what they have filled in was sent.
type sentPage struct {
	Panel ui.Panel
	Again ui.Button
}

func draftPath(id uuid.UUID) string { return "/drafts/" + id.String() }

// counterPath is the page of the desk on which an officer names a service and a person.
const counterPath = "/desk/apply"

// draft reads what was filled in for the person who is signed in, or what they fill in for somebody as an officer.
func (p *Portal) draft(r *http.Request) (*application.Draft, *release.Live, error) {
	me, err := p.me(r)
	if err != nil {
		return nil, nil, err
	}
	id, err := pathID(r, "draft")
	if err != nil {
		return nil, nil, err
	}
	d, err := p.o.Applications.Draft(r.Context(), me.ID, id)
	if err != nil {
		return nil, nil, err
	}
	s, ok := p.o.Releases.Service(d.Service)
	if !ok {
		return nil, nil, errNotFound
	}
	mayStill := func() bool {
		return slices.ContainsFunc(p.o.Applications.Counter(me.Capacities), func(l *release.Live) bool { return l.Service == d.Service })
	}
	if d.Officer && d.Application == nil && !mayStill() {
		return nil, nil, errNotFound // the role was theirs when they opened the form, and is not any more
	}
	return d, s, nil
}

// beginDraft opens the form of a draft: the applicant's facts are those of whom it is for.
func (p *Portal) beginDraft(r *http.Request) (*filled, *release.Live, error) {
	d, s, err := p.draft(r)
	if err != nil {
		return nil, nil, err
	}
	me, err := p.me(r)
	if err != nil {
		return nil, nil, err
	}
	f, err := p.fill(r, me, s.PlanDigest, s.Plan, s.Texts, d.Applicant.Facts, p.today(s.Plan))
	if err != nil {
		return nil, nil, err
	}
	f.Path, f.draft = draftPath(d.ID)+"/apply", d
	f.by(d.Applicant)
	return f, s, f.open(r.Context(), s.PlanDigest, false)
}

// sentTo is where whoever has sent a draft is led.
func sentTo(d *application.Draft, sent uuid.UUID) string {
	if d.Officer {
		return draftPath(d.ID) + "/sent"
	}
	return "/applications/" + sent.String() + "?sent=1"
}

// forWhom says on every page of a form whom it is filled in for by somebody else.
func (f *filled) forWhom() []ui.Banner {
	if f.draft == nil || !f.draft.Officer && f.draft.Applicant.Behalf == nil {
		return nil
	}
	number, _ := f.draft.Applicant.Facts["nationalNumber"].(string)
	name := f.Locale.Pick(f.draft.Name)
	if name == "" {
		return []ui.Banner{{Kind: ui.Info, Text: f.Locale.T("draft.forNumber", "number", number)}}
	}
	return []ui.Banner{{Kind: ui.Info, Text: f.Locale.T("draft.forPerson", "name", name, "number", number)}}
}

// offered shows an offer and asks whether the person wants it.
func (p *Portal) offered(w http.ResponseWriter, r *http.Request) error {
	d, s, err := p.draft(r)
	switch {
	case err != nil:
		return err
	case d.Officer:
		return see(w, r, counterPath)
	case d.Applicant.Behalf != nil && d.Application == nil:
		return see(w, r, behalfPath(d.Service))
	case d.Application != nil:
		return see(w, r, sentTo(d, *d.Application))
	}
	l := p.locale(r)
	here := draftPath(d.ID)
	page := p.page(r, l.Pick(s.Texts.Title))
	page.Crumbs = []ui.Link{{Text: l.T("nav.applications"), Href: "/applications"}, {Text: page.Title}}
	page.Path = here
	page.Body = offerPage{
		Text: l.Pick(s.Texts.Summary), Path: here + "/decline",
		Until:   ui.Facts{Items: []ui.Meta{{Icon: "clock", Label: l.T("offer.until"), Text: l.LastDay(d.Until)}}},
		Look:    ui.Button{Text: l.T("offer.look"), Href: here + "/apply", Large: true},
		Decline: ui.Button{Text: l.T("offer.decline"), Kind: ui.Secondary},
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return p.ui.Render(w, r, http.StatusOK, "offer", page)
}

func (p *Portal) declined(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "draft")
	if err != nil {
		return err
	}
	if err := p.o.Applications.Decline(r.Context(), me.ID, id); err != nil {
		return err
	}
	return see(w, r, "/applications?notice=declined")
}

// counterSent tells an officer the reference, to be handed to the applicant.
func (p *Portal) counterSent(w http.ResponseWriter, r *http.Request) error {
	d, s, err := p.draft(r)
	if err != nil {
		return err
	}
	if !d.Officer || d.Application == nil {
		return errNotFound
	}
	l := p.locale(r)
	page := p.page(r, l.T("draft.sent"))
	page.Body = sentPage{
		Panel: ui.Panel{Title: l.T("draft.sent"), Text: l.Pick(s.Texts.Title), Reference: d.Reference},
		Again: ui.Button{Text: l.T("draft.another"), Kind: ui.Secondary, Href: counterPath},
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return p.ui.Render(w, r, http.StatusOK, "draftSent", page)
}

// offerCards are what waits for the person's consent.
func (p *Portal) offerCards(r *http.Request, l *ui.Locale, person uuid.UUID) (cards []ui.Card, err error) {
	offers, err := p.o.Applications.Offers(r.Context(), person)
	for _, d := range offers {
		s, ok := p.o.Releases.Service(d.Service)
		if !ok {
			continue
		}
		cards = append(cards, ui.Card{
			Title: l.Pick(s.Texts.Title), Text: l.T("offer.card"), Href: draftPath(d.ID), Icon: serviceIcon(s),
			Meta: []ui.Meta{{Icon: "clock", Label: l.T("offer.until"), Text: l.LastDay(d.Until)}},
		})
	}
	return cards, err
}

// related are the applications to which this one is tied.
func (o *opened) related(p *Portal) (cards []ui.Card) {
	for _, other := range o.Related {
		card := ui.Card{Title: other.Service, Href: "/applications/" + other.ID.String(), Icon: "file-text",
			Meta: []ui.Meta{{Icon: "receipt", Label: o.l.T("panel.reference"), Text: other.Reference}}}
		if texts, ok := p.o.Releases.Texts(other.Texts); ok {
			card.Title = cmp.Or(o.l.Pick(texts.Title), other.Service)
		}
		tag := statusTag(o.l, other.Status, other.Outcome, "")
		card.Tag, card.Text = &tag, o.l.T("related.child")
		if other.Parent {
			card.Text = o.l.T("related.parent")
		}
		cards = append(cards, card)
	}
	return cards
}
