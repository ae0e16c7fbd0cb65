package payment_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// acts stores acts where the application would: in the outbox, in the same transaction.
type acts struct{}

func (acts) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	return uuid.New(), outbox.Add(ctx, tx, outbox.Message{Kind: "act", Subject: a.Application.String() + a.Key, Lane: a.Application.String()})
}

type world struct {
	*testing.T
	pool  *pgxpool.Pool
	bank  *bank
	desk  *payment.Desk
	relay *outbox.Relay
	now   time.Time

	teller uuid.UUID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	pool := pgtest.Migrated(t)
	b, g := newBank(t)
	w := &world{T: t, pool: pool, bank: b, now: time.Now().UTC().Truncate(time.Second)}
	w.relay = outbox.New(pool, outbox.Options{})
	w.desk = payment.New(payment.Options{
		Pool: pool, Providers: []payment.At{{Name: ledger.Gateway, Provider: g}}, Acts: acts{}, Wake: w.relay.Wake, CallbackURL: "https://portal.example/callback",
		Now: func() time.Time { return w.now },
	})
	w.relay.Handle(w.desk.Handlers())
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) tx(do func(pgx.Tx) error) {
	w.Helper()
	w.must(postgres.InTx(w.Context(), w.pool, do))
}

// assess opens a payment of 250.00 and 30.00 ILS for a new application.
func (w *world) assess() (application uuid.UUID, p payment.View) {
	w.Helper()
	application = uuid.New()
	r := payment.AssessRequest{Application: application, Authority: "transport", Node: "pay", Visit: 1, At: w.now, Assessment: activity.Assessment{
		Currency: "ILS", Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 3000}, {Fee: "stamp", Amount: 0}}, Total: 28000, Tariff: "licences@2026-01-01",
	}}
	for range 2 { // a step may be applied again
		w.tx(func(tx pgx.Tx) error { return w.desk.Assess(w.Context(), tx, r) })
	}
	return application, w.view(application)
}

func (w *world) view(application uuid.UUID) payment.View {
	w.Helper()
	views, err := w.desk.OfApplication(w.Context(), application)
	w.must(err)
	if len(views) != 1 {
		w.Fatalf("%d payments, want 1", len(views))
	}
	return views[0]
}

// checkout gives the ID of the checkout at which the payment can be made now.
func (w *world) checkout(p payment.View) string {
	w.Helper()
	url, err := w.desk.Checkout(w.Context(), payment.CheckoutRequest{Payment: p.ID, Description: map[string]string{"ar": "رسوم"}, ReturnURL: "https://portal.example/back"})
	w.must(err)
	return url[strings.LastIndex(url, "/")+1:]
}

func (w *world) callback(body []byte) int {
	w.Helper()
	status, _ := w.desk.Callback(w.Context(), body, bears(sign(secret, w.now, body)))
	return status
}

func (w *world) paid() (uuid.UUID, payment.View, string) {
	w.Helper()
	application, p := w.assess()
	id := w.checkout(p)
	w.bank.pay(id)
	if s := w.callback(w.bank.event(id)); s != http.StatusOK {
		w.Fatalf("callback answered %d", s)
	}
	return application, p, id
}

func (w *world) count(sql string, args ...any) (n int) {
	w.Helper()
	w.must(w.pool.QueryRow(w.Context(), sql, args...).Scan(&n))
	return n
}

func (w *world) balance(account string) int64 {
	w.Helper()
	b, err := ledger.New(w.pool).Balance(w.Context(), account)
	w.must(err)
	return b["ILS"]
}

// cleared is what the gateway has taken in for all authorities.
func (w *world) cleared() int64 {
	w.Helper()
	return int64(w.count("SELECT coalesce(sum(amount), 0)::bigint FROM posting WHERE account LIKE 'clearing:%:gateway'"))
}

