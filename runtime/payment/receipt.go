package payment

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// receiptPrefix begins the numbers of receipts.
const receiptPrefix = "RCT"

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
