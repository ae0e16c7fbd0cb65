package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var (
	tillHref = regexp.MustCompile(`/desk/till/of/[0-9a-f-]{36}`)
	tillKey  = regexp.MustCompile(`name="_key" value="([0-9a-f-]{36})"`)
	lastPaid = regexp.MustCompile(`name="_payment" value="([0-9a-f-]{36})"`)
)

// Hanan takes the fee of a licence in cash, of somebody whose form she does not see; it is taken back with a colleague, taken again, and her till
// is one shekel short: a colleague closes it with her, the accountant explains, and the cash is brought to the bank.
func TestALicenceIsPaidInCashAtATillThatIsCountedAndClosed(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	conn, with := p.database(t), p.people(t)
	j, a := dueNow(t, with)
	hanan, amal, basem, citizen := newPayer(t, p), newPayer(t, p), newPayer(t, p), newPayer(t, p)
	for person, who := range map[string]*payer{"cashier": hanan, "accountant": amal, "accountant2": basem, "citizen": citizen} {
		who.signIn(person)
	}
	citizen.page("/desk/till", http.StatusForbidden)
	hanan.page("/desk/till", http.StatusOK, "افتح الصندوق")
	hanan.page("/desk/applications/"+j.id, http.StatusNotFound)
	hanan.say("/desk/till/open", http.StatusOK, "اعرض المستحق", "_authority", "transport", "_number", "7", "_amount-ILS", "100.00")
	take := func(want string) landing {
		t.Helper()
		due := hanan.say("/desk/till/find", http.StatusOK, "النقد المستلم", "_find", strings.ToLower(a.Reference))
		for _, private := range []string{"1234567", "401234567", "ليلى"} {
			if strings.Contains(due.body, private) {
				t.Errorf("the clerk reads %q", private)
			}
		}
		payment, key := lastPaid.FindStringSubmatch(due.body)[1], tillKey.FindStringSubmatch(due.body)[1]
		hanan.say(due.url.Path, http.StatusUnprocessableEntity, "أقل من المستحق", "_payment", payment, "_key", key, "_amount-"+payment, "1")
		got := hanan.say(due.url.Path, http.StatusOK, want, "_payment", payment, "_key", key, "_amount-"+payment, "1000")
		again := hanan.say(due.url.Path, http.StatusOK, want, "_payment", payment, "_key", key, "_amount-"+payment, "1000")
		if again.url.RawQuery != got.url.RawQuery {
			t.Errorf("the same again is %s", again.url)
		}
		return got
	}
	taken := take("أعد ")
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	paper := receiptHref.FindString(citizen.page("/applications/"+j.id, http.StatusOK, "RCT-").body)
	citizen.page(paper, http.StatusOK)
	var first string
	if err := conn.QueryRow(t.Context(), "SELECT id FROM document WHERE node LIKE 'receipt:%'").Scan(&first); err != nil {
		t.Fatal(err)
	}

	hanan.say("/desk/till/void", http.StatusOK, "أبقِ الدفعة", "_payment", lastPaid.FindStringSubmatch(taken.body)[1], "_reason", "الفاتورة الخطأ")
	own := tillHref.FindString(hanan.page("/desk/till", http.StatusOK).body)
	waits := basem.page(own, http.StatusOK, "الفاتورة الخطأ", "أوافق ويُعاد المبلغ")
	decision := tillKey.FindStringSubmatch(waits.body)[1]
	hanan.say(own+"/decide", http.StatusForbidden, "", "_key", decision, "_action", "approve")
	basem.say(own+"/decide", http.StatusOK, "أُلغيت", "_key", decision, "_action", "approve")
	if revoked := number(t, conn, "SELECT count(*) FROM document WHERE id = $1 AND status = 'revoked'", first); revoked != 1 {
		t.Error("the receipt of what was taken back is valid")
	}
	if asked := number(t, conn, "SELECT count(*) FROM money_incident WHERE kind = 'cash-voided' AND closed_at IS NULL AND application = $1", j.id); asked != 1 {
		t.Errorf("%d operators are asked", asked)
	}
	stranger := newPayer(t, p)
	stranger.page("/verify/"+first, http.StatusOK, "أُلغيت الدفعة في الصندوق.")
	take("أعد ")
	again := receiptHref.FindString(citizen.page("/applications/"+j.id, http.StatusOK, "-000002").body)
	citizen.page(again, http.StatusOK)
	if valid := number(t, conn, "SELECT count(*) FROM document WHERE node LIKE 'receipt:%' AND status = 'issued' AND number LIKE '%-000002'"); valid != 1 {
		t.Errorf("%d second receipts are valid", valid)
	}

	citizen.page(own, http.StatusForbidden)
	hanan.say("/desk/till/count", http.StatusUnprocessableEntity, "أعد العدّ", "_amount-ILS", "349.00")
	hanan.say("/desk/till/count", http.StatusOK, "بانتظار زميل", "_amount-ILS", "349.00", "_reason", "أعطيت شيكلًا زائدًا")
	decision = tillKey.FindStringSubmatch(amal.page(own, http.StatusOK, "أعطيت شيكلًا زائدًا", "349").body)[1]
	hanan.say(own+"/decide", http.StatusForbidden, "", "_key", decision, "_action", "approve")
	closed := amal.say(own+"/decide", http.StatusOK, "لماذا بقي هذا الفرق؟", "_key", decision, "_action", "approve")
	amal.page("/desk/till", http.StatusOK, "فروق الصناديق")
	amal.say(own+"/explain", http.StatusOK, "خطأ في الفكة", "_key", tillKey.FindStringSubmatch(closed.body)[1], "_reason", "خطأ في الفكة")
	amal.say(own+"/deposit", http.StatusOK, "BOP-77", "_slip", "BOP-77")
	hanan.page("/desk/till", http.StatusOK, "افتح الصندوق")
	amal.page("/desk/ledger?authority=transport", http.StatusOK, "الصندوق", "نقد أودع في البنك", "العجز")
	due := number(t, conn, "SELECT sum(amount)::bigint FROM payment WHERE application = $1", j.id)
	for account, want := range map[string]int64{"clearing:transport:till-7": 0, "clearing:transport:safe": 0, "clearing:transport:banked": due - 100, "over-short:transport": 100, "receivable:transport": 0} {
		if got := number(t, conn, "SELECT coalesce(sum(amount), 0)::bigint FROM posting WHERE account = $1", account); got != want {
			t.Errorf("%s %d, want %d", account, got, want)
		}
	}
	if acts := number(t, conn, "SELECT count(*) FROM act WHERE action = 'paid' AND application = $1", j.id); acts != 1 {
		t.Errorf("the application was told %d times", acts)
	}
}
