package stripe

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
)

const (
	testKey    = "sk_test_nobody"
	testSecret = "whsec_of_nobody"
)

// fake speaks Stripe's protocol and keeps its books, which stripe-mock does not: that one checks every request against Stripe's specification and
// answers with samples. Amounts, idempotency and errors are those of Stripe's reference; so small is the rest that it holds no opinion of its own.
type fake struct {
	mu       sync.Mutex
	sessions map[string]*session
	refunds  []*refund
	disputes []*disputed
	balance  []transaction
	pages    int // of lists of the balance that were asked for
	keys     map[string]answered
	status   string // of the refunds that are made from now on; "" = succeeded
}

type session struct {
	ID            string            `json:"id"`
	Object        string            `json:"object"`
	URL           string            `json:"url,omitempty"`
	Status        string            `json:"status"`
	PaymentStatus string            `json:"payment_status"`
	Reference     string            `json:"client_reference_id"`
	AmountTotal   int64             `json:"amount_total"`
	Currency      string            `json:"currency"`
	Created       int64             `json:"created"`
	Intent        *string           `json:"payment_intent"`
	Metadata      map[string]string `json:"metadata"`
}

type refund struct {
	ID       string            `json:"id"`
	Object   string            `json:"object"`
	Amount   int64             `json:"amount"`
	Currency string            `json:"currency"`
	Intent   string            `json:"payment_intent"`
	Status   string            `json:"status"`
	Reason   string            `json:"failure_reason,omitempty"`
	Metadata map[string]string `json:"metadata"`
}

type disputed struct {
	ID           string           `json:"id"`
	Object       string           `json:"object"`
	Amount       int64            `json:"amount"`
	Currency     string           `json:"currency"`
	Intent       string           `json:"payment_intent"`
	Charge       string           `json:"charge"`
	Status       string           `json:"status"`
	Reason       string           `json:"reason"`
	Transactions []map[string]any `json:"balance_transactions"`
}

// transaction is one of the balance.
type transaction struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Type     string `json:"type"`
	Amount   int64  `json:"amount"`
	Fee      int64  `json:"fee"`
	Currency string `json:"currency"`
	Created  int64  `json:"created"`
	Source   any    `json:"source"`
}

// moves books a transaction of the balance now.
func (f *fake) moves(kind, currency string, amount, fee int64, source any) {
	f.balance = append(f.balance, transaction{fmt.Sprintf("txn_%d", len(f.balance)+1), "balance_transaction", kind, amount, fee, currency, time.Now().Unix(), source})
}

// within tells whether something was created in the range that is asked for.
func within(r *http.Request, created int64) bool {
	from, _ := strconv.ParseInt(r.Form.Get("created[gte]"), 10, 64)
	until, _ := strconv.ParseInt(r.Form.Get("created[lt]"), 10, 64)
	return created >= from && created < until
}

// perPageOfFake is fewer than is asked for: Stripe may do that.
const perPageOfFake = 2

func (f *fake) listBalance(r *http.Request) (int, any) {
	f.pages++
	page, more, found := []transaction{}, false, r.Form.Get("starting_after") == ""
	for _, t := range f.balance {
		switch {
		case !found:
			found = t.ID == r.Form.Get("starting_after")
		case !within(r, t.Created):
		case len(page) == perPageOfFake:
			more = true
		default:
			page = append(page, t)
		}
	}
	return http.StatusOK, map[string]any{"object": "list", "data": page, "has_more": more, "url": r.URL.Path}
}

// answered is what Stripe keeps of a key.
type answered struct {
	request string
	status  int
	body    []byte
}

func newFake() *fake { return &fake{sessions: map[string]*session{}, keys: map[string]answered{}} }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+testKey {
		write(w, http.StatusUnauthorized, failure("invalid_request_error", ""))
		return
	}
	if err := r.ParseForm(); err != nil {
		write(w, http.StatusBadRequest, failure("invalid_request_error", "parameter_unknown"))
		return
	}
	key := r.Header.Get("Idempotency-Key")
	request := r.Method + r.URL.Path + r.Form.Encode()
	if before, ok := f.keys[key]; ok && r.Method == http.MethodPost {
		if before.request != request {
			write(w, http.StatusBadRequest, failure("idempotency_error", ""))
			return
		}
		w.WriteHeader(before.status)
		_, _ = w.Write(before.body)
		return
	}
	status, v := f.answer(r)
	if r.Method == http.MethodPost && key != "" && status == http.StatusOK {
		body, _ := json.Marshal(v)
		f.keys[key] = answered{request, status, body}
	}
	write(w, status, v)
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func failure(kind, code string) any {
	e := map[string]string{"type": kind, "message": "words that may name a payer"}
	if code != "" {
		e["code"] = code
	}
	return map[string]any{"error": e}
}

