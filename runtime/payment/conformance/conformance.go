package conformance

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// Side is a provider and its other side, with books of its own.
type Side struct {
	Provider provider.Provider
	Faults   *Faults // between the two

	Pay    func(checkout string)
	Expire func(checkout string)
	// Report is what is reported about a checkout as it stands, and Sign its header; secret "" = the provider's.
	Report func(checkout string) []byte
	Sign   func(body []byte, at time.Time, secret string) string

	// Dispute lets the bank of the payer take back what is left of a paid checkout, and gives the dispute; Decide ends one; DisputeReport is what is
	// reported about one as it stands.
	Dispute       func(checkout string) string
	Decide        func(dispute string, won bool)
	DisputeReport func(dispute string) []byte

	Opened    func() int                      // checkouts
	GivenBack func(checkout string) int64     // minor units
	PaidOut   func(reference string) int64    // minor units, also what is on its way
	Account   string                          // to which can be paid out; "" = the provider pays out to nobody
	Fits      func(amount formula.Money) bool // whether it is an amount that the provider can take at all
}

// Run tests a provider. side opens a new one.
func Run(t *testing.T, side func(t *testing.T) *Side) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *Side)
	}{
		{"one key opens one checkout", oneKeyOpensOne},
		{"a checkout is asked about", asked},
		{"an answer that is lost moves nothing twice", lostAnswers},
		{"amounts at the edges stay what they are", edges},
		{"refunds stop at what was paid", refunds},
		{"several things are paid at once", lines},
		{"payouts are paid once or refused", payouts},
		{"a dispute takes money and is won or lost", disputes},
		{"a report counts where it is signed", reports},
		{"nothing is known of a provider that is away", away},
		{"no call waits for ever", waits},
		{"a desk is paid once, whatever is reported", deskIsPaidOnce},
		{"reports in another order change nothing", deskReordered},
		{"a report that never comes is asked for", deskAsks},
		{"a refund of a desk goes back once", deskRefunds},
		{"a dispute of a desk counts once, whatever is reported", deskDisputes},
		{"a dispute of several payments is shared out", deskDisputesJointly},
		{"payments to several authorities are made at once", deskJointly},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, side(t))
		})
	}
}

const currency = "ILS"

