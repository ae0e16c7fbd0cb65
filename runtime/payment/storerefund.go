package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// The SQL of refunds and of the gateway's events.

type refundRow struct {
	id     uuid.UUID
	amount int64
	reason string
	done   bool

	stopped bool // an operator is asked about it, or it goes to an account
}

// from is the checkout at which was paid what goes back of a payment.
func (r refundRow) from(p payment) string {
	if other, ok := strings.CutPrefix(r.reason, reasonDuplicate); ok {
		return other
	}
	return p.checkout
}

// insertRefund gives the zero UUID where the payment has a refund for that reason.
func insertRefund(ctx context.Context, tx pgx.Tx, p payment, reason string, lines []activity.Line, at time.Time) (uuid.UUID, error) {
	var amount int64
	for _, l := range lines {
		amount += l.Amount
	}
	b, err := json.Marshal(lines)
	if err != nil {
		return uuid.Nil, err
	}
	id := uuid.New()
	done, err := tx.Exec(ctx, `INSERT INTO refund (id, payment, application, amount, currency, reason, lines, status, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'requested', $8) ON CONFLICT (payment, reason) DO NOTHING`,
		id, p.id, p.application, amount, p.currency, reason, b, at)
	if err != nil {
		return uuid.Nil, fmt.Errorf("payment: %w", err)
	}
	if done.RowsAffected() == 0 {
		return uuid.Nil, nil
	}
	return id, nil
}

func hasRefund(ctx context.Context, tx pgx.Tx, id uuid.UUID, reason string) (there bool, err error) {
	err = tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM refund WHERE payment = $1 AND reason = $2)", id, reason).Scan(&there)
	return there, err
}

// repaid sums, for each fee, what goes or went back of what counts as paid.
func repaid(ctx context.Context, tx pgx.Tx, id uuid.UUID) (map[string]int64, error) {
	rows, err := tx.Query(ctx, "SELECT lines FROM refund WHERE payment = $1 AND reason NOT LIKE 'duplicate:%' AND reason NOT LIKE 'more:%'", id)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	gone := map[string]int64{}
	for _, b := range all {
		var lines []activity.Line
		if err := json.Unmarshal(b, &lines); err != nil {
			return nil, fmt.Errorf("payment: %w", err)
		}
		for _, l := range lines {
			gone[l.Fee] += l.Amount
		}
	}
	return gone, nil
}

func readRefund(ctx context.Context, pool *pgxpool.Pool, id uuid.UUID) (r refundRow, p payment, err error) {
	var of uuid.UUID
	err = pool.QueryRow(ctx, `SELECT id, payment, amount, reason, status = 'done',
		EXISTS (SELECT FROM money_incident i WHERE i.subject = refund.id AND i.closed_at IS NULL) OR EXISTS (SELECT FROM payout o WHERE o.refund = refund.id AND o.ended_at IS NULL) FROM refund WHERE id = $1`, id).
		Scan(&r.id, &of, &r.amount, &r.reason, &r.done, &r.stopped)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, p, ErrNotFound
	}
	if err != nil {
		return r, p, fmt.Errorf("payment: %w", err)
	}
	p, err = readPayment(ctx, pool, of)
	return r, p, err
}

// lockRefund locks the payment of a refund.
func lockRefund(ctx context.Context, tx pgx.Tx, id uuid.UUID) (payment, error) {
	var of uuid.UUID
	err := tx.QueryRow(ctx, "SELECT payment FROM refund WHERE id = $1", id).Scan(&of)
	if errors.Is(err, pgx.ErrNoRows) {
		return payment{}, ErrNotFound
	}
	if err != nil {
		return payment{}, fmt.Errorf("payment: %w", err)
	}
	return lockPayment(ctx, tx, of)
}

func refundDone(ctx context.Context, tx pgx.Tx, id uuid.UUID) (done bool, err error) {
	err = tx.QueryRow(ctx, "SELECT status = 'done' FROM refund WHERE id = $1", id).Scan(&done)
	return done, err
}

// endRefundOf closes a refund whose payment is locked.
func endRefundOf(ctx context.Context, tx pgx.Tx, id uuid.UUID, at time.Time) error {
	p, err := lockRefund(ctx, tx, id)
	if err != nil {
		return err
	}
	return endRefund(ctx, tx, id, p.id, at)
}

// endRefund closes a refund, and its payment where it was the last one open. A second time changes nothing.
func endRefund(ctx context.Context, tx pgx.Tx, id, of uuid.UUID, at time.Time) error {
	if err := run(ctx, tx, "UPDATE refund SET status = 'done', done_at = $2 WHERE id = $1 AND status = 'requested'", id, at); err != nil {
		return err
	}
	return run(ctx, tx, `UPDATE payment SET status = 'refunded' WHERE id = $1 AND status = 'refunding'
		AND NOT EXISTS (SELECT FROM refund WHERE payment = $1 AND status = 'requested')`, of)
}

// storeEvent keeps an event as it came, before anything is made of it.
func storeEvent(ctx context.Context, pool *pgxpool.Pool, key string, body []byte) error {
	return run(ctx, pool, "INSERT INTO gateway_event (event, body) VALUES ($1, $2) ON CONFLICT (event) DO NOTHING", key, body)
}

// lockEvent makes parallel repeats of an event wait for the first, and tells whether it was dealt with.
func lockEvent(ctx context.Context, tx pgx.Tx, key string) (dealt bool, err error) {
	err = tx.QueryRow(ctx, "SELECT result <> '' FROM gateway_event WHERE event = $1 FOR UPDATE", key).Scan(&dealt)
	if err != nil {
		return false, fmt.Errorf("payment: %w", err)
	}
	return dealt, nil
}

func endEvent(ctx context.Context, tx pgx.Tx, key, result string) error {
	return run(ctx, tx, "UPDATE gateway_event SET result = $2 WHERE event = $1", key, result)
}
