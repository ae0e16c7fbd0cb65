package conformance

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// lines: an order of several lines is one checkout of their sum, of which parts go back.
func lines(t *testing.T, s *Side) {
	o := order(0)
	o.Description = nil
	for _, minor := range []int64{25000, 1, 3000} {
		o.Amount.Minor += minor
		o.Lines = append(o.Lines, provider.OrderLine{Amount: formula.Money{Minor: minor, Currency: currency}, Description: map[string]string{"ar": "رسم", "en": "Fee"}})
	}
	fits := s.Fits(o.Lines[1].Amount)
	if !fits {
		o.Lines[1].Amount.Minor, o.Amount.Minor = 1000, 29000
	}
	c := s.paid(t, o)
	if got := must[provider.Checkout](t)(s.Provider.Ask(t.Context(), c.ID)); got.Amount != o.Amount || got.Reference != o.Reference || got.Status != provider.Paid {
		t.Errorf("became %+v, want %v for %s", got, o.Amount, o.Reference)
	}
	if r, err := s.Provider.Read(s.signed(c.ID)); err != nil || r.Checkout == nil || r.Checkout.Amount != o.Amount || r.Checkout.Reference != o.Reference {
		t.Errorf("is reported as %+v, %v", r.Checkout, err)
	}
	if err := s.Provider.Refund(t.Context(), uuid.NewString(), c.ID, o.Lines[2].Amount); err != nil || s.GivenBack(c.ID) != 3000 {
		t.Errorf("%d went back of one line: %v", s.GivenBack(c.ID), err)
	}
	opened := s.Opened()
	o.Amount.Minor++
	_, err := s.Provider.Open(t.Context(), uuid.NewString(), o)
	refusedForGood(t, "lines that do not sum to the amount", err)
	o.Amount.Minor--
	o.Lines[0].Amount.Currency = "EUR"
	_, err = s.Provider.Open(t.Context(), uuid.NewString(), o)
	refusedForGood(t, "lines of two currencies", err)
	if s.Opened() != opened {
		t.Errorf("%d checkouts of lines that are none", s.Opened()-opened)
	}
}

// deskJointly: what is due to two authorities is paid at one checkout, once, whatever is reported; one of the payments goes back by itself.
func deskJointly(t *testing.T, s *Side) {
	o := newOffice(t, s)
	other := uuid.New()
	o.tx(func(tx pgx.Tx) error {
		return o.desk.Assess(t.Context(), tx, payment.AssessRequest{Application: other, Authority: "land", Node: "pay", Visit: 1, At: time.Now(), Assessment: activity.Assessment{
			Currency: currency, Lines: []activity.Line{{Fee: "search", Amount: 4500}}, Total: 4500, Tariff: "land@2026-01-01",
		}})
	})
	second := must[[]payment.View](t)(o.desk.OfApplication(t.Context(), other))[0]
	texts := map[string]string{"ar": "رسوم", "en": "Fees"}
	request := payment.JointRequest{ReturnURL: "https://portal.example/back", Language: "ar", Lines: []payment.JointLine{{Payment: o.due.ID, Description: texts}, {Payment: second.ID, Description: texts}}}
	s.Faults.set(false, false, 1)
	if _, err := o.desk.CheckoutJointly(t.Context(), request); err == nil {
		t.Error("the answer was lost, and there is an address all the same")
	}
	address := must[string](t)(o.desk.CheckoutJointly(t.Context(), request))
	if again := must[string](t)(o.desk.CheckoutJointly(t.Context(), request)); again != address || s.Opened() != 1 {
		t.Errorf("%s, then %s: %d checkouts", address, again, s.Opened())
	}
	var id string
	if err := o.pool.QueryRow(t.Context(), "SELECT checkout FROM payment WHERE id = $1", second.ID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	s.Pay(id)
	body, good := s.signed(id)
	var all sync.WaitGroup
	for i := range 9 {
		all.Go(func() {
			if i%3 == 0 {
				if _, err := o.desk.ConfirmJointly(t.Context(), []uuid.UUID{o.due.ID, second.ID}); err != nil {
					t.Error(err)
				}
			} else if status := o.reported(body, good); status != http.StatusOK {
				t.Errorf("answered %d", status)
			}
		})
	}
	all.Wait()
	held := func(authority string, want int64) {
		t.Helper()
		if got := must[map[string]int64](t)(ledger.New(o.pool).Balance(t.Context(), ledger.Clearing(authority))); got[currency] != want {
			t.Errorf("the provider holds %d of %s, want %d", got[currency], authority, want)
		}
	}
	held("transport", 28000)
	held("land", 4500)
	var told int
	if err := o.pool.QueryRow(t.Context(), "SELECT count(*) FROM outbox WHERE kind = 'act'").Scan(&told); err != nil || told != 2 {
		t.Errorf("told %d times, %v", told, err)
	}
	o.tx(func(tx pgx.Tx) error {
		return o.desk.Refund(t.Context(), tx, other, "refused", []activity.LineRefund{{Fee: "search", What: "all"}}, time.Now())
	})
	var subject string
	if err := o.pool.QueryRow(t.Context(), "SELECT subject FROM outbox WHERE kind = 'refund'").Scan(&subject); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := o.desk.Handlers()["refund"](t.Context(), outbox.Delivery{Message: outbox.Message{Kind: "refund", Subject: subject}}); err != nil {
			t.Error(err)
		}
	}
	held("land", 0)
	held("transport", 28000)
	if s.GivenBack(id) != 4500 || o.view().Status != payment.Paid {
		t.Errorf("%d went back; %+v", s.GivenBack(id), o.view())
	}
}
