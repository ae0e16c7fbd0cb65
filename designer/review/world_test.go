package review_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/designer/review"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/migration"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/machine"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	licence  = "services/transport/driving-licence-renew.yaml"
	renewal  = "transport.driving-licence.renew"
	tariff   = "tariffs/transport.yaml"
	reviewer = "transport:" + change.Reviewer
	finance  = "finance:" + change.Reviewer
)

type people map[uuid.UUID]*identity.Person

func (p people) Named(context.Context, []uuid.UUID) (map[uuid.UUID]*identity.Person, error) {
	return p, nil
}

// world is the pages over real changes with the samples live; the route and its tasks are played.
type world struct {
	t       testing.TB
	changes *change.Changes
	pool    *pgxpool.Pool
	handler http.Handler
	people  people
	leila   *identity.Person // analyst of transport
	omar    *identity.Person // her colleague
	rami    *identity.Person // reviewer of transport
	nour    *identity.Person // reviewer of finance
	sami    *identity.Person // an officer of something else
	olga    *identity.Person // operator of the platform
	log     bytes.Buffer
	audited []audit.Entry

	state change.RouteState // of the route
	view  *application.View // the application of the route
	asked []review.Asked
	acts  []application.ActRequest
	code  string // with which acts are refused

	replayed []change.PastRequest // what was asked of past applications

	moves *migration.Migrations
	open  []uuid.UUID // applications that go by an older plan
	now   time.Time   // of migrations
}

func serve(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, pool: pgtest.Migrated(t), people: people{}}
	keys, err := releasetest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	built, list := release.Build(c)
	if list.HasErrors() {
		t.Fatal(list)
	}
	if _, err := releasetest.Publish(t.Context(), w.pool, keys, built); err != nil {
		t.Fatal(err)
	}
	store, err := release.Open(t.Context(), w.pool, keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.changes = change.New(change.Options{Pool: w.pool, Keys: keys, Releases: store, Route: w, Replay: w.replay})
	w.leila = w.person("ليلى منصور", "Leila Mansour", "transport:"+change.Analyst)
	w.omar = w.person("عمر حداد", "Omar Haddad", "transport:"+change.Analyst, reviewer)
	w.rami = w.person("رامي عودة", "Rami Odeh", reviewer)
	w.nour = w.person("نور خليل", "Nour Khalil", finance)
	w.sami = w.person("سامي ناصر", "Sami Nasser", "health:clerk")
	w.olga = w.person("أولغا", "Olga Petrova", "platform:operator")
	w.now = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	w.moves = migration.New(migration.Options{Pool: w.pool, Book: moving{w}, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler), Plan: func(service string) (string, string, bool) {
		live, known := store.Service(service)
		if !known {
			return "", "", false
		}
		return live.PlanDigest, live.Authority, true
	}})
	pages, err := review.New(review.Options{
		Site: ui.Site{Languages: []string{"ar", "en", "kk", "ru", "fr"}}, Changes: w.changes, Book: w, Route: w, People: w.people, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Moves: w.moves, Audit: func(_ context.Context, e audit.Entry) error { w.audited = append(w.audited, e); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.StaticPath, ui.Static())
	pages.Register(mux)
	w.handler = ui.SecurityHeaders(ui.Lang(mux))
	t.Cleanup(func() {
		if w.log.Len() > 0 {
			t.Error(w.log.String())
		}
	})
	return w
}

// replay is change.Options.Replay: ten applications, of which three would go another way.
func (w *world) replay(_ context.Context, r change.PastRequest) (change.Replay, error) {
	w.replayed = append(w.replayed, r)
	return change.Replay{Looked: 10, Unknown: 2, Same: 7, Open: 4, Movable: 3, Partings: []change.Parting{
		{Code: machine.NotTaken, Step: "review", To: string(machine.UnknownAction), Count: 2}, {Code: machine.EndsAs, To: "refused", Was: "issued", Count: 1},
	}, Obstacles: []change.Obstacle{{Code: machine.StepGone, At: "review/correct", Count: 1}}}, nil
}

func (w *world) person(ar, en string, capacities ...string) *identity.Person {
	p := &identity.Person{ID: uuid.New(), Name: map[string]string{"ar": ar, "en": en}, Capacities: capacities, Officer: true}
	if _, err := w.pool.Exec(w.t.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'i', $2, '{}')", p.ID, p.ID.String()); err != nil {
		w.t.Fatal(err)
	}
	w.people[p.ID] = p
	return p
}

