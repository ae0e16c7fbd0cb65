package portal_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const selling = "police.car.sale"

// invitation is a task of the memory's book that asks somebody by number.
type invitation struct {
	application.Asked
	number, token string
}

func (b *book) AskedOf(_ context.Context, person uuid.UUID, number string) (out []application.Asked, err error) {
	for _, i := range b.invitations {
		if i.number == number {
			out = append(out, i.Asked)
		}
	}
	return out, nil
}

func (b *book) Asked(_ context.Context, person uuid.UUID, number string, task uuid.UUID) (*application.Asked, error) {
	for _, i := range b.invitations {
		if i.Task.ID == task && (i.number == number || i.Own) {
			return &i.Asked, nil
		}
	}
	return nil, application.ErrNotFound
}

func (b *book) AskedForm(context.Context, *application.Asked) (*application.OwnForm, error) {
	if b.own == nil {
		return nil, nil
	}
	own := *b.own
	return &own, nil
}

func (b *book) Invitation(_ context.Context, number, token string) (uuid.UUID, error) {
	for _, i := range b.invitations {
		if i.number == number && i.token == token {
			return i.Task.ID, nil
		}
	}
	return uuid.Nil, application.ErrNotFound
}

func (b *book) Links(context.Context, uuid.UUID, uuid.UUID) (map[uuid.UUID]string, error) {
	out := map[uuid.UUID]string{}
	for _, i := range b.invitations {
		out[i.Task.ID] = i.token
	}
	return out, nil
}

func (b *book) replied(actor application.Actor, r application.ActRequest) (application.ActAnswer, error) {
	for i, asked := range b.invitations {
		if asked.Task.ID == r.Task && asked.number == actor.NationalNumber {
			b.acts = append(b.acts, r)
			if b.code == "" {
				b.invitations[i].Answer = &application.Reply{Action: r.Action, At: today}
				b.invitations[i].Task.ClosedAt = &today
			}
			return application.ActAnswer{Act: uuid.New(), Code: b.code}, nil
		}
	}
	return application.ActAnswer{}, application.ErrNotFound
}

func (b *book) Messages(_ context.Context, r application.Reader, _ application.Page) (application.Paged[application.Message], error) {
	return application.Paged[application.Message]{Items: slices.Clone(b.messages)}, nil
}

func (b *book) MarkRead(_ context.Context, _ application.Reader, ids []uuid.UUID) error {
	for i := range b.messages {
		b.messages[i].Read = b.messages[i].Read || slices.Contains(ids, b.messages[i].ID)
	}
	return nil
}

func (b *book) News(_ context.Context, r application.Reader) (n application.News, err error) {
	for _, m := range b.messages {
		if !m.Read {
			n.Unread++
		}
	}
	for _, i := range b.invitations {
		if i.number == r.NationalNumber && i.Task.Open() {
			n.Asked++
		}
	}
	return n, nil
}

// sale is a service in which the buyer signs.
func sale() *release.Live {
	sign := plan.Node{Key: "signature", Step: "signature", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "person",
		Decisions: []plan.Decision{{Action: "agree"}, {Action: "decline", Comment: true}}, Result: "signature",
		Clock: &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 48, Unit: "hours"}, Then: "lapse"}}}}}
	confirm := plan.Node{Key: "confirm", Step: "confirm", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "applicant", Decisions: []plan.Decision{{Action: "submit"}}, Result: "confirm"}}
	return &release.Live{Service: selling, Authority: "police", PlanDigest: "p:" + selling, TextsDigest: "t:" + selling,
		Plan: &plan.Plan{Format: plan.Format, Service: selling, Authority: "police", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1, Form: plan.Form{Schema: []byte("{}")},
			Nodes: []plan.Node{sign, confirm}, Anytime: []plan.Anytime{{Event: "objection", By: "applicant"}}},
		Texts: &plan.Texts{Service: selling, Title: plan.Text{"en": "Sale of a car", "ar": "بيع مركبة"},
			Steps:     map[string]plan.Text{"signature": {"en": "Signature of the buyer", "ar": "توقيع المشتري"}, "confirm": {"en": "Your confirmation", "ar": "تأكيدك"}},
			Decisions: map[string]plan.Text{"signature/agree": {"en": "I sign", "ar": "أوقّع"}}, Anytime: map[string]plan.Text{"objection": {"en": "I object to the sale", "ar": "أعترض على البيع"}},
			Messages: map[string]plan.Text{"told": {"en": "The car is yours.", "ar": "المركبة لك."}}}}
}

