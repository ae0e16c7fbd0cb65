package application_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const buyersNumber = "900000077"

// sale is a plan in which a buyer signs, the seller confirms, and all are told.
func sale() *plan.Plan {
	sign := []plan.Decision{{Action: "agree"}, {Action: "decline", Comment: true}}
	tell := func(key string, n plan.NotifyNode) plan.Node {
		return plan.Node{Key: key, Step: key, Kind: plan.Notify, Notify: &n}
	}
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: 6,
		Scope: []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "licenceNumber", Kind: "text"}}}},
		Reads: []string{"form.licenceNumber"},
		Nodes: []plan.Node{
			{Key: "sign", Step: "sign", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "person", Person: "form.licenceNumber", Decisions: sign, Result: "sign"}},
			tell("toBuyer", plan.NotifyNode{Whom: "person", Person: "form.licenceNumber"}),
			tell("toSeller", plan.NotifyNode{Whom: "applicant"}),
			tell("toOffice", plan.NotifyNode{Whom: "role", Role: "licensing-officer"}),
			{Key: "confirm", Step: "confirm", Kind: plan.Invite, Invite: &plan.InviteNode{Whom: "applicant", Decisions: []plan.Decision{{Action: "submit"}}, Result: "confirm"}},
			{Key: "end/sold", Kind: plan.End, End: &plan.EndNode{Outcome: "sold"}}, {Key: "end/withdrawn", Kind: plan.End, End: &plan.EndNode{Outcome: "withdrawn"}},
			{Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		},
		Edges: []plan.Edge{
			{From: 0, To: 1, On: "agree"}, {From: 0, To: 7, On: "decline"}, {From: 1, To: 2, On: "notified"}, {From: 2, To: 3, On: "notified"},
			{From: 3, To: 4, On: "notified"}, {From: 4, To: 5, On: "submit"},
		},
		Anytime: []plan.Anytime{{Event: "objection", By: "applicant", To: 7}, {Event: "stop", By: "licensing-officer", To: 7}},
		Form:    plan.Form{Schema: []byte("{}")},
	}
}

// sold submits an application that waits for its buyer.
func (o *office) sold() *application.View {
	o.t.Helper()
	o.republish(sale())
	o.work()
	s := o.submission(uuid.NewString())
	s.Form = map[string]any{"licenceNumber": buyersNumber}
	v, err := o.book.Submit(o.t.Context(), s)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.settled(v.ID, application.Started)
}

func (o *office) party(number string) application.Actor {
	return application.Actor{Person: o.person("Dana Sarsen").ID, NationalNumber: number, Kind: application.Party}
}

func (o *office) answers(actor application.Actor, v *application.View, t application.Task, action, comment string) (application.ActAnswer, error) {
	o.t.Helper()
	return o.book.Act(o.t.Context(), actor, v.ID, application.ActRequest{Task: t.ID, Action: action, Revision: t.Revision, Comment: comment}, uuid.NewString())
}

func TestWhoIsInvitedByTheirNumberFindsWhatIsAskedAndAnswersIt(t *testing.T) {
	o := newOffice(t)
	v := o.sold()
	buyer := o.party(buyersNumber)
	list, err := o.book.AskedOf(t.Context(), buyer.Person, buyersNumber)
	if err != nil || len(list) != 1 || list[0].By != "Mariam Salem" || list[0].Answer != nil || !list[0].Task.Open() {
		t.Fatalf("asked: %+v, %v", list, err)
	}
	if n, err := o.book.News(t.Context(), application.Reader{Person: buyer.Person, NationalNumber: buyersNumber, Kind: application.Applicant}); err != nil || n.Asked != 1 {
		t.Errorf("the buyer's news: %+v, %v", n, err)
	}
	sign := list[0].Task
	if sign.Role != application.InvitedRole {
		t.Errorf("the role of the task says who is invited: %q", sign.Role)
	}
	if a, err := o.answers(buyer, v, sign, "decline", " "); err != nil || a.Code != "comment-required" {
		t.Errorf("declining without a word: %+v, %v", a, err)
	}
	if a, err := o.answers(buyer, v, sign, "agree", ""); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	got, err := o.book.Asked(t.Context(), buyer.Person, buyersNumber, sign.ID)
	if err != nil || got.Task.Open() || got.Answer == nil || got.Answer.Action != "agree" || got.Answer.Pending {
		t.Errorf("afterwards: %+v, %v", got, err)
	}
	v = o.settled(v.ID, func(p application.Progress) bool { return p.Node == "confirm" })
	if i := slices.IndexFunc(v.Timeline, func(e application.Event) bool { return e.Kind == "done" && e.Step == "sign" }); i < 0 || v.Timeline[i].Actor != "party" {
		t.Errorf("the timeline: %+v", v.Timeline)
	}
	confirm := v.Tasks[slices.IndexFunc(v.Tasks, application.Task.Open)]
	mine, err := o.book.Asked(t.Context(), o.me.ID, "", confirm.ID)
	if err != nil || !mine.Own || mine.By != "" {
		t.Fatalf("the seller is asked: %+v, %v", mine, err)
	}
	if _, err := o.book.Asked(t.Context(), buyer.Person, buyersNumber, confirm.ID); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("the buyer sees what the seller is asked: %v", err)
	}
	if a, err := o.answers(o.applicant(), v, confirm, "submit", ""); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "sold" {
		t.Errorf("ended as %s", v.Outcome)
	}
}

