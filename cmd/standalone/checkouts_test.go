package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	neturl "net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// faults tells the sample gateway what to do wrong with what comes next.
func (p *product) faults(t *testing.T, faults string) {
	t.Helper()
	set := func(faults string) {
		gateway := &caller{t: t, url: p.gatewayURL(t), token: p.secret(t, "gateway-key")}
		if got, err := gateway.send("POST", "/test/faults", "", "application/json", []byte(faults)); err != nil || got.status != http.StatusNoContent {
			t.Fatalf("faults %s: %d (%v)", faults, got.status, err)
		}
	}
	set(faults)
	t.Cleanup(func() { set("{}") })
}

func (p *product) secret(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.data, "secrets", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func (p *product) gatewayURL(t *testing.T) string {
	t.Helper()
	ports, err := lastPorts(filepath.Join(p.data, "ports.json"))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", ports.Gateway)
}

// dueNow submits an application and gives it when its payment is due.
func dueNow(t *testing.T, with people) (*journey, seen) {
	t.Helper()
	j := &journey{key: uuid.NewString()}
	if err := j.submit(with.citizen); err != nil {
		t.Fatal(err)
	}
	return j, with.citizen.await(t, j.id, "payment due", func(a seen) bool { return a.checkout() != "" })
}

// paidOnce checks the ledger and the timeline of one application.
func paidOnce(t *testing.T, conn *pgx.Conn, id string) {
	t.Helper()
	for what, sql := range map[string]string{
		"entries received":  "SELECT count(*) FROM entry WHERE kind = 'received' AND application = $1",
		"payments":          "SELECT count(*) FROM payment WHERE status = 'paid' AND application = $1",
		"acts of payment":   "SELECT count(*) FROM act WHERE action = 'paid' AND result = '' AND application = $1",
		"paid in timeline":  "SELECT count(*) FROM timeline WHERE kind = 'paid' AND application = $1",
		"checkouts paid":    "SELECT count(*) FROM sample_gateway.checkout c JOIN payment p ON c.reference = p.id::text WHERE c.status = 'paid' AND p.application = $1",
		"refunds, plus one": "SELECT count(*) + 1 FROM refund WHERE application = $1",
	} {
		if n := number(t, conn, sql, id); n != 1 {
			t.Errorf("%d %s where there should be one", n, what)
		}
	}
}

// delivered waits until the gateway has nothing left to say about an application.
func delivered(t *testing.T, conn *pgx.Conn, id string) {
	t.Helper()
	err := eventually(func() (bool, error) {
		return number(t, conn, `SELECT count(*) FROM sample_gateway.callback b JOIN sample_gateway.checkout c ON c.id = b.checkout
			JOIN payment p ON c.reference = p.id::text WHERE b.ended IS NULL AND p.application = $1`, id) == 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAGatewayThatRepeatsForgesOrForgetsIsPaidOnce(t *testing.T) {
	p := shared.get(t)
	conn := p.database(t)
	with := p.people(t)
	for name, faults := range map[string]string{
		"repeated callbacks": `{"repeatCallbacks":5}`, "forged callback": `{"forgeCallbacks":1}`, "dropped callback": `{"dropCallbacks":1}`,
		"late callback": `{"delayCallbacks":"300ms"}`, "gateway away at first": `{"failCreates":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			p.faults(t, faults)
			j, a := dueNow(t, with)
			if err := with.browser.pay(a.checkout()); err != nil {
				if name != "gateway away at first" {
					t.Fatal(err)
				}
				if err := with.browser.pay(a.checkout()); err != nil { // what a person does who is told to try again
					t.Fatal(err)
				}
			}
			with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
			delivered(t, conn, j.id)
			paidOnce(t, conn, j.id)
		})
	}
}

// event is a callback as the gateway would send it.
func event(t *testing.T, a seen, checkout, status, value string) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{
		"event": "checkout." + status, "checkout": checkout, "reference": a.Payments[0].ID, "status": status,
		"amount": amount{value, "ILS"}, "occurredAt": time.Now().UTC().Format(time.RFC3339),
	})
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.NewReplacer(`"Value"`, `"value"`, `"Currency"`, `"currency"`).Replace(string(b)))
}

func signature(secret string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

func TestOnlyWhatTheGatewaySignsCounts(t *testing.T) {
	p := shared.get(t)
	with := p.people(t)
	j, a := dueNow(t, with)
	at, err := with.browser.open(a.checkout()) // a checkout is open, nobody has paid
	if err != nil || !strings.HasPrefix(at.url.Path, "/pay/") {
		t.Fatalf("%v %v", at.url, err)
	}
	checkout := strings.TrimPrefix(at.url.Path, "/pay/")
	stranger := &caller{t: t, url: p.url}
	secret, now := p.secret(t, "gateway-signature"), time.Now()
	paid := event(t, a, checkout, "paid", "250.00")
	for _, one := range []struct {
		what, signature string
		body            []byte
		status          int
	}{
		{"unsigned", "", paid, http.StatusUnauthorized},
		{"signed by another", signature("guess", now, paid), paid, http.StatusUnauthorized},
		{"another body", signature(secret, now, paid), event(t, a, checkout, "paid", "0.01"), http.StatusUnauthorized},
		{"no event", signature(secret, now, []byte("[]")), []byte("[]"), http.StatusBadRequest},
		{"another amount", signature(secret, now, event(t, a, checkout, "paid", "0.01")), event(t, a, checkout, "paid", "0.01"), http.StatusOK},
		{"declined", signature(secret, now, event(t, a, checkout, "declined", "250.00")), event(t, a, checkout, "declined", "250.00"), http.StatusOK},
		{"an old one, which the gateway denies", signature(secret, now.Add(-time.Hour), paid), paid, http.StatusOK},
	} {
		got, err := stranger.send("POST", "/gateway/callback", "", "application/json", one.body, "Gateway-Signature", one.signature)
		if err != nil || got.status != one.status {
			t.Errorf("%s is answered %d, not %d (%v)", one.what, got.status, one.status, err)
		}
		var after seen
		must(t, with.citizen, "GET", ownPath+j.id, "", nil, &after, http.StatusOK)
		if after.Payments[0].Status != "due" {
			t.Fatalf("%s made the payment %s", one.what, after.Payments[0].Status)
		}
	}
	if err := with.browser.press(at, "pay"); err != nil {
		t.Fatal(err)
	}
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	conn := p.database(t)
	delivered(t, conn, j.id)
	paidOnce(t, conn, j.id)
}

func TestAPayerMayPressEverythingTwice(t *testing.T) {
	p := shared.get(t)
	with := p.people(t)
	j, a := dueNow(t, with)
	landings := make([]landing, 4)
	together(len(landings), func(i int) {
		at, err := with.browser.open(a.checkout())
		if err != nil {
			t.Error(err)
		}
		landings[i] = at
	})
	for _, at := range landings {
		if at.url == nil || at.url.Path != landings[0].url.Path {
			t.Fatalf("clicks at the same moment lead to %v and %v", landings[0].url, at.url)
		}
	}
	together(len(landings), func(i int) {
		if err := with.browser.press(landings[i], "pay"); err != nil {
			t.Error(err)
		}
	})
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	if err := with.browser.pay(a.checkout()); err != nil { // the old link leads to the application
		t.Error(err)
	}
	conn := p.database(t)
	delivered(t, conn, j.id)
	paidOnce(t, conn, j.id)
}

func TestADeclinedCardMayBeTriedAgain(t *testing.T) {
	p := shared.get(t)
	with := p.people(t)
	j, a := dueNow(t, with)
	for _, choice := range []string{"decline", "cancel", "pay"} {
		at, err := with.browser.open(a.checkout())
		if err == nil {
			err = with.browser.press(at, choice)
		}
		if err != nil {
			t.Fatalf("%s: %v", choice, err)
		}
	}
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	conn := p.database(t)
	delivered(t, conn, j.id)
	paidOnce(t, conn, j.id)
}

// together calls do n times at the same moment.
func together(n int, do func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			do(i)
		})
	}
	done.Wait()
}

func TestTheSameSubmissionTwentyTimesAtOnceIsOneApplication(t *testing.T) {
	p := shared.get(t)
	c := p.as(t, "citizen")
	key := uuid.NewString()
	made := make([]journey, 20)
	together(len(made), func(i int) {
		made[i].key = key
		if err := made[i].submit(c); err != nil {
			t.Error(err)
		}
	})
	for _, one := range made {
		if one.id != made[0].id {
			t.Errorf("one key made %s and %s", made[0].id, one.id)
		}
	}
	c.await(t, made[0].id, "payment due", func(a seen) bool { return a.checkout() != "" })
	conn := p.database(t)
	if n := number(t, conn, "SELECT count(*) FROM assessment WHERE application = $1", made[0].id); n != 1 {
		t.Errorf("it was assessed %d times", n)
	}
}

func TestOfTwentyApprovalsAtOnceOneWins(t *testing.T) {
	p := shared.get(t)
	conn := p.database(t)
	with := p.people(t)
	j, a := dueNow(t, with)
	if err := with.browser.pay(a.checkout()); err != nil {
		t.Fatal(err)
	}
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	must(t, with.officer, "GET", ownPath+j.id, "", nil, &a, http.StatusOK)
	statuses := make([]int, 20)
	together(len(statuses), func(i int) {
		act := approval(a.Tasks[0])
		if i%2 == 1 {
			act["action"], act["comment"] = "refuse", "No"
		}
		var raw any
		var err error
		if statuses[i], err = with.officer.call("POST", ownPath+j.id+"/acts", "", act, &raw); err != nil {
			t.Error(err)
		}
	})
	won := 0
	for _, status := range statuses {
		switch status {
		case http.StatusOK:
			won++
		case http.StatusConflict:
		default:
			t.Errorf("an act was answered %d", status)
		}
	}
	if won != 1 {
		t.Errorf("%d of the acts won: %v", won, statuses)
	}
	a = with.citizen.await(t, j.id, "ended", func(a seen) bool { return a.Status == "ended" })
	documents, refunds := int64(1), int64(0)
	if a.Outcome == "refused" {
		documents, refunds = 0, 1
	}
	if n := number(t, conn, "SELECT count(*) FROM document WHERE application = $1", j.id); n != documents {
		t.Errorf("%s, with %d documents", a.Outcome, n)
	}
	if n := number(t, conn, "SELECT count(*) FROM refund WHERE application = $1", j.id); n != refunds {
		t.Errorf("%s, with %d refunds", a.Outcome, n)
	}
	if n := number(t, conn, "SELECT count(*) FROM act WHERE application = $1 AND actor <> 'gateway' AND result = ''", j.id); n != 1 {
		t.Errorf("%d acts took effect", n)
	}
	for _, one := range book[:2] {
		if n := number(t, conn, one.sql); n != 0 {
			t.Errorf("%d %s", n, one.broken)
		}
	}
}

func TestWhoHasThePaymentsLinkMayPayAndSeesNothingElse(t *testing.T) {
	p := shared.get(t)
	with := p.people(t)
	j, a := dueNow(t, with)
	stranger := newPayer(t, p)
	at, err := stranger.open(a.checkout())
	if err != nil || !strings.HasPrefix(at.url.String(), p.gatewayURL(t)+"/pay/") {
		t.Fatalf("the link answers %d at %v (%v)", at.status, at.url, err)
	}
	action := formAction.FindStringSubmatch(at.body)
	if action == nil {
		t.Fatal("the gateway shows no form")
	}
	after, err := stranger.post(html.UnescapeString(action[1]), neturl.Values{"choice": {"pay"}})
	if err != nil || after.status != http.StatusOK {
		t.Errorf("after paying: %d at %v (%v)", after.status, after.url, err)
	}
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	for _, private := range []string{"1234567", "401234567", "599123457", "Layla", "ليلى", j.reference} {
		if strings.Contains(at.body, private) || strings.Contains(after.body, private) {
			t.Errorf("a stranger who pays reads %q", private)
		}
	}
	conn := p.database(t)
	delivered(t, conn, j.id)
	paidOnce(t, conn, j.id)
	gateway := &caller{t: t, url: p.gatewayURL(t), token: "guess"}
	if got, err := gateway.send("POST", "/test/faults", "", "application/json", []byte("{}")); err != nil || got.status != http.StatusUnauthorized {
		t.Errorf("the gateway takes faults from anybody: %d (%v)", got.status, err)
	}
}
