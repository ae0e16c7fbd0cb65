package payment_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// off lets two officers waive amounts of fees.
func (w *world) off(p payment.View, lines ...activity.Line) error {
	w.Helper()
	id, err := w.desk.Waive(w.Context(), []string{p.Authority}, p.ID, lines, "Fees Act, article 12", "hardship", uuid.New())
	if err != nil {
		return err
	}
	return w.desk.DecideWaiver(w.Context(), []string{p.Authority}, id, true, uuid.New())
}

func TestAWaiverNeedsALawAReasonAndTwoOfficersAndIsRevenueForgone(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess() // renewal 250.00, late 30.00
	amal, basem, mine := uuid.New(), uuid.New(), []string{"transport"}
	late := []activity.Line{{Fee: "late", Amount: 3000}}
	waive := func(authorities []string, id uuid.UUID, lines []activity.Line, basis, reason string) error {
		_, err := w.desk.Waive(t.Context(), authorities, id, lines, basis, reason, amal)
		return err
	}
	_, paid, _ := w.paid()
	for name, c := range map[string]struct{ err, want error }{
		"another authority": {waive([]string{"health"}, p.ID, late, "law", "x"), payment.ErrNotFound},
		"no law":            {waive(mine, p.ID, late, " ", "x"), payment.ErrBasis},
		"no reason":         {waive(mine, p.ID, late, "law", " "), proposal.ErrReason},
		"nothing":           {waive(mine, p.ID, nil, "law", "x"), payment.ErrAmount},
		"less than nothing": {waive(mine, p.ID, []activity.Line{{Fee: "late", Amount: -1}}, "law", "x"), payment.ErrAmount},
		"more than is due":  {waive(mine, p.ID, []activity.Line{{Fee: "late", Amount: 3001}}, "law", "x"), payment.ErrAmount},
		"an unknown fee":    {waive(mine, p.ID, []activity.Line{{Fee: "other", Amount: 1}}, "law", "x"), payment.ErrAmount},
		"paid":              {waive(mine, paid.ID, late, "law", "x"), payment.ErrNotDue},
		"no payment":        {waive(mine, uuid.New(), late, "law", "x"), payment.ErrNotFound},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v; want %v", name, c.err, c.want)
		}
	}
	id, err := w.desk.Waive(t.Context(), mine, p.ID, late, "Fees Act, article 12", "the office was closed", amal)
	w.must(err)
	if err := waive(mine, p.ID, late, "law", "again"); !errors.Is(err, proposal.ErrProposed) {
		t.Errorf("proposed twice: %v", err)
	}
	if err := w.desk.DecideWaiver(t.Context(), mine, id, true, amal); !errors.Is(err, proposal.ErrOwn) {
		t.Errorf("approved by who has proposed it: %v", err)
	}
	if err := w.desk.DecideWaiver(t.Context(), []string{"health"}, id, true, basem); !errors.Is(err, proposal.ErrNotFound) {
		t.Errorf("approved by another authority: %v", err)
	}
	if v := w.view(application); v.Amount != 28000 || len(v.Waivers) > 0 {
		t.Errorf("waived before it was approved: %+v", v)
	}
	w.must(w.desk.DecideWaiver(t.Context(), mine, id, true, basem))
	if err := w.desk.DecideWaiver(t.Context(), mine, id, false, basem); !errors.Is(err, proposal.ErrDecided) {
		t.Errorf("decided twice: %v", err)
	}
	v := w.view(application)
	if v.Status != payment.Due || !v.Payable || v.Amount != 25000 || len(v.Waivers) != 1 || v.Waivers[0].Basis != "Fees Act, article 12" || v.Waivers[0].Reason != "the office was closed" || v.Waivers[0].Amount() != 3000 {
		t.Errorf("%+v", v)
	}
	if w.balance(ledger.Waived("transport", "late")) != 3000 || w.balance(ledger.Receivable("transport")) != 25000 || w.balance(ledger.Revenue("transport", "late")) != -6000 { // with that of the paid one
		t.Errorf("waived %d, receivable %d", w.balance(ledger.Waived("transport", "late")), w.balance(ledger.Receivable("transport")))
	}
	if n := w.count("SELECT count(*) FROM entry WHERE kind = 'waived' AND proposed_by = $1 AND approved_by = $2 AND reason LIKE '%article 12%'", amal, basem); n != 1 {
		t.Errorf("%d entries that two officers answer for", n)
	}
	if n := w.count("SELECT count(*) FROM outbox WHERE kind = 'act' AND lane = $1", application.String()); n != 0 {
		t.Errorf("the application goes on with %d acts though something is left to pay", n)
	}

	// The rest is waived: the application goes on, once, and nothing can be paid any more.
	w.must(w.off(v, activity.Line{Fee: "renewal", Amount: 25000}))
	if v = w.view(application); v.Status != payment.Waived || v.Payable || v.Amount != 28000 || v.PaidAt != nil || v.Receipt != "" {
		t.Errorf("%+v", v)
	}
	if n := w.count("SELECT count(*) FROM outbox WHERE kind = 'act' AND lane = $1 AND subject LIKE '%waived:%'", application.String()); n != 1 || w.balance(ledger.Receivable("transport")) != 0 {
		t.Errorf("%d acts, receivable %d", n, w.balance(ledger.Receivable("transport")))
	}
	if _, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: p.ID}); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("checkout of what was waived: %v", err)
	}
	w.tx(func(tx pgx.Tx) error { return w.desk.Refused(t.Context(), tx, application, p.ID.String(), "over") }) // nobody waited for it: nothing goes back
}

