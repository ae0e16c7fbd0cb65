package main

import (
	"context"
	"net/http"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var differenceHref = regexp.MustCompile(`/desk/settlement/differences/[0-9a-f-]{36}`)

// Yesterday is compared by itself. What the gateway has too much goes once the gateway has taken it back; what stands is explained; then the day
// is closed.
func TestADayIsComparedWithTheGatewayExplainedAndSignedOff(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	with := p.people(t)
	for range 2 {
		if err := (&journey{key: uuid.NewString()}).drive(ctx, with); err != nil {
			t.Fatal(err)
		}
	}
	conn := p.database(t)
	gatewayEqual(t, conn, gatewayHolds)
	if _, err := conn.Exec(ctx, `ALTER TABLE entry DISABLE TRIGGER USER; UPDATE entry SET day = day - 1; ALTER TABLE entry ENABLE TRIGGER USER;
		UPDATE sample_gateway.checkout SET ended = ended - interval '1 day' WHERE status = 'paid';
		INSERT INTO sample_gateway.checkout (id, key, body_hash, reference, value, amount, currency, description, return_url, callback_url, status, expires, ended)
			SELECT 'co_stray', 'stray', body_hash, 'stray', value, amount, currency, description, return_url, callback_url, status, expires, ended
			FROM sample_gateway.checkout WHERE status = 'paid' LIMIT 1;
		UPDATE sample_gateway.checkout SET amount = 240 WHERE id = (SELECT min(id) FROM sample_gateway.checkout WHERE status = 'paid' AND id <> 'co_stray')`); err != nil {
		t.Fatal(err)
	}
	finance, officer := newPayer(t, p), newPayer(t, p)
	finance.signIn("finance")
	officer.signIn("officer.transport")
	officer.page("/desk/settlement", http.StatusNotFound)
	var day string
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Second) {
		if err := conn.QueryRow(ctx, "SELECT coalesce((SELECT day::text FROM settlement_day WHERE matched_at IS NOT NULL), '')").Scan(&day); err != nil {
			t.Fatal(err)
		}
		if day != "" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("yesterday is not compared")
		}
	}
	path := "/desk/settlement/gateway/" + day
	finance.page("/desk/settlement", http.StatusOK, "بوابة الدفع", "فيه فروق", path)
	finance.page(path, http.StatusOK, "4 فروق مفتوحة", "co_stray", "ناقص في دفتر الأستاذ", "مبلغ مختلف", "قائمة المزوّد", "ملف التسوية", "240.00", "250.00")
	if said, err := finance.post(p.url+path, neturl.Values{"_action": {"sign-off"}}); err != nil || said.status != http.StatusConflict {
		t.Errorf("signed off with open differences: %d, %v", said.status, err)
	}

	if _, err := conn.Exec(ctx, "DELETE FROM sample_gateway.checkout WHERE id = 'co_stray'"); err != nil {
		t.Fatal(err)
	}
	said, err := finance.post(p.url+path, neturl.Values{"_action": {"compare"}})
	if err != nil || said.status != http.StatusOK || !strings.Contains(said.body, "فرقان مفتوحان") || !strings.Contains(said.body, "زال من نفسه") {
		t.Fatalf("compared again: %d, %v", said.status, err)
	}
	for _, href := range differenceHref.FindAllString(said.body, 2) { // the open ones stand first
		finance.page(href, http.StatusOK, "لماذا يبقى هذا الفرق؟", "إلى حساب الطلب في دفتر الأستاذ")
		if said, err := finance.post(p.url+href, neturl.Values{"_reason": {"عمولة البنك"}}); err != nil || said.status != http.StatusOK {
			t.Fatalf("explained: %d, %v", said.status, err)
		}
	}
	said, err = finance.post(p.url+path, neturl.Values{"_action": {"sign-off"}})
	if err != nil || said.status != http.StatusOK || !strings.Contains(said.body, "وليد شاهين") || !strings.Contains(said.body, "أُغلق هذا اليوم") {
		t.Fatalf("signed off: %d, %v\n%s", said.status, err, said.body)
	}
	finance.page(path+"/differences.csv", http.StatusOK, "gateway,"+day+",missing-here,list,payment,co_stray", "matched", "عمولة البنك")
	finance.page("/desk/settlement/figures.csv?from="+day+"&until="+day, http.StatusOK, day+",transport,transport.driving-licence.renew,ILS,500.00,500.00,0.00,0.00,490.00")
	finance.page("/desk/settlement/figures", http.StatusOK, "تجديد رخصة القيادة", "490.00")
}
