package payment

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// receiptPrefix begins the numbers of receipts.
const receiptPrefix = "RCT"

// Receipted makes sure, until the transaction ends, that a payment has the receipt of that number: it cannot be taken back at a till meanwhile, and
// whoever takes it back afterwards finds the paper. ErrNotFound where it has another one or none.
func (d *Desk) Receipted(ctx context.Context, tx pgx.Tx, id uuid.UUID, number string) error {
	has, err := oneText(ctx, tx, "SELECT receipt FROM payment WHERE id = $1 FOR SHARE", id)
	if err == nil && (has == "" || has != number) {
		err = ErrNotFound
	}
	return err
}

// number takes the number of a payment's receipt with its booking. The row is locked until the transaction ends, and a rollback gives the
// number back: so there are no gaps. It comes last, since other payments to the same authority wait for it.
func (d *Desk) number(ctx context.Context, tx pgx.Tx, p payment) error {
	return run(ctx, tx, `
		WITH n AS (
			INSERT INTO receipt_number (authority, year, last) VALUES ($2, $3, 1)
			ON CONFLICT (authority, year) DO UPDATE SET last = receipt_number.last + 1 RETURNING last)
		UPDATE payment SET receipt = $4 || '-' || $3 || '-' || lpad(n.last::text, greatest(6, length(n.last::text)), '0') FROM n WHERE id = $1`,
		p.id, p.authority, d.now().In(d.Zone).Year(), receiptPrefix)
}