// deliverRefunds tries every refund that is promised, twice.
func (w *world) deliverRefunds() {
	w.Helper()
	rows, err := w.pool.Query(w.Context(), "SELECT subject FROM outbox WHERE kind = 'refund'")
	w.must(err)
	subjects, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	for _, s := range subjects {
		if err := w.relay.Deliver(w.Context(), "refund", s); err != nil && !errors.Is(err, outbox.ErrElsewhere) {
			w.Fatal(err)
		}
		w.must(w.desk.Handlers()["refund"](w.Context(), outbox.Delivery{Message: outbox.Message{Kind: "refund", Subject: s}}))
	}
}

func TestRepeatedAndParallelCallbacksChargeOnceAndActOnce(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	id := w.checkout(p)
	if again := w.checkout(p); again != id {
		t.Errorf("checkout %s, then %s; want the open one again", id, again)
	}
	w.bank.pay(id)
	body := w.bank.event(id)
	other := []byte(strings.Replace(string(body), "09:00", "09:01", 1)) // the same said again in another event
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			b := body
			if i%3 == 1 {
				b = other
			}
			if i%3 == 2 {
				if _, err := w.desk.Confirm(t.Context(), p.ID); err != nil {
					t.Error(err)
				}
				return
			}
			if s, err := w.desk.Callback(t.Context(), b, bears(sign(secret, w.now, b))); s != http.StatusOK || err != nil {
				t.Errorf("answered %d, %v", s, err)
			}
		})
	}
	wg.Wait()
	if v := w.view(application); v.Status != payment.Paid || v.PaidAt == nil || v.Payable {
		t.Errorf("payment %+v", v)
	}
	if n := w.count("SELECT count(*) FROM outbox WHERE kind = 'act'"); n != 1 {
		t.Errorf("%d acts, want 1", n)
	}
	if got := w.cleared(); got != 28000 || w.balance(ledger.Receivable("transport")) != 0 {
		t.Errorf("clearing %d, want 28000 and nothing receivable", got)
	}
	if _, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: p.ID}); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("checkout of a paid payment: %v", err)
	}
}

func TestAForgedOrBrokenCallbackChangesNothing(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	id := w.checkout(p)
	w.bank.pay(id)
	body := w.bank.event(id)
	good := sign(secret, w.now, body)
	for name, c := range map[string]struct {
		header string
		body   []byte
		want   int
	}{
		"another secret":  {sign("another", w.now, body), body, 401},
		"no secret":       {sign("", w.now, body), body, 401},
		"another body":    {good, append([]byte(" "), body...), 401},
		"another time":    {strings.Replace(good, "t=", "t=1", 1), body, 401},
		"no header":       {"", body, 401},
		"no signature":    {fmt.Sprintf("t=%d", w.now.Unix()), body, 401},
		"empty signature": {fmt.Sprintf("t=%d,v1=", w.now.Unix()), body, 401},
		"no event":        {sign(secret, w.now, []byte("{}")), []byte("{}"), 400},
		"too large":       {"", make([]byte, payment.MaxCallback+1), 413},
	} {
		if status, err := w.desk.Callback(t.Context(), c.body, bears(c.header)); status != c.want || err == nil {
			t.Errorf("%s: answered %d, %v; want %d", name, status, err, c.want)
		}
	}
	if v := w.view(application); v.Status != payment.Due || w.cleared() != 0 || w.count("SELECT count(*) FROM gateway_event") != 0 {
		t.Errorf("something changed: %+v", v)
	}
	old := sign("an older one", w.now, body) // while secrets are exchanged
	if status, err := w.desk.Callback(t.Context(), body, bears(old)); status != http.StatusOK {
		t.Errorf("second secret: answered %d, %v", status, err)
	}
}

