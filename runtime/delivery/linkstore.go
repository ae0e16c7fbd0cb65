package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// readEmailed reads the papers of an application of which a link can be sent, with the last that was asked for.
func readEmailed(ctx context.Context, pool *pgxpool.Pool, now time.Time, application uuid.UUID) ([]Emailed, error) {
	rows, err := pool.Query(ctx, `SELECT e.paper, d.number, d.title, e.application, e.authority, l.expires_at, coalesce(l.opened, 0),
			coalesce(l.closed_at, CASE WHEN l.expires_at <= $2 THEN l.expires_at END, l.sent_at, l.asked_at, d.issued_at),
			CASE WHEN l.id IS NULL THEN 'offered' WHEN l.failed_at IS NOT NULL THEN 'failed' WHEN l.closed_at IS NOT NULL OR l.sent_at IS NOT NULL AND l.expires_at <= $2 THEN 'over'
				WHEN l.sent_at IS NULL THEN 'asked' ELSE 'sent' END
		FROM emailed e JOIN document d ON d.id = e.paper
			LEFT JOIN LATERAL (SELECT * FROM paper_link WHERE paper = e.paper ORDER BY asked_at DESC, closed_at DESC NULLS FIRST LIMIT 1) l ON true
		WHERE e.application = $1 ORDER BY d.issued_at, e.paper`+fmt.Sprintf(" LIMIT %d", most), application, now)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x Emailed, err error) {
		err = row.Scan(&x.Paper, &x.Number, &x.Title, &x.Application, &x.Authority, &x.Until, &x.Opened, &x.Since, &x.State)
		if x.State != LinkSent {
			x.Until = nil
		}
		return x, err
	})
	return list, wrap(err)
}

// readLink finds a link by the hash of its token; over tells that it opens nothing any more. ErrNotFound.
func readLink(ctx context.Context, pool *pgxpool.Pool, hash []byte, now time.Time) (l *Linked, over bool, err error) {
	l = &Linked{}
	var opened int
	err = pool.QueryRow(ctx, `SELECT l.paper, d.title, l.application, l.expires_at, l.opened, l.closed_at IS NOT NULL OR l.expires_at <= $2
		FROM paper_link l JOIN document d ON d.id = l.paper WHERE l.hash = $1`, hash, now).Scan(&l.Paper, &l.Title, &l.Application, &l.Until, &opened, &over)
	l.Left = MostDownloads - opened
	return l, over, wrap(err)
}
