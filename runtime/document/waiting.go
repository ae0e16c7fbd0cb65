package document

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// takeWaiting takes uploads whose scan is due, longest due first, and leases them: who ends meanwhile leaves them to others.
func takeWaiting(ctx context.Context, pool *pgxpool.Pool, now time.Time, lease time.Duration, limit int) ([]judged, error) {
	rows, err := pool.Query(ctx, `UPDATE file SET scan_at = $1::timestamptz + $2::interval, scan_tries = scan_tries + 1 WHERE id IN (
		SELECT id FROM file WHERE scan = 'waiting' AND key <> '' AND scan_at <= $1 ORDER BY scan_at LIMIT $3 FOR UPDATE SKIP LOCKED)
		RETURNING id, key, scan_tries`, now, lease, limit)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (j judged, err error) {
		return j, row.Scan(&j.file, &j.key, &j.tries)
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

// setInfected erases a file and tells whose it was.
func setInfected(ctx context.Context, tx pgx.Tx, file uuid.UUID) ([]Finding, error) {
	done, err := tx.Exec(ctx, "UPDATE file SET scan = 'infected', scan_at = NULL, key = '' WHERE id = $1 AND scan = 'waiting'", file)
	if err != nil || done.RowsAffected() == 0 {
		return nil, wrap(err)
	}
	rows, err := tx.Query(ctx, "SELECT id, owner, coalesce(application, '00000000-0000-0000-0000-000000000000') FROM upload WHERE id = $1", file)
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
