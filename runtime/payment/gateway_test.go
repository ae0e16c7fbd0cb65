package payment_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment"
)

const secret = "whsec-of-this-test"

// bank is a gateway that keeps its own books, to compare ours with.
type bank struct {
	mu        sync.Mutex
	server    *httptest.Server
	checkouts map[string]*place
	keys      map[string]string // idempotency key → body and answer
	down      bool
	refunds   int
}

type place struct {
	ID        string        `json:"id"`
	URL       string        `json:"url"`
	Status    string        `json:"status"`
	Reference string        `json:"reference"`
	Amount    formula.Money `json:"amount"`
	refunded  int64
}

func newBank(t *testing.T) (*bank, *payment.Gateway) {
	t.Helper()
	b := &bank{checkouts: map[string]*place{}, keys: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/checkouts", b.create)
	mux.HandleFunc("GET /v1/checkouts/{id}", b.read)
	mux.HandleFunc("POST /v1/checkouts/{id}/refunds", b.refund)
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.down || r.Header.Get("Authorization") != "Bearer merchant" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	g, err := payment.NewGateway(b.server.URL, "merchant")
	if err != nil {
		t.Fatal(err)
	}
	return b, g
}

// once answers a repeated key as the first time, and one with another body with a conflict.
func (b *bank) once(w http.ResponseWriter, r *http.Request, do func(body []byte) (int, any)) {
	body, _ := io.ReadAll(r.Body)
	key := r.URL.Path + r.Header.Get("Idempotency-Key")
	if before, ok := b.keys[key]; ok {
		var was [2]string
		_ = json.Unmarshal([]byte(before), &was)
		if was[0] != string(body) {
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"code":"key-reused"}`))
			return
		}
		_, _ = w.Write([]byte(was[1]))
		return
	}
	status, v := do(body)
	answer, _ := json.Marshal(v)
	if status/100 == 2 {
		kept, _ := json.Marshal([2]string{string(body), string(answer)})
		b.keys[key] = string(kept)
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (b *bank) create(w http.ResponseWriter, r *http.Request) {
	b.once(w, r, func(body []byte) (int, any) {
		p := &place{ID: fmt.Sprintf("co_%d", len(b.checkouts)+1), Status: "open"}
		if json.Unmarshal(body, p) != nil || p.Amount.Minor <= 0 {
			return http.StatusBadRequest, nil
		}
		p.URL = b.server.URL + "/pay/" + p.ID
		b.checkouts[p.ID] = p
		return http.StatusCreated, p
	})
}

func (b *bank) read(w http.ResponseWriter, r *http.Request) {
	p := b.checkouts[r.PathValue("id")]
	if p == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(p)
}

func (b *bank) refund(w http.ResponseWriter, r *http.Request) {
	b.once(w, r, func(body []byte) (int, any) {
		var asked struct {
			Amount formula.Money `json:"amount"`
		}
		p := b.checkouts[r.PathValue("id")]
		if json.Unmarshal(body, &asked) != nil || p == nil || p.Status != "paid" || p.refunded+asked.Amount.Minor > p.Amount.Minor {
			return http.StatusUnprocessableEntity, map[string]string{"code": "too-much"}
		}
		p.refunded += asked.Amount.Minor
		b.refunds++
		return http.StatusCreated, map[string]string{"status": "refunded"}
	})
}

// pay makes the payer pay at a checkout; set gives it another end.
func (b *bank) pay(id string) { b.set(id, "paid") }

func (b *bank) set(id, status string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.checkouts[id].Status = status
}

func (b *bank) switchOff(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// holds is what the bank has taken in and not given back.
func (b *bank) holds() (sum int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.checkouts {
		if p.Status == "paid" {
			sum += p.Amount.Minor - p.refunded
		}
	}
	return sum
}

// event is the body of a callback about a checkout.
func (b *bank) event(id string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.checkouts[id]
	body, _ := json.Marshal(map[string]any{
		"event": "checkout." + p.Status, "checkout": p.ID, "reference": p.Reference, "status": p.Status, "amount": p.Amount, "occurredAt": "2026-11-21T09:00:00Z",
	})
	return body
}

func sign(key string, at time.Time, body []byte) string {
	h := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(h, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(h.Sum(nil)))
}
