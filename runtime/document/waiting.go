package document

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// takeWaiting takes files whose scan is due, longest due first, each with one of its uploads, and leases them: who ends meanwhile leaves them to
// others.
func takeWaiting(ctx context.Context, pool *pgxpool.Pool, now time.Time, lease time.Duration, limit int) ([]judged, error) {
	rows, err := pool.Query(ctx, `WITH due AS (UPDATE file SET scan_at = $1::timestamptz + $2::interval, scan_tries = scan_tries + 1 WHERE id IN (
			SELECT id FROM file WHERE scan = 'waiting' AND key <> '' AND scan_at <= $1 ORDER BY scan_at LIMIT $3 FOR UPDATE SKIP LOCKED)
			RETURNING id, scan_tries)
		SELECT DISTINCT ON (f.id) due.scan_tries, `+uploadColumns+` FROM due JOIN file f ON f.id = due.id
			JOIN upload u ON coalesce(u.file, u.id) = f.id CROSS JOIN LATERAL (SELECT coalesce(u.key, f.key) AS key) k
		WHERE k.key <> '' ORDER BY f.id`, now, lease, limit)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (j judged, err error) {
		u := &j.uploadRow
		return j, row.Scan(&j.tries, &u.ID, &u.Name, &u.MediaType, &u.Size, &u.Pages, &u.State, &u.file, &u.application, &u.key)
	})
	return list, wrap(err)
}

func postponeScan(ctx context.Context, pool *pgxpool.Pool, file uuid.UUID, to time.Time) error {
	_, err := pool.Exec(ctx, "UPDATE file SET scan_at = $2 WHERE id = $1 AND scan = 'waiting'", file, to)
	return wrap(err)
}

func setClean(ctx context.Context, pool *pgxpool.Pool, file uuid.UUID) error {
	_, err := pool.Exec(ctx, "UPDATE file SET scan = 'clean', scan_at = NULL WHERE id = $1 AND scan = 'waiting'", file)
	return wrap(err)
}

// setInfected erases a file with all its uploads, and tells whose they were.
func setInfected(ctx context.Context, tx pgx.Tx, file uuid.UUID) ([]Finding, error) {
	done, err := tx.Exec(ctx, "UPDATE file SET scan = 'infected', scan_at = NULL, key = '' WHERE id = $1 AND scan = 'waiting'", file)
	if err != nil || done.RowsAffected() == 0 {
		return nil, wrap(err)
	}
	rows, err := tx.Query(ctx, `UPDATE upload SET key = '' WHERE coalesce(file, id) = $1
		RETURNING id, owner, coalesce(application, '00000000-0000-0000-0000-000000000000')`, file)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Finding, err error) {
		return f, row.Scan(&f.Upload, &f.Owner, &f.Application)
	})
	return list, wrap(err)
}

func quarantine(ctx context.Context, pool *pgxpool.Pool, now time.Time) (files int, oldest time.Duration, err error) {
	var since *time.Time
	err = pool.QueryRow(ctx, "SELECT count(*), min(at) FROM file WHERE scan = 'waiting' AND key <> ''").Scan(&files, &since)
	if since != nil {
		oldest = max(0, now.Sub(*since))
	}
	return files, oldest, wrap(err)
}
