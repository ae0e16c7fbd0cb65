package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// replied takes an answer: it is shown once more before it is sent, since nobody can take it back.
func (p *Portal) replied(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	q, err := p.askedOf(r, me)
	if err != nil {
		return err
	}
	g, controls, err := p.typed(w, r, q, me)
	if err != nil {
		return err
	}
	values, err := p.judged(r.Context(), q, &g, controls)
	if err != nil {
		return err
	}
	if q.Answer == nil && q.Task.Open() {
		if done, err := p.reconsidered(w, r, q, g, controls); done || err != nil {
			return err
		}
	}
	if controls[confirmControl] == "" || ui.IsFragment(r) || len(g.errors)+len(g.problems) > 0 || g.more { // no repeat of what was sent, nor fit to be sent
		return see(w, r, q.path+"?notice=changed")
	}
	return p.reply(w, r, me, q, g, values)
}

// typed reads what was posted.
func (p *Portal) typed(w http.ResponseWriter, r *http.Request, q *question, me *identity.Person) (g given, controls map[string]string, err error) {
	if g.own, _, err = p.fields(r.Context(), q, me); err != nil {
		return g, nil, err
	}
	if controls, err = g.own.Read(w, r); err != nil {
		if large := (*http.MaxBytesError)(nil); !errors.As(err, &large) {
			err = errNotFound
		}
		return g, nil, err
	}
	g.action, g.comment = controls[decisionControl], strings.TrimSpace(controls[commentControl])
	g.key, g.revision = controls[filling.KeyControl], controls[filling.RevisionControl]
	return g, controls, nil
}

// judged validates what was filled in, and finds what is missing of the answer. What questions lack that an answer has just opened is not told
// as a mistake. values are nil where nothing is filled in.
func (p *Portal) judged(ctx context.Context, q *question, g *given, controls map[string]string) (values map[string]any, err error) {
	g.errors = q.check(*g)
	if g.own.Form == nil {
		return nil, nil
	}
	if values, g.problems, err = g.own.Validate(ctx); err != nil {
		return nil, err
	}
	opened := filling.Fresh(filling.Shown(fieldsOf(g.own.View(nil))), controls[filling.ShownControl])
	g.problems = slices.DeleteFunc(g.problems, func(p form.Problem) bool { return slices.Contains(opened, p.Field) })
	g.more = len(opened) > 0
	return values, nil
}

// reconsidered shows an answer again that is not ready to be sent; done tells that it did.
func (p *Portal) reconsidered(w http.ResponseWriter, r *http.Request, q *question, g given, controls map[string]string) (done bool, err error) {
	switch {
	case ui.IsFragment(r):
		return true, p.questions(w, r, g)
	case controls[filling.GoControl] == "back" || g.own.RowsChanged():
		g.errors, g.problems, g.more = nil, nil, false
		return true, p.ask(w, r, http.StatusOK, q, g, nil)
	case len(g.errors)+len(g.problems) > 0:
		return true, p.ask(w, r, http.StatusUnprocessableEntity, q, g, nil)
	case g.more:
		return true, p.ask(w, r, http.StatusOK, q, g, nil)
	case controls[confirmControl] == "":
		return true, p.confirmReply(w, r, q, g)
	}
	return false, nil
}

// questions answers with the questions alone, after an answer that opens or closes some.
func (p *Portal) questions(w http.ResponseWriter, r *http.Request, g given) error {
	if g.own.Form == nil {
		return errNotFound
	}
	g.problems = nil
	page := p.page(r, "")
	var body askedPage
	body.Sections, body.Carried, _ = g.sections(r.Context())
	body.Carried = append(body.Carried, g.hidden()...)
	page.Body = body
	return p.ui.Fragment(w, r, http.StatusOK, "questions", page)
}

// reply sends an answer. The same one again gives the same, also after it has closed its task.
func (p *Portal) reply(w http.ResponseWriter, r *http.Request, me *identity.Person, q *question, g given, values map[string]any) error {
	request, err := g.request(q, values)
	if err != nil {
		return err
	}
	actor := application.Actor{Person: me.ID, NationalNumber: me.NationalNumber, Kind: application.Party}
	if q.Own {
		actor = applicant(me)
	}
	answer, err := p.o.Applications.Act(r.Context(), actor, q.Application, request, g.key)
	switch {
	case errors.Is(err, application.ErrNotFound) && len(request.Uploads) > 0:
		g.problems = g.own.GivenAway()
		return p.ask(w, r, http.StatusUnprocessableEntity, q, g, nil)
	case err != nil:
		return err
	case answer.TookEffect() && q.Own:
		return see(w, r, "/applications/"+q.Application.String()+"?notice=answered")
	case answer.TookEffect() || answer.Pending:
		return see(w, r, q.path+"?notice="+outcome(answer, "answered"))
	}
	now, err := p.askedOf(r, me)
	if err != nil {
		return err
	}
	return p.refusedReply(w, r, now, g, answer.Code)
}

// request is the answer as the book of applications takes it.
func (g given) request(q *question, values map[string]any) (r application.ActRequest, err error) {
	revision, _ := strconv.Atoi(g.revision) // 0 fits no task
	r = application.ActRequest{Task: q.Task.ID, Action: g.action, Revision: revision, Comment: g.comment, Data: values}
	if values != nil {
		r.Uploads = g.own.Files(values)
		r.Labels, err = g.own.Form.Labels(values, g.own.With)
	}
	return r, err
}

// refusedReply shows how things stand now, with what was typed where it can still be sent.
func (p *Portal) refusedReply(w http.ResponseWriter, r *http.Request, now *question, g given, code string) error {
	g.key, g.revision = rand.Text(), strconv.Itoa(now.Task.Revision)
	said := "notice.changed"
	switch code {
	case "own-application":
		said = "asked.ownApplication"
	case "suspended":
		said = "notice.suspended"
	}
	return p.ask(w, r, http.StatusConflict, now, g, []ui.Banner{{Kind: ui.Caution, Text: now.l.T(said)}})
}

type confirmReplyPage struct {
	Text    string
	Path    string
	Answers []ui.Component
	Carried []ui.Hidden
	Yes     string
}

func (p *Portal) confirmReply(w http.ResponseWriter, r *http.Request, q *question, g given) error {
	var rows []ui.SummaryRow
	carried := g.hidden()
	if g.own.Form != nil {
		rows = answersOf(r.Context(), g.own)
		shown := filling.Shown(fieldsOf(g.own.View(nil)))
		carried = append(append(carried, g.own.Carried(nil)...), ui.Hidden{Name: filling.ShownControl, Value: strings.Join(shown, ",")})
	}
	rows = append(rows, ui.SummaryRow{Key: q.title(), Value: q.decision(g.action)})
	if g.comment != "" {
		rows = append(rows, ui.SummaryRow{Key: q.l.T("asked.comment"), Value: g.comment})
	}
	page := p.page(r, q.l.T("asked.confirm"))
	page.Path = q.path
	page.Body = confirmReplyPage{
		Text: q.l.T("asked.confirmText", "service", q.l.Pick(q.texts.Title)), Path: q.path, Yes: q.decision(g.action),
		Answers: []ui.Component{ui.SummaryList{Rows: rows}},
		Carried: append(carried, ui.Hidden{Name: decisionControl, Value: g.action}, ui.Hidden{Name: commentControl, Value: g.comment}),
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return p.ui.Render(w, r, http.StatusOK, "confirmReply", page)
}
