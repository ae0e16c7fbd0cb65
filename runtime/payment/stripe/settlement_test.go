package stripe

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/workflows/activity"
)

type silent struct{}

func (silent) SystemAct(context.Context, pgx.Tx, payment.SystemAct) (uuid.UUID, error) {
	return uuid.New(), nil
}

func TestADayIsComparedWithWhatStripeListsAndItsFeesAreBooked(t *testing.T) {
	f := newFake()
	s := newStripe(t, f)
	pool := pgtest.Migrated(t)
	desk := payment.New(payment.Options{Pool: pool, Providers: []payment.At{{Name: ledger.Stripe, Provider: s}}, Acts: silent{}})
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var paid []string
	for range 3 {
		application := uuid.New()
		ok(postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
			return desk.Assess(t.Context(), tx, payment.AssessRequest{Application: application, Authority: "transport", Node: "pay", Visit: 1, At: time.Now(),
				Assessment: activity.Assessment{Currency: "ILS", Lines: []activity.Line{{Fee: "renewal", Amount: 28000}}, Total: 28000, Tariff: "licences@2026-01-01"}})
		}))
		due, err := desk.OfApplication(t.Context(), application)
		ok(err)
		_, err = desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: due[0].ID, Description: map[string]string{"en": "Fees"}, ReturnURL: "https://portal.example/back"})
		ok(err)
		var id string
		ok(pool.QueryRow(t.Context(), "SELECT checkout FROM payment WHERE id = $1", due[0].ID).Scan(&id))
		f.end(t, id, "complete", "paid")
		paid = append(paid, id)
	}
	_, err := desk.Reconcile(t.Context())
	ok(err)
	disputed := f.dispute(paid[0]) // nobody has told us
	f.mu.Lock()
	f.moves("stripe_fee", "ils", -700, 0, nil)
	f.moves("payout", "ils", -50000, 0, nil)
	f.mu.Unlock()

	day := time.Now().UTC().Format(time.DateOnly)
	books := settlement.New(settlement.Options{Pool: pool, Ours: desk.Ours(), Keeps: desk.Keeps, Now: func() time.Time { return time.Now().AddDate(0, 0, 2) },
		Providers: map[string]settlement.Provider{ledger.Stripe: s.Settlement()}})
	compared := func(want ...string) {
		t.Helper()
		ok(books.Compare(t.Context(), ledger.Stripe, day))
		list, err := books.Differences(t.Context(), ledger.Stripe, day)
		ok(err)
		var got []string
		for _, d := range list {
			if d.ClosedAt == nil {
				got = append(got, fmt.Sprintf("%s %s %s %s", d.Source, d.What, d.Kind, d.Theirs))
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("open are %q, want %q", got, want)
		}
	}
	fees := func(want int64) {
		t.Helper()
		got, err := ledger.New(pool).Balance(t.Context(), ledger.Expense("transport", ledger.Stripe))
		ok(err)
		if got["ILS"] != want {
			t.Errorf("%d was kept by Stripe, want %d", got["ILS"], want)
		}
	}
	compared("list missing-here chargeback "+formula.Money{Minor: -28000, Currency: "ILS"}.String(), "list missing-here other "+formula.Money{Minor: -700, Currency: "ILS"}.String())
	fees(3 * 560)
	if f.pages < 3 {
		t.Errorf("%d pages were asked for, want all", f.pages)
	}

	body := f.disputeEvent(disputed)
	if status, err := desk.Callback(t.Context(), body, map[string][]string{"Stripe-Signature": {sign(body, time.Now(), testSecret)}}); status != 200 {
		t.Fatalf("%d, %v", status, err)
	}
	for range 2 { // again nothing is booked again
		compared("list missing-here other " + formula.Money{Minor: -700, Currency: "ILS"}.String())
		fees(3*560 + 1500)
	}
	left, err := ledger.New(pool).Balance(t.Context(), ledger.ClearingAt("transport", ledger.Stripe))
	ok(err)
	if want := int64(2*28000 - 3*560 - 1500); left["ILS"] != want {
		t.Errorf("Stripe holds %d, want %d", left["ILS"], want)
	}
}
