package payment

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// erasedAccount stands where an account was to which money went.
const erasedAccount = "erased"

// Erase empties, in the caller's transaction, to whom and to which accounts money of an application has gone; amounts and IDs stay, as in the book. It
// is false, and nothing is changed, while money is on its way, held, or waits for somebody to see to it.
func (d *Desk) Erase(ctx context.Context, tx pgx.Tx, application uuid.UUID) (bool, error) {
	var open bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM payment WHERE application = $1 AND status IN ('due', 'refunding'))
		OR EXISTS (SELECT FROM refund WHERE application = $1 AND status <> 'done')
		OR EXISTS (SELECT FROM payout WHERE application = $1 AND ended_at IS NULL)
		OR EXISTS (SELECT FROM deposit WHERE application = $1 AND status = 'held')
		OR EXISTS (SELECT FROM dispute WHERE application = $1 AND ended_at IS NULL)
		OR EXISTS (SELECT FROM money_incident WHERE application = $1 AND closed_at IS NULL)`, application).Scan(&open)
	if err != nil || open {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE payout SET person = '', account = CASE WHEN account = '' THEN '' ELSE $2 END, given = '' WHERE application = $1`, application, erasedAccount)
	return err == nil, err
}
