package payment_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func TestAFeeIsEarnedAndGivenBackUnderItsRevenueHead(t *testing.T) {
	w := newWorld(t)
	assess := func() uuid.UUID {
		application := uuid.New()
		w.tx(func(tx pgx.Tx) error {
			return w.desk.Assess(t.Context(), tx, payment.AssessRequest{Application: application, Authority: "town", Node: "pay", Visit: 1, At: w.now, Assessment: activity.Assessment{
				Currency: "ILS", Total: 16000, Tariff: "t", Lines: []activity.Line{
					{Fee: "permit", Head: "1422", Amount: 10000}, {Fee: "copy", Head: "1422", Amount: 1000}, {Fee: "deposit", Head: "143", Deposit: true, Amount: 5000}}}})
		})
		return application
	}
	paid := func(application uuid.UUID) {
		id := w.checkout(w.view(application))
		w.bank.pay(id)
		w.callback(w.bank.event(id))
	}
	earned := func(when string, fees, fines, waived int64) {
		t.Helper()
		if got := -w.balance(ledger.Revenue("town", "1422")); got != fees {
			t.Errorf("%s: %d earned of fees, want %d", when, got, fees)
		}
		if got := -w.balance(ledger.Revenue("town", "143")); got != fines {
			t.Errorf("%s: %d earned of fines, want %d", when, got, fines)
		}
		if got := w.balance(ledger.Waived("town", "1422")); got != waived {
			t.Errorf("%s: %d waived, want %d", when, got, waived)
		}
	}
	gone, kept := assess(), assess()
	earned("assessed", 22000, 0, 0)
	if n := w.count("SELECT count(*) FROM posting WHERE account IN ('revenue:town:permit', 'revenue:town:copy', 'revenue:town:deposit')"); n > 0 {
		t.Errorf("%d postings under the codes of lines that have a head", n)
	}
	w.must(w.off(w.view(kept), activity.Line{Fee: "permit", Amount: 4000}))
	earned("waived in part", 22000, 0, 4000)
	w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, gone, "pay", 1) })
	earned("cancelled", 11000, 0, 4000)
	paid(kept)
	w.settle(kept, "forfeit")
	earned("the deposit is kept", 11000, 5000, 4000)
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, kept, "refused", []activity.LineRefund{{Fee: "permit", What: "all"}, {Fee: "copy", What: "all"}}, w.now)
	})
	w.deliverRefunds()
	earned("given back", 4000, 5000, 4000) // what was waived was earned, and is not asked for
	if w.bank.holds() != 5000 || w.balance(ledger.Receivable("town")) != 0 {
		t.Errorf("the bank holds %d, receivable %d", w.bank.holds(), w.balance(ledger.Receivable("town")))
	}
}
