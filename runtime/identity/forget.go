package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// forgotten is the issuer of people of whom nothing is known any more.
const forgotten = "forgotten"

// Unseen gives people who have not signed in since an instant and were never officers, in the order of their IDs behind one of them.
func Unseen(ctx context.Context, pool *pgxpool.Pool, since time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	rows, err := pool.Query(ctx, `SELECT id FROM person WHERE id > $1 AND NOT officer AND issuer <> $2 AND seen_at < $3 ORDER BY id LIMIT $4`,
		after, forgotten, since, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Forget forgets who people are that Unseen has given: the caller has made sure that nothing needs them. Their IDs stay, since books name them; whoever
// signs in again is new.
func Forget(ctx context.Context, tx pgx.Tx, people []uuid.UUID, since time.Time) (n int, err error) {
	done, err := tx.Exec(ctx, `UPDATE person SET issuer = $2, subject = id::text, facts = '{}' WHERE id = ANY($1) AND NOT officer AND issuer <> $2 AND seen_at < $3`,
		people, forgotten, since)
	return int(done.RowsAffected()), err
}
