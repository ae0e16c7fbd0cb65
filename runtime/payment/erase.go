package payment

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/proposal"
)

// erasedAccount stands where an account was to which money went.
const erasedAccount = "erased"

// Erase empties, in the caller's transaction, to whom and to which accounts money of an application has gone, what officers have written about it, and
// what banks have sent; amounts, days and IDs stay, as in the book, whose entries keep what two officers have signed. It
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
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE payout SET person = '', account = CASE WHEN account = '' THEN '' ELSE $2 END, given = '' WHERE application = $1`, application, erasedAccount)
	batch.Queue(`UPDATE money_incident SET reason = '' WHERE application = $1 AND reason <> ''`, application)
	batch.Queue(`UPDATE bill_notice SET body = '' WHERE reference IN (SELECT b.reference FROM bill b JOIN payment p ON p.id = b.payment WHERE p.application = $1)`, application)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return false, err
	}
	all, err := payments(ctx, tx, "WHERE p.application = $1", application)
	if err != nil {
		return false, err
	}
	ids := make([]uuid.UUID, len(all))
	for i, p := range all {
		ids[i] = p.id
	}
	stopped, err := incidents(ctx, tx, "WHERE application = $1", application)
	if err != nil {
		return false, err
	}
	for _, i := range stopped {
		ids = append(ids, i.ID)
	}
	err = proposal.Erase(ctx, tx, []proposal.Kind{Waiving, RefundRequested, Forgoing}, ids)
	return err == nil, err
}
