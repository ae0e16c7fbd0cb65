package portal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

type hearingsPage struct {
	Cards ui.CardGrid
	Empty *ui.Empty
}

// hearings lists where the public is heard now. Anybody may read it.
func (p *Portal) hearings(w http.ResponseWriter, r *http.Request) error {
	list, err := p.o.Applications.Hearings(r.Context())
	if err != nil {
		return err
	}
	l := p.locale(r)
	var body hearingsPage
	for _, q := range list {
		card, _ := p.askedCard(l, q)
		card.Href, card.Tag = hearingPath(q.Task.ID), nil
		body.Cards.Cards = append(body.Cards.Cards, card)
	}
	if len(list) == 0 {
		body.Empty = &ui.Empty{Title: l.T("hearing.none"), Text: l.T("hearing.noneText"), Drawing: "inbox"}
	}
	page := p.page(r, l.T("hearing.title"))
	page.Wide, page.Body = true, body
	return p.ui.Render(w, r, http.StatusOK, "hearings", page)
}

func hearingPath(task uuid.UUID) string { return "/hearings/" + task.String() }

// hearingPage is what anybody reads of a hearing, with the questions for who is signed in.
type hearingPage struct {
	askedPage
	Shown     []ui.Component // what the definition shows of the application
	Mine      []ui.Component // what the reader has said, and what became of it
	Published []ui.Component
	SignIn    *ui.Button
}

// heard is the hearing that the address names, for whoever asks.
func (p *Portal) heard(r *http.Request) (h *application.Hearing, q *question, me *identity.Person, err error) {
	id, err := pathID(r, "task")
	if err != nil {
		return nil, nil, nil, err
	}
	person := uuid.Nil
	me, known := identity.FromContext(r.Context())
	if known {
		person = me.ID
	}
	if h, err = p.o.Applications.Hearing(r.Context(), person, id); err != nil {
		return nil, nil, nil, err
	}
	q, err = p.questioned(r, &h.Asked, hearingPath(id))
	return h, q, me, err
}

func (p *Portal) hearing(w http.ResponseWriter, r *http.Request) error {
	h, q, me, err := p.heard(r)
	if err != nil {
		return err
	}
	g, err := p.begun(r.Context(), q, me)
	if err != nil {
		return err
	}
	var flash []ui.Banner
	if kind, ok := notices[r.URL.Query().Get("notice")]; ok {
		flash = []ui.Banner{{Kind: kind, Text: q.l.T("notice." + r.URL.Query().Get("notice"))}}
	}
	return p.hear(w, r, http.StatusOK, h, q, me, g, flash)
}

// hear shows a hearing.
func (p *Portal) hear(w http.ResponseWriter, r *http.Request, status int, h *application.Hearing, q *question, me *identity.Person, g given, flash []ui.Banner) error {
	ctx := r.Context()
	page := p.page(r, q.title())
	page.Path, page.Flash = q.path, flash
	page.Back = &ui.BackLink{Text: q.l.T("hearing.title"), Href: "/hearings"}
	body := hearingPage{askedPage: askedPage{Service: q.l.Pick(q.texts.Title), Path: q.path, Facts: q.facts()}}
	var err error
	if body.Shown, err = p.shownOf(ctx, q); err != nil {
		return err
	}
	if body.Published, err = p.published(ctx, h, q); err != nil {
		return err
	}
	switch {
	case h.Mine != nil:
		if body.Mine, err = p.mine(ctx, h.Mine, q, me); err != nil {
			return err
		}
	case q.SuspendedUntil != nil && q.Task.Open():
		body.Closed = q.l.T("asked.suspended", "until", q.l.Deadline(*q.SuspendedUntil))
	case !q.Task.Open() || q.Status == application.Ended:
		body.Closed = q.l.T("hearing.closed")
	case q.Own:
		body.Closed = q.l.T("asked.ownApplication")
	case me == nil:
		body.SignIn = &ui.Button{Text: q.l.T("hearing.signIn"), Href: p.signInFor(q.path), Large: true}
	default:
		body.Shown = nil // it stands among the questions
		body.Text, body.More, body.Submit = q.l.T("hearing.text"), g.more, q.l.T("action.continue")
		body.Choices = []ui.Component{ui.Hidden{Name: decisionControl, Value: q.Task.Actions[0]}}
		body.Sections, body.Carried, page.Errors = g.sections(ctx)
		body.Carried, page.Errors = append(body.Carried, g.hidden()...), append(page.Errors, g.errors...)
	}
	page.Body = body
	w.Header().Set("Cache-Control", "private, no-cache")
	return p.ui.Render(w, r, status, "hearing", page)
}

