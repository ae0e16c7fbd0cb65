package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// querier is a pool or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// payment is a row with the lines of its assessment.
type payment struct {
	id, application uuid.UUID
	node            string
	visit           int
	authority       string
	amount          int64
	currency        string
	status          Status
	checkout        string
	checkoutURL     string
	attempt         int
	dueAt, paidAt   *time.Time
	late            bool
	part, parts     int
	lines           []activity.Line
	coming          []activity.Coming
	receipt         string
	waived          []activity.Line // lines is without them
	asked           []int64         // for which amounts checkouts were opened before a part was waived
	voided          int             // how often it was paid in cash and voided
}

const selectPayment = `SELECT p.id, p.application, p.node, p.visit, p.authority, p.amount, p.currency, p.status, p.checkout, p.checkout_url,
	p.attempt, p.due_at, p.paid_at, p.late, p.part, p.parts, p.coming, p.receipt, p.voided, p.waived, p.asked, a.lines FROM payment p JOIN assessment a ON a.id = p.assessment `

func scanPayment(row pgx.CollectableRow) (p payment, err error) {
	var lines, coming, waived []byte
	err = row.Scan(&p.id, &p.application, &p.node, &p.visit, &p.authority, &p.amount, &p.currency, &p.status, &p.checkout, &p.checkoutURL,
		&p.attempt, &p.dueAt, &p.paidAt, &p.late, &p.part, &p.parts, &coming, &p.receipt, &p.voided, &waived, &p.asked, &lines)
	if err == nil {
		err = errors.Join(json.Unmarshal(lines, &p.lines), json.Unmarshal(coming, &p.coming), json.Unmarshal(waived, &p.waived))
	}
	if p.status != Waived { // of one that is waived whole it is still said what it was
		p.lines = without(p.lines, p.waived)
	}
	return p, err
}

// without are the lines of an assessment less what was waived of them.
func without(lines, waived []activity.Line) []activity.Line {
	if len(waived) == 0 {
		return lines
	}
	out := slices.Clone(lines)
	for _, w := range waived {
		i := slices.IndexFunc(out, func(l activity.Line) bool {
			return l.Fee == w.Fee && l.Deposit == w.Deposit && (l.Amount >= w.Amount || w.Fee == activity.RoundingLine)
		})
		switch {
		case i < 0 && w.Fee == activity.RoundingLine: // a correction has made the total less by it, and the payment had none
			out = append(out, activity.Line{Fee: w.Fee, Amount: -w.Amount})
			continue
		case i < 0:
			continue
		}
		l := out[i]
		shares := slices.Clone(l.Shares)
		for n := range shares {
			if n < len(w.Shares) {
				shares[n].Amount -= w.Shares[n].Amount
			}
		}
		out[i].Amount, out[i].Shares = l.Amount-w.Amount, shares
	}
	return out
}

func payments(ctx context.Context, q querier, where string, args ...any) ([]payment, error) {
	rows, err := q.Query(ctx, selectPayment+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanPayment)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return list, nil
}

func onePayment(ctx context.Context, q querier, where string, args ...any) (payment, error) {
	list, err := payments(ctx, q, where, args...)
	if err != nil {
		return payment{}, err
	}
	if len(list) == 0 {
		return payment{}, ErrNotFound
	}
	return list[0], nil
}

func readPayment(ctx context.Context, q querier, id uuid.UUID) (payment, error) {
	return onePayment(ctx, q, "WHERE p.id = $1", id)
}

func lockPayment(ctx context.Context, tx pgx.Tx, id uuid.UUID) (payment, error) {
	return onePayment(ctx, tx, "WHERE p.id = $1 FOR UPDATE OF p", id)
}

// lockPaid gives the payments of an application that were paid, always in the same order.
func lockPaid(ctx context.Context, tx pgx.Tx, application uuid.UUID) ([]payment, error) {
	return payments(ctx, tx, "WHERE p.application = $1 AND p.status IN ('paid', 'refunding', 'refunded') ORDER BY p.id FOR UPDATE OF p", application)
}

func insertAssessment(ctx context.Context, tx pgx.Tx, id uuid.UUID, r AssessRequest) (fresh bool, err error) {
	a := r.Assessment
	lines := a.Lines
	if lines == nil {
		lines = []activity.Line{}
	}
	less := a.Less
	if less == nil {
		less = []activity.Less{}
	}
	b, err := json.Marshal(lines)
	off, failed := json.Marshal(less)
	if err = errors.Join(err, failed); err != nil {
		return false, err
	}
	done, err := tx.Exec(ctx, `INSERT INTO assessment (id, application, node, visit, currency, lines, less, total, tariff, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (application, node, visit) DO NOTHING`,
		id, r.Application, r.Node, r.Visit, a.Currency, b, off, a.Total, a.Tariff, r.At)
	if err != nil {
		return false, fmt.Errorf("payment: %w", err)
	}
	return done.RowsAffected() > 0, nil
}

