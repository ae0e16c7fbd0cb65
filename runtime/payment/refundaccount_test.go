package payment_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// paidInCash is an application whose fees were paid at a till, and then refused with everything to go back.
func (w *world) paidInCash() (application, id uuid.UUID) {
	w.Helper()
	application, p := w.assess()
	w.tx(func(tx pgx.Tx) error {
		_, _, _, err := w.desk.TakeCash(w.Context(), tx, payment.Cash{ID: uuid.New(), Payment: p.ID, Authority: "transport", Channel: ledger.Till(1)})
		return err
	})
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(w.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}, {Fee: "late", What: "all"}}, w.now)
	})
	w.deliverRefunds()
	return application, p.ID
}

// asks is the payout for which an account is asked.
func (w *world) asks(application uuid.UUID) (p payment.Payout) {
	w.Helper()
	n := 0
	for _, x := range w.payouts(application) {
		if x.Asks {
			p = x
			n++
		}
	}
	if n != 1 || !p.Refund || p.Amount != 28000 || !p.Applicant {
		w.Fatalf("%d accounts are asked for: %+v", n, w.payouts(application))
	}
	return p
}

func (w *world) arrives() {
	w.Helper()
	for _, body := range w.bank.arrive() {
		for range 2 {
			w.callback(body)
		}
	}
}

func TestWhatWasPaidInCashGoesBackToAnAccountOnce(t *testing.T) {
	w := newWorld(t)
	application, _ := w.paidInCash()
	w.deliverRefunds() // asked for once, however often it is delivered
	i := w.asked(application, payment.RefundRefused)
	if i.Failure != "paid-in-cash" || len(i.Actions()) != 1 {
		t.Errorf("%+v may be %v: the gateway can never give back what it has not taken", i, i.Actions())
	}
	// An account that turns out to be closed: it is owed as before, and another account is asked for.
	p := w.asks(application)
	w.must(w.desk.GiveAccount(t.Context(), application, p.ID, closed))
	if w.waiting("transport") != 0 {
		t.Error("an operator is asked, though the applicant has named an account")
	}
	if err := w.seesTo(i, w.operator(), payment.IncidentByHand, "receipt 1"); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("settled by hand while it is on its way: %v", err)
	}
	w.must(w.send(p))
	w.deliverRefunds()
	w.arrives()
	if v := w.view(application); v.Status != payment.Refunding || w.balance(ledger.Refunds("transport")) != -28000 || w.asked(application, payment.RefundRefused).Failure == "" {
		t.Errorf("%+v, owed %d", v, w.balance(ledger.Refunds("transport")))
	}
	if i := w.asked(application, payment.RefundRefused); len(i.Actions()) != 1 || i.Actions()[0] != payment.IncidentByHand {
		t.Errorf("after the account, %v: what was paid in cash can't be given back by the gateway", i.Actions())
	}
	if v := w.view(application); v.Waits != 28000 || v.Arrived != 0 {
		t.Errorf("of 28,000, %d wait for an account and %d have arrived", v.Waits, v.Arrived)
	}
	p = w.asks(application)
	w.must(w.desk.GiveAccount(t.Context(), application, p.ID, account))
	if v := w.view(application); v.Waits != 0 || v.Arrived != 0 || v.Refunded != 28000 {
		t.Errorf("with an account, %d wait and %d have arrived", v.Waits, v.Arrived)
	}
	if err := w.desk.GiveAccount(t.Context(), application, p.ID, account); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("an account is given twice: %v", err)
	}
	w.must(w.send(p))
	w.must(w.send(p))
	w.arrives()
	back := func(when string) {
		t.Helper()
		if v := w.view(application); v.Status != payment.Refunded || v.Refunded != 28000 || v.Arrived != 28000 || w.waiting("transport") != 0 || w.balance(ledger.Refunds("transport")) != 0 ||
			w.balance(ledger.Payable("transport")) != 0 || w.cleared() != -28000 || w.bank.holds() != -28000 || w.acted("paidOut") != 0 {
			t.Errorf("%s: %+v, owed %d, clearing %d, the bank holds %d", when, v, w.balance(ledger.Refunds("transport")), w.cleared(), w.bank.holds())
		}
	}
	back("paid out")
	// It comes back after all, and goes out once more.
	for _, body := range w.bank.comeBack(p.ID.String()) {
		w.callback(body)
		w.callback(body)
	}
	if v := w.view(application); v.Status != payment.Refunding || w.balance(ledger.Refunds("transport")) != -28000 || w.cleared() != 0 {
		t.Errorf("it came back: %+v, owed %d, clearing %d", v, w.balance(ledger.Refunds("transport")), w.cleared())
	}
	p = w.asks(application)
	w.must(w.desk.GiveAccount(t.Context(), application, p.ID, account))
	w.must(w.send(p))
	w.arrives()
	back("paid out once more")
}

func TestARefundGoesToAnAccountOrIsSettledByHandAndNeverBoth(t *testing.T) {
	w := newWorld(t)
	operator, byHand, toAccount := w.operator(), 0, 0
	for range 12 {
		application, _ := w.paidInCash()
		i, p := w.asked(application, payment.RefundRefused), w.asks(application)
		var both sync.WaitGroup
		var given, settled error
		both.Go(func() { given = w.desk.GiveAccount(t.Context(), application, p.ID, account) })
		both.Go(func() { settled = w.seesTo(i, operator, payment.IncidentByHand, "receipt 7") })
		both.Wait()
		switch {
		case given == nil && errors.Is(settled, payment.ErrNotDue):
			toAccount++
			w.must(w.send(p))
		case settled == nil && errors.Is(given, payment.ErrNotDue):
			byHand++
		default:
			t.Fatalf("an account: %v; by hand: %v", given, settled)
		}
		w.arrives()
		if v := w.view(application); v.Status != payment.Refunded || w.balance(ledger.Refunds("transport")) != 0 {
			t.Fatalf("%+v, owed %d", v, w.balance(ledger.Refunds("transport")))
		}
	}
	if int64(byHand*28000) != -w.balance(ledger.ByHand("transport")) || int64(toAccount*28000) != -w.bank.holds() {
		t.Errorf("%d by hand and %d to an account: booked %d and %d", byHand, toAccount, w.balance(ledger.ByHand("transport")), w.bank.holds())
	}
}

func TestACardThatIsClosedIsTriedAgainOrItsRefundGoesToAnAccount(t *testing.T) {
	w := newWorld(t)
	application, _, _ := w.paid()
	w.bank.refuse = 1
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}, {Fee: "late", What: "all"}}, w.now)
	})
	w.deliverRefunds()
	p := w.asks(application)
	w.must(w.seesTo(w.asked(application, payment.RefundRefused), w.operator(), payment.IncidentRetry, ""))
	if err := w.desk.GiveAccount(t.Context(), application, p.ID, account); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("an account for what the gateway tries again: %v", err)
	}
	w.deliverRefunds()
	if v := w.view(application); v.Status != payment.Refunded || w.bank.holds() != 0 || w.cleared() != 0 {
		t.Errorf("%+v, the bank holds %d", v, w.bank.holds())
	}
}
