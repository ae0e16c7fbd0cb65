package gateway

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/settlement"
)

// fetch asks for a day as the merchant.
func (w *world) fetch(t *testing.T, path, accept string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", w.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer the-key")
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestTheFilesAndTheListOfADayHaveEveryMovement(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	before := w.create(t)
	w.press(t, before, "pay")
	_, back := w.payOut(t, "back", "PS92PALS000000000400123456702")
	w.deliver(t)
	w.pass(24 * time.Hour)
	order := w.order()
	order["reference"], order["amount"] = "A-2", map[string]any{"value": "1.5", "currency": "JOD"}
	status, second := w.call(t, "POST", "/v1/checkouts", "second", order)
	if status != http.StatusCreated {
		t.Fatal(status, second)
	}
	w.press(t, second["id"].(string), "pay")
	if status, _ := w.call(t, "POST", "/v1/checkouts/"+before+"/refunds", "the-refund", map[string]any{"amount": map[string]any{"value": "50.00", "currency": "ILS"}}); status != http.StatusCreated {
		t.Fatal(status)
	}
	if status, _ := w.call(t, "POST", "/test/payouts/"+back["id"].(string)+"/return", "", nil); status != http.StatusNoContent {
		t.Fatal(status)
	}
	w.payOut(t, "closed", "PS97PALS000000000400123450404")
	w.deliver(t)
	if status, body := w.fetch(t, "/v1/settlements/2026-11-21", "text/csv"); status != http.StatusNotFound || !strings.Contains(body, "not-over") {
		t.Errorf("a day that is not over: %d %s", status, body)
	}
	w.pass(24 * time.Hour)
	for day, want := range map[string][]string{
		"2026-11-19": {},
		"2026-11-20": {"payment " + before + " 250.00 ILS", "payout back -75.50 ILS"},
		"2026-11-21": {"payment " + second["id"].(string) + " 1.500 JOD", "refund the-refund -50.00 ILS", "return back 75.50 ILS"},
	} {
		for _, accept := range []string{"text/csv", "application/xml"} {
			_, file := w.fetch(t, "/v1/settlements/"+day, accept)
			if strings.HasPrefix(file, "<") != (accept == "application/xml") {
				t.Errorf("%s: %.60s", accept, file)
			}
			lines, err := settlement.Parse([]byte(file), day)
			if err != nil {
				t.Fatalf("%v\n%s", err, file)
			}
			got := []string{}
			for _, l := range lines {
				got = append(got, fmt.Sprintf("%s %s %s", l.Kind, l.ID, l.Amount))
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v\n%s", day, accept, got, want, file)
			}
		}
		_, list := w.call(t, "GET", "/v1/movements?day="+day, "", nil)
		if got := list["movements"].([]any); len(got) != len(want) {
			t.Errorf("%s: %v", day, got)
		}
	}
	if status, _ := w.fetch(t, "/v1/movements?day=yesterday", ""); status != http.StatusBadRequest {
		t.Error(status)
	}
}