func (f *fake) answer(r *http.Request) (int, any) {
	id, one := strings.CutPrefix(r.URL.Path, "/v1/checkout/sessions/")
	switch {
	case one && r.Method == http.MethodGet && f.sessions[id] != nil:
		return http.StatusOK, f.sessions[id]
	case one:
		return http.StatusNotFound, failure("invalid_request_error", "resource_missing")
	case r.Method == http.MethodGet && r.URL.Path == "/v1/checkout/sessions":
		all := []*session{}
		for _, s := range f.sessions {
			if s.Intent != nil && (*s.Intent == r.Form.Get("payment_intent") || r.Form.Get("status") == "complete" && within(r, s.Created)) {
				all = append(all, s)
			}
		}
		return http.StatusOK, map[string]any{"object": "list", "data": all, "has_more": false, "url": r.URL.Path}
	case r.Method == http.MethodGet && r.URL.Path == "/v1/balance_transactions":
		return f.listBalance(r)
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/disputes/"):
		for _, d := range f.disputes {
			if "/v1/disputes/"+d.ID == r.URL.Path {
				return http.StatusOK, d
			}
		}
		return http.StatusNotFound, failure("invalid_request_error", "resource_missing")
	case r.Method == http.MethodPost && r.URL.Path == "/v1/checkout/sessions":
		return f.open(r)
	case r.Method == http.MethodPost && r.URL.Path == "/v1/refunds":
		return f.giveBack(r)
	case r.Method == http.MethodGet && r.URL.Path == "/v1/refunds":
		all := []*refund{}
		for _, x := range f.refunds {
			if x.Intent == r.Form.Get("payment_intent") {
				all = append(all, x)
			}
		}
		return http.StatusOK, map[string]any{"object": "list", "data": all, "has_more": false, "url": "/v1/refunds"}
	}
	return http.StatusNotFound, failure("invalid_request_error", "")
}

// amount reads one as Stripe does: of what has three decimals it takes no thousandth.
func amount(text, currency string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	decimals, known := formula.CurrencyExponent(strings.ToUpper(currency))
	return n, err == nil && known && n > 0 && n <= 99999999 && (decimals < 3 || n%10 == 0)
}

func (f *fake) open(r *http.Request) (int, any) {
	currency, total := r.Form.Get("line_items[0][price_data][currency]"), int64(0)
	for i := 0; i == 0 || r.Form.Has(fmt.Sprintf("line_items[%d][quantity]", i)); i++ {
		at := func(name string) string { return r.Form.Get(fmt.Sprintf("line_items[%d]", i) + name) }
		one, ok := amount(at("[price_data][unit_amount]"), currency)
		total += one
		switch {
		case !ok || total > 99999999:
			return http.StatusBadRequest, failure("invalid_request_error", "parameter_invalid_integer")
		case at("[price_data][currency]") != currency:
			return http.StatusBadRequest, failure("invalid_request_error", "")
		case r.Form.Get("mode") != "payment" || r.Form.Get("success_url") == "" || at("[quantity]") != "1" || at("[price_data][product_data][name]") == "":
			return http.StatusBadRequest, failure("invalid_request_error", "parameter_missing")
		}
	}
	n := len(f.sessions) + 1
	s := &session{
		ID: fmt.Sprintf("cs_test_%d", n), Object: "checkout.session", Status: "open", PaymentStatus: "unpaid", URL: fmt.Sprintf("https://checkout.stripe.com/c/pay/cs_test_%d", n),
		Created: time.Now().Unix(), Reference: r.Form.Get("client_reference_id"), AmountTotal: total, Currency: currency, Metadata: map[string]string{"payment": r.Form.Get("metadata[payment]")},
	}
	f.sessions[s.ID] = s
	return http.StatusOK, s
}

