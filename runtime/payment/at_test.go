package payment_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// anotherSecret is with what the second provider signs.
const anotherSecret = "of another provider"

// withAnother puts a second provider beside the first.
func (w *world) withAnother() *bank {
	w.Helper()
	b, _ := newBank(w.T)
	b.from = 100
	g, err := payment.NewGateway(b.server.URL, "merchant", anotherSecret)
	w.must(err)
	w.desk.Providers = append(w.desk.Providers, payment.At{Name: "another", Provider: g})
	return b
}

// checkoutAt is the checkout of a payment at the provider that the payer has chosen.
func (w *world) checkoutAt(name string, p payment.View) string {
	w.Helper()
	_, err := w.desk.Checkout(w.Context(), payment.CheckoutRequest{Payment: p.ID, Provider: name, Description: map[string]string{"ar": "رسوم"}, ReturnURL: "https://portal.example/back"})
	w.must(err)
	var id string
	w.must(w.pool.QueryRow(w.Context(), "SELECT checkout FROM payment WHERE id = $1", p.ID).Scan(&id))
	return id
}

func TestWhatWasPaidAtAProviderIsAskedGivenBackAndComparedThere(t *testing.T) {
	w := newWorld(t)
	another := w.withAnother()
	another.today = func() string { return w.now.Format(time.DateOnly) }
	application, p := w.assess()
	if got := w.desk.Offered(); len(got) != 2 || got[0] != ledger.Gateway || got[1] != "another" {
		t.Errorf("offered are %v", got)
	}
	id := w.checkoutAt("another", p)
	if again := w.checkoutAt("", p); again != id || len(w.bank.checkouts) != 0 {
		t.Errorf("checkout %s, then %s: whoever chooses nothing keeps the one that is open", id, again)
	}

	// From now on nothing is opened there. What was is paid all the same, and nobody else's word counts for it.
	w.desk.Providers[1].Closed = true
	if _, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: p.ID, Provider: "another"}); !errors.Is(err, payment.ErrNoProvider) {
		t.Errorf("opened where it is closed: %v", err)
	}
	another.pay(id)
	body := another.event(id)
	if status, _ := w.desk.Callback(t.Context(), body, bears(sign("nobody's", w.now, body))); status != http.StatusUnauthorized {
		t.Errorf("a report that none has signed: %d", status)
	}
	if status := w.callback(body); status != http.StatusOK || w.view(application).Status != payment.Due {
		t.Errorf("the gateway speaks of a checkout of another's: %d, %s", status, w.view(application).Status)
	}
	if n, err := w.desk.Reconcile(t.Context()); n != 1 || err != nil || w.view(application).Status != payment.Paid {
		t.Errorf("%d turned out to be paid, %v", n, err)
	}
	if status, err := w.desk.Callback(t.Context(), body, bears(sign(anotherSecret, w.now, body))); status != http.StatusOK {
		t.Errorf("its own report: %d, %v", status, err)
	}
	at := ledger.ClearingAt("transport", "another")
	if w.balance(at) != 28000 || w.balance(ledger.Clearing("transport")) != 0 {
		t.Errorf("the book has %d there and %d at the gateway", w.balance(at), w.balance(ledger.Clearing("transport")))
	}

	// It stands in the configuration no more: an operator is asked about what goes back, and once it does again the operator lets it go.
	all := w.desk.Providers
	w.desk.Providers = all[:1]
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}, {Fee: "late", What: "all"}}, w.now)
	})
	w.deliverRefunds()
	asked, err := w.desk.IncidentsOf(t.Context(), application)
	w.must(err)
	if len(asked) != 1 || asked[0].Failure != "provider-gone" || w.bank.refunds+another.refunds != 0 {
		t.Fatalf("asked about %+v; %d went back", asked, w.bank.refunds+another.refunds)
	}
	w.desk.Providers = all
	w.must(w.seesTo(asked[0], w.operator(), payment.IncidentRetry, ""))
	w.deliverRefunds()
	if another.refunds != 1 || w.bank.refunds != 0 || w.balance(at) != 0 || w.view(application).Status != payment.Refunded {
		t.Errorf("%d refunds there and %d at the gateway, %d left, %s", another.refunds, w.bank.refunds, w.balance(at), w.view(application).Status)
	}

	day := w.now.Format(time.DateOnly)
	books := settlement.New(settlement.Options{Pool: w.pool, Ours: w.desk.Ours(), Now: func() time.Time { return w.now.AddDate(0, 0, 2) },
		Providers: map[string]settlement.Provider{"another": all[1].Provider.(settlement.Settles).Settlement()}})
	w.must(books.Compare(t.Context(), "another", day))
	of, err := books.Day(t.Context(), "another", day)
	w.must(err)
	if of.Open != 0 || of.Lines == 0 {
		t.Errorf("compared as %+v", of)
	}
}

func TestAPaymentThatIsMadeAtTwoProvidersIsPaidOnce(t *testing.T) {
	w := newWorld(t)
	another := w.withAnother()
	application, p := w.assess()
	here, there := w.checkout(p), w.checkoutAt("another", p)
	if here == there {
		t.Fatal("the payer who chooses another provider is led to the one before")
	}
	w.bank.pay(here)
	another.pay(there)
	body := another.event(there)
	if status, err := w.desk.Callback(t.Context(), body, bears(sign(anotherSecret, w.now, body))); status != http.StatusOK {
		t.Errorf("%d, %v", status, err)
	}
	if _, err := w.desk.Reconcile(t.Context()); err != nil {
		t.Error(err)
	}
	w.deliverRefunds()
	if v := w.view(application); v.Status != payment.Paid || v.Beside != 28000 || w.bank.refunds != 1 || another.refunds != 0 {
		t.Errorf("%s, %d beside; %d refunds here, %d there", v.Status, v.Beside, w.bank.refunds, another.refunds)
	}
	if here, there := w.balance(ledger.Clearing("transport")), w.balance(ledger.ClearingAt("transport", "another")); here != 0 || there != 28000 {
		t.Errorf("the book has %d here and %d there", here, there)
	}
}