// Begin is change.Route: the application asks the reviewers of transport.
func (w *world) Begin(ctx context.Context, person *identity.Person, _ int64, _ string) (uuid.UUID, error) {
	id, due := uuid.New(), time.Now().Add(72*time.Hour)
	w.view = &application.View{ID: id, Reference: "D7K2-94QM", Authority: "platform", Applicant: person.ID, Tasks: []application.Task{
		{ID: uuid.New(), Step: "owner", Kind: "review", Role: reviewer, Actions: []string{"approve", "sendBack", "refuse"}, Comment: []string{"sendBack", "refuse"}, Revision: 3, OpenedAt: time.Now(), DueAt: &due},
	}}
	w.asked = []review.Asked{{Step: "owner", Title: map[string]string{"ar": "مراجعة الجهة المختصة", "en": "Review by the authority of the service"}, Role: map[string]string{"ar": "مراجع الخدمات", "en": "Service reviewer"},
		Open: true, At: time.Now(), Due: due}}
	_, err := w.pool.Exec(ctx, `INSERT INTO application (id, reference, service, authority, release, plan, texts, applicant, language, status, submitted_at, form, facts, key, request)
		SELECT $1::uuid, $2, s.service, 'platform', r.id, s.plan, s.texts, $3, 'en', 'open', now(), '{}', '{}', $2, '' FROM release r JOIN release_service s ON s.release = r.id LIMIT 1`, id, id.String(), person.ID)
	return id, err
}

func (w *world) Again(context.Context, *identity.Person, uuid.UUID, int64, string) error {
	w.state = change.RouteState{}
	return nil
}

func (w *world) Recuse(_ context.Context, _, person uuid.UUID) error {
	w.view.Recused = append(w.view.Recused, person)
	return nil
}

func (w *world) Withdraw(context.Context, *identity.Person, uuid.UUID, string) error { return nil }

// Asks is change.Route: whoever holds the role of an open task is asked.
func (w *world) Asks(_ context.Context, person *identity.Person, id uuid.UUID) (bool, error) {
	return w.view != nil && w.view.ID == id && !slices.Contains(w.view.Recused, person.ID) &&
		slices.ContainsFunc(w.view.Tasks, func(t application.Task) bool { return t.Open() && slices.Contains(person.Capacities, t.Role) }), nil
}

func (w *world) State(context.Context, uuid.UUID) (change.RouteState, error) { return w.state, nil }

// Asked is review.Route.
func (w *world) Asked(context.Context, uuid.UUID) ([]review.Asked, error) { return w.asked, nil }

// ForOfficer is review.Book.
func (w *world) ForOfficer(_ context.Context, capacities []string, id uuid.UUID) (*application.View, error) {
	if w.view == nil || w.view.ID != id || !slices.ContainsFunc(w.view.Tasks, func(t application.Task) bool { return slices.Contains(capacities, t.Role) }) {
		return nil, application.ErrNotFound
	}
	return w.view, nil
}

func (w *world) Act(_ context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error) {
	if actor.Kind != application.Officer || id != w.view.ID || key == "" {
		w.t.Errorf("%+v acts on %s by %q", actor, id, key)
	}
	if w.code != "" {
		return application.ActAnswer{Code: w.code}, nil
	}
	w.acts = append(w.acts, r)
	return application.ActAnswer{Act: uuid.New()}, nil
}

type selection = goquery.Selection

type page struct {
	*goquery.Document
	status int
	header http.Header
}

func as(who *identity.Person, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(identity.WithPerson(r.Context(), who)))
	})
}

