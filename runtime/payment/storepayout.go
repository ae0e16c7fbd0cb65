package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func payouts(ctx context.Context, q querier, where string, args ...any) ([]payout, error) {
	rows, err := q.Query(ctx, `SELECT id, application, node, visit, step, authority, amount, currency, person, account, checkout, given, status,
		called_off, gateway_id, failure, ended_at, instead_of, refund, provider FROM payout `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p payout, err error) {
		return p, row.Scan(&p.id, &p.application, &p.node, &p.visit, &p.step, &p.authority, &p.amount, &p.currency, &p.person, &p.account, &p.checkout,
			&p.given, &p.status, &p.calledOff, &p.gatewayID, &p.failure, &p.endedAt, &p.instead, &p.refund, &p.provider)
	})
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return list, nil
}

func onePayout(ctx context.Context, q querier, where string, id uuid.UUID) (payout, error) {
	list, err := payouts(ctx, q, where, id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return payout{}, err
	}
	return list[0], nil
}

func readPayout(ctx context.Context, q querier, id uuid.UUID) (payout, error) {
	return onePayout(ctx, q, "WHERE id = $1", id)
}

// lockPayout locks a payout, and before it the payment of the refund that goes back by it: everything that ends a refund begins there.
func lockPayout(ctx context.Context, tx pgx.Tx, id uuid.UUID) (payout, error) {
	p, err := readPayout(ctx, tx, id)
	if err == nil && p.refund != nil {
		_, err = lockRefund(ctx, tx, *p.refund)
	}
	if err != nil {
		return p, err
	}
	return onePayout(ctx, tx, "WHERE id = $1 FOR UPDATE", id)
}

// cardOf is the checkout at which an application was paid by card for the last time in a currency at one of some providers, "" where it never was, and
// that provider.
func cardOf(ctx context.Context, tx pgx.Tx, application uuid.UUID, currency string, at []string) (checkout, provider string, err error) {
	err = tx.QueryRow(ctx, `SELECT c.id, c.provider FROM payment p JOIN checkout c ON c.id = p.checkout WHERE p.application = $1 AND p.currency = $2 AND c.provider = ANY($3) AND p.status IN ('paid', 'refunding', 'refunded')
		ORDER BY p.paid_at DESC, p.id LIMIT 1`, application, currency, at).Scan(&checkout, &provider)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", "", nil
	}
	return checkout, provider, err
}
