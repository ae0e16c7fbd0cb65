package conformance

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// counted stores what applications are told.
type counted struct{}

func (counted) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	return uuid.New(), outbox.Add(ctx, tx, outbox.Message{Kind: "act", Subject: a.Application.String() + a.Key, Lane: a.Application.String()})
}

// office is a desk at the provider, with one payment of 280.00 that is due.
type office struct {
	*testing.T
	*Side
	pool        *pgxpool.Pool
	desk        *payment.Desk
	application uuid.UUID
	due         payment.View
}

func newOffice(t *testing.T, s *Side) *office {
	t.Helper()
	o := &office{T: t, Side: s, pool: pgtest.Migrated(t), application: uuid.New()}
	o.desk = payment.New(payment.Options{Pool: o.pool, Providers: []payment.At{{Name: ledger.Gateway, Provider: s.Provider}}, Acts: counted{}, CallbackURL: "https://portal.example/callback"})
	o.tx(func(tx pgx.Tx) error {
		return o.desk.Assess(t.Context(), tx, payment.AssessRequest{Application: o.application, Authority: "transport", Node: "pay", Visit: 1, At: time.Now(), Assessment: activity.Assessment{
			Currency: currency, Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 3000}}, Total: 28000, Tariff: "licences@2026-01-01",
		}})
	})
	o.due = o.view()
	return o
}

func (o *office) tx(do func(pgx.Tx) error) {
	o.Helper()
	if err := postgres.InTx(o.Context(), o.pool, do); err != nil {
		o.Fatal(err)
	}
}

func (o *office) view() payment.View {
	o.Helper()
	views := must[[]payment.View](o.T)(o.desk.OfApplication(o.Context(), o.application))
	if len(views) != 1 {
		o.Fatalf("%d payments, want 1", len(views))
	}
	return views[0]
}

// checkout is where the payment can be made now.
func (o *office) checkout() string {
	o.Helper()
	_, err := o.desk.Checkout(o.Context(), payment.CheckoutRequest{
		Payment: o.due.ID, Description: map[string]string{"ar": "رسوم", "en": "Fees"}, ReturnURL: "https://portal.example/back", Language: "ar",
	})
	if err != nil {
		o.Fatal(err)
	}
	var id string
	if err := o.pool.QueryRow(o.Context(), "SELECT checkout FROM payment WHERE id = $1", o.due.ID).Scan(&id); err != nil || id == "" {
		o.Fatalf("checkout %q: %v", id, err)
	}
	return id
}

// reported sends a report, and answers with the status.
func (o *office) reported(body []byte, signature string) int {
	header := http.Header{}
	header.Set(o.Provider.SignatureHeader(), signature)
	status, _ := o.desk.Callback(o.Context(), body, header)
	return status
}

// took fails where the application was not told once that it was paid, or the provider does not owe exactly that.
func (o *office) took() {
	o.Helper()
	if v := o.view(); v.Status != payment.Paid || v.Refunded != 0 {
		o.Errorf("payment %+v", v)
	}
	var told int
	if err := o.pool.QueryRow(o.Context(), "SELECT count(*) FROM outbox WHERE kind = 'act'").Scan(&told); err != nil || told != 1 {
		o.Errorf("told %d times, %v", told, err)
	}
	o.holds(28000)
}

func (o *office) holds(want int64) {
	o.Helper()
	got := must[map[string]int64](o.T)(ledger.New(o.pool).Balance(o.Context(), ledger.Clearing("transport")))
	if got[currency] != want {
		o.Errorf("the provider holds %d, want %d", got[currency], want)
	}
}

func deskIsPaidOnce(t *testing.T, s *Side) {
	o := newOffice(t, s)
	id := o.checkout()
	if again := o.checkout(); again != id {
		t.Errorf("checkout %s, then %s", id, again)
	}
	s.Pay(id)
	body, good := s.signed(id)
	if status := o.reported(body, s.Sign(body, time.Now(), "another")); status != http.StatusUnauthorized || o.view().Status != payment.Due {
		t.Errorf("forged: %d, %+v", status, o.view())
	}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if i%3 == 0 {
				if _, err := o.desk.Confirm(t.Context(), o.due.ID); err != nil {
					t.Error(err)
				}
				return
			}
			if status := o.reported(body, good); status != http.StatusOK {
				t.Errorf("answered %d", status)
			}
		})
	}
	all.Wait()
	o.took()
	if status := o.reported(body, s.Sign(body, time.Now().Add(-24*time.Hour), "")); status != http.StatusOK {
		t.Errorf("recorded and sent again: %d", status)
	}
	o.took()
}

func deskReordered(t *testing.T, s *Side) {
	o := newOffice(t, s)
	var first, second [][]byte
	id := o.checkout()
	s.Expire(id)
	first = append(first, s.Report(id))
	id = o.checkout()
	s.Pay(id)
	second = append(second, s.Report(id))
	all := slices.Concat(second, first, second, first)
	for _, body := range all {
		if status := o.reported(body, s.Sign(body, time.Now(), "")); status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
	}
	o.took()
}

func deskAsks(t *testing.T, s *Side) {
	o := newOffice(t, s)
	s.Pay(o.checkout())
	s.Faults.set(true, false, 0)
	if _, err := o.desk.Confirm(t.Context(), o.due.ID); err == nil || o.view().Status != payment.Due {
		t.Errorf("nobody knows: %v, %+v", err, o.view())
	}
	s.Faults.set(false, false, 0)
	if n, err := o.desk.Reconcile(t.Context()); n != 1 || err != nil {
		t.Errorf("%d turned out to be paid, %v", n, err)
	}
	o.took()
}

func deskRefunds(t *testing.T, s *Side) {
	o := newOffice(t, s)
	id := o.checkout()
	s.Pay(id)
	body, good := s.signed(id)
	if status := o.reported(body, good); status != http.StatusOK {
		t.Fatalf("answered %d", status)
	}
	o.took()
	o.tx(func(tx pgx.Tx) error {
		return o.desk.Refund(t.Context(), tx, o.application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}, {Fee: "late", What: "keep"}}, time.Now())
	})
	var subject string
	if err := o.pool.QueryRow(t.Context(), "SELECT subject FROM outbox WHERE kind = 'refund'").Scan(&subject); err != nil {
		t.Fatal(err)
	}
	deliver := func() error {
		return o.desk.Handlers()["refund"](t.Context(), outbox.Delivery{Message: outbox.Message{Kind: "refund", Subject: subject}})
	}
	s.Faults.set(false, false, 1)
	if err := deliver(); err == nil {
		t.Error("the answer was lost, and the refund delivered all the same")
	}
	o.holds(28000)
	for range 2 {
		if err := deliver(); err != nil {
			t.Error(err)
		}
	}
	o.holds(3000)
	if v := o.view(); v.Status != payment.Refunded || v.Refunded != 25000 || s.GivenBack(id) != 25000 {
		t.Errorf("payment %+v; %d went back", v, s.GivenBack(id))
	}
}
