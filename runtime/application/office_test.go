package application_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const service = "transport.driving-licence.renew"

var officer = []string{"transport:licensing-officer"}

// office is a book with everything round it: a real database, the real machine, and ports that remember.
type office struct {
	t      *testing.T
	pool   *pgxpool.Pool
	keys   *releasetest.Keys
	store  *release.Store
	relay  *outbox.Relay
	engine *engine
	book   *application.Book
	ports  *ports
	diary  diary
	me     application.Person
	off    []worktime.Day // of the calendar that is published next
	bodies []release.Authority
	fault  atomic.Pointer[func(point string)]
}

func newOffice(t *testing.T) *office {
	t.Helper()
	pool := pgtest.Migrated(t)
	keys, err := releasetest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, pool: pool, keys: keys, ports: &ports{}}
	o.publish(licence(t))
	if o.store, err = release.Open(t.Context(), pool, keys, nil); err != nil {
		t.Fatal(err)
	}
	fault := func(point string) {
		if f := o.fault.Load(); f != nil {
			(*f)(point)
		}
	}
	o.relay = outbox.New(pool, outbox.Options{Poll: 20 * time.Millisecond, Lease: 20 * time.Second, Log: slog.New(slog.DiscardHandler)})
	o.engine = &engine{store: o.store, runs: map[string]*running{}}
	zone, err := time.LoadLocation("Asia/Hebron")
	if err != nil {
		t.Fatal(err)
	}
	o.diary = diary{appointment.New(appointment.Options{Pool: pool, Zone: zone})}
	o.book = application.New(application.Options{
		Pool: pool, Releases: o.store, Relay: o.relay, Temporal: o.engine, Payments: o.ports, Documents: o.ports, Registry: o.ports, Rights: o.ports, Appointments: o.diary, Audit: o.ports, Fault: fault,
	})
	o.engine.book = o.book
	o.relay.Handle(o.book.Handlers())
	o.me = o.person("Mariam Salem")
	return o
}

// work lets the relay run until the test ends.
func (o *office) work() {
	ctx, cancel := context.WithCancel(o.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.relay.Run(ctx) }()
	o.t.Cleanup(func() { cancel(); <-done })
}

func (o *office) person(name string) application.Person {
	o.t.Helper()
	p := application.Person{ID: uuid.New(), Facts: map[string]any{"name": name, "nationalNumber": "900000001", "birthDate": "1990-05-04", "sex": "female"}}
	facts, _ := json.Marshal(map[string]any{"name": map[string]string{"ar": name}, "nationalNumber": "900000001", "birthDate": "1990-05-04", "sex": "female"})
	if _, err := o.pool.Exec(o.t.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'test', $2, $3)", p.ID, p.ID.String(), facts); err != nil {
		o.t.Fatal(err)
	}
	return p
}