func TestNobodyElseSeesOrAnswersAnInvitation(t *testing.T) {
	o := newOffice(t)
	v := o.sold()
	sign := task(t, v)
	seller := application.Actor{Person: o.me.ID, NationalNumber: buyersNumber, Kind: application.Party}
	if a, err := o.answers(seller, v, sign, "agree", ""); err != nil || a.Code != "own-application" {
		t.Errorf("the seller signs as the buyer: %+v, %v", a, err)
	}
	if list, err := o.book.AskedOf(t.Context(), o.me.ID, buyersNumber); err != nil || len(list) != 0 {
		t.Errorf("the seller is asked to buy: %+v, %v", list, err)
	}
	for name, actor := range map[string]application.Actor{
		"another number": o.party("900000078"), "no number": o.party(""),
		"an officer of another authority": {Person: uuid.New(), Capacities: []string{"health:officer"}, NationalNumber: buyersNumber, Kind: application.Officer},
	} {
		if _, err := o.answers(actor, v, sign, "agree", ""); !errors.Is(err, application.ErrNotFound) {
			t.Errorf("%s answers: %v", name, err)
		}
		if _, err := o.book.Asked(t.Context(), actor.Person, actor.NationalNumber, sign.ID); actor.Kind == application.Party && !errors.Is(err, application.ErrNotFound) {
			t.Errorf("%s sees what is asked: %v", name, err)
		}
	}
	if a, err := o.answers(o.officer(), v, sign, "agree", ""); err != nil || a.Code != "forbidden" {
		t.Errorf("an officer signs: %+v, %v", a, err)
	}
	if a, err := o.answers(application.Actor{Person: o.me.ID, Kind: application.Applicant}, v, sign, "agree", ""); err != nil || a.Code != "forbidden" {
		t.Errorf("the seller signs: %+v, %v", a, err)
	}
}

func TestANationalNumberStandsWhereNobodyElseReads(t *testing.T) {
	o := newOffice(t)
	v := o.sold()
	if a, err := o.answers(o.party(buyersNumber), v, task(t, v), "agree", ""); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	for _, table := range []string{"task", "act", "timeline", "outbox"} {
		if n := o.count("SELECT count(*) FROM " + table + " x WHERE x::text LIKE '%" + buyersNumber + "%'"); n != 0 {
			t.Errorf("the number stands in %d rows of %s", n, table)
		}
	}
	for _, a := range o.ports.audited {
		if slices.ContainsFunc(a.Capacities, func(c string) bool { return c != application.InvitedRole && c != "applicant" }) {
			t.Errorf("the audit is told %v", a.Capacities)
		}
	}
}