// toSign is a sale of layla's that waits for yusuf.
func (w *world) toSign() (*application.View, application.Task) {
	due := today.AddDate(0, 0, 2)
	task := application.Task{ID: uuid.New(), Node: "signature", Step: "signature", Visit: 1, Kind: "invite", Role: application.InvitedRole,
		Actions: []string{"agree", "decline"}, Comment: []string{"decline"}, Revision: 3, OpenedAt: today, DueAt: &due}
	v := w.add(layla, selling, func(v *application.View) {
		v.Status, v.Node, v.Step, v.Tasks, v.Form, v.Anytime = application.Open, "signature", "signature", []application.Task{task}, map[string]any{"secret": "her answers"}, []string{"objection"}
	})
	w.book.invitations = append(w.book.invitations, invitation{number: yusuf.NationalNumber, token: "TOKENTOKENTOKENTOKENTOKEN2", Asked: application.Asked{
		Task: task, Application: v.ID, Service: selling, Authority: "police", Plan: v.Plan, Texts: v.Texts, Status: v.Status, By: "ليلى خليل النجار", SubmittedAt: today}})
	return v, task
}

func TestWhoIsAskedFindsItAnswersItAndSeesThatTheyDid(t *testing.T) {
	w := newWorld(t, sale())
	v, task := w.toSign()
	w.person = &yusuf
	list := w.get(t, "/applications").is(http.StatusOK).has("h2", "Others ask you").has("main .card", "Signature of the buyer").has("main .card", "ليلى خليل النجار").hasNot(".empty")
	list.has("nav", "My applications 1")
	here := "/asked/" + task.ID.String()
	if got := list.Find("main .card a").AttrOr("href", ""); got != here {
		t.Fatalf("leads to %s", got)
	}
	page := w.get(t, here).is(http.StatusOK).has("h1", "Signature of the buyer").has(".lead", "ليلى خليل النجار has named you").has("main", "the application lapses").has("form label", "I sign")
	if strings.Contains(page.body, "her answers") || strings.Contains(page.body, v.Reference) {
		t.Error("the page shows what the applicant wrote")
	}
	page.send(nil, "").is(http.StatusUnprocessableEntity).has(".error-message", "Choose an answer")
	page.send(map[string]string{"_decision": "decline"}, "").is(http.StatusUnprocessableEntity).has(".error-message", "Write why")
	check := page.send(map[string]string{"_decision": "agree", "_comment": "gladly"}, "").is(http.StatusOK).has("h1", "Check your answer").has(".summary", "I sign").has(".summary", "gladly")
	if len(w.book.acts) != 0 {
		t.Fatal("it was sent before it was confirmed")
	}
	check.send(nil, "back").is(http.StatusOK).has("textarea", "gladly")
	check.send(map[string]string{"_confirm": "yes"}, "").follow().is(http.StatusOK).has(".banner--success", "Your answer was sent").has(".panel", "I sign").hasNot("main form")
	if a := w.book.acts[0]; a.Task != task.ID || a.Action != "agree" || a.Revision != 3 || a.Comment != "gladly" {
		t.Errorf("acted %+v", a)
	}
	w.get(t, "/applications").has("h2", "What you were asked before").has(".tag", "You have answered")
}

