package govstack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/govstack"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	bankKey   = "the-key-of-the-bank"
	walletKey = "the-key-of-the-wallet"
)

// cards is a provider at which everything is paid at once.
type cards struct {
	provider.Provider
	opened map[string]provider.Checkout
}

func (c *cards) PaysOut() bool { return false }

func (c *cards) Open(_ context.Context, key string, o provider.Order) (provider.Checkout, error) {
	c.opened[key] = provider.Checkout{ID: key, URL: "https://pay.example", Status: provider.Paid, Reference: o.Reference, Amount: o.Amount}
	return c.opened[key], nil
}

func (c *cards) Ask(_ context.Context, id string) (provider.Checkout, error) {
	return c.opened[id], nil
}

type told struct{}

func (told) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	return uuid.New(), outbox.Add(ctx, tx, outbox.Message{Kind: "act", Subject: a.Application.String() + a.Key, Lane: a.Application.String()})
}

type world struct {
	*testing.T
	pool   *pgxpool.Pool
	desk   *payment.Desk
	server *httptest.Server
	mu     sync.Mutex
	now    time.Time
	last   int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, pool: pgtest.Migrated(t), now: time.Now()}
	now := func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
	w.desk = payment.New(payment.Options{Pool: w.pool, Providers: []payment.At{{Name: ledger.Gateway, Provider: &cards{opened: map[string]provider.Checkout{}}}}, Acts: told{}, Biller: "4170", Now: now})
	w.server = httptest.NewServer(govstack.New(govstack.Options{
		Bills: w.desk, Biller: "4170", Now: now, Payers: map[string][]string{"bank": {bankKey, "the-key-of-the-bank-before"}, "wallet": {walletKey}},
	}))
	t.Cleanup(w.server.Close)
	return w
}

// due is a bill of 280.00 that is due for a day.
func (w *world) due() (payment.View, payment.Bill) {
	w.Helper()
	application, until := uuid.New(), w.now.Add(24*time.Hour)
	err := postgres.InTx(w.Context(), w.pool, func(tx pgx.Tx) error {
		return w.desk.Assess(w.Context(), tx, payment.AssessRequest{Application: application, Authority: "transport", Node: "pay", Visit: 1, At: w.now, Assessment: activity.Assessment{
			Currency: "ILS", Lines: []activity.Line{{Fee: "renewal", Amount: 28000}}, Total: 28000, DueAt: &until,
		}})
	})
	if err != nil {
		w.Fatal(err)
	}
	views, err := w.desk.OfApplication(w.Context(), application)
	if err != nil || len(views) != 1 {
		w.Fatal(views, err)
	}
	b, err := w.desk.Bill(w.Context(), views[0].ID)
	if err != nil {
		w.Fatal(err)
	}
	if again, err := w.desk.Bill(w.Context(), views[0].ID); err != nil || again.Reference != b.Reference || !strings.HasPrefix(b.Reference, "4170") || len(b.Reference) > 20 {
		w.Errorf("bill %+v, then %+v, %v", b, again, err)
	}
	return views[0], b
}

type said struct {
	status                     int
	Code, ResponseCode, Reason string
	RequestID, BillID          string
	RejectReason               string
	BillDetails                []struct {
		BillerID, BillStatus, Currency, DueDate string
		AmountOnDueDate                         int64
		AmountAfterDueDate                      *int64
	}
}

func (w *world) call(method, path, body string, headers ...string) said {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.server.URL+govstack.Prefix+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.server.Client().Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	out := said{status: resp.StatusCode}
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&out); err != nil {
		w.Fatalf("%d %s: %v", resp.StatusCode, b, err)
	}
	return out
}

func as(payer, key, request string) []string {
	return []string{"X-PayerFI-Id", payer, "Authorization", "Bearer " + key, "X-CorrelationID", request}
}

func (w *world) inquire(request, reference string) said {
	w.Helper()
	return w.call("GET", "bills/"+reference+"?fields=inquiry", "", as("bank", bankKey, request)...)
}

func (w *world) notify(body string) said {
	w.Helper()
	return w.call("POST", "billTransferRequests", body, as("bank", bankKey, "c")...)
}

func notice(request, bill, paid string, amount int64, currency string) string {
	return fmt.Sprintf(`{"requestID":%q,"billId":%q,"PaymentReferenceID":%q,"amount":%d,"currency":%q}`, request, bill, paid, amount, currency)
}

