package audit

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Writer is a transaction or a pool.
type Writer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Record adds e: in a transaction it stands or falls with it, on a pool it stands at once. It never waits for another record.
func Record(ctx context.Context, w Writer, e Entry) error {
	if err := e.check(); err != nil {
		return err
	}
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	_, err := w.Exec(ctx, `INSERT INTO audit (authority, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)`,
		e.Authority, e.Actor, e.Action, e.Subject, e.Detail)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// readHeads gives the last seal of every authority, without reading the chains.
func readHeads(ctx context.Context, tx pgx.Tx) (map[string]seal, error) {
	rows, err := tx.Query(ctx, `
		WITH RECURSIVE a (authority) AS (
			(SELECT authority FROM audit_seal ORDER BY authority LIMIT 1)
			UNION ALL
			SELECT (SELECT s.authority FROM audit_seal s WHERE s.authority > a.authority ORDER BY s.authority LIMIT 1)
			FROM a WHERE a.authority IS NOT NULL)
		SELECT h.* FROM a, LATERAL (
			SELECT s.authority, s.position, s.first, s.last, s.hash FROM audit_seal s
			WHERE s.authority = a.authority ORDER BY s.position DESC LIMIT 1) h`)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanSeal)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	heads := make(map[string]seal, len(list))
	for _, s := range list {
		heads[s.authority] = s
	}
	return heads, nil
}

func readSeals(ctx context.Context, tx pgx.Tx, authority string, after int64, limit int) ([]seal, error) {
	rows, err := tx.Query(ctx, `SELECT authority, position, first, last, hash FROM audit_seal
		WHERE authority = $1 AND position > $2 ORDER BY position LIMIT $3`, authority, after, limit)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return pgx.CollectRows(rows, scanSeal)
}

func scanSeal(r pgx.CollectableRow) (s seal, err error) {
	err = r.Scan(&s.authority, &s.position, &s.first, &s.last, &s.hash)
	return s, err
}

func readRows(ctx context.Context, tx pgx.Tx, where string, limit int, args ...any) ([]row, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT id, at, authority, actor, action, subject, detail::text FROM audit
		WHERE %s ORDER BY id LIMIT %d`, where, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return pgx.CollectRows(rows, func(c pgx.CollectableRow) (r row, err error) {
		err = c.Scan(&r.id, &r.at, &r.authority, &r.actor, &r.action, &r.subject, &r.detail)
		return r, err
	})
}

func insertSeals(ctx context.Context, tx pgx.Tx, list []seal) error {
	b := &pgx.Batch{}
	for _, s := range list {
		b.Queue("INSERT INTO audit_seal (authority, position, first, last, hash) VALUES ($1, $2, $3, $4, $5)",
			s.authority, s.position, s.first, s.last, s.hash)
	}
	return tx.SendBatch(ctx, b).Close()
}
