package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// billOf is the reference of a payment's bill, "" where it has none.
func billOf(ctx context.Context, q querier, id uuid.UUID) (string, error) {
	return oneText(ctx, q, "SELECT reference FROM bill WHERE payment = $1", id)
}

// insertBill does nothing where the payment has a bill or the reference is taken.
func insertBill(ctx context.Context, q querier, reference string, id uuid.UUID, at time.Time) error {
	return run(ctx, q, "INSERT INTO bill (reference, payment, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", reference, id, at)
}

func billPayment(ctx context.Context, q querier, reference string) (uuid.UUID, error) {
	text, err := oneText(ctx, q, "SELECT payment::text FROM bill WHERE reference = $1", reference)
	if err == nil && text == "" {
		err = ErrNotFound
	}
	if err != nil {
		return uuid.Nil, err
	}
	return uuid.Parse(text)
}

// keepInquiry gives the bill about which the payer has asked under that request first.
func keepInquiry(ctx context.Context, q querier, payer, request, reference string, at time.Time) (about string, err error) {
	err = run(ctx, q, "INSERT INTO bill_inquiry (payer, request, bill, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", payer, request, reference, at)
	if err != nil {
		return "", err
	}
	return oneText(ctx, q, "SELECT bill FROM bill_inquiry WHERE payer = $1 AND request = $2", payer, request)
}

// inquired tells whether the payer was told of the bill under that request.
func inquired(ctx context.Context, q querier, payer, request, reference string) (bool, error) {
	about, err := oneText(ctx, q, "SELECT bill FROM bill_inquiry WHERE payer = $1 AND request = $2", payer, request)
	return about == reference, err
}

type noticeRow struct {
	body   []byte
	result BillResult
}

// keepNotice stores a notice, or gives the one that the payer has sent under that request. One that is sent at the same time waits for the first.
func keepNotice(ctx context.Context, tx pgx.Tx, n BillNotice, at time.Time) (before noticeRow, fresh bool, err error) {
	done, err := tx.Exec(ctx, `INSERT INTO bill_notice (payer, request, reference, paid, body, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (payer, request) DO NOTHING`, n.Payer, n.Request, n.Reference, n.Paid, n.Body, at)
	if err != nil {
		return before, false, fmt.Errorf("payment: %w", err)
	}
	if done.RowsAffected() > 0 {
		return before, true, nil
	}
	err = tx.QueryRow(ctx, "SELECT body, result FROM bill_notice WHERE payer = $1 AND request = $2", n.Payer, n.Request).Scan(&before.body, &before.result)
	if err != nil {
		return before, false, fmt.Errorf("payment: %w", err)
	}
	return before, false, nil
}

func endNotice(ctx context.Context, tx pgx.Tx, n BillNotice, result BillResult) error {
	return run(ctx, tx, "UPDATE bill_notice SET result = $3 WHERE payer = $1 AND request = $2", n.Payer, n.Request, result)
}

// checkoutUsed tells whether a payment was made by what was paid there.
func checkoutUsed(ctx context.Context, q querier, checkout string) (bool, error) {
	text, err := oneText(ctx, q, "SELECT id::text FROM payment WHERE checkout = $1 LIMIT 1", checkout)
	return text != "", err
}

// oneText is the text in the only row, "" where there is none.
func oneText(ctx context.Context, q querier, sql string, args ...any) (string, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err == nil {
		var text string
		if text, err = pgx.CollectOneRow(rows, pgx.RowTo[string]); err == nil {
			return text, nil
		}
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return "", fmt.Errorf("payment: %w", err)
}