// shownOf are the fields of the step's own form that are worked out: what the definition lets everybody read of the application.
func (p *Portal) shownOf(ctx context.Context, q *question) ([]ui.Component, error) {
	own, begin, err := p.fields(ctx, q, nil)
	if err != nil || own.Form == nil {
		return nil, err
	}
	own.Prefill(begin[0])
	list := ui.SummaryList{}
	for _, field := range fieldsOf(own.View(nil)) {
		if field.Visible && field.Derived {
			list.Rows = append(list.Rows, own.SummaryRows(ctx, field)...)
		}
	}
	if len(list.Rows) == 0 {
		return nil, nil
	}
	return []ui.Component{list}, nil
}

// published is what was taken, in the fields that the definition publishes.
func (p *Portal) published(ctx context.Context, h *application.Hearing, q *question) (out []ui.Component, err error) {
	if len(h.Published) == 0 {
		return nil, nil
	}
	own, _, err := p.fields(ctx, q, nil)
	if err != nil || own.Form == nil {
		return nil, err
	}
	for _, said := range h.Published {
		one := filling.New(ctx, own.Options)
		one.Prefill(said.Values)
		list := ui.SummaryList{Title: q.l.Date(said.At)}
		for _, field := range fieldsOf(one.View(nil)) {
			if _, given := said.Values[field.Code]; given && slices.Contains(q.node.Invite.Triage.Publish, field.Code) {
				list.Rows = append(list.Rows, one.SummaryRows(ctx, field)...)
			}
		}
		out = append(out, list)
	}
	return out, nil
}

// mine is what the reader has said, and what became of it.
func (p *Portal) mine(ctx context.Context, said *application.Statement, q *question, me *identity.Person) ([]ui.Component, error) {
	own, _, err := p.fields(ctx, q, me)
	if err != nil {
		return nil, err
	}
	list := ui.SummaryList{Title: q.l.T("hearing.mine", "date", q.l.Date(said.At))}
	if own.Form != nil {
		own.Prefill(said.Data)
		list.Rows = answersOf(ctx, own)
	}
	state := q.l.T("hearing.state." + said.State)
	if said.Reason != "" {
		state += "\n" + said.Reason
	}
	list.Rows = append(list.Rows, ui.SummaryRow{Key: q.l.T("hearing.became"), Value: state})
	return []ui.Component{list}, nil
}

// spoken takes what one of the public says: it is shown once more before it is sent.
func (p *Portal) spoken(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.me(r); err != nil {
		return err
	}
	h, q, me, err := p.heard(r)
	if err != nil {
		return err
	}
	g, controls, err := p.typed(w, r, q, me)
	if err != nil {
		return err
	}
	if q.Task.Open() && h.Mine == nil {
		values, err := p.judged(r.Context(), q, &g, controls)
		if err != nil {
			return err
		}
		again := func(status int) error { return p.hear(w, r, status, h, q, me, g, nil) }
		switch {
		case ui.IsFragment(r):
			return p.questions(w, r, g)
		case controls[filling.GoControl] == "back" || g.own.RowsChanged():
			g.errors, g.problems, g.more = nil, nil, false
			return again(http.StatusOK)
		case len(g.errors)+len(g.problems) > 0:
			return again(http.StatusUnprocessableEntity)
		case g.more:
			return again(http.StatusOK)
		case controls[confirmControl] == "":
			return p.confirmReply(w, r, q, g)
		}
		return p.speak(w, r, q, me, g, values)
	}
	return see(w, r, q.path)
}

func (p *Portal) speak(w http.ResponseWriter, r *http.Request, q *question, me *identity.Person, g given, values map[string]any) error {
	request, err := g.request(q, values)
	if err != nil {
		return err
	}
	actor := application.Actor{Person: me.ID, NationalNumber: me.NationalNumber, Kind: application.Party}
	code, err := p.o.Applications.Speak(r.Context(), actor, q.Task.ID, request)
	if errors.Is(err, application.ErrNotFound) && len(request.Uploads) > 0 {
		g.problems = g.own.GivenAway()
		h, q, me, err := p.heard(r)
		if err != nil {
			return err
		}
		return p.hear(w, r, http.StatusUnprocessableEntity, h, q, me, g, nil)
	}
	if err != nil {
		return err
	}
	notice := "answered"
	if code != "" {
		notice = cmp.Or(map[string]string{"voted": "voted"}[code], "changed")
	}
	return see(w, r, q.path+"?notice="+notice)
}
