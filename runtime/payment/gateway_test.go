package payment_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/settlement"
)

const secret = "whsec-of-this-test"

// bank is a gateway that keeps its own books, to compare ours with.
type bank struct {
	mu        sync.Mutex
	server    *httptest.Server
	checkouts map[string]*place
	keys      map[string]string // idempotency key → body and answer
	down      bool
	from      int // above which it numbers its checkouts
	refunds   int
	payouts   map[string]*sent
	disputes  []*quarrel
	lose      int // answers about payouts that are carried out and never arrive
	refuse    int // refunds that are refused for good

	today func() string     // under which it books what moves; nil = it keeps no list
	moved []settlement.Line // what it has booked
	plant func(settlement.Line) []settlement.Line
}

// books keeps a movement as the bank lists and settles it.
func (b *bank) books(kind settlement.Kind, key string, amount formula.Money, sign int64) {
	if b.today != nil {
		amount.Minor *= sign
		b.moved = append(b.moved, settlement.Line{Key: settlement.Key{Kind: kind, ID: key}, Day: b.today(), Amount: amount})
	}
}

// sent is a payout as the bank keeps it.
type sent struct {
	ID          string        `json:"id"`
	Status      string        `json:"status"`
	Reference   string        `json:"reference"`
	Failure     string        `json:"failure,omitempty"`
	Amount      formula.Money `json:"amount"`
	Destination struct {
		IBAN, Checkout string
	} `json:"destination"`
}

type place struct {
	ID        string        `json:"id"`
	URL       string        `json:"url"`
	Status    string        `json:"status"`
	Reference string        `json:"reference"`
	Amount    formula.Money `json:"amount"`
	refunded  int64
	taken     int64 // by the bank of the payer, and not given back
}

func newBank(t *testing.T) (*bank, *payment.Gateway) {
	t.Helper()
	b := &bank{checkouts: map[string]*place{}, keys: map[string]string{}, payouts: map[string]*sent{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/checkouts", b.create)
	mux.HandleFunc("GET /v1/checkouts/{id}", b.read)
	mux.HandleFunc("POST /v1/checkouts/{id}/refunds", b.refund)
	mux.HandleFunc("POST /v1/payouts", b.payOut)
	mux.HandleFunc("GET /v1/payouts/{id}", b.readPayout)
	mux.HandleFunc("GET /v1/disputes/{id}", b.readDispute)
	mux.HandleFunc("GET /v1/movements", b.list)
	mux.HandleFunc("GET /v1/settlements/{day}", b.file)
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
	g, err := payment.NewGateway(b.server.URL, "merchant", secret, "an older one")
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
		p := &place{ID: fmt.Sprintf("co_%d", b.from+len(b.checkouts)+1), Status: "open"}
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
		if b.refuse > 0 {
			b.refuse--
			return http.StatusUnprocessableEntity, map[string]string{"code": "card-closed"}
		}
		if json.Unmarshal(body, &asked) != nil || p == nil || p.Status != "paid" || p.refunded+p.taken+asked.Amount.Minor > p.Amount.Minor {
			return http.StatusUnprocessableEntity, map[string]string{"code": "too-much"}
		}
		p.refunded += asked.Amount.Minor
		b.books(settlement.Refund, r.Header.Get("Idempotency-Key"), asked.Amount, -1)
		b.refunds++
		return http.StatusCreated, map[string]string{"status": "refunded"}
	})
}

// payOut takes a payout; an account that ends in 00 is refused at once, and one that ends in 04 turns out to be closed.
func (b *bank) payOut(w http.ResponseWriter, r *http.Request) {
	lost := b.lose > 0
	if lost {
		b.lose--
		real := w
		w = httptest.NewRecorder()
		defer real.WriteHeader(http.StatusBadGateway)
	}
	b.once(w, r, func(body []byte) (int, any) {
		p := &sent{ID: fmt.Sprintf("po_%d", len(b.payouts)+1), Status: "pending"}
		if json.Unmarshal(body, p) != nil || p.Amount.Minor <= 0 {
			return http.StatusBadRequest, nil
		}
		if strings.HasSuffix(p.Destination.IBAN, "00") {
			return http.StatusUnprocessableEntity, map[string]string{"code": "destination-invalid"}
		}
		b.payouts[p.ID] = p
		return http.StatusCreated, p
	})
}

func (b *bank) readPayout(w http.ResponseWriter, r *http.Request) {
	p := b.payouts[r.PathValue("id")]
	if p == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(p)
}

// arrive lets the payouts that are pending arrive or come back, and gives the bodies of the callbacks.
func (b *bank) arrive() (events [][]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(b.payouts)) {
		p := b.payouts[id]
		if p.Status != "pending" {
			continue
		}
		p.Status = "paid"
		if strings.HasSuffix(p.Destination.IBAN, "04") {
			p.Status, p.Failure = "failed", "account-closed"
		} else {
			b.books(settlement.Payout, p.Reference, p.Amount, -1)
		}
		body, _ := json.Marshal(map[string]any{"event": "payout." + p.Status, "payout": p.ID, "reference": p.Reference, "status": p.Status, "failure": p.Failure, "amount": p.Amount})
		events = append(events, body)
	}
	return events
}