func TestAnotherCurrencyOrNoAmountIsRecordedAndDoesNotPay(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	id := w.checkout(p)
	w.bank.pay(id)
	body := string(w.bank.event(id))
	for _, b := range []string{
		strings.Replace(body, "280.00", "0.00", 1), strings.Replace(body, "ILS", "JOD", 1), strings.Replace(body, "ILS", "XYZ", 1),
		strings.Replace(body, `"280.00"`, `{}`, 1),
	} {
		if s := w.callback([]byte(b)); s != http.StatusOK {
			t.Errorf("answered %d; repeating it would not help", s)
		}
	}
	if n := w.count("SELECT count(*) FROM gateway_event WHERE result = 'mismatch'"); n != 4 {
		t.Errorf("%d mismatches recorded, want 4", n)
	}
	if v := w.view(application); v.Status != payment.Due || w.cleared() != 0 {
		t.Errorf("paid: %+v", v)
	}
}

func TestAReportOfAnotherAmountIsBelievedOnlyWhenTheGatewaySaysTheSame(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	id := w.checkout(p)
	w.bank.pay(id)
	body := string(w.bank.event(id))
	w.bank.set(id, "open")
	w.callback([]byte(strings.Replace(body, "280.00", "0.01", 1)))
	if v := w.view(application); v.Status != payment.Due || v.Beside != 0 || w.cleared() != 0 {
		t.Errorf("it was believed: %+v", v)
	}
	w.bank.pay(id)
	w.callback([]byte(strings.Replace(body, "280.00", "0.02", 1)))
	if v := w.view(application); v.Status != payment.Paid || w.cleared() != 28000 {
		t.Errorf("what the gateway says is not believed: %+v", v)
	}
}

func TestWhoPaysMoreGetsTheRestBackAndWhoPaysLessAllOfIt(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		takes, goesBack, earned int64
		status                  payment.Status
	}{
		"more": {30000, 2000, 28000, payment.Paid},
		"less": {27999, 27999, 0, payment.Due},
	} {
		held, receivable := w.cleared(), w.balance(ledger.Receivable("transport"))
		application, p := w.assess()
		id := w.checkout(p)
		w.bank.takes(id, c.takes)
		w.bank.pay(id)
		for range 3 { // told often, and asked about
			w.callback(w.bank.event(id))
			_, err := w.desk.Confirm(t.Context(), p.ID)
			w.must(err)
		}
		if got := w.cleared() - held; got != c.takes {
			t.Errorf("%s: the book has %d, the bank %d", name, got, c.takes)
		}
		w.deliverRefunds()
		v := w.view(application)
		if v.Status != c.status || v.Amount != 28000 || v.Beside != c.goesBack || v.Refunded != 0 || w.cleared()-held != c.earned || w.bank.holds() != w.cleared() {
			t.Errorf("%s: %+v; the book has %d, the bank holds %d", name, v, w.cleared()-held, w.bank.holds())
		}
		if c.status == payment.Due { // it can be paid as before, elsewhere
			other := w.checkout(p)
			if other == id {
				t.Fatal("the checkout that is over is given again")
			}
			w.bank.pay(other)
			w.callback(w.bank.event(other))
			w.callback(w.bank.event(id))
			if v := w.view(application); v.Status != payment.Paid || w.bank.holds() != w.cleared() {
				t.Errorf("%s, and then paid: %+v", name, v)
			}
		}
		if got := w.balance(ledger.Receivable("transport")); got != receivable {
			t.Errorf("%s: receivable %d, was %d", name, got, receivable)
		}
	}
}

func TestAnOldSignatureIsBelievedOnlyWhenTheGatewaySaysTheSame(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	id := w.checkout(p)
	w.bank.pay(id)
	body := w.bank.event(id)
	w.bank.set(id, "declined")
	old := w.now.Add(-time.Hour)
	if s, err := w.desk.Callback(t.Context(), body, bears(sign(secret, old, body))); s != http.StatusOK || w.view(application).Status != payment.Due {
		t.Errorf("answered %d, %v, payment %s; want nothing paid", s, err, w.view(application).Status)
	}
	w.bank.pay(id)
	body = w.bank.event(id)
	body = append(body, '\n') // a late event of its own
	w.bank.switchOff(true)
	if s, _ := w.desk.Callback(t.Context(), body, bears(sign(secret, old, body))); s != http.StatusServiceUnavailable {
		t.Errorf("answered %d without the gateway, want 503", s)
	}
	w.bank.switchOff(false)
	if s, err := w.desk.Callback(t.Context(), body, bears(sign(secret, old, body))); s != http.StatusOK || w.view(application).Status != payment.Paid {
		t.Errorf("answered %d, %v, payment %s; want paid", s, err, w.view(application).Status)
	}
}

