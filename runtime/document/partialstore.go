package document

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// insertPartial does nothing where owner has most already.
func insertPartial(ctx context.Context, pool *pgxpool.Pool, owner uuid.UUID, p Partial, now time.Time, most int) (bool, error) {
	done, err := pool.Exec(ctx, `INSERT INTO partial (id, owner, name, size, at) SELECT $1, $2, $3, $4, $5
		WHERE (SELECT count(*) FROM partial WHERE owner = $2 AND upload IS NULL AND refused = '' AND at > $5::timestamptz - $6::interval) < $7`,
		p.ID, owner, p.Name, p.Size, now, partialFor, most)
	return done.RowsAffected() == 1, wrap(err)
}

// readPartial gives one that was begun after an instant, which stands in Expires.
func readPartial(ctx context.Context, pool *pgxpool.Pool, owner, id uuid.UUID, after time.Time) (p Partial, refused string, err error) {
	err = pool.QueryRow(ctx, `SELECT id, name, size, received, coalesce(upload, '00000000-0000-0000-0000-000000000000'), refused, at
		FROM partial WHERE id = $1 AND owner = $2 AND at > $3`, id, owner, after).Scan(&p.ID, &p.Name, &p.Size, &p.Received, &p.Upload, &refused, &p.Expires)
	return p, refused, wrap(err)
}

// insertPart moves the end on; ErrOffset where another part was faster.
func insertPart(ctx context.Context, tx pgx.Tx, partial, part uuid.UUID, start, size int64, key []byte) error {
	done, err := tx.Exec(ctx, "UPDATE partial SET received = received + $3 WHERE id = $1 AND received = $2 AND upload IS NULL AND refused = ''", partial, start, size)
	if err == nil && done.RowsAffected() == 0 {
		return ErrOffset
	}
	if err == nil {
		_, err = tx.Exec(ctx, "INSERT INTO part (id, partial, start, key) VALUES ($1, $2, $3, $4)", part, partial, start, key)
	}
	return wrap(err)
}

type partRow struct {
	id  uuid.UUID
	key []byte
}

func readParts(ctx context.Context, pool *pgxpool.Pool, partial uuid.UUID) ([]partRow, error) {
	rows, err := pool.Query(ctx, "SELECT id, key FROM part WHERE partial = $1 ORDER BY start", partial)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p partRow, err error) { return p, row.Scan(&p.id, &p.key) })
	return list, wrap(err)
}

// endPartial says what became of it, and forgets its parts.
func endPartial(ctx context.Context, pool *pgxpool.Pool, partial, upload uuid.UUID, refused string) error {
	_, err := pool.Exec(ctx, `WITH gone AS (DELETE FROM part WHERE partial = $1)
		UPDATE partial SET upload = nullif($2, '00000000-0000-0000-0000-000000000000'::uuid), refused = $3 WHERE id = $1`, partial, upload, refused)
	return wrap(err)
}

func deletePartial(ctx context.Context, pool *pgxpool.Pool, owner, id uuid.UUID) error {
	_, err := pool.Exec(ctx, "DELETE FROM partial WHERE id = $1 AND owner = $2 AND upload IS NULL", id, owner)
	return wrap(err)
}

// forgetPartials deletes those that were begun before an instant: of what they have become nothing depends on them.
func forgetPartials(ctx context.Context, pool *pgxpool.Pool, before time.Time, limit int) error {
	_, err := pool.Exec(ctx, "DELETE FROM partial WHERE id IN (SELECT id FROM partial WHERE at < $1 LIMIT $2)", before, limit)
	return wrap(err)
}
