package till_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// gateway takes what is paid at it at once, and gives back what it is asked to.
type gateway struct {
	provider.Provider
	mu    sync.Mutex
	paid  map[string]provider.Checkout
	holds int64
}

func (g *gateway) Open(_ context.Context, key string, o provider.Order) (provider.Checkout, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.paid[key].ID == "" {
		g.paid[key] = provider.Checkout{ID: key, URL: "https://gateway.example/" + key, Status: provider.Open, Reference: o.Reference, Amount: o.Amount}
	}
	return g.paid[key], nil
}

func (g *gateway) Ask(_ context.Context, id string) (provider.Checkout, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.paid[id], nil
}

func (g *gateway) Refund(_ context.Context, _, id string, amount formula.Money) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.paid[id].Status != provider.Paid {
		return fmt.Errorf("nothing was paid at %s", id)
	}
	g.holds -= amount.Minor
	return nil
}

// pay pays at every checkout that is open.
func (g *gateway) pay() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, c := range g.paid {
		if c.Status == provider.Open {
			c.Status, g.holds = provider.Paid, g.holds+c.Amount.Minor
			g.paid[id] = c
		}
	}
}

// acts stores what applications are told.
type acts struct{}

func (acts) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	return uuid.New(), outbox.Add(ctx, tx, outbox.Message{Kind: "act", Subject: a.Application.String() + a.Key, Lane: a.Application.String()})
}

// receipts are the payments whose receipts were declared void.
type receipts struct{ revoked []uuid.UUID }

func (r *receipts) RevokeReceipt(_ context.Context, _ pgx.Tx, _, payment uuid.UUID, _ time.Time) error {
	r.revoked = append(r.revoked, payment)
	return nil
}

type world struct {
	*testing.T
	pool     *pgxpool.Pool
	gateway  *gateway
	desk     *payment.Desk
	receipts receipts
	tills    *till.Tills
	now      time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, pool: pgtest.Migrated(t), gateway: &gateway{paid: map[string]provider.Checkout{}}, now: time.Now().UTC().Truncate(time.Second)}
	w.desk = payment.New(payment.Options{Pool: w.pool, Providers: []payment.At{{Name: ledger.Gateway, Provider: w.gateway}}, Acts: acts{}, Now: func() time.Time { return w.now }})
	w.tills = till.New(till.Options{Pool: w.pool, Payments: w.desk, Receipts: &w.receipts, Now: func() time.Time { return w.now }})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) person() (id uuid.UUID) {
	w.Helper()
	w.must(w.pool.QueryRow(w.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES (gen_random_uuid(), 'i', gen_random_uuid()::text, '{}') RETURNING id").Scan(&id))
	return id
}

// due opens a payment of a new application.
func (w *world) due(amount int64, currency string, deposit int64) (application, id uuid.UUID) {
	w.Helper()
	application = uuid.New()
	lines := []activity.Line{{Fee: "renewal", Amount: amount - deposit}}
	if deposit > 0 {
		lines = append(lines, activity.Line{Fee: "plates", Amount: deposit, Deposit: true})
	}
	w.must(postgres.InTx(w.Context(), w.pool, func(tx pgx.Tx) error {
		return w.desk.Assess(w.Context(), tx, payment.AssessRequest{Application: application, Authority: "transport", Node: "pay", Visit: 1, At: w.now, Assessment: activity.Assessment{
			Currency: currency, Lines: lines, Total: amount, Tariff: "licences@2026-01-01"}})
	}))
	return application, w.view(application).ID
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

func (w *world) open(clerk uuid.UUID, number int, float map[string]int64) uuid.UUID {
	w.Helper()
	id, err := w.tills.Open(w.Context(), till.Opening{Authority: "transport", Number: number, Clerk: clerk, Float: float})
	w.must(err)
	return id
}

func (w *world) take(clerk, id uuid.UUID, tendered int64) (till.Taken, error) {
	return w.tills.Take(w.Context(), till.Taking{ID: uuid.New(), Clerk: clerk, Payment: id, Tendered: tendered})
}

func (w *world) mine(clerk uuid.UUID) till.Till {
	w.Helper()
	of, err := w.tills.Of(w.Context(), clerk)
	w.must(err)
	if of == nil {
		w.Fatal("no till")
	}
	return *of
}

// exact is a count of what should be there, and by more of each currency.
func exact(of till.Till, by int64) (out []till.CashCount) {
	for _, c := range of.Cash {
		out = append(out, till.CashCount{Currency: c.Currency, Amount: c.Expected + by})
	}
	return out
}

func (w *world) balance(account, currency string) int64 {
	w.Helper()
	b, err := ledger.New(w.pool).Balance(w.Context(), account)
	w.must(err)
	return b[currency]
}

func (w *world) count(sql string, args ...any) (n int) {
	w.Helper()
	w.must(w.pool.QueryRow(w.Context(), sql, args...).Scan(&n))
	return n
}

// decide lets an officer decide on what waits about a till.
func (w *world) decide(of uuid.UUID, approve bool, by uuid.UUID) error {
	w.Helper()
	list, err := w.tills.Proposals(w.Context(), of)
	w.must(err)
	i := slices.IndexFunc(list, func(p proposal.Proposal) bool { return p.Status == proposal.Proposed })
	if i < 0 {
		w.Fatal("nothing waits")
	}
	return w.tills.Decide(w.Context(), []string{"transport"}, list[i].ID, approve, by)
}

// balanced fails where a till of the book is not what the till says, where the book does not sum to zero, or where receipts have a gap.
func (w *world) balanced(numbers ...int) {
	w.Helper()
	list, err := w.tills.List(w.Context(), []string{"transport"})
	w.must(err)
	for _, n := range numbers {
		for _, currency := range []string{"ILS", "JOD"} {
			want := int64(0)
			for _, of := range list {
				i := slices.IndexFunc(of.Cash, func(c till.Cash) bool { return c.Currency == currency })
				if of.Number == n && of.Status != till.Closed && i >= 0 {
					want = of.Cash[i].Expected
				}
			}
			if got := w.balance(ledger.ClearingAt("transport", ledger.Till(n)), currency); got != want {
				w.Fatalf("the book has %d %s in till %d, which says %d", got, currency, n, want)
			}
		}
	}
	if sum := w.count("SELECT coalesce(sum(amount), 0)::bigint FROM posting"); sum != 0 {
		w.Fatalf("the book sums to %d", sum)
	}
	numbered := w.count(`SELECT count(DISTINCT r) FROM (SELECT receipt FROM payment WHERE receipt <> '' UNION SELECT receipt FROM till_taking) x (r)`)
	if last := w.count("SELECT coalesce(sum(last), 0)::bigint FROM receipt_number"); last != numbered {
		w.Fatalf("%d receipts, the last has number %d", numbered, last)
	}
}
