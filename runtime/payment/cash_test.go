package payment_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
)

// What came at the gateway beside the cash goes back, and pays nothing when the cash is taken back after it.
func TestMoneyThatGoesBackBesideCashDoesNotPayWhenTheCashIsTakenBack(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	id := w.checkout(p)
	w.bank.pay(id)
	c := payment.Cash{ID: uuid.New(), Payment: p.ID, Authority: "transport", Channel: ledger.Till(1)}
	w.tx(func(tx pgx.Tx) error { _, _, _, err := w.desk.TakeCash(t.Context(), tx, c); return err })
	if s := w.callback(w.bank.event(id)); s != http.StatusOK {
		t.Fatal(s)
	}
	w.tx(func(tx pgx.Tx) error {
		return w.desk.VoidCash(t.Context(), tx, c, uuid.New(), ledger.Signed{Reason: "the wrong person", ProposedBy: w.operator(), Approved: w.operator()})
	})
	if _, err := w.desk.Reconcile(t.Context()); err != nil { // asks about the checkout again
		t.Fatal(err)
	}
	w.callback(append(w.bank.event(id), '\n')) // and so says another report
	w.deliverRefunds()
	if v := w.view(application); v.Status != payment.Due || w.bank.holds() != 0 || w.cleared() != 0 || w.balance(ledger.Receivable("transport")) != 28000 {
		t.Errorf("payment %s, the bank holds %d, clearing %d", v.Status, w.bank.holds(), w.cleared())
	}
	again := w.checkout(p)
	w.bank.pay(again)
	if s := w.callback(w.bank.event(again)); s != http.StatusOK || w.view(application).Status != payment.Paid || w.bank.holds() != 28000 {
		t.Errorf("answered %d, payment %s", s, w.view(application).Status)
	}
}