func order(minor int64) provider.Order {
	return provider.Order{
		Reference: uuid.NewString(), Amount: formula.Money{Minor: minor, Currency: currency}, Description: map[string]string{"ar": "رسوم", "en": "Fees"},
		ReturnURL: "https://portal.example/back", CallbackURL: "https://portal.example/callback", Language: "ar",
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// paid is a checkout at which was paid.
func (s *Side) paid(t *testing.T, o provider.Order) provider.Checkout {
	t.Helper()
	c := must[provider.Checkout](t)(s.Provider.Open(t.Context(), uuid.NewString(), o))
	s.Pay(c.ID)
	return c
}

// refusedForGood fails where err is anything but a refusal that no repetition changes.
func refusedForGood(t *testing.T, what string, err error) {
	t.Helper()
	var r *provider.Refused
	if !errors.As(err, &r) || !r.ForGood() || r.Code == "" {
		t.Errorf("%s: %v, want a refusal for good with a code", what, err)
	}
}

func oneKeyOpensOne(t *testing.T, s *Side) {
	o, key := order(28000), uuid.NewString()
	first := must[provider.Checkout](t)(s.Provider.Open(t.Context(), key, o))
	again := must[provider.Checkout](t)(s.Provider.Open(t.Context(), key, o))
	if first.ID == "" || first.URL == "" || again.ID != first.ID || s.Opened() != 1 {
		t.Errorf("opened %+v, then %+v: %d in all, want the same one", first, again, s.Opened())
	}
	o.Amount.Minor++
	if _, err := s.Provider.Open(t.Context(), key, o); !errors.Is(err, provider.ErrKeyReused) || s.Opened() != 1 {
		t.Errorf("the key with another amount: %v, %d checkouts", err, s.Opened())
	}
	other := must[provider.Checkout](t)(s.Provider.Open(t.Context(), uuid.NewString(), o))
	if other.ID == first.ID {
		t.Error("another key gave the same checkout")
	}
}

func asked(t *testing.T, s *Side) {
	o := order(12345)
	c := must[provider.Checkout](t)(s.Provider.Open(t.Context(), uuid.NewString(), o))
	stands := func(want string) {
		t.Helper()
		got := must[provider.Checkout](t)(s.Provider.Ask(t.Context(), c.ID))
		if got.ID != c.ID || got.Status != want || got.Reference != o.Reference || got.Amount != o.Amount {
			t.Errorf("stands %+v, want %s of %v for %s", got, want, o.Amount, o.Reference)
		}
	}
	stands(provider.Open)
	s.Pay(c.ID)
	stands(provider.Paid)
	c = must[provider.Checkout](t)(s.Provider.Open(t.Context(), uuid.NewString(), o))
	s.Expire(c.ID)
	stands(provider.Expired)
	_, err := s.Provider.Ask(t.Context(), "nothing-of-that-name")
	refusedForGood(t, "a checkout that is none", err)
}

func lostAnswers(t *testing.T, s *Side) {
	o, key := order(28000), uuid.NewString()
	s.Faults.set(false, false, 1)
	if _, err := s.Provider.Open(t.Context(), key, o); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("the answer was lost: %v", err)
	}
	c := must[provider.Checkout](t)(s.Provider.Open(t.Context(), key, o))
	if s.Opened() != 1 {
		t.Errorf("%d checkouts, want the one of which nobody had heard", s.Opened())
	}
	s.Pay(c.ID)
	back := formula.Money{Minor: 10000, Currency: currency}
	key = uuid.NewString()
	s.Faults.set(false, false, 1)
	if err := s.Provider.Refund(t.Context(), key, c.ID, back); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("the answer was lost: %v", err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := s.Provider.Refund(t.Context(), key, c.ID, back); err != nil && !errors.Is(err, provider.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := s.Provider.Refund(t.Context(), key, c.ID, back); err != nil || s.GivenBack(c.ID) != back.Minor {
		t.Errorf("%v; %d went back, want %d once", err, s.GivenBack(c.ID), back.Minor)
	}
}

func edges(t *testing.T, s *Side) {
	for _, m := range []formula.Money{
		{Minor: 1, Currency: "ILS"}, {Minor: 99, Currency: "USD"}, {Minor: 100, Currency: "EUR"}, {Minor: 101, Currency: "QAR"}, {Minor: 1, Currency: "JOD"},
		{Minor: 10, Currency: "JOD"}, {Minor: 12345, Currency: "JOD"}, {Minor: 12340, Currency: "JOD"}, {Minor: 7, Currency: "JPY"}, {Minor: 99_999_999, Currency: "KZT"},
	} {
		o := order(0)
		o.Amount = m
		c, err := s.Provider.Open(t.Context(), uuid.NewString(), o)
		if !s.Fits(m) {
			refusedForGood(t, m.String(), err)
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", m, err)
			continue
		}
		s.Pay(c.ID)
		if got := must[provider.Checkout](t)(s.Provider.Ask(t.Context(), c.ID)); got.Amount != m || got.Status != provider.Paid {
			t.Errorf("%v became %+v", m, got)
		}
		if r, err := s.Provider.Read(s.signed(c.ID)); err != nil || r.Checkout == nil || r.Checkout.Amount != m {
			t.Errorf("%v is reported as %+v, %v", m, r.Checkout, err)
		}
		if err := s.Provider.Refund(t.Context(), uuid.NewString(), c.ID, m); err != nil || s.GivenBack(c.ID) != m.Minor {
			t.Errorf("%v of %v went back: %v", s.GivenBack(c.ID), m, err)
		}
	}
	opened := s.Opened()
	for _, m := range []formula.Money{{Currency: currency}, {Minor: -1, Currency: currency}, {Minor: math.MaxInt64, Currency: currency}, {Minor: math.MinInt64, Currency: currency}} {
		o := order(0)
		o.Amount = m
		_, err := s.Provider.Open(t.Context(), uuid.NewString(), o)
		refusedForGood(t, "an amount that is none", err)
	}
	if s.Opened() != opened {
		t.Errorf("%d checkouts of amounts that are none", s.Opened()-opened)
	}
}

func refunds(t *testing.T, s *Side) {
	of := func(minor int64) formula.Money { return formula.Money{Minor: minor, Currency: currency} }
	back := func(c provider.Checkout, key string, m formula.Money) error {
		return s.Provider.Refund(t.Context(), key, c.ID, m)
	}
	gone := func(c provider.Checkout, want int64) {
		t.Helper()
		if got := s.GivenBack(c.ID); got != want {
			t.Errorf("%d went back, want %d", got, want)
		}
	}
	open := must[provider.Checkout](t)(s.Provider.Open(t.Context(), uuid.NewString(), order(1000)))
	refusedForGood(t, "of what was not paid", back(open, uuid.NewString(), of(1000)))

	whole := s.paid(t, order(1000))
	refusedForGood(t, "more than was paid", back(whole, uuid.NewString(), of(1001)))
	refusedForGood(t, "nothing", back(whole, uuid.NewString(), of(0)))
	refusedForGood(t, "less than nothing", back(whole, uuid.NewString(), of(-1)))
	refusedForGood(t, "of another currency", back(whole, uuid.NewString(), formula.Money{Minor: 1000, Currency: "EUR"}))
	gone(whole, 0)
	for range 2 {
		if err := back(whole, "whole "+whole.ID, of(1000)); err != nil {
			t.Error(err)
		}
	}
	gone(whole, 1000)
	refusedForGood(t, "a second time", back(whole, uuid.NewString(), of(1000)))

	parts := s.paid(t, order(1000))
	for i, m := range []int64{333, 333, 334} {
		key := uuid.NewString()
		for range 2 {
			if err := back(parts, key, of(m)); err != nil {
				t.Errorf("part %d: %v", i, err)
			}
		}
		if err := back(parts, key, of(m-1)); !errors.Is(err, provider.ErrKeyReused) {
			t.Errorf("part %d with another amount: %v", i, err)
		}
	}
	gone(parts, 1000)
	refusedForGood(t, "after all parts", back(parts, uuid.NewString(), of(1)))
}

func payouts(t *testing.T, s *Side) {
	o := provider.PayoutOrder{Reference: uuid.NewString(), Amount: formula.Money{Minor: 5000, Currency: currency}, Account: s.Account, CallbackURL: "https://portal.example/callback"}
	var refused *provider.RefusedDestination
	if s.Provider.PaysOut() != (s.Account != "") {
		t.Errorf("says that it pays out to accounts: %v", s.Provider.PaysOut())
	}
	if s.Account == "" {
		o.Account = "PS92PALS000000000400123456702"
		if _, err := s.Provider.PayOut(t.Context(), o); !errors.As(err, &refused) || refused.Code == "" || s.PaidOut(o.Reference) != 0 {
			t.Errorf("a payout that cannot be: %v", err)
		}
		_, err := s.Provider.AskPayout(t.Context(), "po_1")
		refusedForGood(t, "a payout that cannot have been", err)
		return
	}
	s.Faults.set(false, false, 1)
	if _, err := s.Provider.PayOut(t.Context(), o); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("the answer was lost: %v", err)
	}
	first := must[provider.Payout](t)(s.Provider.PayOut(t.Context(), o))
	again := must[provider.Payout](t)(s.Provider.PayOut(t.Context(), o))
	now := must[provider.Payout](t)(s.Provider.AskPayout(t.Context(), first.ID))
	if again.ID != first.ID || now.ID != first.ID || now.Reference != o.Reference || now.Amount != o.Amount || s.PaidOut(o.Reference) != o.Amount.Minor {
		t.Errorf("%+v, %+v, %+v; %d paid out", first, again, now, s.PaidOut(o.Reference))
	}
	o.Amount.Minor++
	if _, err := s.Provider.PayOut(t.Context(), o); !errors.Is(err, provider.ErrKeyReused) {
		t.Errorf("the reference with another amount: %v", err)
	}
	o.Reference, o.Account = uuid.NewString(), "not an account"
	if _, err := s.Provider.PayOut(t.Context(), o); !errors.As(err, &refused) || s.PaidOut(o.Reference) != 0 {
		t.Errorf("to no account: %v", err)
	}
}

// signed is the report about a checkout as it comes now.
func (s *Side) signed(checkout string) (body []byte, signature string) {
	body = s.Report(checkout)
	return body, s.Sign(body, time.Now(), "")
}

func reports(t *testing.T, s *Side) {
	o := order(28000)
	c := s.paid(t, o)
	body, good := s.signed(c.ID)
	first := must[provider.Report](t)(s.Provider.Read(body, good))
	again := must[provider.Report](t)(s.Provider.Read(body, good))
	if first.Checkout == nil || first.Checkout.ID != c.ID || first.Checkout.Status != provider.Paid || first.Checkout.Reference != o.Reference || first.Checkout.Amount != o.Amount {
		t.Errorf("reported %+v", first.Checkout)
	}
	if age := time.Since(first.SignedAt); age < -time.Minute || age > time.Minute || !reflect.DeepEqual(first, again) {
		t.Errorf("signed %v ago; read again as %+v", age, again)
	}
	for what, forged := range map[string]struct {
		body      []byte
		signature string
	}{
		"another secret": {body, s.Sign(body, time.Now(), "another")}, "another body": {append([]byte(" "), body...), good}, "no signature": {body, ""},
		"another time": {body, strings.Replace(good, "t=", "t=1", 1)}, "no sense": {body, "no sense"}, "a time alone": {body, good[:strings.Index(good, ",")]},
		"another amount": {[]byte(strings.Replace(string(body), "28", "29", 1)), good},
	} {
		if r, err := s.Provider.Read(forged.body, forged.signature); !errors.Is(err, provider.ErrForged) || r.Checkout != nil {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	// Whoever has recorded a report writes a new time beside the one that was signed.
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	recorded := s.Sign(body, old, "")
	for what, signature := range map[string]string{"before": good[:strings.Index(good, ",")+1] + recorded, "behind": recorded + "," + good[:strings.Index(good, ",")]} {
		if r, err := s.Provider.Read(body, signature); err == nil && !r.SignedAt.Equal(old) || err != nil && !errors.Is(err, provider.ErrForged) {
			t.Errorf("a second time %s the true one: signed at %v, %v", what, r.SignedAt, err)
		}
	}
	for _, none := range []string{"", "{}", "[]", "null", "not json", `{"event":1}`} {
		b := []byte(none)
		if r, err := s.Provider.Read(b, s.Sign(b, time.Now(), "")); !errors.Is(err, provider.ErrNoReport) || r.Checkout != nil || r.Payout != nil {
			t.Errorf("%q: %+v, %v", none, r, err)
		}
	}
}

// calls are all calls of a provider, about a checkout that there is.
func (s *Side) calls(checkout string) map[string]func(context.Context) error {
	p := s.Provider
	calls := map[string]func(context.Context) error{
		"open":                func(ctx context.Context) error { _, err := p.Open(ctx, uuid.NewString(), order(100)); return err },
		"ask about a dispute": func(ctx context.Context) error { _, err := p.AskDispute(ctx, "dp_1"); return err },
		"ask":                 func(ctx context.Context) error { _, err := p.Ask(ctx, checkout); return err },
		"refund": func(ctx context.Context) error {
			return p.Refund(ctx, uuid.NewString(), checkout, formula.Money{Minor: 1, Currency: currency})
		},
	}
	if s.Account != "" {
		calls["pay out"] = func(ctx context.Context) error {
			_, err := p.PayOut(ctx, provider.PayoutOrder{Reference: uuid.NewString(), Amount: formula.Money{Minor: 1, Currency: currency}, Account: s.Account, CallbackURL: "https://portal.example/"})
			return err
		}
		calls["ask about a payout"] = func(ctx context.Context) error { _, err := p.AskPayout(ctx, "po_1"); return err }
	}
	return calls
}

func away(t *testing.T, s *Side) {
	c := s.paid(t, order(1000))
	s.Faults.set(true, false, 0)
	for what, call := range s.calls(c.ID) {
		var refused *provider.Refused
		if err := call(t.Context()); !errors.Is(err, provider.ErrUnavailable) || errors.As(err, &refused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.Faults.set(false, false, 0)
	if s.GivenBack(c.ID) != 0 || s.Opened() != 1 {
		t.Errorf("%d went back, %d checkouts", s.GivenBack(c.ID), s.Opened())
	}
}

// patience is the longest that a call may wait by itself.
const patience = 15 * time.Second

func waits(t *testing.T, s *Side) {
	c := s.paid(t, order(1000))
	s.Faults.set(false, true, 0)
	var all sync.WaitGroup
	for what, call := range s.calls(c.ID) {
		for _, own := range []bool{true, false} {
			all.Go(func() {
				limit := patience
				ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
				if !own { // the caller's patience is shorter
					limit = 2 * time.Second
					ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
				}
				defer cancel()
				began := time.Now()
				if err := call(ctx); !errors.Is(err, provider.ErrUnavailable) || time.Since(began) > limit {
					t.Errorf("%s: %v after %v", what, err, time.Since(began))
				}
			})
		}
	}
	all.Wait()
}