func (f *fake) giveBack(r *http.Request) (int, any) {
	var of *session
	for _, s := range f.sessions {
		if s.Intent != nil && *s.Intent == r.Form.Get("payment_intent") {
			of = s
		}
	}
	if of == nil {
		return http.StatusNotFound, failure("invalid_request_error", "resource_missing")
	}
	minor, ok := amount(r.Form.Get("amount"), of.Currency)
	gone := f.gone(*of.Intent) + f.taken(*of.Intent)
	switch {
	case !ok:
		return http.StatusBadRequest, failure("invalid_request_error", "parameter_invalid_integer")
	case gone == of.AmountTotal:
		return http.StatusBadRequest, failure("invalid_request_error", "charge_already_refunded")
	case gone+minor > of.AmountTotal:
		return http.StatusBadRequest, failure("invalid_request_error", "")
	}
	x := &refund{
		ID: fmt.Sprintf("re_%d", len(f.refunds)+1), Object: "refund", Amount: minor, Currency: of.Currency, Intent: *of.Intent, Status: "succeeded",
		Metadata: map[string]string{"refund": r.Form.Get("metadata[refund]")},
	}
	if f.status != "" {
		x.Status, x.Reason = f.status, "expired_or_canceled_card"
	}
	f.refunds = append(f.refunds, x)
	if x.Status == "succeeded" {
		f.moves("refund", x.Currency, -x.Amount, 0, x)
	}
	return http.StatusOK, x
}

// gone is what has gone back, or is on its way.
func (f *fake) gone(intent string) (sum int64) {
	for _, x := range f.refunds {
		if x.Intent == intent && x.Status != "failed" && x.Status != "canceled" {
			sum += x.Amount
		}
	}
	return sum
}

// taken is what the banks of payers have taken back.
func (f *fake) taken(intent string) (sum int64) {
	for _, d := range f.disputes {
		if d.Intent == intent && d.Status != "won" {
			sum += d.Amount
		}
	}
	return sum
}

// dispute takes back what is left of a session, with the transactions of the balance and the fee that Stripe asks for it.
func (f *fake) dispute(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sessions[id]
	d := &disputed{ID: fmt.Sprintf("dp_%d", len(f.disputes)+1), Object: "dispute", Amount: s.AmountTotal - f.gone(*s.Intent) - f.taken(*s.Intent), Currency: s.Currency, Intent: *s.Intent, Charge: "ch_" + id, Status: "needs_response", Reason: "fraudulent"}
	d.move(-d.Amount)
	f.moves("adjustment", d.Currency, -d.Amount, 1500, d)
	f.disputes = append(f.disputes, d)
	return d.ID
}

func (d *disputed) move(amount int64) {
	d.Transactions = append(d.Transactions, map[string]any{"id": fmt.Sprintf("txn_%s_%d", d.ID, len(d.Transactions)), "object": "balance_transaction", "amount": amount, "currency": d.Currency, "fee": 1500, "type": "adjustment"})
}

// decide ends a dispute.
func (f *fake) decide(id string, won bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.disputed(id)
	if d.Status = "lost"; won {
		d.Status = "won"
		d.move(d.Amount)
		f.moves("adjustment", d.Currency, d.Amount, 0, d)
	}
}

func (f *fake) disputed(id string) *disputed {
	return f.disputes[slices.IndexFunc(f.disputes, func(d *disputed) bool { return d.ID == id })]
}

// disputeEvent is what Stripe reports of a dispute as it stands.
func (f *fake) disputeEvent(id string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.disputed(id)
	kind := map[string]string{"needs_response": "funds_withdrawn", "won": "funds_reinstated", "lost": "closed"}[d.Status]
	body, _ := json.Marshal(map[string]any{
		"id": "evt_" + id + kind, "object": "event", "api_version": Version, "created": 1795000000, "type": "charge.dispute." + kind, "data": map[string]any{"object": d},
	})
	return body
}

// end gives an open session its end.
func (f *fake) end(t *testing.T, id, status, payment string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sessions[id]
	if s == nil || s.Status != "open" {
		t.Fatalf("session %s: %+v", id, s)
	}
	s.Status, s.PaymentStatus, s.URL = status, payment, ""
	if payment == "paid" {
		intent := "pi_" + id
		s.Intent = &intent
		f.moves("charge", s.Currency, s.AmountTotal, s.AmountTotal/50, map[string]any{"id": "ch_" + id, "object": "charge", "amount": s.AmountTotal, "currency": s.Currency, "payment_intent": intent})
	}
}

// event is what Stripe reports of a session as it stands.
func (f *fake) event(id string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sessions[id]
	kind := map[string]string{"open": "created", "complete": "completed", "expired": "expired"}[s.Status]
	body, _ := json.Marshal(map[string]any{
		"id": "evt_" + s.ID + kind, "object": "event", "api_version": Version, "created": 1795000000, "type": "checkout.session." + kind, "data": map[string]any{"object": s},
	})
	return body
}