func TestALinkLeadsOnlyWhoeverIsInvitedToTheTaskAndOnlyWhileItIsOpen(t *testing.T) {
	o := newOffice(t)
	v := o.sold()
	sign := task(t, v)
	links, err := o.book.Links(t.Context(), o.me.ID, v.ID)
	token := links[sign.ID]
	if err != nil || len(token) < 26 {
		t.Fatalf("%v, %v", links, err)
	}
	if others, err := o.book.Links(t.Context(), uuid.New(), v.ID); err != nil || len(others) != 0 {
		t.Errorf("a stranger gets %v, %v", others, err)
	}
	for name, c := range map[string][2]string{"another number": {"900000078", token}, "no number": {"", token}, "another token": {buyersNumber, token + "X"}} {
		if _, err := o.book.Invitation(t.Context(), c[0], c[1]); !errors.Is(err, application.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if id, err := o.book.Invitation(t.Context(), buyersNumber, token); err != nil || id != sign.ID {
		t.Errorf("%v, %v", id, err)
	}
	if a, err := o.answers(o.party(buyersNumber), v, sign, "decline", "too dear"); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := o.book.Invitation(t.Context(), buyersNumber, token); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("the link of a closed task: %v", err)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "refused" {
		t.Errorf("ended as %s", v.Outcome)
	}
}

func TestWhoIsToldReadsItOnceAndNobodyElse(t *testing.T) {
	o := newOffice(t)
	v := o.sold()
	buyer := o.party(buyersNumber)
	if a, err := o.answers(buyer, v, task(t, v), "agree", ""); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	o.settled(v.ID, func(p application.Progress) bool { return p.Node == "confirm" })
	for name, c := range map[string]struct {
		reader    application.Reader
		step      string
		reference bool
	}{
		"seller":  {application.Reader{Person: o.me.ID, Kind: application.Applicant}, "toSeller", true},
		"buyer":   {application.Reader{Person: buyer.Person, NationalNumber: buyersNumber, Kind: application.Applicant}, "toBuyer", false},
		"officer": {application.Reader{Person: o.person("Samer Awad").ID, Capacities: officer, Kind: application.Officer}, "toOffice", true},
	} {
		page, err := o.book.Messages(t.Context(), c.reader, application.Page{})
		if err != nil || len(page.Items) != 1 || page.Items[0].Step != c.step || page.Items[0].Read || (page.Items[0].Reference != "") != c.reference {
			t.Fatalf("%s reads %+v, %v", name, page, err)
		}
		other := application.Reader{Person: o.person("A stranger").ID, NationalNumber: "900000078", Capacities: []string{"health:officer"}, Kind: c.reader.Kind}
		if err := o.book.MarkRead(t.Context(), other, []uuid.UUID{page.Items[0].ID}); err != nil {
			t.Fatal(err)
		}
		if theirs, err := o.book.Messages(t.Context(), other, application.Page{}); err != nil || len(theirs.Items) != 0 {
			t.Errorf("a stranger reads what the %s is told: %+v, %v", name, theirs, err)
		}
		for _, want := range []int{1, 0} {
			if n, err := o.book.News(t.Context(), c.reader); err != nil || n.Unread != want || n.Asked != 0 {
				t.Errorf("%s has the news %+v, %v, want %d unread", name, n, err, want)
			}
			if err := o.book.MarkRead(t.Context(), c.reader, []uuid.UUID{page.Items[0].ID}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := o.count("SELECT count(*) FROM message_read"); n != 3 {
		t.Errorf("%d marks, want one of each reader", n)
	}
}

func TestAnOfficerSaysAtAnyTimeWhatTheDefinitionLetsTheRoleSay(t *testing.T) {
	o := newOffice(t)
	v := o.sold()
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, application.ActRequest{Action: "stop"}, "k"); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "refused" {
		t.Errorf("ended as %s", v.Outcome)
	}
}

func TestTheApplicantSaysAtAnyTimeWhatTheDefinitionLetsThemSay(t *testing.T) {
	o := newOffice(t)
	v := o.sold()
	if want := []string{"objection"}; !slices.Equal(v.Anytime, want) {
		t.Fatalf("may say %v, want %v", v.Anytime, want)
	}
	for action, want := range map[string]string{"stop": "forbidden", "nonsense": "unknown-action"} {
		if a, err := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Action: action}, action); err != nil || a.Code != want {
			t.Errorf("%s: %+v, %v, want %s", action, a, err, want)
		}
	}
	clerk := application.Actor{Person: uuid.New(), Capacities: []string{"transport:clerk"}, Kind: application.Officer}
	if a, err := o.book.Act(t.Context(), clerk, v.ID, application.ActRequest{Action: "stop"}, "k"); err != nil || a.Code != "forbidden" {
		t.Errorf("an officer without the role: %+v, %v", a, err)
	}
	self := o.officer()
	self.Person = o.me.ID
	if a, err := o.book.Act(t.Context(), self, v.ID, application.ActRequest{Action: "stop"}, "j"); err != nil || a.Code != "own-application" {
		t.Errorf("an officer on their own application: %+v, %v", a, err)
	}
	if a, err := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Action: "objection"}, "k"); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "refused" || v.Anytime != nil {
		t.Errorf("ended as %s, may say %v", v.Outcome, v.Anytime)
	}
}