// paid fails where a payment was not made once, at channel.
func (w *world) paid(v payment.View, channel string, want int64) {
	w.Helper()
	var n int
	if err := w.pool.QueryRow(w.Context(), "SELECT count(*) FROM payment WHERE id = $1 AND status = 'paid'", v.ID).Scan(&n); err != nil || n != 1 {
		w.Errorf("%d paid, %v", n, err)
	}
	balance, err := ledger.New(w.pool).Balance(w.Context(), ledger.ClearingAt("transport", channel))
	if err != nil || balance["ILS"] != want {
		w.Errorf("%s has taken %d, want %d: %v", channel, balance["ILS"], want, err)
	}
	if err := w.pool.QueryRow(w.Context(), "SELECT count(*) FROM outbox WHERE kind = 'act'").Scan(&n); err != nil || int64(n)*28000 != want {
		w.Errorf("applications were told %d times, %v", n, err)
	}
}

func (w *world) unpaid(v payment.View) {
	w.Helper()
	var status string
	if err := w.pool.QueryRow(w.Context(), "SELECT status FROM payment WHERE id = $1", v.ID).Scan(&status); err != nil || status != "due" {
		w.Errorf("payment is %q, %v", status, err)
	}
}

func TestABillIsFoundAndPaidByItsReference(t *testing.T) {
	w := newWorld(t)
	v, b := w.due()
	got := w.inquire("ask-1", b.Reference)
	if got.status != http.StatusAccepted || got.Code != "00" || got.RequestID != "ask-1" || got.BillID != b.Reference || len(got.BillDetails) != 1 {
		t.Fatalf("%+v", got)
	}
	if d := got.BillDetails[0]; d.BillerID != "4170" || d.BillStatus != "UNPAID" || d.Currency != "ILS" || d.AmountOnDueDate != 28000 || d.AmountAfterDueDate != nil || d.DueDate == "" {
		t.Errorf("%+v", d)
	}
	// The specification's notice says no amount: it holds to what was answered.
	body := fmt.Sprintf(`{"requestID":"pay-1","billInquiryRequestId":"ask-1","billId":%q,"paymentReferenceID":"TX/1"}`, b.Reference)
	if got := w.notify(body); got.status != http.StatusAccepted || got.ResponseCode != "00" || got.RequestID != "pay-1" {
		t.Errorf("%+v", got)
	}
	w.paid(v, "bank", 28000)
	if got := w.inquire("ask-2", b.Reference); got.BillDetails[0].BillStatus != "PAID" {
		t.Errorf("%+v", got)
	}
}

func TestOnlyABankThatIsKnownIsAnswered(t *testing.T) {
	w := newWorld(t)
	v, b := w.due()
	body := notice("pay-1", b.Reference, "TX1", 28000, "ILS")
	for what, headers := range map[string][]string{
		"nobody": {"X-CorrelationID", "c"}, "no key": {"X-PayerFI-Id", "bank", "X-CorrelationID", "c"}, "a wrong key": as("bank", "another", "c"), "an empty key": as("bank", "", "c"),
		"another's key": as("bank", walletKey, "c"), "an unknown bank": as("banks", bankKey, "c"), "no bank": as("", bankKey, "c"),
		"a password": {"X-PayerFI-Id", "bank", "Authorization", "Basic " + bankKey, "X-CorrelationID", "c"},
	} {
		if got := w.call("POST", "billTransferRequests", body, headers...); got.status != http.StatusUnauthorized || got.BillID != "" {
			t.Errorf("%s pays: %+v", what, got)
		}
		if got := w.call("GET", "bills/"+b.Reference+"?fields=inquiry", "", headers...); got.status != http.StatusUnauthorized || len(got.BillDetails) != 0 {
			t.Errorf("%s asks: %+v", what, got)
		}
	}
	w.unpaid(v)
	if got := w.call("POST", "billTransferRequests", body, as("bank", "the-key-of-the-bank-before", "c")...); got.status != http.StatusAccepted {
		t.Errorf("while keys are exchanged: %+v", got)
	}
}