func (w *world) ask(who *identity.Person, r *http.Request) page {
	w.t.Helper()
	answer := httptest.NewRecorder()
	h := w.handler
	if who != nil {
		h = as(who, h)
	}
	h.ServeHTTP(answer, r)
	doc, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return page{doc, answer.Code, answer.Header()}
}

func (w *world) get(who *identity.Person, path string) page {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if !strings.Contains(path, "lang=") {
		r.Header.Set("Accept-Language", "en")
	}
	return w.ask(who, r)
}

func (w *world) post(who *identity.Person, path string, body url.Values) page {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	return w.ask(who, r)
}

func (w *world) edit(by *identity.Person, number int64, file, from, to string) {
	w.t.Helper()
	if _, err := w.changes.Edit(w.t.Context(), by, number, file, func(now []byte) ([]byte, error) {
		if !bytes.Contains(now, []byte(from)) {
			w.t.Errorf("%s has no %q", file, from)
		}
		return bytes.Replace(now, []byte(from), []byte(to), 1), nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

// edits of the service: another question, a step that comes earlier, one that is called otherwise, and what scenarios expect.
var edits = [][2]string{
	{"      - field: medicalReport\n", "      - field: glasses\n        type: yes-no\n        optional: true\n        label: {ar: \"هل تضع نظارة أثناء القيادة؟\", en: \"Do you wear glasses when you drive?\"}\n      - field: medicalReport\n"},
	{bar + fines, fines + bar},
	{"مراجعة موظف الترخيص, en: Review by a licensing officer", "تدقيق موظف الترخيص, en: A look by a licensing officer"},
	{"renewal: 250.00 ILS", "renewal: 225.00 ILS"}, {"renewal: 250.00 ILS", "renewal: 225.00 ILS"}, {"renewal: 250.00 ILS", "renewal: 225.00 ILS"}, {"renewal: 250.00 ILS", "renewal: 225.00 ILS"},
	{"renewal: 50.00 ILS", "renewal: 45.00 ILS"},
	{"  - scenario: a number that cannot be right\n    on: 2026-11-22\n    form: {licenceNumber: \"1111111\", years: 5, phone: \"0599123456\", declaration: true}\n    expect: {findings: {licenceNumber: script}}\n", ""},
}

const (
	bar = `  - step: bar
    title: {ar: التحقق من الموانع, en: Check of bars}
    when: licence.blocked
    refuse: {ar: على رخصتك مانع طبي أو قانوني؛ راجع سلطة الترخيص, en: There is a medical or legal bar on your licence; contact the Licensing Authority}
`
	fines = `  - step: fines
    title: {ar: التحقق من المخالفات, en: Check of fines}
    when: licence.unpaidFines > 0
    refuse: {ar: عليك مخالفات غير مدفوعة؛ ادفعها ثم قدّم الطلب من جديد, en: You have unpaid fines; pay them and apply again}
`
)

// drafted is a change of a service and of the tariff by Leila, who was helped by Omar.
func (w *world) drafted() *change.Change {
	w.t.Helper()
	ch, err := w.changes.Start(w.t.Context(), w.leila, change.Words{Title: "رسوم أقل وسؤال جديد عند تجديد الرخصة", Reason: "The council has decided so.\nIt holds from next year.", Basis: "Decision 12 of 2026"}, "transport")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range edits {
		w.edit(w.leila, ch.Number, licence, e[0], e[1])
	}
	w.edit(w.omar, ch.Number, tariff, "50.00", "45.00")
	return ch
}

func (w *world) proposed() (*change.Change, *change.Proposal) {
	w.t.Helper()
	ch := w.drafted()
	p, err := w.changes.Propose(w.t.Context(), w.leila, ch.Number)
	if broken := (*change.Broken)(nil); errors.As(err, &broken) {
		w.t.Fatal(broken.Findings)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if ch, err = w.changes.Find(w.t.Context(), ch.Number); err != nil {
		w.t.Fatal(err)
	}
	return ch, p
}