// comeBack lets payouts come back that were paid, of all references or one, and gives the bodies of the callbacks.
func (b *bank) comeBack(reference string) (events [][]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(b.payouts)) {
		p := b.payouts[id]
		if p.Status != "paid" || reference != "" && p.Reference != reference {
			continue
		}
		p.Status, p.Failure = "returned", "recipient-unknown"
		b.books(settlement.Return, p.Reference, p.Amount, 1)
		body, _ := json.Marshal(map[string]any{"event": "payout.returned", "payout": p.ID, "reference": p.Reference, "status": p.Status, "failure": p.Failure, "amount": p.Amount})
		events = append(events, body)
	}
	return events
}

// paidOut is what the bank has paid out for a reference, "" = for all.
func (b *bank) paidOut(reference string) (sum int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.payouts {
		if p.Status == "paid" && (reference == "" || p.Reference == reference) {
			sum += p.Amount.Minor
		}
	}
	return sum
}

// pay makes the payer pay at a checkout; set gives it another end.
func (b *bank) pay(id string) { b.set(id, "paid") }

// takes lets the bank take another amount than it was asked for.
func (b *bank) takes(id string, minor int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.checkouts[id].Amount.Minor = minor
}

func (b *bank) set(id, status string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.checkouts[id]
	if status == "paid" && c.Status != status {
		b.books(settlement.Payment, id, c.Amount, 1)
	}
	c.Status = status
}

func (b *bank) switchOff(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// holds is what the bank has taken in and neither given back nor paid out.
func (b *bank) holds() (sum int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.checkouts {
		if p.Status == "paid" {
			sum += p.Amount.Minor - p.refunded - p.taken
		}
	}
	for _, p := range b.payouts {
		if p.Status == "paid" {
			sum -= p.Amount.Minor
		}
	}
	return sum
}

// list answers what moved on a day, on one page.
func (b *bank) list(w http.ResponseWriter, r *http.Request) {
	type movement struct {
		Kind   settlement.Kind `json:"kind"`
		Key    string          `json:"key"`
		Amount formula.Money   `json:"amount"`
	}
	all := []movement{}
	for _, l := range b.moved {
		if l.Day == r.URL.Query().Get("day") {
			all = append(all, movement{l.Kind, l.ID, l.Amount})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"movements": all})
}

// file answers the settlement file of a day, in which plant may have done something to a line.
func (b *bank) file(w http.ResponseWriter, r *http.Request) {
	var file strings.Builder
	file.WriteString("day,kind,key,amount,currency\n")
	n := 0
	for _, l := range b.moved {
		if l.Day != r.PathValue("day") {
			continue
		}
		lines := []settlement.Line{l}
		if b.plant != nil {
			lines = b.plant(l)
		}
		for _, l := range lines {
			fmt.Fprintf(&file, "%s,%s,%s,%s,%s\n", l.Day, l.Kind, l.ID, l.Amount.Value(), l.Amount.Currency)
			n++
		}
	}
	fmt.Fprintf(&file, "%s,end,%d,,\n", r.PathValue("day"), n)
	_, _ = io.WriteString(w, file.String())
}

// quarrel is a dispute as the bank keeps it.
type quarrel struct {
	ID       string        `json:"id"`
	Checkout string        `json:"checkout"`
	Status   string        `json:"status"`
	Reason   string        `json:"reason"`
	Taken    bool          `json:"taken"`
	Amount   formula.Money `json:"amount"`
}

func (b *bank) readDispute(w http.ResponseWriter, r *http.Request) {
	for _, q := range b.disputes {
		if q.ID == r.PathValue("id") {
			_ = json.NewEncoder(w).Encode(q)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

// dispute takes back what is left of a checkout; nil where nothing is.
func (b *bank) dispute(id string) *quarrel {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.checkouts[id]
	q := &quarrel{ID: fmt.Sprintf("dp_%d", len(b.disputes)+1), Checkout: id, Status: "taken", Reason: "fraudulent", Taken: true, Amount: p.Amount}
	if q.Amount.Minor -= p.refunded + p.taken; p.Status != "paid" || q.Amount.Minor == 0 {
		return nil
	}
	p.taken += q.Amount.Minor
	b.disputes = append(b.disputes, q)
	b.books(settlement.Chargeback, q.ID, q.Amount, -1)
	return q
}

// decide ends a dispute.
func (b *bank) decide(q *quarrel, won bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q.Status = "lost"; won {
		q.Status = "won"
		b.checkouts[q.Checkout].taken -= q.Amount.Minor
		b.books(settlement.Reinstated, q.ID, q.Amount, 1)
	}
}

// disputed is the body of a callback about a dispute as it stands.
func (b *bank) disputed(q *quarrel) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := json.Marshal(map[string]any{"event": "dispute." + q.Status, "dispute": q.ID, "checkout": q.Checkout, "status": q.Status, "amount": q.Amount})
	return body
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