func TestANoticeThatIsNotRightChangesNothing(t *testing.T) {
	w := newWorld(t)
	v, b := w.due()
	_, other := w.due()
	w.inquire("ask-other", other.Reference)
	w.call("GET", "bills/"+b.Reference+"?fields=inquiry", "", as("wallet", walletKey, "ask-w")...)
	wrong := []byte(b.Reference)
	wrong[6] = '0' + (wrong[6]-'0'+1)%10
	for what, c := range map[string]struct{ body, why string }{
		"a digit wrong":              {notice("n1", string(wrong), "TX1", 28000, "ILS"), "unknown-bill"},
		"no bill":                    {notice("n2", "12345678", "TX1", 28000, "ILS"), "unknown-bill"},
		"less":                       {notice("n3", b.Reference, "TX1", 27999, "ILS"), "amount-differs"},
		"more":                       {notice("n4", b.Reference, "TX1", 28001, "ILS"), "amount-differs"},
		"another currency":           {notice("n5", b.Reference, "TX1", 28000, "JOD"), "amount-differs"},
		"nothing":                    {notice("n6", b.Reference, "TX1", 0, "ILS"), "amount-differs"},
		"less than nothing":          {notice("n7", b.Reference, "TX1", -28000, "ILS"), "amount-differs"},
		"no amount":                  {fmt.Sprintf(`{"requestID":"n8","billId":%q,"paymentReferenceID":"TX1"}`, b.Reference), "amount-missing"},
		"another bill's inquiry":     {fmt.Sprintf(`{"requestID":"n9","billInquiryRequestId":"ask-other","billId":%q,"paymentReferenceID":"TX1"}`, b.Reference), "amount-missing"},
		"another bank's inquiry":     {fmt.Sprintf(`{"requestID":"n10","billInquiryRequestId":"ask-w","billId":%q,"paymentReferenceID":"TX1"}`, b.Reference), "amount-missing"},
		"an amount of no currency":   {fmt.Sprintf(`{"requestID":"n11","billId":%q,"paymentReferenceID":"TX1","amount":28000}`, b.Reference), "invalid"},
		"a fraction":                 {fmt.Sprintf(`{"requestID":"n12","billId":%q,"paymentReferenceID":"TX1","amount":280.5,"currency":"ILS"}`, b.Reference), "invalid"},
		"no request":                 {notice("", b.Reference, "TX1", 28000, "ILS"), "invalid"},
		"too long a request":         {notice("1234567890123", b.Reference, "TX1", 28000, "ILS"), "invalid"},
		"no reference of the bank":   {notice("n13", b.Reference, "", 28000, "ILS"), "invalid"},
		"a reference with a colon":   {notice("n14", b.Reference, "a:b", 28000, "ILS"), "invalid"},
		"no JSON":                    {"requestID=n15", "invalid"},
		"text where a number stands": {fmt.Sprintf(`{"requestID":"n16","billId":%q,"paymentReferenceID":"TX1","amount":"28000","currency":"ILS"}`, b.Reference), "invalid"},
	} {
		for range 2 { // again, it is as wrong
			if got := w.notify(c.body); got.status != http.StatusBadRequest || got.Code != "01" || got.RejectReason != c.why || got.Reason == "" {
				t.Errorf("%s: %+v, want %s", what, got, c.why)
			}
		}
	}
	if got := w.notify(strings.Repeat(" ", 17<<10)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %+v", got)
	}
	if got := w.inquire("ask-other", b.Reference); got.status != http.StatusBadRequest || got.RejectReason != "request-reused" {
		t.Errorf("one request about two bills: %+v", got)
	}
	if got := w.inquire("ask-3", string(wrong)); got.status != http.StatusBadRequest || got.RejectReason != "unknown-bill" {
		t.Errorf("a digit wrong: %+v", got)
	}
	w.unpaid(v)
}

func TestANoticeCountsOnceHoweverOftenAndInWhichOrderItComes(t *testing.T) {
	w := newWorld(t)
	v, b := w.due()
	first := notice("pay-1", b.Reference, "TX1", 28000, "ILS")
	second := notice("pay-2", b.Reference, "TX2", 28000, "ILS") // paid once more, at another counter
	again := notice("pay-3", b.Reference, "TX1", 28000, "ILS")  // the same money, said under another request
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if got := w.notify(first); got.status != http.StatusAccepted || got.ResponseCode != "00" {
				t.Errorf("repeated: %+v", got)
			}
		})
	}
	all.Wait()
	for _, c := range []struct {
		body   string
		status int
		why    string
	}{
		{second, 400, "paid-already"}, {first, 202, ""}, {again, 202, ""}, {second, 400, "paid-already"}, {again, 202, ""},
		{notice("pay-1", b.Reference, "TX3", 28000, "ILS"), 400, "request-reused"},
	} {
		if got := w.notify(c.body); got.status != c.status || got.RejectReason != c.why {
			t.Errorf("%s: %+v", c.body, got)
		}
	}
	w.paid(v, "bank", 28000)
	_, other := w.due()
	if got := w.notify(notice("pay-4", other.Reference, "TX1", 28000, "ILS")); got.RejectReason != "reference-reused" {
		t.Errorf("the same money for another bill: %+v", got)
	}
}