func TestACheckoutThatIsOverMakesRoomForAnother(t *testing.T) {
	w := newWorld(t)
	_, p := w.assess()
	seen := map[string]bool{}
	for _, end := range []string{"declined", "cancelled", "expired"} {
		id := w.checkout(p)
		if seen[id] {
			t.Errorf("%s was given again after its end", id)
		}
		seen[id] = true
		w.bank.set(id, end)
	}
	id := w.checkout(p)
	w.bank.pay(id)
	if _, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: p.ID}); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("after paying without a callback: %v", err)
	}
	if _, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: uuid.New()}); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("unknown payment: %v", err)
	}
}

func TestAnAnswerThatWasLostDoesNotBlockTheNextCheckout(t *testing.T) {
	w := newWorld(t)
	_, p := w.assess()
	first := w.checkout(p)
	_, err := w.pool.Exec(t.Context(), "UPDATE payment SET checkout = '', checkout_url = '', attempt = 0") // as if it had not been stored
	w.must(err)
	url, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: p.ID, Description: map[string]string{"en": "Fees"}, ReturnURL: "https://portal.example/en"})
	if err != nil || strings.HasSuffix(url, first) {
		t.Errorf("checkout %s, %v; want a second one", url, err)
	}
	w.bank.switchOff(true)
	if _, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: p.ID}); !errors.Is(err, payment.ErrUnavailable) {
		t.Errorf("gateway off: %v", err)
	}
}

func TestACallbackThatNeverCameIsFoundByReconciling(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	w.bank.pay(w.checkout(p))
	w.assess() // never went to the gateway
	if n, err := w.desk.Reconcile(t.Context()); n != 1 || err != nil || w.view(application).Status != payment.Paid {
		t.Errorf("reconciled %d, %v", n, err)
	}
}

func TestReconcilingReachesEveryPaymentHoweverManyNobodyPays(t *testing.T) {
	w := newWorld(t)
	for range 100 {
		_, p := w.assess()
		w.checkout(p) // left at the gateway's page
	}
	_, err := w.pool.Exec(t.Context(), "UPDATE payment SET due_at = $1", w.now.Add(time.Hour))
	w.must(err)
	var paid []uuid.UUID
	for range 20 { // wherever their IDs stand among the others
		application, p := w.assess()
		w.bank.pay(w.checkout(p))
		paid = append(paid, application)
	}
	found := 0
	for range 2 {
		n, err := w.desk.Reconcile(t.Context())
		w.must(err)
		found += n
	}
	if found != len(paid) {
		t.Errorf("%d of %d payments found in two rounds", found, len(paid))
	}
	for _, application := range paid {
		if v := w.view(application); v.Status != payment.Paid {
			t.Errorf("payment %s", v.Status)
		}
	}
}

func TestMoneyThatCameAfterTheCancellationAndWithoutACallbackGoesBack(t *testing.T) {
	w := newWorld(t)
	cancelled := func() (uuid.UUID, string) {
		application, p := w.assess()
		id := w.checkout(p)
		w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, application, "pay", 1) })
		return application, id
	}
	application, id := cancelled()
	_, over := cancelled()
	reconcile := func(want int) {
		t.Helper()
		if n, err := w.desk.Reconcile(t.Context()); n != want || err != nil {
			t.Errorf("reconciled %d, %v; want %d", n, err, want)
		}
	}
	reconcile(0)
	w.bank.pay(id)
	w.bank.set(over, "expired")
	reconcile(1)
	w.deliverRefunds()
	if v := w.view(application); v.Status != payment.Refunded || w.bank.holds() != 0 || w.cleared() != 0 {
		t.Errorf("payment %s, the bank holds %d, clearing %d", v.Status, w.bank.holds(), w.cleared())
	}
	w.bank.switchOff(true) // nothing is left to ask it about
	reconcile(0)
}

