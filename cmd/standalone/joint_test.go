package main

import (
	"html"
	"net/http"
	neturl "net/url"
	"strings"
	"testing"
	"time"
)

// Layla pays two licences at once on the gateway's page, on which both stand; each goes on and has its receipt, and the day is equal at the gateway.
func TestTwoApplicationsArePaidAtOnce(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	conn, with := p.database(t), p.people(t)
	one, a := dueNow(t, with)
	two, b := dueNow(t, with)
	layla := newPayer(t, p)
	layla.signIn("citizen")
	list := layla.page("/payments", http.StatusOK, a.Reference, b.Reference, "ادفع ما اخترته")
	layla.page("/applications", http.StatusOK, "/payments")

	var due struct {
		Checkouts []struct {
			Payments []string
			Checkout string
			Total    struct{ Value string }
		}
	}
	if status, err := with.citizen.call(http.MethodGet, "/api/v1/payments", "", nil, &due); err != nil || status != http.StatusOK || len(due.Checkouts) != 1 || len(due.Checkouts[0].Payments) != 2 {
		t.Fatalf("%d, %v: %+v", status, err, due)
	}
	for _, id := range due.Checkouts[0].Payments {
		if !strings.Contains(list.body, id) {
			t.Errorf("the page does not have payment %s", id)
		}
	}
	at, err := layla.open(due.Checkouts[0].Checkout)
	if err != nil || at.status != http.StatusOK || strings.HasPrefix(at.url.String(), p.url+"/") || strings.Count(at.body, `class="line"`) != 2 || !strings.Contains(at.body, due.Checkouts[0].Total.Value) {
		t.Fatalf("at the gateway: %d, %v at %v\n%s", at.status, err, at.url, at.body)
	}
	back, err := layla.post(html.UnescapeString(formAction.FindStringSubmatch(at.body)[1]), neturl.Values{"choice": {"pay"}, "card": {"4111 1111 1111 1111"}})
	if err != nil || back.status != http.StatusOK || back.url.Path != "/payments/return" || strings.Count(back.body, "RCT-") != 2 {
		t.Fatalf("after the gateway: %d, %v at %v\n%s", back.status, err, back.url, back.body)
	}
	for _, j := range []*journey{one, two} {
		with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
		layla.page("/applications/"+j.id, http.StatusOK, "RCT-")
	}
	gatewayEqual(t, conn, gatewayHolds)
	if n := number(t, conn, "SELECT count(*) FROM sample_gateway.checkout"); n != 1 {
		t.Errorf("%d checkouts at the gateway", n)
	}

	// The day has one line at the gateway and two payments in the book.
	if _, err := conn.Exec(t.Context(), `ALTER TABLE entry DISABLE TRIGGER USER; UPDATE entry SET day = day - 1; ALTER TABLE entry ENABLE TRIGGER USER;
		UPDATE sample_gateway.checkout SET ended = ended - interval '1 day' WHERE status = 'paid'`); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(2 * time.Minute); number(t, conn, "SELECT count(*) FROM settlement_day WHERE matched_at IS NOT NULL") == 0; time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			t.Fatal("yesterday is not compared")
		}
	}
	if n := number(t, conn, "SELECT count(*) FROM settlement_difference"); n != 0 {
		t.Errorf("%d differences", n)
	}
	if n := number(t, conn, "SELECT count(*) FROM settlement_line WHERE jsonb_array_length(shares) = 2"); n != 2 {
		t.Errorf("%d lines are about two payments, want that of the list and that of the file", n)
	}
}
