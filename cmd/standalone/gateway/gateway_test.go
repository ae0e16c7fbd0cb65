package gateway

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const secret = "callback-secret"

// received is one callback as the merchant saw it.
type received struct {
	genuine bool
	body    map[string]any
}

// merchant is the other side: it keeps what it receives and may refuse.
type merchant struct {
	server *httptest.Server
	calls  chan received
	refuse atomic.Int32 // how many calls to answer with 500
}

// world is a gateway on a fresh database, with its merchant. Time stands still until a test moves it.
type world struct {
	pool     *pgxpool.Pool
	gateway  *Gateway
	server   *httptest.Server
	merchant *merchant

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{pool: pgtest.New(t), now: time.Now(), merchant: &merchant{calls: make(chan received, 100)}}
	w.merchant.server = httptest.NewServer(w.merchant)
	t.Cleanup(w.merchant.server.Close)
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.gateway.Handler().ServeHTTP(rw, r) }))
	t.Cleanup(w.server.Close)
	w.open(t)
	return w
}

func (w *world) open(t *testing.T) {
	t.Helper()
	g, err := New(t.Context(), Options{
		Pool: w.pool, Address: w.server.URL, Key: "the-key", Secret: secret, Backoff: time.Millisecond,
		Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.gateway = g
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	w.gateway.nudge()
}

// deliver does everything that is due now.
func (w *world) deliver(t *testing.T) {
	t.Helper()
	for range 100 {
		worked, err := w.gateway.work(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !worked {
			return
		}
	}
	t.Fatal("the work does not end")
}

func (m *merchant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	at, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Gateway-Signature"), "t="), ",")
	unix, _ := time.Parse("2006-01-02", "1970-01-01")
	seconds, _ := time.ParseDuration(at + "s")
	got := received{genuine: r.Header.Get("Gateway-Signature") == sign(secret, unix.Add(seconds), string(text))}
	if json.Unmarshal(text, &got.body) != nil {
		got.body = nil
	}
	m.calls <- got
	if !got.genuine {
		w.WriteHeader(http.StatusUnauthorized)
	} else if m.refuse.Add(-1) >= 0 {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// seen empties what the merchant received.
func (m *merchant) seen() (all []received) {
	for {
		select {
		case one := <-m.calls:
			all = append(all, one)
		default:
			return all
		}
	}
}

// call sends JSON as the merchant.
func (w *world) call(t *testing.T, method, path, key string, body any) (int, map[string]any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, w.server.URL+path, strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer the-key")
	req.Header.Set("Idempotency-Key", key)
	return do(t, req)
}

func do(t *testing.T, req *http.Request) (int, map[string]any) {
	t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return resp.StatusCode, answer
}

func (w *world) order() map[string]any {
	return map[string]any{
		"reference": "A-1", "amount": map[string]any{"value": "250.00", "currency": "ILS"},
		"description": map[string]string{"ar": "رسم التجديد", "en": "Renewal fee"},
		"returnUrl":   "http://portal.example/applications/1", "callbackUrl": w.merchant.server.URL + "/callback",
	}
}

// create opens a checkout and returns its id.
func (w *world) create(t *testing.T) string {
	t.Helper()
	status, answer := w.call(t, "POST", "/v1/checkouts", t.Name(), w.order())
	if status != http.StatusCreated || answer["status"] != "open" || answer["url"] != w.server.URL+"/pay/"+answer["id"].(string) {
		t.Fatalf("create: %d %v", status, answer)
	}
	return answer["id"].(string)
}

func TestThePageBeginsInTheLanguageThatTheMerchantNames(t *testing.T) {
	w := newWorld(t)
	for language, query := range map[string]string{"en": "?lang=en", "ar": "?lang=ar", "fr": "?lang=fr", "kk": "?lang=kk", "uz": "", "": ""} {
		order := w.order()
		order["language"] = language
		_, answer := w.call(t, "POST", "/v1/checkouts", t.Name()+language, order)
		if address, _ := answer["url"].(string); !strings.HasPrefix(address, w.server.URL+"/pay/co_") || !strings.HasSuffix(address, query) || query == "" && strings.Contains(address, "?") {
			t.Errorf("%q leads to %v", language, answer)
		}
	}
}

// press goes through the page as a browser would and returns where it is sent.
func (w *world) press(t *testing.T, id, choice string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", w.server.URL+"/pay/"+id, strings.NewReader(url.Values{"choice": {choice}, "card": {sampleCard}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s: %d", choice, resp.StatusCode)
	}
	return resp.Header.Get("Location")
}

func (w *world) status(t *testing.T, id string) any {
	t.Helper()
	_, answer := w.call(t, "GET", "/v1/checkouts/"+id, "", nil)
	return answer["status"]
}

func (w *world) fault(t *testing.T, faults map[string]any) {
	t.Helper()
	if status, answer := w.call(t, "POST", "/test/faults", "", faults); status != http.StatusNoContent {
		t.Fatalf("faults: %d %v", status, answer)
	}
}

func TestEveryChoiceEndsTheCheckoutAndTellsTheMerchant(t *testing.T) {
	for choice, want := range outcomes {
		t.Run(choice, func(t *testing.T) {
			w := newWorld(t)
			id := w.create(t)
			if to := w.press(t, id, choice); to != "http://portal.example/applications/1" {
				t.Errorf("sent to %s", to)
			}
			if got := w.status(t, id); got != want {
				t.Errorf("status %v, want %s", got, want)
			}
			w.deliver(t)
			calls := w.merchant.seen()
			if len(calls) != 1 || !calls[0].genuine {
				t.Fatalf("callbacks %+v", calls)
			}
			body := calls[0].body
			if body["event"] != "checkout."+want || body["checkout"] != id || body["reference"] != "A-1" || body["status"] != want {
				t.Errorf("callback %v", body)
			}
			if money := body["amount"].(map[string]any); money["value"] != "250.00" || money["currency"] != "ILS" {
				t.Errorf("amount %v", money)
			}
			if at, err := time.Parse(time.RFC3339, body["occurredAt"].(string)); err != nil || at.IsZero() {
				t.Errorf("occurredAt %v, %v", body["occurredAt"], err)
			}
			w.press(t, id, "pay") // too late
			w.deliver(t)
			if got := w.status(t, id); got != want || len(w.merchant.seen()) != 0 {
				t.Errorf("a second choice changed the status to %v or was told", got)
			}
		})
	}
}

func TestSameKeyGivesTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	first, second, other := w.order(), w.order(), w.order()
	other["reference"] = "A-2"
	_, one := w.call(t, "POST", "/v1/checkouts", "k", first)
	w.press(t, one["id"].(string), "pay")
	status, two := w.call(t, "POST", "/v1/checkouts", "k", second)
	if status != http.StatusCreated || !maps.Equal(one, two) {
		t.Errorf("repeat: %d %v, want %v", status, two, one)
	}
	if status, answer := w.call(t, "POST", "/v1/checkouts", "k", other); status != http.StatusConflict || answer["code"] != "key-reused" {
		t.Errorf("another body: %d %v", status, answer)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(map[string]any){
		"no reference":     func(o map[string]any) { delete(o, "reference") },
		"nothing to pay":   func(o map[string]any) { o["amount"] = map[string]any{"value": "0.00", "currency": "ILS"} },
		"negative":         func(o map[string]any) { o["amount"] = map[string]any{"value": "-1", "currency": "ILS"} },
		"exponent":         func(o map[string]any) { o["amount"] = map[string]any{"value": 1e30, "currency": "ILS"} },
		"currency":         func(o map[string]any) { o["amount"] = map[string]any{"value": "1", "currency": "shekel"} },
		"relative address": func(o map[string]any) { o["returnUrl"] = "/back" },
		"script address":   func(o map[string]any) { o["callbackUrl"] = "javascript:alert(1)" },
		"no text":          func(o map[string]any) { o["description"] = map[string]string{} },
		"unknown field":    func(o map[string]any) { o["tip"] = 1 },
	} {
		order := w.order()
		change(order)
		if status, answer := w.call(t, "POST", "/v1/checkouts", name, order); status != http.StatusBadRequest || answer["code"] != "invalid" {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	if status, _ := w.call(t, "POST", "/v1/checkouts", "", w.order()); status != http.StatusBadRequest {
		t.Errorf("no key: %d", status)
	}
	if status, _ := w.call(t, "GET", "/v1/checkouts/co_unknown", "", nil); status != http.StatusNotFound {
		t.Errorf("unknown checkout: %d", status)
	}
	for _, path := range []string{"/v1/checkouts", "/v1/checkouts/x/refunds", "/test/faults"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", w.server.URL+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer guess")
		if status, _ := do(t, req); status != http.StatusUnauthorized {
			t.Errorf("%s with a wrong key: %d", path, status)
		}
	}
}

func TestAmountComesBackAsItWasWritten(t *testing.T) {
	w := newWorld(t)
	order := w.order()
	order["amount"] = map[string]any{"value": json.Number("12.5"), "currency": "ILS"}
	_, made := w.call(t, "POST", "/v1/checkouts", "k", order)
	_, answer := w.call(t, "GET", "/v1/checkouts/"+made["id"].(string), "", nil)
	if money := answer["amount"].(map[string]any); money["value"] != 12.5 {
		t.Errorf("value %v (%T)", money["value"], money["value"])
	}
}

func TestRefusedCallbackIsRepeatedUntilTaken(t *testing.T) {
	w := newWorld(t)
	w.press(t, w.create(t), "pay")
	w.merchant.refuse.Store(3)
	for range 10 {
		w.deliver(t)
		w.pass(time.Second)
	}
	if calls := w.merchant.seen(); len(calls) != 4 {
		t.Errorf("%d attempts, want 3 refused and 1 taken", len(calls))
	}
}

func TestCallbackThatIsNeverTakenIsGivenUp(t *testing.T) {
	w := newWorld(t)
	w.press(t, w.create(t), "pay")
	w.merchant.refuse.Store(1000)
	for range maxAttempts + 10 {
		w.deliver(t)
		w.pass(maxBackoff)
	}
	if calls := w.merchant.seen(); len(calls) != maxAttempts {
		t.Errorf("%d attempts, want %d", len(calls), maxAttempts)
	}
}

func TestWaitBetweenAttemptsGrowsToALimit(t *testing.T) {
	g := &Gateway{backoff: time.Second}
	for attempts, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, maxAttempts: maxBackoff} {
		if got := g.wait(attempts); got != want {
			t.Errorf("after %d attempts %s, want %s", attempts, got, want)
		}
	}
}

func TestCallbackSurvivesARestart(t *testing.T) {
	w := newWorld(t)
	id := w.create(t)
	w.press(t, id, "pay")
	if _, err := w.gateway.store.claimCallback(t.Context(), w.gateway.now()); err != nil { // and then the process died
		t.Fatal(err)
	}
	w.open(t)
	w.deliver(t)
	if calls := w.merchant.seen(); len(calls) != 0 {
		t.Errorf("sent within the lease: %v", calls)
	}
	w.pass(lease)
	w.deliver(t)
	if calls := w.merchant.seen(); len(calls) != 1 || calls[0].body["checkout"] != id {
		t.Errorf("after the restart: %v", calls)
	}
}

func TestRunDeliversWithoutBeingAsked(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.gateway.Run(ctx); close(done) }()
	w.press(t, w.create(t), "pay")
	select {
	case one := <-w.merchant.calls:
		if one.body["status"] != "paid" {
			t.Errorf("callback %v", one.body)
		}
	case <-time.After(10 * time.Second):
		t.Error("no callback")
	}
	cancel()
	<-done
}

func TestOpenCheckoutExpires(t *testing.T) {
	w := newWorld(t)
	id := w.create(t)
	w.pass(29 * time.Minute)
	w.deliver(t)
	if got := w.status(t, id); got != "open" {
		t.Errorf("status %v after 29 minutes", got)
	}
	w.pass(time.Minute)
	w.deliver(t)
	if calls := w.merchant.seen(); len(calls) != 1 || calls[0].body["event"] != "checkout.expired" {
		t.Errorf("callbacks %v", calls)
	}
	w.press(t, id, "pay")
	if got := w.status(t, id); got != "expired" {
		t.Errorf("an expired checkout became %v", got)
	}
}

func TestRefundsNeverExceedThePayment(t *testing.T) {
	w := newWorld(t)
	id := w.create(t)
	ask := func(key, value string) (int, map[string]any) {
		return w.call(t, "POST", "/v1/checkouts/"+id+"/refunds", key, map[string]any{"amount": map[string]any{"value": value, "currency": "ILS"}})
	}
	if status, answer := ask("early", "1.00"); status != http.StatusConflict || answer["code"] != "not-paid" {
		t.Errorf("before payment: %d %v", status, answer)
	}
	w.press(t, id, "pay")
	w.deliver(t)
	w.merchant.seen()
	w.fault(t, map[string]any{"refuseRefunds": 1})
	if status, answer := ask("part", "200.00"); status != http.StatusUnprocessableEntity || answer["code"] != "card-closed" {
		t.Errorf("of a closed card: %d %v", status, answer)
	}
	status, first := ask("part", "200.00")
	if status != http.StatusCreated || first["status"] != "refunded" {
		t.Fatalf("refund: %d %v", status, first)
	}
	if status, again := ask("part", "200.00"); status != http.StatusCreated || again["id"] != first["id"] {
		t.Errorf("repeat: %d %v", status, again)
	}
	if status, answer := ask("part", "10.00"); status != http.StatusConflict || answer["code"] != "key-reused" {
		t.Errorf("another body: %d %v", status, answer)
	}
	if status, answer := ask("much", "50.01"); status != http.StatusUnprocessableEntity || answer["code"] != "too-much" {
		t.Errorf("too much: %d %v", status, answer)
	}
	if status, answer := ask("rest", "50"); status != http.StatusCreated {
		t.Errorf("the rest: %d %v", status, answer)
	}
	w.deliver(t)
	calls := w.merchant.seen()
	if len(calls) != 2 || calls[0].body["event"] != "checkout.refunded" || calls[0].body["refund"] != first["id"] || calls[0].body["amount"].(map[string]any)["value"] != "200.00" {
		t.Errorf("callbacks %v", calls)
	}
}

func TestFaults(t *testing.T) {
	t.Run("repeated", func(t *testing.T) {
		w := newWorld(t)
		w.fault(t, map[string]any{"repeatCallbacks": 3})
		w.press(t, w.create(t), "pay")
		w.deliver(t)
		if calls := w.merchant.seen(); len(calls) != 4 {
			t.Errorf("%d callbacks, want 4", len(calls))
		}
	})
	t.Run("forged", func(t *testing.T) {
		w := newWorld(t)
		w.fault(t, map[string]any{"forgeCallbacks": 1, "dropCallbacks": 1})
		w.press(t, w.create(t), "pay")
		w.deliver(t)
		w.pass(time.Hour)
		w.deliver(t)
		if calls := w.merchant.seen(); len(calls) != 1 || calls[0].genuine {
			t.Errorf("callbacks %+v, want one forged", calls)
		}
	})
	t.Run("delayed", func(t *testing.T) {
		w := newWorld(t)
		w.fault(t, map[string]any{"delayCallbacks": "1m"})
		w.press(t, w.create(t), "pay")
		w.deliver(t)
		if calls := w.merchant.seen(); len(calls) != 0 {
			t.Errorf("came at once: %v", calls)
		}
		w.pass(time.Minute)
		w.deliver(t)
		if calls := w.merchant.seen(); len(calls) != 1 {
			t.Errorf("%d callbacks after the delay", len(calls))
		}
	})
	t.Run("dropped", func(t *testing.T) {
		w := newWorld(t)
		w.fault(t, map[string]any{"dropCallbacks": 1})
		id := w.create(t)
		w.press(t, id, "pay")
		w.deliver(t)
		if calls := w.merchant.seen(); len(calls) != 0 || w.status(t, id) != "paid" {
			t.Errorf("callbacks %v, status %v", calls, w.status(t, id))
		}
	})
	t.Run("failing creates", func(t *testing.T) {
		w := newWorld(t)
		w.fault(t, map[string]any{"failCreates": 1})
		if status, answer := w.call(t, "POST", "/v1/checkouts", t.Name(), w.order()); status != http.StatusServiceUnavailable {
			t.Errorf("%d %v", status, answer)
		}
		w.create(t)
	})
	t.Run("nonsense", func(t *testing.T) {
		w := newWorld(t)
		for _, bad := range []map[string]any{{"repeatCallbacks": -1}, {"delayCallbacks": "soon"}, {"unknown": 1}} {
			if status, _ := w.call(t, "POST", "/test/faults", "", bad); status != http.StatusBadRequest {
				t.Errorf("%v: %d", bad, status)
			}
		}
	})
}

func TestPageSpeaksArabicAndEnglish(t *testing.T) {
	w := newWorld(t)
	id := w.create(t)
	for query, want := range map[string]struct{ lang, direction, text string }{
		"": {"ar", "rtl", "رسم التجديد"}, "?lang=en": {"en", "ltr", "Renewal fee"},
	} {
		resp, err := http.Get(w.server.URL + "/pay/" + id + query)
		if err != nil {
			t.Fatal(err)
		}
		page, err := goquery.NewDocumentFromReader(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' http://portal.example") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		html := page.Find("html")
		if html.AttrOr("lang", "") != want.lang || html.AttrOr("dir", "") != want.direction || page.Find("dd").Eq(1).Text() != want.text {
			t.Errorf("%q: %s %s %q", query, html.AttrOr("lang", ""), html.AttrOr("dir", ""), page.Find("dd").Eq(1).Text())
		}
		if page.Find("button[name=choice]").Length() != 3 || page.Find("#card").AttrOr("value", "") != sampleCard || page.Find(".amount").Text() != map[string]string{"ar": "250.00 شيكل", "en": "250.00 ILS"}[want.lang] {
			t.Errorf("%q: buttons, card or amount are missing", query)
		}
		if page.Find("script, style, [style]").Length() != 0 {
			t.Errorf("%q: a script or an inline style", query)
		}
	}
	if resp, err := http.Get(w.server.URL + "/pay/co_unknown"); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("unknown checkout: %v, %v", resp, err)
	}
}