func TestMoneyThatNobodyWaitsForGoesBackWhole(t *testing.T) {
	w := newWorld(t)
	cancel := func(application uuid.UUID) {
		w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, application, "pay", 1) })
	}
	// Cancelled before the money came.
	cancelled, p := w.assess()
	id := w.checkout(p)
	cancel(cancelled)
	cancel(cancelled)
	w.bank.pay(id)
	for range 2 {
		w.callback(w.bank.event(id))
	}
	// Paid, but the application had moved on.
	refused, p, _ := w.paid()
	cancel(refused) // leaves it
	for range 2 {
		w.tx(func(tx pgx.Tx) error { return w.desk.Refused(t.Context(), tx, refused, p.ID.String(), "closed") })
	}
	// Paid twice, at two checkouts.
	twice, p := w.assess()
	first := w.checkout(p)
	w.bank.set(first, "expired")
	second := w.checkout(p)
	for _, id := range []string{second, first, first} {
		w.bank.pay(id)
		w.callback(w.bank.event(id))
	}
	w.deliverRefunds()
	for name, want := range map[uuid.UUID]payment.View{cancelled: {Status: payment.Refunded, Refunded: 28000}, refused: {Status: payment.Refunded, Refunded: 28000}, twice: {Status: payment.Paid}} {
		if v := w.view(name); v.Status != want.Status || v.Refunded != want.Refunded {
			t.Errorf("%s with %d back, want %s with %d", v.Status, v.Refunded, want.Status, want.Refunded)
		}
	}
	if w.bank.holds() != 28000 || w.cleared() != 28000 || w.balance(ledger.Refunds("transport")) != 0 || w.bank.refunds != 3 {
		t.Errorf("the bank holds %d after %d refunds, clearing %d", w.bank.holds(), w.bank.refunds, w.cleared())
	}
}

func TestARefundGivesBackItsLinesOnceWhateverIsRepeated(t *testing.T) {
	w := newWorld(t)
	application, _, _ := w.paid()
	refund := func(outcome string, lines ...activity.LineRefund) {
		w.tx(func(tx pgx.Tx) error { return w.desk.Refund(t.Context(), tx, application, outcome, lines, w.now) })
	}
	for range 2 {
		refund("refused", activity.LineRefund{Fee: "renewal", What: "all"}, activity.LineRefund{Fee: "late", What: "keep"})
	}
	if v := w.view(application); v.Status != payment.Refunding || v.Refunded != 25000 {
		t.Errorf("before delivery: %+v", v)
	}
	w.bank.switchOff(true)
	var subject string
	w.must(w.pool.QueryRow(t.Context(), "SELECT subject FROM outbox WHERE kind = 'refund'").Scan(&subject))
	failed := (*outbox.Failed)(nil)
	if err := w.relay.Deliver(t.Context(), "refund", subject); !errors.As(err, &failed) || failed.Code != "unavailable" {
		t.Errorf("gateway off: %v", err)
	}
	w.bank.switchOff(false)
	w.deliverRefunds()
	w.deliverRefunds()
	if v := w.view(application); v.Status != payment.Refunded || v.Refunded != 25000 || w.bank.holds() != 3000 {
		t.Errorf("after delivery: %+v, the bank holds %d", v, w.bank.holds())
	}
	refund("appeal won", activity.LineRefund{Fee: "renewal", What: "all"}, activity.LineRefund{Fee: "late", What: "all"})
	w.deliverRefunds()
	if v := w.view(application); v.Refunded != 28000 || w.bank.holds() != 0 || w.bank.refunds != 2 {
		t.Errorf("the rest: %+v, the bank holds %d", v, w.bank.holds())
	}
}

