package payment_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// held assesses a fee of 10.00 and a deposit of 100.01 that two authorities share, and lets them be paid.
func (w *world) held(with string) (application uuid.UUID) {
	w.Helper()
	application = uuid.New()
	before := w.deposits()
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Assess(w.Context(), tx, payment.AssessRequest{Application: application, Authority: "town", Node: "pay", Visit: 1, At: w.now, Assessment: activity.Assessment{
			Currency: "ILS", Total: 11001, Lines: []activity.Line{
				{Fee: "rent", Amount: 1000},
				{Fee: "deposit", Amount: 10001, Deposit: true, HeldWith: with, Shares: []activity.Share{{Authority: "town", Amount: 5001}, {Authority: "fire", Amount: 5000}}},
			},
		}})
	})
	if w.deposits() != before {
		w.Fatalf("%d is held of what nobody has paid", w.deposits()-before)
	}
	id := w.checkout(w.view(application))
	w.bank.pay(id)
	w.callback(w.bank.event(id))
	return application
}

// deposits is what the book says is held.
func (w *world) deposits() int64 {
	return -w.balance(ledger.Deposit("town", "deposit")) - w.balance(ledger.Deposit("fire", "deposit"))
}

func (w *world) settle(application uuid.UUID, what string) {
	w.Helper()
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Settle(w.Context(), tx, application, "after", 1, activity.Settlement{Fees: []string{"deposit", "rent"}, What: what}, w.now)
	})
}

func (w *world) settled(application uuid.UUID, status payment.DepositStatus, refunded int64) {
	w.Helper()
	v := w.view(application)
	if len(v.Deposits) != 1 || v.Deposits[0].Status != status || v.Deposits[0].Amount != 10001 || v.Refunded != refunded {
		w.Errorf("payment %s with %d back, deposits %+v; want %s and %d", v.Status, v.Refunded, v.Deposits, status, refunded)
	}
	if (v.Deposits[0].SettledAt == nil) != (status == payment.Held) {
		w.Errorf("settled at %v", v.Deposits[0].SettledAt)
	}
}

func TestADepositIsHeldAndSettledOnce(t *testing.T) {
	w := newWorld(t)
	back, kept, mixed := w.held(""), w.held(""), w.held("")
	if w.deposits() != 3*10001 || w.balance(ledger.Revenue("town", "rent")) != -3000 || w.balance(ledger.DepositDue("town", "deposit")) != 0 {
		t.Errorf("held %d, due %d", w.deposits(), w.balance(ledger.DepositDue("town", "deposit")))
	}
	w.settled(back, payment.Held, 0)
	for range 2 {
		w.settle(back, "release")
		w.settle(kept, "forfeit")
	}
	w.settle(back, "forfeit") // it went back before
	w.settle(kept, "release")
	w.tx(func(tx pgx.Tx) error { // and the end of the application, too, settles it no more
		return w.desk.Refund(t.Context(), tx, kept, "refused", []activity.LineRefund{{Fee: "deposit", What: "all"}, {Fee: "rent", What: "all"}}, w.now)
	})
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, mixed, "refused", []activity.LineRefund{{Fee: "deposit", What: "keep"}, {Fee: "rent", What: "keep"}}, w.now)
	})
	w.deliverRefunds()
	w.settled(back, payment.Released, 10001)
	w.settled(kept, payment.Forfeited, 1000)
	w.settled(mixed, payment.Forfeited, 0)
	if w.deposits() != 0 || w.balance(ledger.Revenue("town", "deposit")) != -2*5001 || w.balance(ledger.Revenue("fire", "deposit")) != -2*5000 {
		t.Errorf("held %d, earned %d", w.deposits(), w.balance(ledger.Revenue("town", "deposit")))
	}
	if w.bank.holds() != w.cleared() || w.bank.holds() != 3*11001-10001-1000 {
		t.Errorf("the bank holds %d, clearing %d", w.bank.holds(), w.cleared())
	}
}

func TestADepositIsHeldAsLongAsItsRight(t *testing.T) {
	w := newWorld(t)
	status := map[uuid.UUID]string{}
	w.desk.Right = func(_ context.Context, application uuid.UUID, code string) (string, error) {
		if code != "permit" {
			t.Errorf("asked for %s", code)
		}
		return status[application], nil
	}
	stays, ends, revoked, without, other := w.held("permit"), w.held("permit"), w.held("permit"), w.held("permit"), w.held("")
	look := func(want int) {
		t.Helper()
		if n, err := w.desk.SettleEnded(t.Context()); n != want || err != nil {
			t.Errorf("%d settled, %v; want %d", n, err, want)
		}
	}
	status[ends] = "expired"
	look(0) // each is looked at once a day
	w.now = w.now.Add(25 * 60 * 60 * 1e9)
	status[stays], status[revoked] = "suspended", "valid"
	look(1)
	status[revoked] = "revoked"
	look(0)
	for range 2 { // whoever revokes it tells
		if _, err := w.desk.RightChanged(t.Context(), revoked, "permit"); err != nil {
			t.Error(err)
		}
	}
	w.deliverRefunds()
	w.settled(stays, payment.Held, 0)
	w.settled(without, payment.Held, 0)
	w.settled(other, payment.Held, 0)
	w.settled(ends, payment.Released, 10001)
	w.settled(revoked, payment.Forfeited, 0)
	if w.deposits() != 3*10001 || w.bank.holds() != w.cleared() {
		t.Errorf("held %d, the bank holds %d, clearing %d", w.deposits(), w.bank.holds(), w.cleared())
	}
}