func insertPayment(ctx context.Context, tx pgx.Tx, assessment uuid.UUID, r AssessRequest) error {
	a := r.Assessment
	coming := []byte("[]")
	if len(a.Coming) > 0 {
		var err error
		if coming, err = json.Marshal(a.Coming); err != nil {
			return err
		}
	}
	return run(ctx, tx, `INSERT INTO payment (id, assessment, application, node, visit, authority, amount, currency, status, due_at, late, part, parts, coming)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'due', $9, $10, $11, $12, $13)`,
		uuid.New(), assessment, r.Application, r.Node, r.Visit, r.Authority, a.Total, a.Currency, a.DueAt, a.Late, a.Part, a.Parts, coming)
}

// cancelDue gives the payment that it has cancelled, or nil.
func cancelDue(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int) (*payment, error) {
	p, err := onePayment(ctx, tx, "WHERE p.application = $1 AND p.node = $2 AND p.visit = $3 AND p.status = 'due' FOR UPDATE OF p", application, node, visit)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &p, setStatus(ctx, tx, p.id, Cancelled)
}

// postpone changes when what is due is due.
func postpone(ctx context.Context, tx pgx.Tx, application uuid.UUID, dues []activity.NewDue) error {
	nodes, visits, at := make([]string, len(dues)), make([]int, len(dues)), make([]time.Time, len(dues))
	for i, d := range dues {
		nodes[i], visits[i], at[i] = d.Node, d.Visit, d.DueAt
	}
	return run(ctx, tx, `UPDATE payment p SET due_at = d.due_at
		FROM payment q LEFT JOIN unnest($2::text[], $3::int[], $4::timestamptz[]) AS d (node, visit, due_at) ON d.node = q.node AND d.visit = q.visit
		WHERE q.id = p.id AND p.application = $1 AND p.status = 'due'`, application, nodes, visits, at)
}

func setStatus(ctx context.Context, tx pgx.Tx, id uuid.UUID, s Status) error {
	return run(ctx, tx, "UPDATE payment SET status = $2 WHERE id = $1", id, s)
}

func markPaid(ctx context.Context, tx pgx.Tx, id uuid.UUID, checkout string, s Status, at time.Time) error {
	return run(ctx, tx, `UPDATE payment SET status = $2, checkout = $3, paid_at = $4,
		other_checkouts = array_remove(other_checkouts, $3) || CASE WHEN checkout IN ('', $3) THEN '{}' ELSE ARRAY[checkout] END WHERE id = $1`, id, s, checkout, at)
}

// storeCheckout keeps the checkout of an attempt; false where another attempt was stored meanwhile or the payment is no longer due. beside is the one
// before where it may be paid still.
func (d *Desk) storeCheckout(ctx context.Context, p payment, attempt int, at string, c provider.Checkout, beside string) (stored bool, err error) {
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `UPDATE payment SET checkout = $3, checkout_url = $4, attempt = $2, other_checkouts = other_checkouts || array_remove(ARRAY[$5], '')
			WHERE id = $1 AND status = 'due' AND (attempt < $2 OR attempt = $2 AND checkout IN ('', $3))`, p.id, attempt, c.ID, c.URL, beside)
		if err != nil {
			return fmt.Errorf("payment: %w", err)
		}
		if stored = done.RowsAffected() > 0; !stored {
			return nil
		}
		return insertCheckout(ctx, tx, at, c.ID, p.id.String(), map[uuid.UUID]int64{p.id: p.amount})
	})
	return stored, err
}

// leaveCheckout goes past a checkout at which nothing can be paid any more, though the payment is due.
func leaveCheckout(ctx context.Context, q querier, id uuid.UUID, checkout string) error {
	return run(ctx, q, "UPDATE payment SET checkout = '', checkout_url = '' WHERE id = $1 AND checkout = $2", id, checkout)
}

// skipAttempt goes past an attempt whose checkout is not known here, and past the one before: that is over, or one for several payments.
func skipAttempt(ctx context.Context, q querier, id uuid.UUID, attempt int) error {
	return run(ctx, q, `UPDATE payment SET attempt = $2, checkout = '', checkout_url = '', other_checkouts = other_checkouts || array_remove(ARRAY[checkout], '')
		WHERE id = $1 AND status = 'due' AND attempt < $2`, id, attempt)
}

