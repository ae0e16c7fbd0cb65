package payment_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// assessed freezes an assessment of a visit of the step pay.
func (w *world) assessed(application uuid.UUID, visit int, a activity.Assessment) {
	w.Helper()
	w.now = w.now.Add(time.Minute)
	a.Currency, a.Tariff = "ILS", "t"
	for _, l := range a.Lines {
		a.Total += l.Amount
	}
	for range 2 { // it is applied twice where a process dies in between
		w.tx(func(tx pgx.Tx) error {
			return w.desk.Assess(w.Context(), tx, payment.AssessRequest{Application: application, Authority: "town", Node: "pay", Visit: visit, At: w.now, Assessment: a})
		})
	}
}

// pays pays what is due of an application at the gateway.
func (w *world) pays(application uuid.UUID) {
	w.Helper()
	for _, v := range w.views(application) {
		if v.Status == payment.Due {
			id := w.checkout(v)
			w.bank.pay(id)
			w.callback(w.bank.event(id))
		}
	}
}

func (w *world) views(application uuid.UUID) []payment.View {
	w.Helper()
	views, err := w.desk.OfApplication(w.Context(), application)
	w.must(err)
	return views
}

func less(visit int, lines ...activity.Line) []activity.Less {
	return []activity.Less{{Node: "pay", Visit: visit, Lines: lines}}
}

func TestWhatHasBecomeLessGoesBackFromWhoHasIt(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	shares := func(town, state int64) []activity.Share {
		return []activity.Share{{Authority: "town", Amount: town}, {Authority: "state", Amount: state}}
	}
	w.assessed(application, 1, activity.Assessment{Lines: []activity.Line{
		{Fee: "permit", Head: "1422", Amount: 10001, Shares: shares(6661, 3340)}, {Fee: "deposit", Deposit: true, Amount: 5000}, {Fee: activity.RoundingLine, Amount: -1}}})
	w.pays(application)
	stands := func(when string, bank, town, state, deposit int64) {
		t.Helper()
		w.deliverRefunds()
		got := [...]int64{w.bank.holds(), -w.balance(ledger.Revenue("town", "1422")), -w.balance(ledger.Revenue("state", "1422")), -w.balance(ledger.Deposit("town", "deposit"))}
		if want := [...]int64{bank, town, state, deposit}; got != want {
			t.Errorf("%s: the bank, the town, the state and the deposits have %v, want %v", when, got, want)
		}
		if owed, back := w.balance(ledger.DueTo("town", "state"))+state, w.balance(ledger.Refunds("town")); owed != 0 || back != 0 {
			t.Errorf("%s: %d between the two, %d is to go back", when, owed, back)
		}
	}
	stands("paid", 15000, 6661, 3340, 5000)
	w.assessed(application, 2, activity.Assessment{Less: less(1, activity.Line{Fee: "permit", Amount: -3334}, activity.Line{Fee: activity.RoundingLine, Amount: 1}, activity.Line{Fee: "deposit", Amount: -1000})})
	stands("less", 15000-4333, 4441, 2226, 4000) // 6,667 is left of the permit, of which the state has 33.4 percent, rounded down
	w.assessed(application, 3, activity.Assessment{Lines: []activity.Line{{Fee: "permit", Head: "1422", Amount: 3000, Shares: shares(1998, 1002)}}})
	w.pays(application)
	stands("and more", 13667, 6439, 3228, 4000)
	w.assessed(application, 4, activity.Assessment{Less: append(less(3, activity.Line{Fee: "permit", Amount: -3000}), less(1, activity.Line{Fee: "permit", Amount: -667})...)})
	stands("and less", 10000, 3997, 2003, 4000)
	v := w.views(application)
	if v[0].Status != payment.Refunded || v[0].Refunded != 5000 || len(v[0].Less) != 2 || v[0].Less[1].Fee != "permit" || v[0].Less[1].Amount != 4001 || v[1].Refunded != 3000 || v[0].Amount != 15000 || v[0].Lines[0].Amount != 10001 {
		t.Errorf("%+v", v)
	}
	if held := v[0].Deposits[0]; held.Amount != 4000 || held.Status != payment.Held {
		t.Errorf("%+v", held)
	}
	if n := w.count("SELECT count(*) FROM assessment WHERE application = $1 AND less <> '[]' AND tariff = 't' AND total = 0", application); n != 2 {
		t.Errorf("%d assessments say what has become less", n)
	}
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "permit", What: "all"}, {Fee: "deposit", What: "keep"}}, w.now)
	})
	stands("refused", 4000, 0, 0, 0)
	if kept := -w.balance(ledger.Revenue("town", "deposit")); kept != 4000 {
		t.Errorf("%d of the deposit is kept, of which 1,000 went back", kept)
	}
}

