package payment_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Whatever has moved money is known by the key that the gateway has for it: what was due, what was paid beside it or when nobody waited any
// more, what went back, what was paid out and came back.
func TestEveryMovementIsKnownByTheKeyOfTheGateway(t *testing.T) {
	w := newWorld(t)
	application, _, id := w.paid()
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}}, w.now)
	})
	gone, due := w.assess()
	late := w.checkout(due)
	w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, gone, "pay", 1) })
	w.bank.pay(late)
	if s := w.callback(w.bank.event(late)); s != http.StatusOK {
		t.Fatal(s)
	}
	w.deliverRefunds()
	out := w.payOut(uuid.New(), 1, account)
	w.must(w.send(out))
	for _, body := range w.bank.arrive() {
		w.callback(body)
	}
	var refunds []string
	rows, err := w.pool.Query(t.Context(), "SELECT id::text FROM refund ORDER BY reason")
	w.must(err)
	refunds, err = pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)

	want := []string{
		"payment " + id + " 280.00 ILS", "payment " + late + " 280.00 ILS", "payout " + out.ID.String() + " -75.00 ILS",
		"refund " + refunds[0] + " -280.00 ILS", "refund " + refunds[1] + " -250.00 ILS",
	}
	ours, day := w.desk.Ours(), w.now.Format(time.DateOnly)
	written := func(list []settlement.Movement) (out []string) {
		for _, m := range list {
			out = append(out, fmt.Sprintf("%s %s %s", m.Kind, m.ID, m.Amount))
			if m.Day != day || m.Authority == "" || m.Application == uuid.Nil {
				t.Errorf("%+v", m)
			}
		}
		slices.Sort(out)
		return out
	}
	slices.Sort(want)
	moved, err := ours.Moved(t.Context(), ledger.Gateway, day)
	w.must(err)
	if got := written(moved); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var keys []settlement.Key
	for _, m := range moved {
		keys = append(keys, m.Key)
	}
	known, err := ours.Known(t.Context(), ledger.Gateway, append(keys, settlement.Key{Kind: settlement.Payment, ID: "co_none"}, settlement.Key{Kind: settlement.Refund, ID: "x"},
		settlement.Key{Kind: settlement.Payout, ID: refunds[0]}))
	w.must(err)
	if got := written(known); !slices.Equal(got, want) {
		t.Errorf("by key: %v", got)
	}
	if other, err := ours.Moved(t.Context(), "another", day); err != nil || len(other) != 0 {
		t.Errorf("%v, %v", other, err)
	}
	if first, err := ours.FirstDay(t.Context(), ledger.Gateway); first != day || err != nil {
		t.Errorf("%q, %v", first, err)
	}

	// What the figures say is what stands on the accounts.
	turnover, err := ours.Turnover(t.Context(), day, day)
	w.must(err)
	var sum settlement.Turnover
	for _, x := range turnover {
		sum.Due, sum.Received, sum.Refunded, sum.Owed = sum.Due+x.Due, sum.Received+x.Received, sum.Refunded+x.Refunded, sum.Owed+x.Owed
	}
	if want := (settlement.Turnover{Due: 28000, Received: 56000, Refunded: 53000, Owed: w.balance(ledger.Receivable("transport"))}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
}

func TestAPayoutThatCameBackBeforeAnybodyHeardThatItWasPaidIsBothInTheBook(t *testing.T) {
	w := newWorld(t)
	out := w.payOut(uuid.New(), 1, account)
	w.must(w.send(out))
	w.bank.arrive() // and its callback is lost
	for _, body := range w.bank.comeBack(out.ID.String()) {
		for range 2 {
			if s := w.callback(body); s != http.StatusOK {
				t.Fatal(s)
			}
		}
	}
	moved, err := w.desk.Ours().Moved(t.Context(), ledger.Gateway, w.now.Format(time.DateOnly))
	w.must(err)
	byKind := map[settlement.Kind]int64{}
	for _, m := range moved {
		byKind[m.Kind] += m.Amount.Minor
	}
	if len(moved) != 2 || byKind[settlement.Payout] != -7500 || byKind[settlement.Return] != 7500 || w.balance(ledger.Payable("social")) != 0 || w.balance(ledger.Expense("social", "aid")) != 0 {
		t.Errorf("%+v", moved)
	}
}

func TestADayOfTheGatewayIsReadPageByPage(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/movements", func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer key" || r.URL.Query().Get("day") != "2026-11-21" {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		body := `{"movements": [{"kind": "payment", "key": "co_1", "amount": {"value": "250.00", "currency": "ILS"}}], "after": "payment:co_1"}`
		if r.URL.Query().Get("after") == "payment:co_1" {
			body = `{"movements": [{"kind": "refund", "key": "rf", "amount": {"value": "-1.500", "currency": "JOD"}}]}`
		}
		_, _ = rw.Write([]byte(body))
	})
	status := http.StatusNotFound
	mux.HandleFunc("GET /v1/settlements/{day}", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) })
	server := httptest.NewServer(mux)
	defer server.Close()
	g, err := payment.NewGateway(server.URL, "key")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := g.Settlement().List(t.Context(), "2026-11-21")
	if err != nil || len(lines) != 2 || lines[1].Number != 2 || lines[1].Amount.String() != "-1.500 JOD" || lines[0].ID != "co_1" {
		t.Errorf("%v, %v", lines, err)
	}
	if file, err := g.Settlement().File(t.Context(), "2026-11-21"); file != nil || err != nil {
		t.Errorf("a file that is not there yet: %q, %v", file, err)
	}
	status = http.StatusBadGateway
	if file, err := g.Settlement().File(t.Context(), "2026-11-21"); file != nil || err == nil {
		t.Errorf("a gateway that fails: %q, %v", file, err)
	}
}
