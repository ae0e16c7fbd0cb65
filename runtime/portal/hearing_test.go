package portal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func (b *book) Hearings(context.Context) (out []application.Asked, err error) {
	if b.hearing != nil && b.hearing.Task.Open() {
		out = append(out, b.hearing.Asked)
	}
	return out, nil
}

func (b *book) Hearing(_ context.Context, person, task uuid.UUID) (*application.Hearing, error) {
	if b.hearing == nil || b.hearing.Task.ID != task {
		return nil, application.ErrNotFound
	}
	h := *b.hearing
	h.Mine = b.said[person]
	return &h, nil
}

func (b *book) Speak(_ context.Context, actor application.Actor, task uuid.UUID, r application.ActRequest) (string, error) {
	b.acts = append(b.acts, r)
	b.said[actor.Person] = &application.Statement{Data: r.Data, At: today, State: application.StatementWaiting}
	return "", nil
}

const building = "local.building.permit"

// toHear is an application about which the public is heard: the place is shown to everybody, and of what is said only what it is about.
func toHear(t *testing.T) *world {
	own := &plan.Form{Root: "hearing", Schema: []byte(`{"type":"object","properties":{"place":{"type":"string"},"what":{"type":"string"},"phone":{"type":"string"}},"required":["what"],"additionalProperties":false}`),
		Fields: []plan.FormField{{Code: "place", Type: "text", Kind: "text", Value: "form.place"}, {Code: "what", Type: "long-text", Kind: "text"}, {Code: "phone", Type: "text", Kind: "text", Optional: true}}}
	live := sale()
	live.Service, live.PlanDigest, live.TextsDigest, live.Plan.Service = building, "p:"+building, "t:"+building, building
	live.Plan.Scope = []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "place", Kind: "text"}}},
		{Name: "hearing", Kind: "record", Fields: []plan.Field{{Name: "place", Kind: "text"}, {Name: "what", Kind: "text"}, {Name: "phone", Kind: "text", Optional: true}}}}
	live.Plan.Nodes = []plan.Node{{Key: "hearing", Step: "hearing", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "public", Form: own, Result: "hearing", Triage: &plan.Triage{Role: "clerk", Publish: []string{"what"}}}}}
	live.Texts.Title, live.Texts.Steps = plan.Text{"en": "Building permit"}, map[string]plan.Text{"hearing": {"en": "Objections of the neighbours"}}
	live.Texts.OwnFields = map[string][]plan.FieldText{"hearing": {{Code: "place", Label: plan.Text{"en": "Where", "ar": "أين"}}, {Code: "what", Label: plan.Text{"en": "What do you say?", "ar": "ما قولك؟"}}, {Code: "phone", Label: plan.Text{"en": "Phone", "ar": "الهاتف"}}}}
	compiled, err := form.CompileFields(live.Plan, own, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, live)
	due := today.AddDate(0, 0, 30)
	task := application.Task{ID: uuid.New(), Node: "hearing", Step: "hearing", Visit: 1, Kind: "invite", Role: application.PublicRole, Actions: []string{"submit"}, Revision: 1, OpenedAt: today, DueAt: &due}
	w.book.said = map[uuid.UUID]*application.Statement{}
	w.book.own = &application.OwnForm{Form: compiled, Texts: live.Texts.Own("hearing"), With: form.Context{Given: map[string]map[string]any{"form": {"place": "Plot 12", "secret": "hers"}}}}
	w.book.hearing = &application.Hearing{Asked: application.Asked{Task: task, Application: uuid.New(), Service: building, Authority: "transport", Plan: live.PlanDigest, Texts: live.TextsDigest, Status: application.Open, SubmittedAt: today},
		Published: []application.Published{{At: today, Values: map[string]any{"what": "too loud", "phone": "0599123456"}}}}
	return w
}

func TestAnybodyReadsAHearingAndSeesOnlyWhatIsShown(t *testing.T) {
	w := toHear(t)
	here := w.get(t, "/hearings").is(http.StatusOK).has("main .card", "Objections of the neighbours").Find("main .card a").AttrOr("href", "")
	page := w.get(t, here).is(http.StatusOK).has("h1", "Objections of the neighbours").has(".summary", "Plot 12").has("section", "too loud").hasNot("main form")
	if page.Find("main:contains('0599123456'), main:contains('hers')").Length() > 0 {
		t.Error("the page shows what is not published")
	}
	page.has("a[href='/sign-in?then=%2Fhearings%2F"+w.book.hearing.Task.ID.String()+"']", "Sign in and take part")
	w.get(t, "/hearings/"+uuid.NewString()).is(http.StatusNotFound)
}

func TestWhoSignsInSpeaksOnceAndReadsWhatBecameOfIt(t *testing.T) {
	w := toHear(t)
	w.person = &yusuf
	here := "/hearings/" + w.book.hearing.Task.ID.String()
	page := w.get(t, here).is(http.StatusOK).has("form", "What do you say?")
	page.send(nil, "").is(http.StatusUnprocessableEntity).has("#what-error", "")
	check := page.send(map[string]string{"what": "It takes my light"}, "").is(http.StatusOK).has("h1", "Check your answer").has(".summary", "It takes my light")
	if len(w.book.acts) > 0 {
		t.Fatal("it was sent before it was confirmed")
	}
	check.send(nil, "back").has("#what", "It takes my light")
	check.send(map[string]string{"_confirm": "yes"}, "").follow().has(".banner--success", "Your answer was sent").has(".summary", "An officer will look at it").hasNot("main form")
	if a := w.book.acts[0]; a.Action != "submit" || a.Revision != 1 || a.Data["what"] != "It takes my light" {
		t.Errorf("said %+v", a)
	}
	w.book.said[yusuf.ID].State, w.book.said[yusuf.ID].Reason = application.StatementSetAside, "It is about another plot."
	w.get(t, here).has(".summary", "It was set aside").has(".summary", "It is about another plot.")
	page.send(map[string]string{"what": "And my air"}, "").is(http.StatusSeeOther)
	if len(w.book.acts) != 1 {
		t.Error("somebody spoke twice")
	}
	w.book.hearing.Own = true
	w.person = &layla
	w.get(t, here).has(".lead", "the application is your own").hasNot("main form")
}
