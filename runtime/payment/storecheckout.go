package payment

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// insertCheckout keeps what a checkout is for: each payment and the amount of it. The same again changes nothing.
func insertCheckout(ctx context.Context, q querier, provider, id, reference string, lines map[uuid.UUID]int64) error {
	payments, amounts := make([]uuid.UUID, 0, len(lines)), make([]int64, 0, len(lines))
	for p, amount := range lines {
		payments, amounts = append(payments, p), append(amounts, amount)
	}
	return run(ctx, q, `WITH c AS (INSERT INTO checkout (id, reference, provider) VALUES ($1, $2, $5) ON CONFLICT DO NOTHING RETURNING id)
		INSERT INTO checkout_line (checkout, payment, amount) SELECT c.id, l.* FROM c, unnest($3::uuid[], $4::bigint[]) AS l`, id, reference, payments, amounts, provider)
}

// carriedBy are the payments of a checkout and what each came to when it was opened; none of one that the version before has opened, of another
// provider's, or where this one names it by another reference ("" = whichever).
func carriedBy(ctx context.Context, q querier, provider, id, reference string) (map[uuid.UUID]int64, error) {
	rows, err := q.Query(ctx, `SELECT l.payment, l.amount FROM checkout c JOIN checkout_line l ON l.checkout = c.id
		WHERE c.id = $1 AND $2 IN ('', c.reference::text) AND c.provider = $3`, id, reference, provider)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	lines := map[uuid.UUID]int64{}
	var payment uuid.UUID
	var amount int64
	if _, err := pgx.ForEachRow(rows, []any{&payment, &amount}, func() error { lines[payment] = amount; return nil }); err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return lines, nil
}

// keepCheckout keeps a checkout of which a provider says that it was paid, where nobody here has kept it; false where it is known as another provider's,
// which alone may say how it stands.
func keepCheckout(ctx context.Context, tx pgx.Tx, provider string, id, reference string) (bool, error) {
	err := run(ctx, tx, "INSERT INTO checkout (id, reference, provider) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", id, reference, provider)
	if err != nil {
		return false, err
	}
	of, err := oneText(ctx, tx, "SELECT provider FROM checkout WHERE id = $1", id)
	return of == provider, err
}

// moveCheckout puts a joint checkout in the place of the one that a payment had, which may be paid still and is looked after.
func moveCheckout(ctx context.Context, tx pgx.Tx, id uuid.UUID, attempt int, c provider.Checkout) error {
	return run(ctx, tx, `UPDATE payment SET checkout = $3, checkout_url = $4, attempt = $2,
		other_checkouts = array_remove(other_checkouts, $3) || CASE WHEN checkout IN ('', $3) THEN '{}' ELSE ARRAY[checkout] END WHERE id = $1`, id, attempt, c.ID, c.URL)
}

// jointOnes are those among checkouts that carry several payments.
func jointOnes(ctx context.Context, q querier, checkouts []string) ([]string, error) {
	rows, err := q.Query(ctx, "SELECT checkout FROM checkout_line WHERE checkout = ANY($1) GROUP BY checkout HAVING count(*) > 1", checkouts)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
