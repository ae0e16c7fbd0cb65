package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/govstack"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// Layla takes a reference to her bank, which asks what is due and says that she has paid: twice, and once for another amount. The licence is renewed
// for one payment, and the book of fees says that the bank has taken it.
func TestALicenceIsPaidAtABank(t *testing.T) {
	p := shared.get(t)
	conn, with := p.database(t), p.people(t)
	j, a := dueNow(t, with)
	layla := p.visit(t, uitest.Browser(t), "ar", false)
	layla.open("/applications/" + j.id)
	layla.signIn("ليلى خليل النجار")
	layla.press("ادفع في بنك أو من محفظة إلكترونية")
	layla.sees("الرقم المرجعي", "يُعلمنا البنك فور الدفع")
	var reference string
	if err := conn.QueryRow(t.Context(), "SELECT reference FROM bill b JOIN payment p ON p.id = b.payment WHERE p.application = $1", j.id).Scan(&reference); err != nil {
		t.Fatal(err)
	}
	layla.sees(strings.TrimSpace(regexp.MustCompile(`\d{4}`).ReplaceAllString(reference, "$0 ")))

	bank := &caller{t: t, url: p.url, token: p.secret(t, "bank-key")}
	call := func(method, path, body string) (status int, said struct {
		RejectReason string
		BillDetails  []struct {
			BillStatus, Currency string
			AmountOnDueDate      int64
		}
	}) {
		t.Helper()
		got, err := bank.send(method, govstack.Prefix+path, "", "application/json", []byte(body), "X-PayerFI-Id", sampleBank, "X-CorrelationID", "journey")
		if err == nil {
			err = json.Unmarshal(got.body, &said)
		}
		if err != nil {
			t.Fatalf("%d %s: %v", got.status, got.body, err)
		}
		return got.status, said
	}
	status, said := call("GET", "bills/"+reference+"?fields=inquiry", "")
	if status != http.StatusAccepted || len(said.BillDetails) != 1 || said.BillDetails[0].BillStatus != "UNPAID" || said.BillDetails[0].Currency != "ILS" {
		t.Fatalf("%d %+v", status, said)
	}
	due := said.BillDetails[0].AmountOnDueDate
	if want := a.Payments[0].Amount; fmt.Sprintf("%d.%02d", due/100, due%100) != want.Value {
		t.Errorf("%d is due at the bank, %+v here", due, want)
	}
	notice := func(request, paid string, amount int64) string {
		return fmt.Sprintf(`{"requestID":%q,"billId":%q,"PaymentReferenceID":%q,"amount":%d,"currency":"ILS"}`, request, reference, paid, amount)
	}
	tx := "TX" + reference[len(reference)-6:]
	for _, c := range []struct {
		body   string
		status int
		why    string
	}{
		{notice("less"+reference[9:], tx, due-1), http.StatusBadRequest, "amount-differs"},
		{notice("pay"+reference[9:], tx, due), http.StatusAccepted, ""},
		{notice("pay"+reference[9:], tx, due), http.StatusAccepted, ""},
		{notice("two"+reference[9:], tx+"b", due), http.StatusBadRequest, "paid-already"},
	} {
		if status, said := call("POST", "billTransferRequests", c.body); status != c.status || said.RejectReason != c.why {
			t.Errorf("%s: %d %+v", c.body, status, said)
		}
	}
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	layla.open("/applications/" + j.id)
	layla.sees("دُفع في")
	n := number(t, conn, `SELECT coalesce(sum(amount), 0)::bigint FROM posting g JOIN entry e ON e.id = g.entry WHERE g.account = 'clearing:transport:sample-bank' AND e.application = $1`, j.id)
	if int64(n) != due {
		t.Errorf("the bank has taken %d, want %d", n, due)
	}
}