func TestWhatWasWaivedOrHasGoneBackDoesNotGoBackAsLess(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	w.assessed(application, 1, activity.Assessment{Lines: []activity.Line{{Fee: "permit", Amount: 10000}, {Fee: "copy", Amount: 1000}}})
	w.must(w.off(w.views(application)[0], activity.Line{Fee: "permit", Amount: 4000}))
	w.pays(application)
	w.assessed(application, 2, activity.Assessment{Less: less(1, activity.Line{Fee: "permit", Amount: -3000})})
	w.deliverRefunds()
	if w.bank.holds() != 4000 {
		t.Errorf("of 6,000 that were paid for a permit, and 1,000 for a copy, 3,000 are less due: the bank holds %d", w.bank.holds())
	}
	w.assessed(application, 3, activity.Assessment{Less: less(1, activity.Line{Fee: "permit", Amount: -7000})})
	w.assessed(application, 4, activity.Assessment{Less: less(1, activity.Line{Fee: "permit", Amount: -100})})
	w.deliverRefunds()
	if v := w.views(application)[0]; w.bank.holds() != 1000 || v.Refunded != 6000 || w.balance(ledger.Refunds("town")) != 0 {
		t.Errorf("the bank holds %d, %d went back", w.bank.holds(), v.Refunded)
	}
}

// A correction takes every fee of the second part away, and keeps of it what the new total is rounded up by.
func TestOfAPaymentThatIsEmptiedTheRoundingOfTheNewTotalIsKept(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	w.assessed(application, 1, activity.Assessment{Lines: []activity.Line{{Fee: "permit", Amount: 5515}}})
	w.pays(application)
	w.assessed(application, 2, activity.Assessment{Less: []activity.Less{{Node: "pay", Visit: 1, Whole: true, Lines: []activity.Line{{Fee: "permit", Amount: -5515}, {Fee: activity.RoundingLine, Amount: 30}}}}})
	if v := w.views(application)[0]; v.Refunded != 5485 {
		t.Errorf("%d went back of %d", v.Refunded, v.Amount)
	}
}

// Cash for a payment that was rounded nothing is taken back, and a correction makes the total less by rounding alone: what is due again, and what goes
// back of it where it is paid at two gateways, is that much less.
func TestWhatIsDueAgainIsLessByRounding(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	w.assessed(application, 1, activity.Assessment{Lines: []activity.Line{{Fee: "permit", Amount: 9564}}})
	first := w.checkout(w.views(application)[0])
	cash := payment.Cash{ID: uuid.New(), Payment: w.views(application)[0].ID, Authority: "town", Channel: ledger.Till(1)}
	w.tx(func(tx pgx.Tx) error {
		_, _, _, err := w.desk.TakeCash(t.Context(), tx, cash)
		return err
	})
	w.tx(func(tx pgx.Tx) error {
		return w.desk.VoidCash(t.Context(), tx, cash, uuid.New(), ledger.Signed{Reason: "the wrong person", ProposedBy: uuid.New(), Approved: uuid.New()})
	})
	w.assessed(application, 2, activity.Assessment{Less: less(1, activity.Line{Fee: activity.RoundingLine, Amount: -12})})
	if v := w.views(application)[0]; v.Status != payment.Due || v.Amount != 9552 {
		t.Fatalf("%s: %d is due", v.Status, v.Amount)
	}
	for _, id := range []string{first, w.checkout(w.views(application)[0])} {
		w.bank.pay(id)
		w.callback(w.bank.event(id))
	}
	w.deliverRefunds()
	if back := w.balance(ledger.Refunds("town")); w.bank.holds() != 9552 || back != 0 {
		t.Errorf("the bank holds %d of 9,552, and %d is to go back", w.bank.holds(), -back)
	}
}
