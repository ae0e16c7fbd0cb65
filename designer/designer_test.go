package designer_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/designer"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
	"github.com/diwan-gov/diwan/runtime/ui"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const licence = "services/transport/driving-licence-renew.yaml"

// people are those of one test.
type people map[uuid.UUID]*identity.Person

func (p people) Named(context.Context, []uuid.UUID) (map[uuid.UUID]*identity.Person, error) {
	return p, nil
}

// world is the designer over real changes, with the samples live.
type world struct {
	t       testing.TB
	changes *change.Changes
	pool    *pgxpool.Pool
	keys    *releasetest.Keys
	handler http.Handler
	people  people
	leila   *identity.Person // analyst of transport
	huda    *identity.Person // analyst of health
	rami    *identity.Person // reviewer of transport
	log     bytes.Buffer
}

func serve(t testing.TB) *world {
	t.Helper()
	return serveOf(t, "palestine")
}

// serveOf is the designer over the samples of a country.
func serveOf(t testing.TB, country string) *world {
	t.Helper()
	w := &world{t: t, pool: pgtest.Migrated(t), people: people{}}
	keys, err := releasetest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := catalog.Load(os.DirFS("../samples/" + country))
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
	w.keys = keys
	w.changes = change.New(change.Options{Pool: w.pool, Keys: keys, Releases: store, Route: route{w}})
	w.leila = w.person("ليلى منصور", "Leila Mansour", "transport:"+change.Analyst)
	w.huda = w.person("هدى سالم", "Huda Salem", "health:"+change.Analyst)
	w.rami = w.person("رامي عودة", "Rami Odeh", "transport:"+change.Reviewer)
	d, err := designer.New(designer.Options{Changes: w.changes, People: w.people, Log: slog.New(slog.NewTextHandler(&w.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.StaticPath, ui.Static())
	d.Register(mux)
	w.handler = ui.SecurityHeaders(ui.Lang(mux))
	return w
}

// route is a service by which changes go, whose reviewers never come to it.
type route struct{ w *world }

func (r route) Begin(ctx context.Context, _ *identity.Person, _ int64, _ string) (uuid.UUID, error) {
	id := uuid.New()
	_, err := r.w.pool.Exec(ctx, `INSERT INTO application (id, reference, service, authority, release, plan, texts, applicant, language, status, submitted_at, form, facts, key, request)
		SELECT $1::uuid, $2, s.service, 'transport', r.id, s.plan, s.texts, p.id, 'en', 'open', now(), '{}', '{}', $2, '' FROM release r JOIN release_service s ON s.release = r.id, person p LIMIT 1`, id, id.String())
	return id, err
}

func (r route) Again(context.Context, *identity.Person, uuid.UUID, int64, string) error { return nil }
func (r route) Recuse(context.Context, uuid.UUID, uuid.UUID) error                      { return nil }
func (r route) Withdraw(context.Context, *identity.Person, uuid.UUID, string) error     { return nil }
func (r route) Asks(context.Context, *identity.Person, uuid.UUID) (bool, error)         { return false, nil }
func (r route) State(context.Context, uuid.UUID) (change.RouteState, error) {
	return change.RouteState{}, nil
}

// person makes somebody who stands in the database too.
func (w *world) person(ar, en string, capacities ...string) *identity.Person {
	p := &identity.Person{ID: uuid.New(), Name: map[string]string{"ar": ar, "en": en}, Capacities: capacities, Officer: true}
	if _, err := w.pool.Exec(w.t.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'i', $2, '{}')", p.ID, p.ID.String()); err != nil {
		w.t.Fatal(err)
	}
	w.people[p.ID] = p
	return p
}

type page struct {
	*goquery.Document
	status int
	header http.Header
}

// as lets somebody ask for everything.
func as(who *identity.Person, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(identity.WithPerson(r.Context(), who)))
	})
}

func (w *world) ask(who *identity.Person, r *http.Request) page {
	w.t.Helper()
	answer := httptest.NewRecorder()
	as(who, w.handler).ServeHTTP(answer, r)
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
	return w.send(who, path, body)
}

// send posts a form; several may at once.
func (w *world) send(who *identity.Person, path string, body url.Values) page {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	return w.ask(who, r)
}

// begun is a new change of Leila's.
func (w *world) begun() *change.Change {
	w.t.Helper()
	ch, err := w.changes.Start(w.t.Context(), w.leila, change.Words{Title: "Longer licences"}, "transport")
	if err != nil {
		w.t.Fatal(err)
	}
	return ch
}

// edit replaces some text of a file by other text.
func (w *world) edit(number int64, file, from, to string) {
	w.t.Helper()
	if _, err := w.changes.Edit(w.t.Context(), w.leila, number, file, func(now []byte) ([]byte, error) {
		out := bytes.Replace(now, []byte(from), []byte(to), 1)
		if bytes.Equal(out, now) {
			w.t.Errorf("%s has no %q", file, from)
		}
		return out, nil
	}); err != nil {
		w.t.Fatal(err)
	}
}
