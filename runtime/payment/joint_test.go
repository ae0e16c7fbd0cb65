package payment_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// owes opens a payment of one fee to an authority.
func (w *world) owes(authority string, minor int64, currency string) payment.View {
	w.Helper()
	application := uuid.New()
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Assess(w.Context(), tx, payment.AssessRequest{Application: application, Authority: authority, Node: "pay", Visit: 1, At: w.now, Assessment: activity.Assessment{
			Currency: currency, Lines: []activity.Line{{Fee: "fee", Amount: minor}}, Total: minor, Tariff: "fees@2026-01-01",
		}})
	})
	return w.view(application)
}

func (w *world) of(id uuid.UUID) payment.View {
	w.Helper()
	application, err := w.desk.ApplicationOf(w.Context(), id)
	w.must(err)
	return w.view(application)
}

func jointly(views ...payment.View) payment.JointRequest {
	r := payment.JointRequest{ReturnURL: "https://portal.example/back"}
	for _, v := range views {
		r.Lines = append(r.Lines, payment.JointLine{Payment: v.ID, Description: map[string]string{"ar": "رسوم"}})
	}
	return r
}

// joint gives the ID of the checkout at which payments can be made at once.
func (w *world) joint(views ...payment.View) string {
	w.Helper()
	url, err := w.desk.CheckoutJointly(w.Context(), jointly(views...))
	w.must(err)
	return url[strings.LastIndex(url, "/")+1:]
}

// stands fails where a payment is not as said, or another amount of it lies at the gateway after refunds are delivered.
func (w *world) stands(v payment.View, status payment.Status, authority string, holds int64) {
	w.Helper()
	w.deliverRefunds()
	if got := w.of(v.ID); got.Status != status {
		w.Errorf("payment to %s is %s, want %s", authority, got.Status, status)
	}
	if got := w.balance(ledger.Clearing(authority)); got != holds {
		w.Errorf("the gateway holds %d of %s, want %d", got, authority, holds)
	}
	if got := w.balance(ledger.Refunds(authority)); got != 0 {
		w.Errorf("%d is owed by %s still", got, authority)
	}
	if w.cleared() != w.bank.holds() {
		w.Errorf("clearing %d, the bank holds %d", w.cleared(), w.bank.holds())
	}
}

func TestWhatIsPaidAtOnceIsPaidForEach(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.owes("transport", 28000, "ILS"), w.owes("land", 4500, "ILS"), w.owes("transport", 1, "ILS")
	id := w.joint(a, b, c)
	if again := w.joint(c, a, b, a); again != id || len(w.bank.checkouts) != 1 {
		t.Errorf("%s, then %s", id, again)
	}
	w.bank.pay(id)
	body := w.bank.event(id)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if s := w.callback(body); s != http.StatusOK {
				t.Errorf("answered %d", s)
			}
		})
	}
	all.Wait()
	w.stands(a, payment.Paid, "transport", 28001)
	w.stands(b, payment.Paid, "land", 4500)
	receipts := map[string]bool{}
	for _, v := range []payment.View{a, b, c} {
		v = w.of(v.ID)
		receipts[v.Authority+v.Receipt] = v.Receipt != ""
		if _, err := w.desk.CheckoutJointly(t.Context(), jointly(a, v)); !errors.Is(err, payment.ErrNotDue) {
			t.Errorf("it can be paid again: %v", err)
		}
	}
	if len(receipts) != 3 || receipts[""] || w.count("SELECT count(*) FROM outbox WHERE kind = 'act'") != 3 {
		t.Errorf("receipts %v, %d told", receipts, w.count("SELECT count(*) FROM outbox WHERE kind = 'act'"))
	}

	// The gateway's list has one line, and so has what the book says to settlement, by the parts of it.
	day := w.now.Format(time.DateOnly)
	moved, err := w.desk.Ours().Moved(t.Context(), ledger.Gateway, day)
	w.must(err)
	known, err := w.desk.Ours().Known(t.Context(), ledger.Gateway, []settlement.Key{{Kind: settlement.Payment, ID: id}})
	w.must(err)
	for _, list := range [][]settlement.Movement{moved, known} {
		if len(list) != 1 || list[0].ID != id || list[0].Amount.Minor != 32501 || list[0].Authority != "" || len(list[0].Shares) != 3 || list[0].Day != day {
			t.Errorf("moved %+v", list)
		}
	}
}

func TestOfWhatIsPaidAtOnceOnlyWhatWasNotDueGoesBack(t *testing.T) {
	for name, meanwhile := range map[string]func(w *world, v payment.View) (status payment.Status, keeps int64){
		"paid by itself": func(w *world, v payment.View) (payment.Status, int64) {
			own := w.checkout(v)
			w.bank.pay(own)
			w.callback(w.bank.event(own))
			return payment.Paid, 4500
		},
		"cancelled": func(w *world, v payment.View) (payment.Status, int64) {
			application, err := w.desk.ApplicationOf(w.Context(), v.ID)
			w.must(err)
			w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(w.Context(), tx, application, "pay", 1) })
			return payment.Refunded, 0
		},
		"waived in part": func(w *world, v payment.View) (payment.Status, int64) {
			w.must(w.off(v, activity.Line{Fee: "fee", Amount: 500}))
			return payment.Paid, 4000
		},
		"waived": func(w *world, v payment.View) (payment.Status, int64) {
			w.must(w.off(v, activity.Line{Fee: "fee", Amount: 4500}))
			return payment.Waived, 0
		},
		"paid together with another": func(w *world, v payment.View) (payment.Status, int64) {
			other := w.owes("other", 100, "ILS")
			second := w.joint(v, other)
			w.bank.pay(second)
			w.callback(w.bank.event(second))
			return payment.Paid, 4500
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			a, b := w.owes("transport", 28000, "ILS"), w.owes("land", 4500, "ILS")
			id := w.joint(a, b)
			status, keeps := meanwhile(w, b)
			w.bank.pay(id)
			if _, err := w.desk.Reconcile(t.Context()); err != nil { // its callback never comes
				t.Fatal(err)
			}
			w.stands(a, payment.Paid, "transport", 28000)
			w.stands(b, status, "land", keeps)
			w.callback(w.bank.event(id))
			w.stands(a, payment.Paid, "transport", 28000)
			w.stands(b, status, "land", keeps)
		})
	}
}