func licence(t *testing.T) *plan.Plan {
	t.Helper()
	b, err := os.ReadFile("testdata/driving-licence.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (o *office) publish(plans ...*plan.Plan) {
	o.t.Helper()
	money := func(s string) json.RawMessage { return json.RawMessage(`{"value":"` + s + `","currency":"ILS"}`) }
	r := release.Release{
		Catalogue: "test",
		Reference: release.Reference{
			Zone: "Asia/Hebron", Calendar: "usual",
			Tariffs: []release.Tariff{{Code: "licences", Since: "2020-01-01", Amounts: map[string]json.RawMessage{
				"perYear": money("50.00"), "latePerMonth": money("10.00"), "lateCap": money("100.00")}}},
			Calendars: []release.Calendar{{Code: "usual", Published: worktime.Published{Version: strconv.Itoa(1 + len(o.off)), Weekend: []time.Weekday{time.Friday, time.Saturday}, Days: o.off}}},
			Events:    []release.Event{{Code: "civil.birth-recorded", Authority: "civil", About: "mother", Gives: []plan.Field{{Name: "mother", Kind: "text"}, {Name: "notice", Kind: "text"}}}},
			Languages: []string{"ar", "en"}, Authorities: o.bodies,
		},
	}
	for _, p := range plans {
		r.Services = append(r.Services, release.Compiled{Plan: p, Texts: &plan.Texts{
			Service: p.Service, Languages: []string{"en"}, Title: plan.Text{"en": "Driving licence renewal"},
			Documents: map[string]plan.DocumentText{"driving-licence": {
				Title: plan.Text{"en": "Driving licence"},
				Rows:  []plan.Text{{"en": "Name"}, {"en": "Number"}, {"en": "Note"}, {"en": "Classes"}},
			}},
			Columns: map[string]plan.Text{"licence.classes.class": {"en": "Class"}},
			Codes:   map[string]map[string]plan.Text{"licence.classes.class": {"B": {"en": "Private car"}}},
		}})
	}
	if _, err := releasetest.Publish(o.t.Context(), o.pool, o.keys, r); err != nil {
		o.t.Fatal(err)
	}
}

func form() map[string]any { return map[string]any{"licenceNumber": "1234567", "years": 5} }

func (o *office) submission(key string) application.Submission {
	return application.Submission{Applicant: o.me, Service: service, Form: form(), Labels: map[string]string{"car/1": "Seat"}, Language: "ar", Key: key}
}

// submitted submits and waits until the first steps were applied: the application waits for its payment.
func (o *office) submitted() *application.View {
	o.t.Helper()
	v, err := o.book.Submit(o.t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		o.t.Fatal(err)
	}
	return o.settled(v.ID, func(p application.Progress) bool { return p.Status == application.Waiting })
}

func (o *office) settled(id uuid.UUID, until func(application.Progress) bool) *application.View {
	o.t.Helper()
	return o.settledFor(o.me.ID, id, until)
}

// settledFor is an application as one of those sees it whose it is.
func (o *office) settledFor(person, id uuid.UUID, until func(application.Progress) bool) *application.View {
	o.t.Helper()
	ok, err := o.book.Settle(o.t.Context(), id, until)
	for range 5 { // a busy machine takes longer than a person is made to wait
		if !ok && err == nil {
			ok, err = o.book.Settle(o.t.Context(), id, until)
		}
	}
	if err != nil || !ok {
		o.t.Fatalf("not settled: %v", err)
	}
	o.engine.mu.Lock() // until the call that has brought it there is over
	defer o.engine.mu.Unlock()
	v, err := o.book.ForApplicant(o.t.Context(), person, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

// paid brings an application to its review.
func (o *office) paid() *application.View {
	o.t.Helper()
	v := o.submitted()
	if a := o.pay(v.ID, "evt-1"); !a.TookEffect() {
		o.t.Fatalf("payment: %+v", a)
	}
	return o.settled(v.ID, func(p application.Progress) bool { return p.Node == "review" })
}

func (o *office) pay(id uuid.UUID, key string) application.ActAnswer {
	o.t.Helper()
	var act uuid.UUID
	err := postgres.InTx(o.t.Context(), o.pool, func(tx pgx.Tx) (err error) {
		act, err = o.book.SystemAct(o.t.Context(), tx, application.SystemAct{
			Application: id, Node: "pay", Visit: 1, Action: "paid", Capacity: "gateway", Reference: "payment-1", Key: key})
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	a, err := o.book.DeliverAct(o.t.Context(), id, act)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// task is the one open task.
func task(t *testing.T, v *application.View) application.Task {
	t.Helper()
	if len(v.Tasks) == 0 || !v.Tasks[0].Open() || len(v.Tasks) > 1 && v.Tasks[1].Open() {
		t.Fatalf("tasks %+v, want one that is open", v.Tasks)
	}
	return v.Tasks[0]
}

func (o *office) officer() application.Actor {
	return application.Actor{Person: uuid.MustParse("11111111-1111-4111-8111-111111111111"), Capacities: officer, Kind: application.Officer}
}

// holder is somebody who holds roles.
func holder(capacities ...string) application.Actor {
	return application.Actor{Person: uuid.New(), Capacities: capacities, Kind: application.Officer}
}

func (o *office) applicant() application.Actor {
	return application.Actor{Person: o.me.ID, Kind: application.Applicant}
}

// ports remember what they were asked.
type ports struct {
	mu       sync.Mutex
	assessed []application.AssessRequest
	papers   []application.Paper
	refunds  [][]activity.LineRefund
	refused  []string
	settled  []string
	audited  []application.AuditedAct
	asked    int
	failing  error

	revoked      []string
	changed      []application.RightRequest
	refusedRight string // code with which every change is refused

	written       []string          // operations
	refusedWrites map[string]string // code by operation
	held          []application.HeldRight
	postponed     [][]activity.NewDue
}

func (p *ports) Assess(_ context.Context, _ pgx.Tx, r application.AssessRequest) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.assessed = append(p.assessed, r)
	return nil
}

func (p *ports) Postpone(_ context.Context, _ pgx.Tx, _ uuid.UUID, dues []activity.NewDue) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.postponed = append(p.postponed, dues)
	return nil
}

func (p *ports) Cancel(context.Context, pgx.Tx, uuid.UUID, string, int) error { return nil }

func (p *ports) Refund(_ context.Context, _ pgx.Tx, _ uuid.UUID, _ string, lines []activity.LineRefund, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refunds = append(p.refunds, lines)
	return nil
}

func (p *ports) PayOut(_ context.Context, _ pgx.Tx, r application.PayOutRequest) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settled = append(p.settled, fmt.Sprintf("%s/%d pays %d %s to %q", r.Node, r.Visit, r.Amount, r.Currency, r.Account))
	return nil
}

func (p *ports) Settle(_ context.Context, _ pgx.Tx, _ uuid.UUID, node string, visit int, s activity.Settlement, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settled = append(p.settled, fmt.Sprintf("%s/%d %s %v", node, visit, s.What, s.Fees))
	return nil
}

func (p *ports) Refused(_ context.Context, _ pgx.Tx, _ uuid.UUID, reference, code string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = append(p.refused, reference+" "+code)
	return nil
}

func (p *ports) Claim(context.Context, pgx.Tx, uuid.UUID, uuid.UUID, []uuid.UUID) error { return nil }

func (p *ports) Issue(_ context.Context, _ pgx.Tx, r application.IssueRequest) error {
	paper, err := r.Print("DL-2026-000001")
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.papers = append(p.papers, paper)
	return nil
}

func (p *ports) Revoke(_ context.Context, _ pgx.Tx, r application.RevokeRequest) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked = append(p.revoked, r.Document+": "+r.Because["en"])
	return nil
}

func (p *ports) Change(_ context.Context, r application.RightRequest) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed = append(p.changed, r)
	if p.refusedRight != "" {
		return "", refusedForGood(p.refusedRight)
	}
	return "RS-2026-000001", nil
}

func (p *ports) Held(_ context.Context, number string) (application.HeldRight, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.held {
		if h.Number == number {
			return h, nil
		}
	}
	return application.HeldRight{}, application.ErrNotFound
}

func (p *ports) HeldAfter(_ context.Context, code, after string, n int) (out []application.HeldRight, _ error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.held {
		if h.Code == code && h.Number > after && len(out) < n {
			out = append(out, h)
		}
	}
	return out, nil
}

// refusedForGood is an error that is not tried again.
type refusedForGood string

func (e refusedForGood) Error() string     { return string(e) }
func (e refusedForGood) Permanent() string { return string(e) }

func (p *ports) Write(_ context.Context, _, operation, _ string, _ map[string]json.RawMessage) (json.RawMessage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.written = append(p.written, operation)
	if code := p.refusedWrites[operation]; code != "" {
		return nil, refusedForGood(code)
	}
	return json.RawMessage("{}"), nil
}

func (p *ports) Ask(context.Context, string, string, map[string]json.RawMessage) (bool, json.RawMessage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return true, json.RawMessage(`{"expiresOn": "2099-01-01", "unpaidFines": 0, "holder": "Mariam Salem",
		"classes": [{"class": "B", "since": "2015-03-01"}]}`), p.failing
}

func (p *ports) Act(_ context.Context, _ pgx.Tx, a application.AuditedAct) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.audited = append(p.audited, a)
	return nil
}
