package application_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// ward is a plan in which a guardian, whom a registry proves, or somebody with a paper may apply for another; only guardians come to the clerk.
func ward() *plan.Plan {
	_, p := outside()
	p.Form.OnBehalf = []plan.Representation{{As: "guardian", Registry: "civil", Operation: "guardianship"}, {As: "representative", Evidence: "child"}}
	p.Scope = append(p.Scope, plan.Field{Name: "representative", Kind: "record", Optional: true,
		Fields: []plan.Field{{Name: "as", Kind: "text"}, {Name: "nationalNumber", Kind: "text"}, {Name: "name", Kind: "text"}, {Name: "birthDate", Kind: "date"}}})
	p.Reads = []string{"form.child", "representative.as", "representative.nationalNumber"}
	p.Nodes = []plan.Node{
		{Key: "gate", Kind: plan.Gate},
		{Key: "told", Step: "told", Kind: plan.Notify, Notify: &plan.NotifyNode{Whom: "applicant"}},
		{Key: "review", Step: "review", Kind: plan.Review, Review: &plan.ReviewNode{Role: "clerk", Decisions: []plan.Decision{{Action: "approve"}}}},
		{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}},
		{Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		{Key: "end/withdrawn", Kind: plan.End, End: &plan.EndNode{Outcome: "withdrawn"}},
	}
	p.Edges = []plan.Edge{{From: 0, To: 1, Guard: `has(representative) and representative.as == "guardian"`}, {From: 0, To: 4},
		{From: 1, To: 2, On: "notified"}, {From: 2, To: 3, On: "approve"}}
	p.Withdraw = 5
	return p
}

func (o *office) wards() {
	parent, _ := outside()
	o.republish(parent, ward())
	o.work()
}

// attested is somebody of whom the issuer says so much.
func (o *office) attested(name, number, birthDate string) application.Person {
	o.t.Helper()
	p := o.person(name)
	p.Facts = map[string]any{"name": name, "nationalNumber": number}
	facts := map[string]any{"name": map[string]string{"ar": name}, "nationalNumber": number}
	if birthDate != "" {
		p.Facts["birthDate"], facts["birthDate"] = birthDate, birthDate
	}
	if _, err := o.pool.Exec(o.t.Context(), "UPDATE person SET facts = $2 WHERE id = $1", p.ID, facts); err != nil {
		o.t.Fatal(err)
	}
	return p
}

func (o *office) behalf(by application.Person, as string, of application.Principal) uuid.UUID {
	o.t.Helper()
	id, err := o.book.BeginOnBehalf(o.t.Context(), by, childService, as, of, "ar", "")
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func TestAGuardianAppliesForTheirWardAndBothSeeAndMayActOnIt(t *testing.T) {
	o := newOffice(t)
	o.wards()
	guardian, stranger := o.attested("Guardian", "811", ""), o.person("Stranger")
	draft := o.behalf(guardian, "guardian", application.Principal{NationalNumber: " 812 "})
	d, err := o.book.Draft(t.Context(), guardian.ID, draft)
	if err != nil || d.Officer || d.Applicant.Facts["nationalNumber"] != "812" || d.Applicant.Behalf.As != "guardian" || d.Applicant.Behalf.Facts["nationalNumber"] != "811" {
		t.Fatalf("%+v, %v", d, err)
	}
	principal := d.Applicant.ID
	if _, err := o.book.Draft(t.Context(), principal, draft); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("somebody else's typing is shown to whom it is for: %v", err)
	}
	if offers, err := o.book.Offers(t.Context(), principal); err != nil || len(offers) != 0 {
		t.Errorf("it is offered to them: %v, %v", offers, err)
	}
	if err := o.book.Decline(t.Context(), principal, draft); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("they can end it: %v", err)
	}
	id, _, err := o.book.SendDraft(t.Context(), guardian.ID, draft, application.Submission{Service: childService, Form: map[string]any{"child": "c-1"}, Language: "ar"})
	if err != nil {
		t.Fatal(err)
	}
	o.settledFor(guardian.ID, id, application.Started)
	for name, who := range map[string]uuid.UUID{"guardian": guardian.ID, "ward": principal} {
		v, err := o.book.ForApplicant(t.Context(), who, id)
		if err != nil || v.Status != application.Open || v.Applicant != principal || *v.Representative != guardian.ID || v.Behalf["as"] != "guardian" || v.Behalf["nationalNumber"] != "811" {
			t.Fatalf("%s: %+v, %v", name, v, err)
		}
		list, err := o.book.ListForApplicant(t.Context(), who, application.Page{})
		if err != nil || len(list.Items) != 1 || (list.Items[0].For == "812") != (name == "guardian") {
			t.Errorf("%s: %+v, %v", name, list.Items, err)
		}
		if own, err := o.book.OwnOf(t.Context(), who); err != nil || len(own) != 1 || own[id].Reference != v.Reference || own[id].Texts != v.Texts || (own[id].For == "812") != (name == "guardian") {
			t.Errorf("%s: %+v, %v", name, own, err)
		}
		told, err := o.book.Messages(t.Context(), application.Reader{Person: who, Kind: application.Applicant}, application.Page{})
		if err != nil || len(told.Items) != 1 || told.Items[0].Reference == "" {
			t.Errorf("%s is told %+v, %v", name, told.Items, err)
		}
	}
	if own, err := o.book.OwnOf(t.Context(), stranger.ID); err != nil || len(own) != 0 {
		t.Errorf("a stranger has %+v, %v", own, err)
	}
	if _, err := o.book.ForApplicant(t.Context(), stranger.ID, id); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("a stranger reads it: %v", err)
	}
	clerk := application.Actor{Person: guardian.ID, Capacities: []string{"education:clerk"}, Kind: application.Officer}
	v, err := o.book.ForOfficer(t.Context(), clerk.Capacities, id)
	if err != nil {
		t.Fatal(err)
	}
	x := task(t, v)
	if a, err := o.book.Act(t.Context(), clerk, id, application.ActRequest{Task: x.ID, Action: "approve", Revision: x.Revision}, "k"); err != nil || a.Code != "own-application" {
		t.Errorf("a guardian decides on what they have applied for: %+v, %v", a, err)
	}
	if _, err := o.book.Act(t.Context(), application.Actor{Person: stranger.ID, Kind: application.Applicant}, id, application.ActRequest{Action: application.Withdraw}, "k"); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("a stranger withdraws it: %v", err)
	}
	if a, err := o.book.Act(t.Context(), application.Actor{Person: guardian.ID, Kind: application.Applicant}, id, application.ActRequest{Action: application.Withdraw}, "w"); err != nil || !a.TookEffect() {
		t.Errorf("the guardian cannot withdraw it: %+v, %v", a, err)
	}
}

