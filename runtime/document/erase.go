package document

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// EraseOver erases papers of erased applications that are valid no longer, and receipts, a bounded number; their numbers, records and what becomes of
// them stay, so that whoever verifies one still learns how it stands. A paper that is valid outlives its application, one without an end for ever. It says how many.
func (a *Archive) EraseOver(ctx context.Context) (n int, err error) {
	today := a.o.Now().In(a.o.Zone).Format("2006-01-02")
	err = postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT f.id FROM application_key k JOIN document d ON d.application = k.application JOIN file f ON f.id IN (d.file, d.claims)
			WHERE k.key = '' AND f.key <> '' AND (d.status IN ('revoked', 'replaced') OR d.valid_until < $1::date OR starts_with(d.node, $2))
			ORDER BY f.id LIMIT $3 FOR UPDATE OF f SKIP LOCKED`, today, receiptNode, sweepAtOnce)
		if err != nil {
			return wrap(err)
		}
		files, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return wrap(err)
		}
		n = len(files)
		_, err = tx.Exec(ctx, "UPDATE file SET key = '' WHERE id = ANY($1)", files)
		return wrap(err)
	})
	return n, err
}