func TestWhoIsAskedFillsInTheStepsOwnFormAndNothingElse(t *testing.T) {
	live := sale()
	own := &plan.Form{Root: "signature", Schema: []byte(`{"type":"object","properties":{"waived":{"type":"boolean"},"why":{"type":"string"}},"required":["waived"],"additionalProperties":false}`),
		Fields: []plan.FormField{{Code: "waived", Type: "yes-no", Kind: "bool"}, {Code: "why", Type: "long-text", Kind: "text", When: "signature.waived"}}}
	live.Plan.Nodes[0].Invite.Form = own
	live.Plan.Scope = []plan.Field{{Name: "form", Kind: "record"}, {Name: "signature", Kind: "record", Fields: []plan.Field{{Name: "waived", Kind: "bool"}, {Name: "why", Kind: "text", Optional: true}}}}
	live.Texts.OwnFields = map[string][]plan.FieldText{"signature": {{Code: "waived", Label: plan.Text{"en": "Do you waive the notice?"}}, {Code: "why", Label: plan.Text{"en": "Why"}}}}
	compiled, err := form.CompileFields(live.Plan, own, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, live)
	_, task := w.toSign()
	w.book.own = &application.OwnForm{Form: compiled, Texts: live.Texts.Own("signature")}
	w.person = &yusuf
	page := w.get(t, "/asked/"+task.ID.String()).has("form legend", "Do you waive the notice?").hasNot("#why")
	page.send(map[string]string{"_decision": "agree"}, "").is(http.StatusUnprocessableEntity).has("#waived-error", "")
	page = page.send(map[string]string{"_decision": "agree", "waived": "true"}, "").is(http.StatusOK).has(".banner", "further questions").has("#why", "")
	check := page.send(map[string]string{"why": "it is late"}, "").is(http.StatusOK).has("h1", "Check your answer").has(".summary", "it is late")
	check.send(nil, "back").is(http.StatusOK).has("#why", "it is late")
	check.send(map[string]string{"_confirm": "yes"}, "").follow().has(".panel", "I sign")
	if a := w.book.acts[0]; a.Data["why"] != "it is late" || a.Data["waived"] != true {
		t.Errorf("acted %+v", a)
	}
}

func TestWhoHasAnsweredSendsNothingThatWasNotCheckedAndConfirmed(t *testing.T) {
	live := sale()
	own := &plan.Form{Root: "signature", Schema: []byte(`{"type":"object","properties":{"waived":{"type":"boolean"}},"required":["waived"],"additionalProperties":false}`),
		Fields: []plan.FormField{{Code: "waived", Type: "yes-no", Kind: "bool"}}}
	live.Plan.Nodes[0].Invite.Form = own
	live.Plan.Scope = []plan.Field{{Name: "form", Kind: "record"}, {Name: "signature", Kind: "record", Fields: []plan.Field{{Name: "waived", Kind: "bool"}}}}
	live.Texts.OwnFields = map[string][]plan.FieldText{"signature": {{Code: "waived", Label: plan.Text{"en": "Do you waive the notice?"}}}}
	compiled, err := form.CompileFields(live.Plan, own, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, live)
	_, task := w.toSign()
	w.book.own = &application.OwnForm{Form: compiled, Texts: live.Texts.Own("signature")}
	w.person = &yusuf
	page := w.get(t, "/asked/"+task.ID.String())
	w.book.invitations[0].Answer = &application.Reply{Action: "agree", Pending: true} // it is on its way, and the task is open still
	for _, typed := range []map[string]string{{"_decision": "agree", "waived": "true"}, {"_decision": "agree", "_confirm": "yes"}} {
		page.send(typed, "").is(http.StatusSeeOther)
	}
	if len(w.book.acts) > 0 {
		t.Errorf("sent %+v", w.book.acts)
	}
}

func TestNobodyElseSeesWhatSomebodyIsAsked(t *testing.T) {
	w := newWorld(t, sale())
	_, task := w.toSign()
	stranger := yusuf
	stranger.NationalNumber = "409999999"
	w.person = &stranger
	w.get(t, "/asked/"+task.ID.String()).is(http.StatusNotFound)
	w.get(t, "/asked/x").is(http.StatusNotFound)
	w.get(t, "/invitations/TOKENTOKENTOKENTOKENTOKEN2").is(http.StatusNotFound).has("h1", "leads to nothing for you").hasNot("main a[href^='/asked']")
	w.get(t, "/applications").hasNot("main .card")
	w.person = nil
	if to := w.get(t, "/invitations/TOKENTOKENTOKENTOKENTOKEN2").is(http.StatusSeeOther).to; to != "/sign-in?then=%2Finvitations%2FTOKENTOKENTOKENTOKENTOKEN2" {
		t.Errorf("leads to %s", to)
	}
	w.person = &yusuf
	if to := w.get(t, "/invitations/TOKENTOKENTOKENTOKENTOKEN2").is(http.StatusSeeOther).to; to != "/asked/"+task.ID.String() {
		t.Errorf("leads to %s", to)
	}
}

