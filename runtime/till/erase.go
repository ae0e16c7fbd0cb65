package till

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/proposal"
)

// Erase empties, in the caller's transaction, why payments of an application were to be taken back; that they were stays.
func (t *Tills) Erase(ctx context.Context, tx pgx.Tx, application uuid.UUID) error {
	rows, err := tx.Query(ctx, "SELECT id FROM till_taking WHERE application = $1", application)
	if err != nil {
		return err
	}
	takings, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	return proposal.Erase(ctx, tx, []proposal.Kind{Void}, takings)
}
