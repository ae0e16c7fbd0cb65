package gateway

import (
	"net/http"
	"testing"
	"time"
)

func (w *world) payOut(t *testing.T, key, iban string) (status int, answer map[string]any) {
	t.Helper()
	return w.call(t, "POST", "/v1/payouts", key, map[string]any{
		"reference": "P-" + key, "amount": map[string]any{"value": "75.50", "currency": "ILS"}, "destination": map[string]any{"iban": iban}, "callbackUrl": w.merchant.server.URL + "/callback",
	})
}

func TestAPayoutIsPaidOnceAndSaysWhatBecameOfIt(t *testing.T) {
	w := newWorld(t)
	w.fault(t, map[string]any{"losePayouts": 1, "holdPayouts": "1h"})
	if status, _ := w.payOut(t, "one", "PS92PALS000000000400123456702"); status != http.StatusServiceUnavailable {
		t.Errorf("answered %d, and the answer should be lost", status)
	}
	status, first := w.payOut(t, "one", "PS92PALS000000000400123456702")
	if status != http.StatusCreated || first["status"] != "pending" || first["reference"] != "P-one" {
		t.Fatalf("%d %v", status, first)
	}
	if status, answer := w.payOut(t, "one", "PS97PALS000000000400123450404"); status != http.StatusConflict || answer["code"] != "key-reused" {
		t.Errorf("another body: %d %v", status, answer)
	}
	_, closed := w.payOut(t, "two", "PS97PALS000000000400123450404")
	w.deliver(t)
	if calls := w.merchant.seen(); len(calls) != 0 {
		t.Errorf("told before it is over: %v", calls)
	}
	w.pass(2 * time.Hour)
	w.deliver(t)
	told := map[any]string{}
	for _, c := range w.merchant.seen() {
		if !c.genuine || c.body["checkout"] != nil {
			t.Errorf("%+v", c)
		}
		told[c.body["payout"]] = c.body["event"].(string) + " " + c.body["status"].(string)
	}
	if len(told) != 2 || told[first["id"]] != "payout.paid paid" || told[closed["id"]] != "payout.failed failed" {
		t.Errorf("%v", told)
	}
	for id, want := range map[any][2]any{first["id"]: {"paid", nil}, closed["id"]: {"failed", "account-closed"}} {
		if _, got := w.call(t, "GET", "/v1/payouts/"+id.(string), "", nil); got["status"] != want[0] || got["failure"] != want[1] {
			t.Errorf("%v", got)
		}
	}
	if status, _ := w.call(t, "GET", "/v1/payouts/po_none", "", nil); status != http.StatusNotFound {
		t.Error(status)
	}
}

func TestAPayoutThatHasArrivedMayComeBack(t *testing.T) {
	w := newWorld(t)
	_, p := w.payOut(t, "one", "PS92PALS000000000400123456702")
	back := func() int {
		status, _ := w.call(t, "POST", "/test/payouts/"+p["id"].(string)+"/return", "", nil)
		return status
	}
	if status := back(); status != http.StatusNotFound {
		t.Errorf("before it has arrived: %d", status)
	}
	w.deliver(t)
	w.merchant.seen()
	if status := back(); status != http.StatusNoContent {
		t.Fatal(status)
	}
	w.deliver(t)
	if calls := w.merchant.seen(); len(calls) != 1 || calls[0].body["event"] != "payout.returned" || calls[0].body["status"] != "returned" || calls[0].body["failure"] != "recipient-unknown" {
		t.Errorf("%v", calls)
	}
}

func TestAPayoutGoesToAnAccountOrToACardThatHasPaid(t *testing.T) {
	w := newWorld(t)
	id := w.create(t)
	order := func(destination map[string]any) map[string]any {
		return map[string]any{"reference": "P", "amount": map[string]any{"value": "1.00", "currency": "ILS"}, "destination": destination, "callbackUrl": w.merchant.server.URL + "/callback"}
	}
	for i, c := range []struct {
		to   map[string]any
		want int
		code any
	}{
		{map[string]any{"iban": "no account"}, 422, "destination-invalid"}, {map[string]any{"checkout": id}, 422, "destination-unknown"},
		{map[string]any{"checkout": "co_none"}, 422, "destination-unknown"}, {map[string]any{}, 400, "invalid"},
		{map[string]any{"iban": "PS92PALS000000000400123456702", "checkout": id}, 400, "invalid"}, {map[string]any{"card": "4111"}, 400, "invalid"},
	} {
		if status, answer := w.call(t, "POST", "/v1/payouts", string(rune('a'+i)), order(c.to)); status != c.want || answer["code"] != c.code {
			t.Errorf("%v: %d %v", c.to, status, answer)
		}
	}
	w.press(t, id, "pay")
	if status, answer := w.call(t, "POST", "/v1/payouts", "card", order(map[string]any{"checkout": id})); status != http.StatusCreated {
		t.Errorf("%d %v", status, answer)
	}
	w.deliver(t)
}