func TestTheApplicantSeesForWhomTheyWaitAndPassesTheLinkOn(t *testing.T) {
	w := newWorld(t, sale())
	v, _ := w.toSign()
	w.person = &layla
	w.get(t, "/applications/"+v.ID.String()).is(http.StatusOK).has(".lead", "waiting for the answer of somebody else").
		has("main .card bdi", "https://diwan.example/invitations/TOKENTOKENTOKENTOKENTOKEN2")
}

func TestTheApplicantIsAskedMidWayAndAnswersWithOneButton(t *testing.T) {
	w := newWorld(t, sale())
	task := application.Task{ID: uuid.New(), Node: "confirm", Step: "confirm", Visit: 1, Kind: "invite", Role: "applicant", Actions: []string{"submit"}, Revision: 2, OpenedAt: today}
	v := w.add(layla, selling, func(v *application.View) {
		v.Status, v.Node, v.Step, v.Tasks = application.Waiting, "confirm", "confirm", []application.Task{task}
	})
	w.book.invitations = []invitation{{Asked: application.Asked{Task: task, Application: v.ID, Service: selling, Authority: "police", Plan: v.Plan, Texts: v.Texts, Own: true}}}
	w.person = &layla
	w.get(t, "/applications").has("h2", "Waiting for you").has(".tag", "Your answer is needed")
	page := w.get(t, "/applications/"+v.ID.String()).has(".lead", "The next step is yours").has("main .card h2", "Your confirmation")
	page = w.get(t, page.Find("main .card a.button").AttrOr("href", "")).is(http.StatusOK).hasNot("input[type=radio]")
	to := page.send(nil, "").is(http.StatusOK).has("button", "Send").send(map[string]string{"_confirm": "yes"}, "").is(http.StatusSeeOther).to
	if a := w.book.acts[0]; to != "/applications/"+v.ID.String()+"?notice=answered" || a.Action != "submit" || a.Task != task.ID {
		t.Errorf("acted %+v, led to %s", a, to)
	}
	w.get(t, "/applications/"+v.ID.String()+"/correct/"+task.ID.String()).is(http.StatusNotFound)
}

func TestWhatWasToldIsReadOnce(t *testing.T) {
	w := newWorld(t, sale())
	w.book.messages = []application.Message{{ID: uuid.New(), Service: selling, Texts: "t:" + selling, Step: "told", At: today}}
	w.person = &yusuf
	w.get(t, "/").has("nav", "Messages 1")
	w.get(t, "/messages").is(http.StatusOK).has("article h2", "Sale of a car").has("article", "The car is yours.").has(".tag", "New").hasNot("article a")
	w.get(t, "/messages").hasNot("article .tag").hasNot("nav .badge")
	w.person = nil
	w.get(t, "/messages").is(http.StatusSeeOther)
	w.get(t, "/").hasNot("nav a[href='/messages']")
}

func TestWhatMayBeSaidAtAnyTimeIsAskedForOnceMore(t *testing.T) {
	w := newWorld(t, sale())
	v, _ := w.toSign()
	w.person = &layla
	here := "/applications/" + v.ID.String()
	page := w.get(t, here).has("main a[href='"+here+"/say/objection']", "I object to the sale")
	page = w.get(t, page.Find("main a[href$='/say/objection']").AttrOr("href", "")).is(http.StatusOK).has("h1", "I object to the sale").has("button", "I object to the sale")
	page.send(nil, "").follow().has(".banner--success", "It was recorded")
	if a := w.book.acts[0]; a.Action != "objection" || a.Task != uuid.Nil {
		t.Errorf("acted %+v", a)
	}
	w.get(t, here+"/say/withdraw").is(http.StatusSeeOther)
	w.person = &yusuf
	w.get(t, here+"/say/objection").is(http.StatusNotFound)
}
