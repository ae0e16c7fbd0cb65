package delivery_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var transport = []string{"transport"}

func TestMain(m *testing.M) { pgtest.Main(m) }

type world struct {
	testing.TB
	pool    *pgxpool.Pool
	desk    *delivery.Deliveries
	now     time.Time
	invalid bool
	revoked map[string]bool
	told    []string
	letters []delivery.Letter
	failure error // of every mail
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, pool: pgtest.Migrated(t), now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), revoked: map[string]bool{}}
	// That the archive encrypts is shown where it stands.
	turned := func(_ context.Context, _ pgx.Tx, application uuid.UUID, body []byte) ([]byte, error) {
		out := slices.Clone(body)
		for i := range out {
			out[i] ^= application[0] | 1
		}
		return out, nil
	}
	w.desk = delivery.New(delivery.Options{Pool: w.pool, Now: func() time.Time { return w.now },
		Conceal: turned, Reveal: turned,
		Mail: func(_ context.Context, l delivery.Letter) error {
			w.letters = append(w.letters, l)
			return w.failure
		},
		Valid: func(_ context.Context, paper string) (bool, error) { return !w.invalid && !w.revoked[paper], nil },
		Tell: func(_ context.Context, _ pgx.Tx, _ uuid.UUID, paper, topic string) error {
			w.told = append(w.told, paper+" "+topic)
			return nil
		}})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// offered is a paper that was issued for collection.
func (w *world) offered(id string, kept *plan.Span) delivery.Collection {
	w.Helper()
	of, file := uuid.New(), uuid.New()
	w.must(postgres.InTx(w.Context(), w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(w.Context(), "INSERT INTO file (id, sha256, size, media_type, key) VALUES ($1, $2, 1, 'application/pdf', 'k')", file, file[:]); err != nil {
			return err
		}
		if _, err := tx.Exec(w.Context(), `INSERT INTO document (id, application, node, visit, code, authority, number, title, record, file, sha256, issued_at)
			VALUES ($1, $2, 'card', 1, 'driving-licence', 'transport', 'DL-' || $1, '{"en": "Driving licence"}', 'r', $3, $4, $5)`, id, of, file, file[:], w.now); err != nil {
			return err
		}
		for range 2 { // a repeat changes nothing
			o := delivery.Offer{Paper: id, Application: of, Authority: "transport", Kept: kept, At: w.now}
			if err := errors.Join(w.desk.Offer(w.Context(), tx, o), w.desk.OfferPost(w.Context(), tx, o)); err != nil {
				return err
			}
		}
		return nil
	}))
	return w.one(of)
}

func (w *world) one(application uuid.UUID) delivery.Collection {
	w.Helper()
	list, err := w.desk.Of(w.Context(), application)
	w.must(err)
	if len(list) != 1 {
		w.Fatalf("%+v", list)
	}
	return list[0]
}

func (w *world) is(err, want error, what string) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("%s: %v, not %v", what, err, want)
	}
}

func seen(by uuid.UUID) delivery.Handed {
	return delivery.Handed{By: by, Proof: "identity-card", Last: "4567"}
}

func TestAPaperIsHandedOverOnceToItsHolder(t *testing.T) {
	w := newWorld(t)
	c := w.offered("A", &plan.Span{Count: 60, Unit: "days"})
	clerk := uuid.New()
	if c.State != delivery.Offered || c.Title["en"] != "Driving licence" || c.Other != nil {
		t.Fatalf("%+v", c)
	}
	w.is(w.desk.Have(t.Context(), transport, c.Code, clerk), delivery.ErrState, "ready before anybody has asked")
	w.is(w.desk.Choose(t.Context(), uuid.New(), "A", "ramallah", nil), delivery.ErrNotFound, "another's paper")
	w.must(w.desk.Choose(t.Context(), c.Application, "A", "nablus", nil))
	w.must(w.desk.Choose(t.Context(), c.Application, "A", "ramallah", nil))
	for office, want := range map[string]int{"ramallah": 1, "nablus": 0, "": 1} {
		if list, err := w.desk.AtOffice(t.Context(), transport, office); err != nil || len(list) != want {
			t.Errorf("at %q: %d, %v", office, len(list), err)
		}
	}
	if list, err := w.desk.AtOffice(t.Context(), []string{"health"}, ""); err != nil || len(list) != 0 {
		t.Errorf("another authority sees %d, %v", len(list), err)
	}
	_, err := w.desk.One(t.Context(), []string{"health"}, c.Code)
	w.is(err, delivery.ErrNotFound, "another authority's officer has the code")
	w.is(w.desk.HandOver(t.Context(), transport, c.Code, seen(clerk)), delivery.ErrState, "before it is ready")
	w.must(w.desk.Have(t.Context(), transport, c.Code, clerk))
	if c = w.one(c.Application); c.State != delivery.Ready || c.Until == nil || !c.Until.Equal(time.Date(2027, 1, 22, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v", c)
	}
	w.is(w.desk.HandOver(t.Context(), transport, c.Code, delivery.Handed{By: clerk, Proof: "library-card", Last: "4567"}), delivery.ErrProof, "a library card")
	for _, last := range []string{"", "4", "401234567", "४५६७"} {
		w.is(w.desk.HandOver(t.Context(), transport, c.Code, delivery.Handed{By: clerk, Proof: "passport", Last: last}), delivery.ErrProof, "digits "+last)
	}
	w.is(w.desk.HandOver(t.Context(), transport, c.Code, delivery.Handed{By: clerk, Proof: "passport", Last: "4567", Other: true}), delivery.ErrNotFound, "another whom the holder has not named")
	w.invalid = true
	w.is(w.desk.HandOver(t.Context(), transport, c.Code, seen(clerk)), delivery.ErrPaper, "a paper that was suspended")
	w.invalid = false

	var clerks sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		clerks.Go(func() { results[i] = w.desk.HandOver(t.Context(), transport, c.Code, seen(uuid.New())) })
	}
	clerks.Wait()
	once := 0
	for _, err := range results {
		if err == nil {
			once++
		} else {
			w.is(err, delivery.ErrState, "a second clerk")
		}
	}
	if c = w.one(c.Application); once != 1 || c.State != delivery.Collected || c.Handed == nil || c.Handed.Proof != "identity-card" || c.Handed.Last != "4567" || c.Handed.By == uuid.Nil {
		t.Fatalf("handed over %d times: %+v", once, c)
	}
	w.is(w.desk.Choose(t.Context(), c.Application, "A", "nablus", nil), delivery.ErrState, "asked for again")
	found, err := w.desk.One(t.Context(), transport, " dl-a ")
	if err != nil || found.Paper != "A" {
		t.Errorf("by its number: %+v, %v", found, err)
	}
	if _, err := w.pool.Exec(t.Context(), "UPDATE collection_event SET actor = NULL"); err == nil {
		t.Error("who has handed it over can be changed")
	}
}

func TestWhatNobodyCollectsGoesBackAndIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	c, forever := w.offered("B", &plan.Span{Count: 2, Unit: "weeks"}), w.offered("C", nil)
	for _, c := range []delivery.Collection{c, forever} {
		w.must(w.desk.Choose(t.Context(), c.Application, c.Paper, "ramallah", nil))
		w.must(w.desk.Have(t.Context(), transport, c.Code, uuid.New()))
	}
	remind := func(day, want int) {
		t.Helper()
		w.now = time.Date(2026, 12, day, 12, 0, 0, 0, time.UTC)
		if n, err := w.desk.Remind(t.Context()); n != want || err != nil {
			t.Fatalf("on the %dth %d are reminded, %v", day, n, err)
		}
	}
	remind(2, 0)
	remind(4, 1)
	remind(5, 0)
	w.now = time.Date(2026, 12, 6, 23, 59, 0, 0, time.UTC)
	if n, err := w.desk.Return(t.Context()); n != 0 || err != nil {
		t.Fatalf("on its last day: %d, %v", n, err)
	}
	w.now = w.now.Add(2 * time.Minute)
	if n, err := w.desk.Return(t.Context()); n != 1 || err != nil {
		t.Fatalf("after its last day: %d, %v", n, err)
	}
	if back, kept := w.one(c.Application), w.one(forever.Application); back.State != delivery.Returned || kept.State != delivery.Ready {
		t.Fatalf("%+v\n%+v", back, kept)
	}
	if want := []string{"B collectReady", "C collectReady", "B collectSoon", "B collectReturned"}; !slices.Equal(w.told, want) {
		t.Errorf("told %q, not %q", w.told, want)
	}
	w.is(w.desk.HandOver(t.Context(), transport, c.Code, seen(uuid.New())), delivery.ErrState, "one that went back")
	w.must(w.desk.Choose(t.Context(), c.Application, "B", "nablus", nil))
	if again := w.one(c.Application); again.State != delivery.Asked || again.Office != "nablus" || again.Until != nil || again.Code != c.Code {
		t.Fatalf("%+v", again)
	}
}

func TestWhoTheHolderHasNamedCollectsAndIsForgotten(t *testing.T) {
	w := newWorld(t)
	c := w.offered("D", nil)
	sister := &delivery.Other{Name: "سارة", Number: "403456789"}
	w.must(w.desk.Choose(t.Context(), c.Application, "D", "ramallah", sister))
	w.must(w.desk.Have(t.Context(), transport, c.Code, uuid.New()))
	if c = w.one(c.Application); c.Other == nil || *c.Other != *sister {
		t.Fatalf("%+v", c)
	}
	w.must(w.desk.Choose(t.Context(), c.Application, "D", "ramallah", nil))
	h := seen(uuid.New())
	h.Other = true
	w.is(w.desk.HandOver(t.Context(), transport, c.Code, h), delivery.ErrNotFound, "whom the holder has named no longer")
	w.must(w.desk.Choose(t.Context(), c.Application, "D", "ramallah", sister))
	if c = w.one(c.Application); c.State != delivery.Ready {
		t.Fatalf("it is to be printed again: %+v", c)
	}
	w.must(w.desk.HandOver(t.Context(), transport, c.Code, h))
	if c = w.one(c.Application); c.Other != nil || !c.Handed.Other {
		t.Fatalf("%+v", c)
	}
	never := w.offered("E", nil)
	w.must(w.desk.Choose(t.Context(), never.Application, "E", "ramallah", sister))
	w.must(postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error { return w.desk.Erase(t.Context(), tx, never.Application) }))
	if c := w.one(never.Application); c.Other != nil || c.State != delivery.Asked {
		t.Errorf("erased: %+v", c)
	}
	var kept int
	w.must(w.pool.QueryRow(t.Context(), "SELECT count(*) FROM collection_event WHERE detail::text LIKE '%403456789%' OR detail::text LIKE '%سارة%'").Scan(&kept))
	if kept != 0 {
		t.Error("the name or the number of who came is kept")
	}
}

func TestACodeIsReadAsItIsTyped(t *testing.T) {
	for typed, want := range map[string]string{"ABCD-EFGH-2345": "ABCDEFGH2345", " abcd efgh 2345": "ABCDEFGH2345", "0BCDEFGH2341": "OBCDEFGH234I", "ABCD": "", "ABCD-EFGH-234!": ""} {
		if got, ok := delivery.Code(typed); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v", typed, got, ok)
		}
	}
}