func TestBooksBalanceAfterAnySequenceOfEvents(t *testing.T) {
	w := newWorld(t)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	type open struct {
		application uuid.UUID
		p           payment.View
		checkouts   []string
	}
	var all []*open
	for range 250 {
		if len(all) < 3 || random.IntN(6) == 0 {
			a, p := w.assess()
			all = append(all, &open{a, p, nil})
			continue
		}
		o := all[random.IntN(len(all))]
		switch random.IntN(7) {
		case 0, 1:
			if w.view(o.application).Payable {
				o.checkouts = append(o.checkouts, w.checkout(o.p))
			}
		case 2, 3:
			if len(o.checkouts) > 0 {
				id := o.checkouts[random.IntN(len(o.checkouts))]
				w.bank.set(id, []string{"paid", "paid", "expired"}[random.IntN(3)])
				if w.bank.checkouts[id].Status == "expired" && w.count("SELECT count(*) FROM gateway_event WHERE convert_from(body, 'UTF8') LIKE $1", `%"`+id+`"%`) > 0 {
					w.bank.pay(id) // what was paid does not expire
				}
				w.callback(w.bank.event(id))
			}
		case 4:
			w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, o.application, "pay", 1) })
		case 5:
			lines := []activity.LineRefund{{Fee: "renewal", What: []string{"all", "keep"}[random.IntN(2)]}, {Fee: "late", What: []string{"all", "keep"}[random.IntN(2)]}}
			w.tx(func(tx pgx.Tx) error {
				return w.desk.Refund(t.Context(), tx, o.application, []string{"refused", "withdrawn"}[random.IntN(2)], lines, w.now)
			})
		case 6:
			w.tx(func(tx pgx.Tx) error {
				return w.desk.Refused(t.Context(), tx, o.application, o.p.ID.String(), "closed")
			})
		}
		if random.IntN(10) == 0 {
			w.deliverRefunds()
		}
	}
	w.deliverRefunds()
	trial, err := ledger.New(w.pool).Trial(t.Context(), ledger.Scope{})
	w.must(err)
	var sum, due int64
	for _, b := range trial {
		sum += b.Amount
	}
	for _, o := range all {
		if v := w.view(o.application); v.Status == payment.Due {
			due += v.Amount
		}
	}
	if sum != 0 {
		t.Errorf("the trial balance sums to %d", sum)
	}
	if got := w.cleared(); got != w.bank.holds() {
		t.Errorf("clearing %d, the bank holds %d", got, w.bank.holds())
	}
	if got := w.balance(ledger.Refunds("transport")); got != 0 {
		t.Errorf("refunds %d after all were delivered", got)
	}
	if got := w.balance(ledger.Receivable("transport")); got != due {
		t.Errorf("receivable %d, due payments %d", got, due)
	}
}

func TestWhatIsSuspendedIsDueAtNoTimeUntilItIsResumed(t *testing.T) {
	w := newWorld(t)
	application, _ := w.assess()
	_, other := w.assess()
	due, later := w.now.Add(time.Hour), w.now.AddDate(0, 0, 40)
	_, err := w.pool.Exec(t.Context(), "UPDATE payment SET due_at = $1", due)
	w.must(err)
	w.tx(func(tx pgx.Tx) error { return w.desk.Postpone(t.Context(), tx, application, nil) })
	w.now = w.now.AddDate(0, 0, 30)
	if v := w.view(application); v.DueAt != nil || !v.Payable {
		t.Errorf("%+v", v)
	}
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Postpone(t.Context(), tx, application, []activity.NewDue{{Node: "pay", Visit: 1, DueAt: later}, {Node: "review", Visit: 1, DueAt: due}})
	})
	if v := w.view(application); v.DueAt == nil || !v.DueAt.Equal(later) || !v.Payable {
		t.Errorf("%+v", v)
	}
	if n := w.count("SELECT count(*) FROM payment WHERE id = $1 AND due_at = $2", other.ID, due); n != 1 {
		t.Error("another application's is due at another time")
	}
}

// bears is how a callback with a signature is sent.
func bears(signature string) http.Header { return http.Header{"Gateway-Signature": {signature}} }
