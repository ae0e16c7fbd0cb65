package application_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	parentService = "civil.birth.proactive"
	childService  = "education.queue"
	birth         = "civil.birth-recorded"
)

var civil = []string{"events:civil"}

// outside are two services: the first starts the second and waits for its end, the second waits for an event about the child of its form. The
// first is begun by the event too, once the mother agrees.
func outside() (parent, child *plan.Plan) {
	form := plan.Form{
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["child"],"properties":{"child":{"type":"string","minLength":3}}}`),
		Fields: []plan.FormField{{Code: "child", Section: "s", Type: "text", Kind: "text"}},
	}
	scope := []plan.Field{
		{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "child", Kind: "text"}}},
		{Name: "applicant", Kind: "record", Fields: []plan.Field{{Name: "nationalNumber", Kind: "text"}}},
	}
	parent = &plan.Plan{
		Format: plan.Format, Service: parentService, Authority: "civil", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1, Form: form,
		Scope: append([]plan.Field{{Name: "queue", Kind: "record", Fields: []plan.Field{{Name: "outcome", Kind: "text"}}}}, scope...), Reads: []string{"form.child"},
		Triggers: []plan.Trigger{{By: "applicant"}, {By: "clerk"}, {
			Event: birth, For: "event.mother", Form: []plan.Fill{{Field: "child", Formula: "event.notice", Kind: "text"}}, Within: &plan.Span{Count: 30, Unit: "days"},
			Brings: &plan.Field{Name: "event", Kind: "record", Fields: []plan.Field{{Name: "mother", Kind: "text"}, {Name: "notice", Kind: "text"}}}}},
		Nodes: []plan.Node{
			{Key: "queue", Step: "queue", Kind: plan.Start, Start: &plan.StartNode{Service: childService, With: []plan.Argument{{Name: "child", Formula: "form.child", Kind: "text"}}, Wait: true, Result: "queue"}},
			{Key: "lapsed", Kind: plan.Gate},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}, {Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		},
		Edges: []plan.Edge{{From: 0, To: 1, On: "ended"}, {From: 1, To: 2, Guard: `queue.outcome == "completed"`}, {From: 1, To: 3}},
	}
	child = &plan.Plan{
		Format: plan.Format, Service: childService, Authority: "education", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1, Form: form,
		Scope: append([]plan.Field{{Name: "place", Kind: "record", Fields: []plan.Field{{Name: "notice", Kind: "text"}}}}, scope...), Reads: []string{"form.child"},
		Nodes: []plan.Node{
			{Key: "place", Step: "place", Kind: plan.Wait, Wait: &plan.WaitNode{Event: birth, About: "form.child", Result: "place", Keep: []string{"notice"},
				Clock: &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 1, Unit: "years"}, Then: "lapse"}}}}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}, {Key: "end/lapsed", Kind: plan.End, End: &plan.EndNode{Outcome: "lapsed"}},
		},
		Edges: []plan.Edge{{From: 0, To: 1, On: "happened"}, {From: 0, To: 2, On: "lapse"}},
	}
	return parent, child
}

func (o *office) tell(id, mother, notice string) error {
	data, _ := json.Marshal(map[string]string{"mother": mother, "notice": notice, "stray": "dropped"})
	return o.book.Tell(o.t.Context(), civil, application.Told{Source: "/hospitals/7", ID: id, Type: birth, Data: data})
}

// until asks until it holds.
func (o *office) until(what string, holds func() bool) {
	o.t.Helper()
	for limit := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			var errors string
			_ = o.pool.QueryRow(o.t.Context(), "SELECT string_agg(kind || ': ' || error, ', ') FROM outbox WHERE done_at IS NULL").Scan(&errors)
			o.t.Fatalf("not in time: %s; not delivered: %s", what, errors)
		}
	}
}

func (o *office) started(child string) *application.View {
	o.t.Helper()
	v, err := o.book.Submit(o.t.Context(), application.Submission{Applicant: o.me, Service: parentService, Form: map[string]any{"child": child}, Language: "ar", Key: uuid.NewString()})
	if err != nil {
		o.t.Fatal(err)
	}
	return o.settled(v.ID, application.Started)
}

func TestAStartedServiceIsMadeOnceAndItsEndIsHeardWhereItIsWaitedFor(t *testing.T) {
	o := newOffice(t)
	o.republish(both()...)
	o.work()
	v := o.started("c-100")
	o.until("the child waits", func() bool { return o.count("SELECT count(*) FROM awaited WHERE about = 'c-100'") == 1 })
	v, err := o.book.ForApplicant(t.Context(), o.me.ID, v.ID)
	if err != nil || len(v.Related) != 1 || v.Related[0].Service != childService || v.Related[0].Parent || v.Related[0].Reference == "" {
		t.Fatalf("%+v, %v", v.Related, err)
	}
	made, err := o.book.ForApplicant(t.Context(), o.me.ID, v.Related[0].ID)
	if err != nil || made.Form["child"] != "c-100" || len(made.Related) != 1 || !made.Related[0].Parent || made.Timeline[0].Actor != "system" {
		t.Fatalf("%+v, %v", made, err)
	}
	if seen, err := o.book.ForOfficer(t.Context(), []string{"civil:registrar"}, v.ID); err != nil || len(seen.Related) != 0 {
		t.Errorf("another authority's application is named to an officer: %+v, %v", seen.Related, err)
	}
	if err := o.tell("e1", "c-100", "N"); err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, ended)
	if v.Outcome != "completed" {
		t.Errorf("%+v", v)
	}
	if n := o.count("SELECT count(*) FROM application WHERE parent = $1", v.ID); n != 1 {
		t.Errorf("%d children", n)
	}
	if n := o.count("SELECT count(*) FROM awaited"); n != 0 {
		t.Errorf("what has ended still waits: %d", n)
	}
	answer := o.count("SELECT count(*) FROM answer WHERE node = 'place' AND body = '{\"mother\": \"c-100\", \"notice\": \"N\"}'")
	if answer != 1 {
		t.Error("what the event said is not with the application")
	}
}

// both are the two services of outside.
func both() []*plan.Plan {
	parent, child := outside()
	return []*plan.Plan{parent, child}
}

func TestWhatDoesNotFitTheOtherServicesFormIsAnOperatorsIncident(t *testing.T) {
	o := newOffice(t)
	o.republish(both()...)
	o.work()
	v := o.started("c") // too short for the other form
	if x := task(t, v); x.Kind != "incident" || x.Reason != "action-failed" || x.Detail != "form-refused: child (type)" {
		t.Errorf("%+v", x)
	}
	parent, _ := outside()
	o.republish(parent)
	if x := task(t, o.started("c-1")); x.Detail != "no-service" {
		t.Errorf("%+v", x)
	}
}

func TestAnEventIsHeardByThoseWhomItConcernsAndOnceOnly(t *testing.T) {
	o := newOffice(t)
	o.republish(both()...)
	o.work()
	var waiting []uuid.UUID
	for _, about := range []string{"m-1", "m-1", "m-2"} {
		waiting = append(waiting, o.started(about).ID)
	}
	o.until("all wait", func() bool { return o.count("SELECT count(*) FROM awaited WHERE event <> ''") == 3 })
	for range 3 {
		if err := o.tell("e1", "m-1", "N"); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range waiting[:2] {
		o.settled(id, ended)
	}
	if n := o.count("SELECT count(*) FROM act WHERE actor = 'events'"); n != 2 {
		t.Errorf("%d acts", n)
	}
	if v, _ := o.book.ForApplicant(t.Context(), o.me.ID, waiting[2]); v.Status == application.Ended {
		t.Error("somebody else's event was heard")
	}
}

func TestAnEventThatIsNotAsDeclaredStoresNothing(t *testing.T) {
	o := newOffice(t)
	o.republish(both()...)
	bad := (*application.BadEvent)(nil)
	tell := func(capacities []string, kind, data string) error {
		return o.book.Tell(t.Context(), capacities, application.Told{Source: "/s", ID: "1", Type: kind, Data: []byte(data)})
	}
	if err := tell(civil, "civil.unheard-of", `{}`); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := tell([]string{"events:health", "civil:registrar"}, birth, `{"mother":"1","notice":"2"}`); !errors.Is(err, application.ErrForbidden) {
		t.Errorf("%v", err)
	}
	for _, data := range []string{`{"mother":"1"}`, `{"mother":"1","notice":2}`, `[]`, `x`, `{"mother":"","notice":"2"}`} {
		if err := tell(civil, birth, data); !errors.As(err, &bad) {
			t.Errorf("%s: %v", data, err)
		}
	}
	if n := o.count("SELECT count(*) FROM event"); n != 0 {
		t.Errorf("%d events are stored", n)
	}
	if err := o.tell("e1", "m-1", "N"); err != nil {
		t.Fatal(err)
	}
	if err := o.tell("e1", "m-2", "N"); !errors.Is(err, application.ErrKeyReused) {
		t.Errorf("another event under the same id: %v", err)
	}
}

func TestAnEventBeginsAnOfferThatIsSentDeclinedOrLapses(t *testing.T) {
	o := newOffice(t)
	o.republish(both()...)
	o.work()
	mine := func() []application.Draft {
		list, err := o.book.Offers(t.Context(), o.me.ID)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, id := range []string{"e1", "e2", "e3", "e1"} {
		if err := o.tell(id, "900000001", "N-"+id); err != nil {
			t.Fatal(err)
		}
	}
	o.until("three offers", func() bool { return len(mine()) == 3 })
	offers := mine()
	if d := offers[0]; d.Service != parentService || d.Officer || d.Form["child"] != "N-e1" || d.Until.Sub(d.MadeAt) < 29*24*time.Hour {
		t.Errorf("%+v", d)
	}
	other := o.person("Somebody Else")
	if _, err := o.book.Draft(t.Context(), other.ID, offers[0].ID); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("somebody else's offer: %v", err)
	}
	s := application.Submission{Service: parentService, Form: map[string]any{"child": "N-e1"}, Language: "ar"}
	first, reference, err := o.book.SendDraft(t.Context(), o.me.ID, offers[0].ID, s)
	if err != nil || reference == "" {
		t.Fatal(err)
	}
	if again, _, err := o.book.SendDraft(t.Context(), o.me.ID, offers[0].ID, s); err != nil || again != first {
		t.Errorf("sent again: %v, %v", again, err)
	}
	if err := o.book.Decline(t.Context(), o.me.ID, offers[1].ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.book.SendDraft(t.Context(), o.me.ID, offers[1].ID, s); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("a declined offer was sent: %v", err)
	}
	if _, err := o.pool.Exec(t.Context(), "UPDATE draft SET until = now() - interval '1 minute' WHERE id = $1", offers[2].ID); err != nil {
		t.Fatal(err)
	}
	if len(mine()) != 0 {
		t.Errorf("%+v", mine())
	}
	if err := o.book.LapseDrafts(t.Context()); err != nil || o.count("SELECT count(*) FROM draft WHERE status = 'lapsed' AND form = '{}'") != 1 {
		t.Error(err)
	}
}

func TestAnOfficerFillsInForSomebodyWhoHasNeverSignedInAndDecidesNothingInIt(t *testing.T) {
	o := newOffice(t)
	parent, child := outside()
	child.Nodes[0] = plan.Node{Key: "review", Step: "review", Kind: plan.Review, Review: &plan.ReviewNode{Role: "clerk", Decisions: []plan.Decision{{Action: "approve"}}}}
	child.Edges = []plan.Edge{{From: 0, To: 1, On: "approve"}}
	child.Triggers = []plan.Trigger{{By: "clerk"}}
	o.republish(parent, child)
	o.work()
	clerk := application.Actor{Person: o.person("Clerk").ID, Capacities: []string{"education:clerk"}, Kind: application.Officer}
	if list := o.book.Counter(clerk.Capacities); len(list) != 1 || list[0].Service != childService {
		t.Errorf("%d services at the counter", len(list))
	}
	if _, err := o.book.BeginFor(t.Context(), clerk, parentService, "555", "ar"); !errors.Is(err, application.ErrForbidden) {
		t.Errorf("%v", err)
	}
	draft, err := o.book.BeginFor(t.Context(), clerk, childService, " ٥٥٥ ", "ar")
	if err != nil {
		t.Fatal(err)
	}
	d, err := o.book.Draft(t.Context(), clerk.Person, draft)
	if err != nil || !d.Officer || d.Applicant.Facts["nationalNumber"] != "555" || len(d.Applicant.Facts) != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	// What is known of somebody was shown to an officer: that is written down, whether the form is sent or not.
	if n := len(o.ports.audited); n != 1 || o.ports.audited[0].Action != "begin-for" || o.ports.audited[0].Application != draft || o.ports.audited[0].Actor != clerk.Person.String() {
		t.Errorf("audited %+v", o.ports.audited)
	}
	id, _, err := o.book.SendDraft(t.Context(), clerk.Person, draft, application.Submission{Service: childService, Form: map[string]any{"child": "c-1"}, Language: "ar"})
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := o.book.Settle(t.Context(), id, application.Started); err != nil || !ok {
		t.Fatal(ok, err)
	}
	v, err := o.book.ForOfficer(t.Context(), clerk.Capacities, id)
	if err != nil || v.Applicant != d.Applicant.ID || v.Timeline[0].Actor != "officer" {
		t.Fatalf("%+v, %v", v, err)
	}
	x := task(t, v)
	a, err := o.book.Act(t.Context(), clerk, id, application.ActRequest{Task: x.ID, Action: "approve", Revision: x.Revision}, "k")
	if err != nil || a.Code != "own-application" {
		t.Errorf("%+v, %v", a, err)
	}
}

// repeats makes the database ask once for the repetition of a transaction, at the first UPDATE of a table.
func (o *office) repeats(table string) {
	o.t.Helper()
	if _, err := o.pool.Exec(o.t.Context(), `CREATE SEQUENCE once; CREATE FUNCTION once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF nextval('once') = 1 THEN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER once BEFORE UPDATE ON `+table+` FOR EACH ROW EXECUTE FUNCTION once()`); err != nil {
		o.t.Fatal(err)
	}
}

func TestAnEventIsHeardWhenTheDatabaseAsksForTheTransactionAgain(t *testing.T) {
	o := newOffice(t)
	o.republish(both()...)
	o.work()
	first, second := o.started("m-1"), o.started("m-1")
	o.until("both wait", func() bool { return o.count("SELECT count(*) FROM awaited WHERE event <> ''") == 2 })
	o.repeats("event")
	if err := o.tell("e1", "m-1", "N"); err != nil {
		t.Fatal(err)
	}
	o.settled(first.ID, ended)
	o.settled(second.ID, ended)
}

func TestWhatAnEventHasBegunStandsWhenItsFormWouldBeAnotherNow(t *testing.T) {
	o := newOffice(t)
	parent, child := outside()
	parent.Triggers[2].Within = nil // nobody has to agree
	o.republish(parent, child)
	if err := o.tell("e1", "900000001", "N-1"); err != nil {
		t.Fatal(err)
	}
	var event string
	if err := o.pool.QueryRow(t.Context(), "SELECT id::text FROM event").Scan(&event); err != nil {
		t.Fatal(err)
	}
	// A process begins it and dies before it has noted so. Meanwhile what it is filled in with is another thing.
	if err := o.relay.Deliver(t.Context(), "event", event); err != nil {
		t.Fatal(err)
	}
	if _, err := o.pool.Exec(t.Context(), "UPDATE event SET data = jsonb_set(data, '{notice}', '\"N-2\"'), done_at = NULL; UPDATE outbox SET done_at = NULL WHERE kind = 'event'"); err != nil {
		t.Fatal(err)
	}
	if err := o.relay.Deliver(t.Context(), "event", event); err != nil {
		t.Errorf("it holds up what its source tells next: %v", err)
	}
	if n := o.count("SELECT count(*) FROM application"); n != 1 {
		t.Errorf("%d were begun", n)
	}
}

func TestAnApplicantTakesNoKeyOfTheBooksOwn(t *testing.T) {
	o := newOffice(t)
	for _, key := range []string{"child " + uuid.NewString() + "/queue/1", "draft " + uuid.NewString(), "events " + uuid.NewString()} {
		if _, err := o.book.Submit(t.Context(), o.submission(key)); !errors.Is(err, application.ErrInvalid) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// together lets the first of the two services withdraw the second when it is withdrawn itself.
func together() []*plan.Plan {
	parent, child := outside()
	for _, p := range []*plan.Plan{parent, child} {
		p.Withdraw = len(p.Nodes)
		p.Nodes = append(p.Nodes, plan.Node{Key: "end/withdrawn", Kind: plan.End, End: &plan.EndNode{Outcome: "withdrawn", Undo: p == parent}})
	}
	parent.Nodes[0].Start.Undo = "queue/undo"
	parent.Nodes = append(parent.Nodes, plan.Node{Key: "queue/undo", Step: "queue", Kind: plan.Undo, Withdraw: &plan.WithdrawNode{Service: childService}})
	return []*plan.Plan{parent, child}
}

func TestAnApplicationIsWithdrawnTogetherWithTheOneThatHasStartedIt(t *testing.T) {
	o := newOffice(t)
	o.republish(together()...)
	o.work()
	v := o.started("c-200")
	o.until("the child waits", func() bool { return o.count("SELECT count(*) FROM awaited WHERE about = 'c-200'") == 1 })
	if a, err := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Action: application.Withdraw}, "w"); err != nil || !a.TookEffect() {
		t.Fatalf("%+v, %v", a, err)
	}
	v = o.settled(v.ID, ended)
	child, err := o.book.ForApplicant(t.Context(), o.me.ID, v.Related[0].ID)
	if err != nil || child.Status != application.Ended || child.Outcome != "withdrawn" || v.Outcome != "withdrawn" {
		t.Fatalf("the one has ended %s, the other %s %s, %v", v.Outcome, child.Status, child.Outcome, err)
	}
	byParent := func(e application.Event) bool {
		return e.Actor == application.Parent && e.Outcome == application.Withdraw
	}
	recalled := func(e application.Event) bool { return e.Step == "queue" && e.Outcome == "withdrawn" }
	if !slices.ContainsFunc(child.Timeline, byParent) || !slices.ContainsFunc(v.Timeline, recalled) {
		t.Errorf("%+v\n%+v", child.Timeline, v.Timeline)
	}
}

// What cannot be withdrawn after all is an operator's to see to: the first application does not end behind its back.
func TestWhatCannotBeWithdrawnIsAnOperatorsIncident(t *testing.T) {
	o := newOffice(t)
	services := together()
	services[1].Withdraw = -1
	o.republish(services...)
	o.work()
	v := o.started("c-300")
	o.until("the child waits", func() bool { return o.count("SELECT count(*) FROM awaited WHERE about = 'c-300'") == 1 })
	if _, err := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Action: application.Withdraw}, "w"); err != nil {
		t.Fatal(err)
	}
	o.until("an operator is asked", func() bool {
		return o.count("SELECT count(*) FROM task WHERE application = $1 AND kind = 'incident' AND closed_at IS NULL AND detail = 'unknown-action'", v.ID) == 1
	})
	if n := o.count("SELECT count(*) FROM application WHERE status = 'ended'"); n != 0 {
		t.Errorf("%d have ended", n)
	}
}
