package main

import (
	"net/http"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
)

var waiverHref = regexp.MustCompile(`/desk/ledger/applications/[0-9a-f-]{36}/waivers/[0-9a-f-]{36}`)

// Two accountants let Layla off her fee: first a part, which leaves less to pay, and then the rest. Her application goes on without a payment, and she
// reads why; the book says what was forgone.
func TestAFeeIsWaivedByTwoAccountantsAndTheApplicationGoesOn(t *testing.T) {
	p := shared.get(t)
	conn, with := p.database(t), p.people(t)
	j, a := dueNow(t, with)
	amal, basem, layla := newPayer(t, p), newPayer(t, p), newPayer(t, p)
	for person, who := range map[string]*payer{"accountant": amal, "accountant2": basem, "citizen": layla} {
		who.signIn(person)
	}
	book := "/desk/ledger/applications/" + j.id
	waive := func(amount, reason string) {
		t.Helper()
		payment := paymentValue.FindStringSubmatch(amal.page(book, http.StatusOK, "إعفاء من رسوم هذه الدفعة").body)[1]
		asked, err := amal.post(p.url+book+"/waivers", neturl.Values{"_payment": {payment}, "_amount-renewal": {amount}, "_basis": {"قانون الرسوم، المادة 12"}, "_reason": {reason}})
		if err != nil || asked.status != http.StatusOK || !strings.Contains(asked.body, reason) {
			t.Fatalf("proposed: %d, %v", asked.status, err)
		}
		href := waiverHref.FindString(asked.body)
		if own, err := amal.post(p.url+href, neturl.Values{"_action": {"approve"}}); err != nil || own.status != http.StatusForbidden {
			t.Errorf("the same accountant approves: %d, %v", own.status, err)
		}
		if said, err := basem.post(p.url+href, neturl.Values{"_action": {"approve"}}); err != nil || said.status != http.StatusOK || !strings.Contains(said.body, "أُعفي من") {
			t.Fatalf("approved: %d, %v", said.status, err)
		}
	}
	waive("100", "كان المكتب مغلقًا")
	layla.page("/applications/"+j.id, http.StatusOK, "150.00", "كان المكتب مغلقًا", "المادة 12")
	waive("150.00", "ضائقة مالية")
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	page := layla.page("/applications/"+j.id, http.StatusOK, "لا شيء يُدفع", "ضائقة مالية")
	if strings.Contains(page.body, "RCT-") {
		t.Error("there is a receipt though nothing was paid")
	}
	amal.page(book, http.StatusOK, "رسوم أُعفي منها", "أُعفي من رسم")
	for account, want := range map[string]int64{"receivable:transport": 0, "waived:transport:renewal": 25000, "revenue:transport:renewal": -25000} {
		if got := number(t, conn, "SELECT coalesce(sum(g.amount), 0)::bigint FROM posting g JOIN entry e ON e.id = g.entry WHERE g.account = $1 AND e.application = $2", account, j.id); got != want {
			t.Errorf("%s %d, want %d", account, got, want)
		}
	}
	if n := number(t, conn, "SELECT count(*) FROM timeline WHERE kind = 'waived' AND application = $1", j.id); n != 1 {
		t.Errorf("%d events", n)
	}
	if got := with.citizen.await(t, j.id, "waived", func(a seen) bool { return a.Payments[0].Status == "waived" }); got.Payments[0].Checkout != "" {
		t.Errorf("%s can be paid at %s", a.Reference, got.Payments[0].Checkout)
	}
}
