package main

import (
	"context"
	"html"
	"net/http"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	entryHref      = regexp.MustCompile(`/desk/ledger/entries/[0-9a-f-]{36}`)
	accountHref    = regexp.MustCompile(`/desk/ledger/entries\?account=revenue[^"]+`)
	refundHref     = regexp.MustCompile(`/desk/ledger/applications/[0-9a-f-]{36}/refunds/[0-9a-f-]{36}`)
	paymentValue   = regexp.MustCompile(`name="_payment" value="([0-9a-f-]{36})"`)
	correctionHref = regexp.MustCompile(`/desk/ledger/corrections/[0-9a-f-]{36}`)
)

func TestTheBookOfFeesIsReadCorrectedByTwoAndVerifiedOverThePages(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	j := &journey{key: uuid.NewString()}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	with := p.people(t)
	if err := j.drive(ctx, with); err != nil {
		t.Fatal(err)
	}
	first, second, auditor, officer := newPayer(t, p), newPayer(t, p), newPayer(t, p), newPayer(t, p)
	for person, who := range map[string]*payer{"accountant": first, "accountant2": second, "auditor": auditor, "officer.transport": officer} {
		who.signIn(person)
	}
	officer.page("/desk/ledger", http.StatusNotFound)
	trial := first.page("/desk/ledger", http.StatusOK, "وزارة النقل والمواصلات", "رسم التجديد", "250.00")
	account := accountHref.FindString(trial.body)
	entries := first.page(html.UnescapeString(account), http.StatusOK, "استُحقت رسوم")
	entry := entryHref.FindString(entries.body)
	first.page(entry, http.StatusOK, j.reference, "لماذا يُلغى هذا القيد؟")
	auditor.page("/desk/ledger/trial.csv?authority=transport", http.StatusOK, "revenue:transport:renewal,revenue,renewal,ILS,0.00,250.00,-250.00")
	said, err := first.post(p.url+entry+"/correct", neturl.Values{"_reason": {"تعرفة قديمة"}})
	if err != nil || said.status != http.StatusOK || !strings.Contains(said.body, "سحب اقتراحي") {
		t.Fatalf("proposed: %d, %v", said.status, err)
	}
	correction := correctionHref.FindString(said.body)
	if own, err := first.post(p.url+correction, neturl.Values{"_action": {"approve"}}); err != nil || own.status != http.StatusForbidden {
		t.Errorf("the same accountant approves: %d, %v", own.status, err)
	}
	second.page(entry, http.StatusOK, "أمل ناصر", "تعرفة قديمة", "الموافقة وكتابة القيد العكسي")
	if said, err = second.post(p.url+correction, neturl.Values{"_action": {"approve"}}); err != nil || said.status != http.StatusOK || !strings.Contains(said.body, "ألغاه القيد") {
		t.Fatalf("approved: %d, %v", said.status, err)
	}
	auditor.page("/desk/ledger/applications/"+j.id, http.StatusOK, "أُلغي قيد بقيد عكسي")

	// What was paid for another application goes back by request.
	back := &journey{key: uuid.NewString()}
	if err := back.drive(ctx, with); err != nil {
		t.Fatal(err)
	}
	balance := first.page("/desk/ledger/applications/"+back.id, http.StatusOK, "ما الذي يُرد؟", "رسم التجديد", "250.00")
	payment := paymentValue.FindStringSubmatch(balance.body)[1]
	asked, err := first.post(p.url+balance.url.Path+"/refunds", neturl.Values{"_payment": {payment}, "_fee": {"*"}, "_reason": {"دُفع مرتين في الصندوق"}})
	if err != nil || asked.status != http.StatusOK || !strings.Contains(asked.body, "سحب طلبي") {
		t.Fatalf("asked: %d, %v", asked.status, err)
	}
	second.page("/desk/ledger/corrections", http.StatusOK, "دُفع مرتين في الصندوق")
	decided, err := second.post(p.url+refundHref.FindString(asked.body), neturl.Values{"_action": {"approve"}})
	if err != nil || decided.status != http.StatusOK || !strings.Contains(decided.body, "وُوفق على رد المبلغ") {
		t.Fatalf("approved: %d, %v", decided.status, err)
	}
	with.citizen.await(t, back.id, "the fee is back", func(a seen) bool { return a.Payments[0].Status == "refunded" })

	// What was written is sealed within a moment; a byte that is changed past the system is found and named.
	conn := p.database(t)
	gatewayEqual(t, conn, gatewayHolds)
	for deadline := time.Now().Add(20 * time.Second); number(t, conn, "SELECT count(*) FROM entry e WHERE NOT EXISTS (SELECT FROM entry_hash h WHERE h.number = e.number)") > 0; {
		if time.Now().After(deadline) {
			t.Fatal("entries are not sealed")
		}
		time.Sleep(100 * time.Millisecond)
	}
	auditor.page("/desk/ledger/chain", http.StatusOK, "كما كُتبت")
	if _, err := conn.Exec(t.Context(), "ALTER TABLE entry DISABLE TRIGGER USER; UPDATE entry SET reason = 'x' WHERE number = (SELECT min(number) FROM entry)"); err != nil {
		t.Fatal(err)
	}
	auditor.page("/desk/ledger/chain", http.StatusOK, "لا يطابق ما كُتب", entry)
}