func TestOfManyWhoPayOneBillAtOnceOneHasPaid(t *testing.T) {
	w := newWorld(t)
	v, b := w.due()
	taken := make(chan bool, 10)
	var all sync.WaitGroup
	for i := range cap(taken) {
		all.Go(func() {
			payer, key := "bank", bankKey
			if i%2 == 1 {
				payer, key = "wallet", walletKey
			}
			got := w.call("POST", "billTransferRequests", notice(fmt.Sprint("pay-", i), b.Reference, fmt.Sprint("TX", i), 28000, "ILS"), as(payer, key, "c")...)
			if got.status != http.StatusAccepted && got.RejectReason != "paid-already" {
				t.Errorf("%+v", got)
			}
			taken <- got.status == http.StatusAccepted
		})
	}
	all.Wait()
	close(taken)
	n := 0
	for ok := range taken {
		if ok {
			n++
		}
	}
	var balance int64
	if err := w.pool.QueryRow(t.Context(), "SELECT coalesce(sum(amount), 0)::bigint FROM posting WHERE account LIKE 'clearing:%'").Scan(&balance); err != nil || n != 1 || balance != 28000 {
		t.Errorf("%d were told that they have paid, %d received, %v", n, balance, err)
	}
	if v, err := w.desk.Confirm(t.Context(), v.ID); err != nil || v != payment.Paid {
		t.Errorf("%s, %v", v, err)
	}
}

func TestABillThatIsPaidByCardOrTooLateIsNotPaidAtABank(t *testing.T) {
	w := newWorld(t)
	card, b := w.due()
	if _, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: card.ID}); err != nil {
		t.Fatal(err)
	}
	if s, err := w.desk.Confirm(t.Context(), card.ID); s != payment.Paid || err != nil {
		t.Fatal(s, err)
	}
	if got := w.notify(notice("pay-1", b.Reference, "TX1", 28000, "ILS")); got.RejectReason != "paid-already" {
		t.Errorf("%+v", got)
	}
	w.paid(card, "gateway", 28000)

	late, b := w.due()
	w.mu.Lock()
	w.now = w.now.Add(25 * time.Hour)
	w.mu.Unlock()
	if got := w.inquire("ask-1", b.Reference); got.status != http.StatusAccepted || got.BillDetails[0].BillStatus != "CANCELLED" {
		t.Errorf("%+v", got)
	}
	if got := w.notify(notice("pay-2", b.Reference, "TX2", 28000, "ILS")); got.RejectReason != "not-due" {
		t.Errorf("%+v", got)
	}
	w.unpaid(late)
}

func TestWhatWasPaidAtABankGoesBackByAnOperator(t *testing.T) {
	w := newWorld(t)
	v, b := w.due()
	if got := w.notify(notice("pay-1", b.Reference, "TX1", 28000, "ILS")); got.status != http.StatusAccepted {
		t.Fatalf("%+v", got)
	}
	application, err := w.desk.ApplicationOf(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	err = postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}}, w.now)
	})
	if err != nil {
		t.Fatal(err)
	}
	var subject string
	if err := w.pool.QueryRow(t.Context(), "SELECT subject FROM outbox WHERE kind = 'refund'").Scan(&subject); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Handlers()["refund"](t.Context(), outbox.Delivery{Message: outbox.Message{Kind: "refund", Subject: subject}}); err != nil {
		t.Fatal(err)
	}
	if list, err := w.desk.IncidentsOf(t.Context(), application); err != nil || len(list) != 1 || list[0].Kind != payment.RefundRefused || list[0].Failure != "paid-at-bank" || list[0].Amount != 28000 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhoMayPayBillsIsCheckedAndNoKeyIsSaid(t *testing.T) {
	good := map[string][]string{"bank": {bankKey}}
	if err := govstack.Check("4170", good); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"no number": govstack.Check("", good), "a number too long": govstack.Check("12345678", good), "letters": govstack.Check("41a", good),
		"a colon": govstack.Check("1", map[string][]string{"a:b": {bankKey}}), "another channel": govstack.Check("1", map[string][]string{"gateway": {bankKey}}),
		"the safe": govstack.Check("1", map[string][]string{"safe": {bankKey}}), "cash at the bank": govstack.Check("1", map[string][]string{"banked": {bankKey}}),
		"a till": govstack.Check("1", map[string][]string{"till-7": {bankKey}}), "what is settled by hand": govstack.Check("1", map[string][]string{"by-hand": {bankKey}}),
		"no key": govstack.Check("1", map[string][]string{"bank": nil}), "a short key": govstack.Check("1", map[string][]string{"bank": {bankKey, "hush"}}),
	} {
		if err == nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), bankKey) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
