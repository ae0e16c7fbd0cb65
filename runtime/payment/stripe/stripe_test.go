package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"
	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/conformance"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func newStripe(t *testing.T, h http.Handler) *Stripe {
	t.Helper()
	there := httptest.NewServer(h)
	t.Cleanup(there.Close)
	s, err := New(Options{Key: testKey, Secrets: []string{"whsec_to_come", testSecret}, URL: there.URL})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sign(body []byte, at time.Time, secret string) string {
	return fmt.Sprintf("t=%d,v1=%x", at.Unix(), webhook.ComputeSignature(at, body, secret))
}

func TestStripeConforms(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Side {
		f, faults := newFake(), &conformance.Faults{}
		return &conformance.Side{
			Provider: newStripe(t, faults.Wrap(f)), Faults: faults,
			Pay:    func(id string) { f.end(t, id, "complete", "paid") },
			Expire: func(id string) { f.end(t, id, "expired", "unpaid") },
			Report: f.event,
			Sign: func(body []byte, at time.Time, secret string) string {
				if secret == "" {
					secret = testSecret
				}
				return sign(body, at, secret)
			},
			Dispute: f.dispute, Decide: f.decide, DisputeReport: f.disputeEvent,
			Opened: func() int { f.mu.Lock(); defer f.mu.Unlock(); return len(f.sessions) },
			GivenBack: func(id string) int64 {
				f.mu.Lock()
				defer f.mu.Unlock()
				if f.sessions[id].Intent == nil {
					return 0
				}
				return f.gone(*f.sessions[id].Intent)
			},
			PaidOut: func(string) int64 { return 0 },
			Fits:    func(m formula.Money) bool { return payable(m) == nil },
		}
	})
}

func TestRequestsAreThoseOfStripesSpecification(t *testing.T) {
	specification, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		t.Fatal(err)
	}
	mock, err := server.NewStubServer(fixtures, specification, false, false)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	s := newStripe(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.Path)
		mock.HandleRequest(w, r)
	}))
	ils := formula.Money{Minor: 28000, Currency: "ILS"}
	for _, language := range append([]string{"", "ar", "he"}, languages...) {
		c, err := s.Open(t.Context(), "key", provider.Order{
			Reference: "4b6ee0f5-0d66-4ac7-a1ad-9b7d4f0a3c19", Amount: ils, Description: map[string]string{"ar": "رسوم"}, ReturnURL: "https://portal.example/back", Language: language,
		})
		if err != nil || c.Reference != "4b6ee0f5-0d66-4ac7-a1ad-9b7d4f0a3c19" || c.Status != provider.Open {
			t.Errorf("in %q: %+v, %v", language, c, err)
		}
	}
	if c, err := s.Ask(t.Context(), "cs_test_1"); err != nil || c.ID != "cs_test_1" {
		t.Errorf("%+v, %v", c, err)
	}
	if d, err := s.AskDispute(t.Context(), "dp_1"); err != nil || d.ID != "dp_1" || d.Status == "" || d.Amount.Minor == 0 {
		t.Errorf("%+v, %v", d, err)
	}
	if id, err := s.sessionOf(t.Context(), "pi_1"); err != nil || id == "" {
		t.Errorf("%q, %v", id, err)
	}
	if lines, err := s.Settlement().List(t.Context(), "2026-11-21"); err != nil {
		t.Errorf("%v, %v", lines, err)
	}
	if err := s.give(t.Context(), "a key", "pi_1", ils); err != nil {
		t.Error(err)
	}
	if got := strings.Join(seen[len(seen)-3:], ", "); got != "GET /v1/balance_transactions, GET /v1/refunds, POST /v1/refunds" {
		t.Errorf("asked %s", got)
	}
	// It does refuse what Stripe does not know.
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/v1/refunds", strings.NewReader("payment_intent=pi_1&amount=100&because=1"))
	r.Header.Set("Authorization", "Bearer "+testKey)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if mock.HandleRequest(w, r); w.Code != http.StatusBadRequest {
		t.Errorf("a parameter that there is not: %d", w.Code)
	}
}

