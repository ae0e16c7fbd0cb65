package payment_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
)

const (
	account = "PS92PALS000000000400123456702"
	closed  = "PS92PALS000000000400123456704"
	refused = "PS92PALS000000000400123456700"
)

func (w *world) payOut(application uuid.UUID, visit int, account string) payment.Payout {
	w.Helper()
	r := payment.PayOutRequest{Application: application, Authority: "social", Node: "aid", Step: "aid", Visit: visit, Account: account, Amount: 7500, Currency: "ILS", At: w.now}
	for range 2 { // a step may be applied again
		w.tx(func(tx pgx.Tx) error { return w.desk.PayOut(w.Context(), tx, r) })
	}
	list := w.payouts(application)
	return list[len(list)-1]
}

func (w *world) payouts(application uuid.UUID) []payment.Payout {
	w.Helper()
	list, err := w.desk.PayoutsOf(w.Context(), application)
	w.must(err)
	return list
}

// send delivers what is promised to the gateway; what fails stays promised.
func (w *world) send(p payment.Payout) error {
	err := w.relay.Deliver(w.Context(), "payout", p.ID.String())
	if errors.Is(err, outbox.ErrElsewhere) { // its time has not come again
		return w.desk.Handlers()["payout"](w.Context(), outbox.Delivery{Message: outbox.Message{Kind: "payout", Subject: p.ID.String()}})
	}
	return err
}

func (w *world) acted(kind string) int {
	return w.count("SELECT count(*) FROM outbox WHERE kind = 'act' AND subject LIKE '%' || $1", kind)
}

func TestMoneyIsPaidOutOnceWhateverIsLostAndRepeated(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	p := w.payOut(application, 1, account)
	if p.Status != payment.PayoutRequested || p.Account != "6702" || w.balance(ledger.Payable("social")) != -7500 || w.balance(ledger.Expense("social", "aid")) != 7500 {
		t.Fatalf("%+v", p)
	}
	w.bank.lose = 2 // the bank takes it, and we do not hear of it
	for range 2 {
		if err := w.send(p); err == nil {
			t.Error("an answer that was lost is no answer")
		}
	}
	if got := w.payouts(application)[0].Status; got != payment.PayoutRequested {
		t.Errorf("%s, and nobody knows", got)
	}
	w.must(w.send(p))
	w.must(w.send(p))
	if got := w.payouts(application)[0].Status; got != payment.PayoutSent || len(w.bank.payouts) != 1 {
		t.Errorf("%s, the bank has %d", got, len(w.bank.payouts))
	}
	if n, err := w.desk.ReconcilePayouts(t.Context()); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, body := range w.bank.arrive() {
		for range 3 {
			if status := w.callback(body); status != 200 {
				t.Errorf("answered %d", status)
			}
		}
	}
	if got := w.payouts(application)[0]; got.Status != payment.PayoutPaid || got.EndedAt == nil || w.acted("paidOut") != 1 {
		t.Errorf("%+v, %d acts", got, w.acted("paidOut"))
	}
	if w.balance(ledger.Payable("social")) != 0 || w.cleared() != -7500 || w.bank.holds() != -7500 {
		t.Errorf("payable %d, clearing %d", w.balance(ledger.Payable("social")), w.cleared())
	}

	// One whose callback never comes is asked about.
	silent := uuid.New()
	w.must(w.send(w.payOut(silent, 1, account)))
	w.bank.arrive()
	if n, err := w.desk.ReconcilePayouts(t.Context()); n != 1 || err != nil || w.payouts(silent)[0].Status != payment.PayoutPaid {
		t.Errorf("%d, %v", n, err)
	}
}

func TestWhatCannotBePaidOutIsToldAndGoesToAnotherAccountWhenItIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	for _, to := range []string{closed, refused} {
		application := uuid.New()
		p := w.payOut(application, 1, to)
		w.must(w.send(p))
		for _, body := range w.bank.arrive() {
			w.callback(body)
		}
		p = w.payouts(application)[0]
		if p.Status != payment.PayoutFailed || p.Failure == "" || !p.Asks || w.balance(ledger.Payable("social")) != 0 || w.balance(ledger.Expense("social", "aid")) != 0 {
			t.Errorf("%s: %+v", to, p)
		}
		if err := w.desk.GiveAccount(t.Context(), uuid.New(), p.ID, account); !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("somebody else says where it goes: %v", err)
		}
		w.must(w.desk.GiveAccount(t.Context(), application, p.ID, account))
		again := w.payOut(application, 2, to)
		if again.ID == p.ID || again.Account != "6702" || again.Status != payment.PayoutRequested {
			t.Errorf("%+v", again)
		}
		w.must(w.send(again))
		for _, body := range w.bank.arrive() {
			w.callback(body)
		}
		if w.payouts(application)[1].Status != payment.PayoutPaid || w.bank.paidOut(p.ID.String()) != 0 || w.bank.paidOut(again.ID.String()) != 7500 {
			t.Errorf("%+v", w.payouts(application))
		}
		_, err := w.pool.Exec(t.Context(), "DELETE FROM outbox") // of acts
		w.must(err)
		expense := ledger.Entry{Kind: "test", Subject: uuid.New(), Application: application, At: w.now, Postings: []ledger.Posting{
			{Account: ledger.Expense("social", "aid"), Amount: -7500, Currency: "ILS"}, {Account: ledger.Revenue("social", "test"), Amount: 7500, Currency: "ILS"}}}
		w.tx(func(tx pgx.Tx) error { return ledger.Post(t.Context(), tx, expense) })
	}
}

func TestWithoutAnAccountItGoesToTheCardOrTheApplicantIsAsked(t *testing.T) {
	w := newWorld(t)
	application, _, id := w.paid()
	p := w.payOut(application, 1, "")
	w.must(w.send(p))
	if !p.Card || p.Asks || w.bank.payouts["po_1"].Destination.Checkout != id {
		t.Errorf("%+v", p)
	}
	asked := uuid.New()
	p = w.payOut(asked, 1, "")
	if p.Status != payment.PayoutWanted || !p.Asks {
		t.Errorf("%+v", p)
	}
	w.must(w.desk.GiveAccount(t.Context(), asked, p.ID, account))
	if err := w.desk.GiveAccount(t.Context(), asked, p.ID, closed); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("a second account: %v", err)
	}
	w.must(w.send(p))
	if len(w.bank.payouts) != 2 {
		t.Errorf("%d payouts", len(w.bank.payouts))
	}
	// Called off: one that waits for an account is not paid, and one that may have been sent is taken over by the next visit.
	waiting := uuid.New()
	w.payOut(waiting, 1, "")
	off := func(application uuid.UUID, visit int) {
		w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, application, "aid", visit) })
	}
	off(waiting, 1)
	if got := w.payouts(waiting)[0].Status; got != payment.PayoutCancelled {
		t.Error(got)
	}
	off(asked, 1)
	for _, body := range w.bank.arrive() {
		w.callback(body)
	}
	if again := w.payOut(asked, 2, account); again.ID != p.ID || again.Status != payment.PayoutPaid || w.acted("/2:paidOut") != 1 || w.acted("/1:paidOut") != 1 {
		t.Errorf("%+v, %d and %d acts", again, w.acted("/2:paidOut"), w.acted("/1:paidOut"))
	}
	if w.bank.paidOut("") != 15000 || w.balance(ledger.Payable("social")) != 0 || w.cleared() != w.bank.holds() {
		t.Errorf("paid out %d, payable %d", w.bank.paidOut(""), w.balance(ledger.Payable("social")))
	}
}