func TestAJointCheckoutThatIsPaidBesideAnotherGoesBackWhole(t *testing.T) {
	w := newWorld(t)
	a, b := w.owes("transport", 28000, "ILS"), w.owes("land", 4500, "ILS")
	first := w.joint(a, b)
	w.bank.set(first, "expired")
	second := w.joint(b, a)
	if second == first {
		t.Fatal("an expired checkout is given again")
	}
	w.bank.pay(second)
	w.callback(w.bank.event(second))
	w.bank.pay(first) // the payer was quicker than the gateway thought
	for range 2 {
		w.callback(w.bank.event(first))
		w.stands(a, payment.Paid, "transport", 28000)
		w.stands(b, payment.Paid, "land", 4500)
	}
	if got := w.bank.checkouts[first].refunded; got != 32500 {
		t.Errorf("%d of 32500 went back", got)
	}
}

func TestAJointCheckoutOfAnotherAmountPaysNothing(t *testing.T) {
	w := newWorld(t)
	a, b := w.owes("transport", 28000, "ILS"), w.owes("land", 4500, "ILS")
	id := w.joint(a, b)
	w.bank.pay(id)
	for _, change := range []func(*place){func(p *place) { p.Amount.Minor = 28000 }, func(p *place) { p.Amount.Minor, p.Amount.Currency = 32500, "EUR" }, func(p *place) { p.Amount.Currency, p.Reference = "ILS", uuid.NewString() }} {
		change(w.bank.checkouts[id])
		if s := w.callback(w.bank.event(id)); s != http.StatusOK {
			t.Errorf("answered %d", s)
		}
	}
	if w.of(a.ID).Status != payment.Due || w.of(b.ID).Status != payment.Due || w.cleared() != 0 {
		t.Errorf("%s, %s, %d", w.of(a.ID).Status, w.of(b.ID).Status, w.cleared())
	}
}

func TestAJointCheckoutIsOfOneCurrencyAndOfWhatIsDue(t *testing.T) {
	w := newWorld(t)
	a, euro := w.owes("transport", 28000, "ILS"), w.owes("land", 4500, "EUR")
	_, paid, _ := w.paid()
	opened := len(w.bank.checkouts)
	for _, c := range []struct {
		of   []payment.View
		want error
	}{
		{[]payment.View{a, euro}, payment.ErrCurrencies}, {[]payment.View{a, paid}, payment.ErrNotDue}, {nil, payment.ErrTooMany},
		{[]payment.View{a, {ID: uuid.New()}}, payment.ErrNotFound},
	} {
		if _, err := w.desk.CheckoutJointly(t.Context(), jointly(c.of...)); !errors.Is(err, c.want) {
			t.Errorf("%d payments: %v, want %v", len(c.of), err, c.want)
		}
	}
	many := slices.Repeat([]payment.View{a}, payment.MostJoint+1)
	for i := range many {
		many[i].ID = uuid.New()
	}
	if _, err := w.desk.CheckoutJointly(t.Context(), jointly(many...)); !errors.Is(err, payment.ErrTooMany) {
		t.Errorf("too many: %v", err)
	}
	if len(w.bank.checkouts) != opened {
		t.Error("a checkout was opened")
	}
	// One alone is as if it were asked for by itself, and leaving a joint one for it loses neither.
	b := w.owes("land", 4500, "ILS")
	both := w.joint(a, b)
	alone := w.joint(a)
	if alone == both || w.checkout(a) != alone {
		t.Errorf("%s of both, %s alone", both, alone)
	}
	if w.joint(a, b) == both { // that one is no longer where all of them point to
		t.Error("the joint one is given again")
	}
	w.bank.pay(both)
	if n, err := w.desk.Reconcile(t.Context()); err != nil {
		t.Fatal(n, err)
	}
	w.stands(a, payment.Paid, "transport", 56000)
	w.stands(b, payment.Paid, "land", 4500)
}

func TestTwoThatPayWhatTheyShareCrosswiseBothEnd(t *testing.T) {
	w := newWorld(t)
	for round := range 5 {
		a, b := w.owes("transport", 100, "ILS"), w.owes("land", 200, "ILS")
		c, d := w.owes("land", 300, "ILS"), w.owes("transport", 400, "ILS")
		ids := []string{w.joint(a, b), w.joint(c, d)}
		var all sync.WaitGroup
		for _, id := range ids {
			w.bank.pay(id)
			for range 3 {
				all.Go(func() {
					if s := w.callback(w.bank.event(id)); s != http.StatusOK {
						t.Errorf("answered %d", s)
					}
				})
			}
		}
		all.Wait()
		if got, want := fmt.Sprint(w.balance(ledger.Clearing("transport")), w.balance(ledger.Clearing("land"))), fmt.Sprint(500*(round+1), 500*(round+1)); got != want {
			t.Fatalf("round %d: %s, want %s", round, got, want)
		}
	}
}