// closeCheckout remembers that nothing more can come of the checkout of a cancelled payment.
func closeCheckout(ctx context.Context, q querier, id uuid.UUID) error {
	return run(ctx, q, "UPDATE payment SET checkout_url = '' WHERE id = $1 AND status IN ('cancelled', 'waived')", id)
}

// otherCheckout is one at which a payment could be made still when it was made at another one, or when a part of it was waived.
type otherCheckout struct {
	payment  uuid.UUID
	checkout string
}

// readOthers gives some, also those that processes of the version before have kept.
func readOthers(ctx context.Context, q querier, limit int) ([]otherCheckout, error) {
	rows, err := q.Query(ctx, `SELECT id, c FROM payment, unnest(other_checkouts || array_remove(ARRAY[other_checkout], '')) AS c
		WHERE other_checkouts <> '{}' OR other_checkout <> '' ORDER BY random() LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o otherCheckout, err error) { return o, row.Scan(&o.payment, &o.checkout) })
}

func closeOther(ctx context.Context, q querier, id uuid.UUID, checkout string) error {
	return run(ctx, q, "UPDATE payment SET other_checkouts = array_remove(other_checkouts, $2), other_checkout = coalesce(nullif(other_checkout, $2), '') WHERE id = $1", id, checkout)
}

func readUnconfirmed(ctx context.Context, q querier, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	rows, err := q.Query(ctx, `SELECT id FROM payment WHERE paid_at IS NULL AND checkout_url <> '' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

func readViews(ctx context.Context, q querier, application uuid.UUID) ([]View, error) {
	list, err := payments(ctx, q, "WHERE p.application = $1 ORDER BY a.at, p.id", application)
	if err != nil {
		return nil, err
	}
	const beside = "(reason LIKE 'duplicate:%' OR reason LIKE 'more:%')"
	rows, err := q.Query(ctx, "SELECT payment, coalesce(sum(amount) FILTER (WHERE NOT "+beside+"), 0)::bigint, coalesce(sum(amount) FILTER (WHERE "+beside+`), 0)::bigint,
			coalesce(sum(amount) FILTER (WHERE status = 'done' AND NOT `+beside+`), 0)::bigint,
			coalesce(sum(amount) FILTER (WHERE EXISTS (SELECT FROM payout o WHERE o.refund = refund.id AND o.status = 'wanted') AND NOT `+beside+`), 0)::bigint
		FROM refund WHERE payment IN (SELECT id FROM payment WHERE application = $1) GROUP BY payment`, application)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	type sums struct{ back, beside, arrived, waits int64 }
	gone := map[uuid.UUID]sums{}
	var id uuid.UUID
	var of sums
	if _, err := pgx.ForEachRow(rows, []any{&id, &of.back, &of.beside, &of.arrived, &of.waits}, func() error { gone[id] = of; return nil }); err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	disputed, err := readDisputed(ctx, q, application)
	if err != nil {
		return nil, err
	}
	less, err := readLess(ctx, q, application)
	if err != nil {
		return nil, err
	}
	held, err := readDeposits(ctx, q, application)
	if err != nil {
		return nil, err
	}
	views := make([]View, len(list))
	for i, p := range list {
		if p.status == Waived { // after a part was waived before: what it was about at first
			p.amount = 0
			for _, l := range p.lines {
				p.amount += l.Amount
			}
		}
		views[i] = p.view()
		views[i].Refunded, views[i].Beside, views[i].Deposits = gone[p.id].back, gone[p.id].beside, held[p.id]
		views[i].Arrived, views[i].Waits, views[i].Less, views[i].Disputed = gone[p.id].arrived, gone[p.id].waits, less[p.id], disputed[p.id]
	}
	return views, nil
}

// view is what the row itself says.
func (p payment) view() View {
	return View{ID: p.id, Application: p.application, Node: p.node, Visit: p.visit, Authority: p.authority, Amount: p.amount, Currency: p.currency, Status: p.status,
		Lines: p.lines, DueAt: p.dueAt, PaidAt: p.paidAt, Late: p.late, Part: p.part, Parts: p.parts, Coming: p.coming, Receipt: p.receipt, Means: p.means(), Voided: p.voided}
}

func run(ctx context.Context, q querier, sql string, args ...any) error {
	if _, err := q.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}
