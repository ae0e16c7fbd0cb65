package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func (w *world) Messages(_ context.Context, r application.Reader, _ application.Page) (out application.Paged[application.Message], err error) {
	for _, m := range w.messages {
		if slices.Contains(r.Capacities, m.Role) {
			out.Items = append(out.Items, m)
		}
	}
	return out, w.broken
}

func (w *world) MarkRead(_ context.Context, _ application.Reader, ids []uuid.UUID) error {
	for i := range w.messages {
		w.messages[i].Read = w.messages[i].Read || slices.Contains(ids, w.messages[i].ID)
	}
	return nil
}

func (w *world) News(ctx context.Context, r application.Reader) (n application.News, err error) {
	list, err := w.Messages(ctx, r, application.Page{})
	for _, m := range list.Items {
		if !m.Read {
			n.Unread++
		}
	}
	waiting, _ := w.ToTriage(ctx, application.Actor{Capacities: r.Capacities}, application.Page{})
	n.Statements = len(waiting.Items)
	return n, err
}

func (w *world) ToTriage(_ context.Context, actor application.Actor, _ application.Page) (out application.Paged[application.Statement], err error) {
	for _, s := range w.statements {
		if s.State == application.StatementWaiting && slices.Contains(actor.Capacities, s.Role) {
			out.Items = append(out.Items, s)
		}
	}
	return out, w.broken
}

func (w *world) ToLookAt(ctx context.Context, actor application.Actor, id uuid.UUID) (*application.Statement, error) {
	list, err := w.ToTriage(ctx, actor, application.Page{})
	for _, s := range list.Items {
		if s.ID == id {
			return &s, err
		}
	}
	return nil, application.ErrNotFound
}

func (w *world) StatementsOf(_ context.Context, _ []string, _ uuid.UUID, p application.Page) (application.Paged[application.Statement], error) {
	if half := len(w.statements) / 2; p.After == "half" {
		return application.Paged[application.Statement]{Items: w.statements[half:]}, nil
	} else if half > 0 {
		return application.Paged[application.Statement]{Items: w.statements[:half], Next: "half"}, nil
	}
	return application.Paged[application.Statement]{Items: w.statements}, nil
}

func (w *world) Triage(_ context.Context, _ application.Actor, id uuid.UUID, take bool, reason string) (string, error) {
	i := slices.IndexFunc(w.statements, func(s application.Statement) bool { return s.ID == id })
	switch {
	case take:
		w.statements[i].State = application.StatementTaken
	case reason == "":
		return "comment-required", nil
	default:
		w.statements[i].State, w.statements[i].Reason = application.StatementSetAside, reason
	}
	return "", nil
}

func TestWhatThePublicSaysIsTakenOrSetAsideWithAReason(t *testing.T) {
	hearing := plan.Node{Key: "hearing", Step: "hearing", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "public", Result: "hearing",
		Form: &plan.Form{Root: "hearing", Fields: []plan.FormField{{Code: "what", Type: "long-text", Kind: "text"}}}}}
	nodes, words := renewal.Nodes, texts.OwnFields
	renewal.Nodes = append(slices.Clip(nodes), hearing)
	texts.OwnFields = map[string][]plan.FieldText{"hearing": {{Code: "what", Label: text("ما قولك؟", "What do you say?")}}}
	t.Cleanup(func() { renewal.Nodes, texts.OwnFields = nodes, words })
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	for _, what := range []string{"too loud", "buy now"} {
		s.statements = append(s.statements, application.Statement{ID: uuid.New(), Application: v.ID, Reference: v.Reference, Service: service, Texts: "t", Node: "hearing", Step: "hearing",
			Role: licensing, Data: map[string]any{"what": what}, At: now, State: application.StatementWaiting})
	}
	loud, advert := "/desk/statements/"+s.statements[0].ID.String(), "/desk/statements/"+s.statements[1].ID.String()
	if s.get(nurse, "/desk").Find("nav a[href='/desk/statements']").Length() != 0 {
		t.Error("who looks at nothing is led to it")
	}
	s.get(leila, "/desk?lang=en").want(200, "nav a[href='/desk/statements']", "From the public")
	s.get(leila, loud+"?lang=en").want(200, ".summary", "too loud")
	s.get(nurse, loud).want(404)
	s.post(loud, "what", "taken").want(303)
	s.post(advert+"?lang=en", "what", "setAside").want(422, ".error-message", "Write why")
	s.post(advert, "what", "setAside", "reason", "an advertisement").want(303)
	s.get(leila, advert).want(404)
	page := s.get(leila, path(v)+"?lang=en").want(200, "main details", "too loud")
	if strings.Contains(page.Find("main").Text(), "buy now") {
		t.Error("everything stands on one page")
	}
	more := page.Find("main a[href*='said=']").AttrOr("href", "")
	s.get(leila, more).want(200, "main details", "buy now")
	if got := s.audit[0]; got.Action != "read" || got.Detail["statement"] == "" {
		t.Errorf("audited %+v", got)
	}
}

func TestWhatARoleIsToldStandsOnItsDeskUntilItIsRead(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	s.messages = []application.Message{{ID: uuid.New(), Application: v.ID, Reference: v.Reference, Service: service, Texts: "t", Step: "told", Role: licensing, At: now}}
	s.get(leila, "/desk?lang=en").want(200, "nav .badge", "1")
	got := s.get(leila, "/desk/messages?lang=en").want(200, "td .tag", "New")
	if href := got.Find("td a").AttrOr("href", ""); href != path(v) {
		t.Errorf("the message leads to %q", href)
	}
	if s.get(leila, "/desk/messages").Find("td .tag").Length() != 0 {
		t.Error("it is still new")
	}
	if s.get(nurse, "/desk/messages").Find("td a").Length() != 0 {
		t.Error("another role reads it")
	}
}

func TestAnOfficerIsAskedOnceMoreBeforeSayingWhatTheirRoleMaySay(t *testing.T) {
	renewal.Anytime = []plan.Anytime{{Event: "stop", By: "licensing-officer"}, {Event: "stolen", By: "applicant"}}
	t.Cleanup(func() { renewal.Anytime = nil })
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	if links := s.get(leila, path(v)).Find("a[href*='/say/']"); links.Length() != 1 {
		t.Fatalf("%d things may be said", links.Length())
	}
	s.get(leila, path(v)+"/say/stop?lang=en").want(200, ".confirm", "cannot be undone")
	s.get(leila, path(v)+"/say/stolen").want(403)
	s.get(leila, path(v)+"/say/nonsense").want(404)
	s.get(nurse, path(v)+"/say/stop").want(404)
	if s.get(amin, path(v)).Find("a[href*='/say/']").Length() != 0 {
		t.Error("an operator may say it")
	}
}