func TestWhoPaysMoreThanIsDueSinceAWaiverGetsTheRestBack(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	early := w.checkout(p)
	w.must(w.off(p, activity.Line{Fee: "renewal", Amount: 5000}))
	v := w.view(application)
	if later := w.checkout(v); later == early || w.bank.checkouts[later].Amount.Minor != 23000 {
		t.Errorf("the checkout is %s still", later)
	}
	w.must(w.off(v, activity.Line{Fee: "late", Amount: 1000})) // with two open checkouts
	w.bank.pay(early)
	for range 2 {
		if s := w.callback(w.bank.event(early)); s != http.StatusOK {
			t.Fatal(s)
		}
	}
	w.deliverRefunds()
	if v = w.view(application); v.Status != payment.Paid || v.Refunded != 0 || w.bank.holds() != 22000 || w.cleared() != 22000 || w.balance(ledger.Refunds("transport")) != 0 || w.balance(ledger.Receivable("transport")) != 0 {
		t.Errorf("%+v, the bank holds %d, the book %d", v, w.bank.holds(), w.cleared())
	}
	// All that is left can go back, and no more.
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}, {Fee: "late", What: "all"}}, w.now)
	})
	w.deliverRefunds()
	if v = w.view(application); v.Refunded != 22000 || w.bank.holds() != 0 || w.balance(ledger.Revenue("transport", "renewal")) != -5000 || w.balance(ledger.Waived("transport", "renewal")) != 5000 {
		t.Errorf("%+v, the bank holds %d", v, w.bank.holds())
	}

	// What is paid after everything was waived goes back whole.
	application, p = w.assess()
	late := w.checkout(p)
	w.must(w.off(p, activity.Line{Fee: "renewal", Amount: 25000}, activity.Line{Fee: "late", Amount: 3000}))
	w.bank.pay(late)
	if _, err := w.desk.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.deliverRefunds()
	if v = w.view(application); v.Status != payment.Waived || w.bank.holds() != 0 || w.cleared() != 0 {
		t.Errorf("%+v, the bank holds %d", v, w.bank.holds())
	}
}

func TestAWaiverIsSharedAsTheFeeIsAndLeavesNoRoundingBehind(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	assess := func() {
		application = uuid.New()
		w.tx(func(tx pgx.Tx) error {
			return w.desk.Assess(t.Context(), tx, payment.AssessRequest{Application: application, Authority: "transport", Node: "pay", Visit: 1, At: w.now, Assessment: activity.Assessment{
				Currency: "ILS", Total: 10000, Tariff: "t", Lines: []activity.Line{
					{Fee: "test", Amount: 10001, Shares: []activity.Share{{Authority: "transport", Amount: 6001}, {Authority: "health", Amount: 4000}}}, {Fee: activity.RoundingLine, Amount: -1}}}})
		})
	}
	assess()
	w.must(w.off(w.view(application), activity.Line{Fee: "test", Amount: 5000}))
	if w.balance(ledger.Waived("transport", "test"))+w.balance(ledger.Waived("health", "test")) != 5000 || w.balance(ledger.Waived("health", "test")) != 2000 ||
		w.balance(ledger.Receivable("transport")) != 5000 || w.balance(ledger.DueTo("transport", "health")) != -2000 || w.balance(ledger.DueFrom("health", "transport")) != 2000 {
		t.Errorf("waived %d and %d, receivable %d", w.balance(ledger.Waived("transport", "test")), w.balance(ledger.Waived("health", "test")), w.balance(ledger.Receivable("transport")))
	}
	if err := w.off(w.view(application), activity.Line{Fee: "test", Amount: 5000}); !errors.Is(err, payment.ErrAmount) { // 0.01 less 0.01
		t.Errorf("nothing but rounding is left: %v", err)
	}
	w.must(w.off(w.view(application), activity.Line{Fee: "test", Amount: 5001}))
	if v := w.view(application); v.Status != payment.Waived || w.balance(ledger.Receivable("transport")) != 0 || w.balance(ledger.DueTo("transport", "health")) != 0 {
		t.Errorf("%+v, receivable %d", v, w.balance(ledger.Receivable("transport")))
	}
	assess()
	w.must(w.off(w.view(application), activity.Line{Fee: "test", Amount: 1000}))
	w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, application, "pay", 1) })
	if w.balance(ledger.Receivable("transport")) != 0 || w.balance(ledger.DueTo("transport", "health")) != 0 {
		t.Errorf("receivable %d after it was cancelled", w.balance(ledger.Receivable("transport")))
	}
}

// Whoever pays at a checkout that was opened after a part was waived, when the rest is waived too, gets back what was paid, and not what was due at first.
func TestWhatIsPaidAfterAllIsWaivedInTwoPartsGoesBackAsItWasPaid(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess() // renewal 250.00, late 30.00
	w.must(w.off(p, activity.Line{Fee: "late", Amount: 3000}))
	p = w.view(application)
	id := w.checkout(p)
	w.must(w.off(p, activity.Line{Fee: "renewal", Amount: 25000}))
	w.bank.pay(id)
	if s := w.callback(w.bank.event(id)); s != 200 {
		t.Fatal(s)
	}
	if owed := w.balance(ledger.Refunds("transport")); owed != -25000 || w.count("SELECT sum(amount)::int FROM refund") != 25000 {
		t.Errorf("%d is owed, %d goes back", owed, w.count("SELECT sum(amount)::int FROM refund"))
	}
	w.deliverRefunds()
	if w.bank.holds() != 0 || w.cleared() != 0 {
		t.Errorf("the bank holds %d, clearing %d", w.bank.holds(), w.cleared())
	}
}