func TestTheMachineIsToldInWhichCapacitySomebodyApplies(t *testing.T) {
	o := newOffice(t)
	o.wards()
	by := o.attested("Representative", "821", "")
	draft := o.behalf(by, "representative", application.Principal{NationalNumber: "822", BirthDate: "1990-01-02"})
	id, _, err := o.book.SendDraft(t.Context(), by.ID, draft, application.Submission{Service: childService, Form: map[string]any{"child": "c-1"}, Language: "ar"})
	if err != nil {
		t.Fatal(err)
	}
	if v := o.settledFor(by.ID, id, ended); v.Outcome != "refused" {
		t.Errorf("%+v", v)
	}
}

func TestNobodyFindsOutByTryingWhoIsBornWhen(t *testing.T) {
	o := newOffice(t)
	o.wards()
	by := o.attested("Representative", "831", "")
	o.attested("Principal", "832", "1990-01-02")
	begin := func(as string, p application.Principal) error {
		_, err := o.book.BeginOnBehalf(t.Context(), by, childService, as, p, "ar", "")
		return err
	}
	for name, p := range map[string]application.Principal{"another birth date": {NationalNumber: "832", BirthDate: "1990-01-03"}, "no birth date": {NationalNumber: "832"}, "no number": {BirthDate: "1990-01-02"}} {
		if err := begin("representative", p); !errors.Is(err, application.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := o.count("SELECT count(*) FROM draft WHERE status = 'open'"); n != 0 {
		t.Errorf("%d forms are open", n)
	}
	if err := begin("guardian", application.Principal{NationalNumber: "831"}); !errors.Is(err, application.ErrForbidden) {
		t.Errorf("for oneself: %v", err)
	}
	if err := begin("spouse", application.Principal{NationalNumber: "832"}); !errors.Is(err, application.ErrInvalid) {
		t.Errorf("in another capacity: %v", err)
	}
	if err := begin("representative", application.Principal{NationalNumber: "832", BirthDate: "1990-01-02"}); err != nil {
		t.Errorf("the right one: %v", err)
	}
	var last error
	for i := range 20 {
		last = begin("guardian", application.Principal{NationalNumber: "84" + strconv.Itoa(i)})
	}
	if !errors.Is(last, application.ErrTooMany) {
		t.Errorf("they try for ever: %v", last)
	}
}

func TestAFormThatWasBegunWithAWrongBirthDateIsNeverOpened(t *testing.T) {
	o := newOffice(t)
	o.wards()
	by := o.attested("Representative", "851", "")
	o.attested("Principal", "852", "1990-01-02")
	for range 2 {
		id, err := o.book.BeginOnBehalf(t.Context(), by, childService, "representative", application.Principal{NationalNumber: "852", BirthDate: "1991-01-02"}, "ar", "k")
		if !errors.Is(err, application.ErrInvalid) {
			t.Fatal(err)
		}
		if _, err := o.book.Draft(t.Context(), by.ID, id); !errors.Is(err, application.ErrNotFound) {
			t.Errorf("it is read: %v", err)
		}
	}
	if n := o.count("SELECT count(*) FROM draft"); n != 1 {
		t.Errorf("%d forms of one key", n)
	}
	if _, err := o.book.BeginOnBehalf(t.Context(), by, childService, "guardian", application.Principal{NationalNumber: "852"}, "ar", "k"); !errors.Is(err, application.ErrKeyReused) {
		t.Errorf("the key is another form's too: %v", err)
	}
}