// paidAt is a session at which was paid.
func paidAt(t *testing.T, f *fake, s *Stripe) string {
	t.Helper()
	c, err := s.Open(t.Context(), "key", provider.Order{Reference: "r", Amount: formula.Money{Minor: 1000, Currency: "ILS"}, ReturnURL: "https://portal.example/back"})
	if err != nil {
		t.Fatal(err)
	}
	f.end(t, c.ID, "complete", "paid")
	return c.ID
}

func TestARefundIsFoundAfterStripeHasForgottenItsKey(t *testing.T) {
	f := newFake()
	s := newStripe(t, f)
	id, all := paidAt(t, f, s), formula.Money{Minor: 400, Currency: "ILS"}
	for range 2 {
		if err := s.Refund(t.Context(), "one", id, all); err != nil {
			t.Error(err)
		}
		clear(f.keys) // it keeps them for a day
	}
	if len(f.refunds) != 1 {
		t.Errorf("%d refunds, want 1", len(f.refunds))
	}
}

func TestARefundThatIsPendingIsNotDoneAndOneThatFailedIsTriedAgain(t *testing.T) {
	f := newFake()
	s := newStripe(t, f)
	id, all := paidAt(t, f, s), formula.Money{Minor: 1000, Currency: "ILS"}
	f.status = "pending"
	for range 2 {
		if err := s.Refund(t.Context(), "one", id, all); !errors.Is(err, provider.ErrUnavailable) {
			t.Errorf("pending: %v", err)
		}
	}
	f.refunds[0].Status, f.status = "failed", "failed"
	var refused *provider.Refused
	if err := s.Refund(t.Context(), "one", id, all); !errors.As(err, &refused) || !refused.ForGood() || refused.Code != "expired_or_canceled_card" {
		t.Errorf("failed: %v", err)
	}
	f.status = ""
	if err := s.Refund(t.Context(), "one", id, all); err != nil || f.gone("pi_"+id) != 1000 {
		t.Errorf("tried again: %v, %d went back", err, f.gone("pi_"+id))
	}
}

func TestOnlyWhatIsPaidForCertainIsPaid(t *testing.T) {
	f := newFake()
	s := newStripe(t, f)
	c, err := s.Open(t.Context(), "key", provider.Order{Reference: "r", Amount: formula.Money{Minor: 1000, Currency: "ILS"}, ReturnURL: "https://portal.example/back"})
	if err != nil {
		t.Fatal(err)
	}
	f.end(t, c.ID, "complete", "unpaid") // a means of payment that takes days
	if c, err := s.Ask(t.Context(), c.ID); err != nil || c.Status != provider.Open {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAnEventOfAnotherVersionOfTheAPIIsNotGuessedAt(t *testing.T) {
	f := newFake()
	s := newStripe(t, f)
	body := []byte(strings.Replace(string(f.event(paidAt(t, f, s))), Version, "2024-06-20", 1))
	if _, err := s.Read(body, sign(body, time.Now(), testSecret)); !errors.Is(err, provider.ErrNoReport) || !strings.Contains(err.Error(), Version) {
		t.Errorf("%v, want the version that the endpoint must have", err)
	}
}

func TestNothingOfAKeyOrAPayerIsInAnError(t *testing.T) {
	there := httptest.NewServer(newFake())
	t.Cleanup(there.Close)
	s, err := New(Options{Key: "sk_live_hush", Secrets: []string{testSecret}, URL: there.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, unknown := s.Ask(t.Context(), "cs_test_1")
	var refused *provider.Refused
	if !errors.As(unknown, &refused) || refused.ForGood() {
		t.Errorf("a wrong key is mended elsewhere: %v", unknown)
	}
	body, _ := json.Marshal(map[string]string{"name": "Layla"})
	_, forged := s.Read(body, "t=1,v1=00")
	for _, err := range []error{unknown, forged} {
		if text := err.Error(); strings.Contains(text, "hush") || strings.Contains(text, "words") || strings.Contains(text, "Layla") {
			t.Error(text)
		}
	}
}
