package delivery

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// readPost reads papers that go by post with the label that each has, or had last.
func readPost(ctx context.Context, pool *pgxpool.Pool, where string, args ...any) ([]Posting, error) {
	rows, err := pool.Query(ctx, `SELECT p.paper, d.number, d.title, p.application, p.authority, p.state, p.since, p.returns, coalesce(i.number, ''), coalesce(i.manifest, ''), p.address IS NOT NULL
		FROM post p JOIN document d ON d.id = p.paper LEFT JOIN post_item i ON i.paper = p.paper AND (i.id = p.item OR i.manifest IS NULL)
		WHERE `+where+fmt.Sprintf(" LIMIT %d", MostLines), args...)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Posting, err error) {
		err = row.Scan(&p.Paper, &p.Number, &p.Title, &p.Application, &p.Authority, &p.State, &p.Since, &p.Returns, &p.Item, &p.Manifest, &p.Known)
		return p, err
	})
	return list, wrap(err)
}

func readManifests(ctx context.Context, pool *pgxpool.Pool, where string, args ...any) ([]Manifest, error) {
	rows, err := pool.Query(ctx, `SELECT m.id, m.authority, m.day, m.number, m.closed_at, m.closed_by, m.handed_at, m.handed_by, (SELECT count(*) FROM post_item WHERE manifest = m.id)
		FROM manifest m WHERE `+where, args...)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Manifest, err error) {
		err = row.Scan(&m.ID, &m.Authority, &m.Day, &m.Number, &m.ClosedAt, &m.ClosedBy, &m.HandedAt, &m.HandedBy, &m.Items)
		return m, err
	})
	return list, wrap(err)
}

func readLines(ctx context.Context, pool *pgxpool.Pool, manifest string) ([]Line, error) {
	rows, err := pool.Query(ctx, "SELECT i.row, i.number, d.number, d.title, i.state, i.held FROM post_item i JOIN document d ON d.id = i.paper WHERE i.manifest = $1 ORDER BY i.row", manifest)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Line, err error) {
		err = row.Scan(&l.Row, &l.Item, &l.Paper, &l.Title, &l.State, &l.Held)
		return l, err
	})
	return list, wrap(err)
}

// item is one that stands in a manifest.
type item struct {
	id          int64
	number      string
	paper       string
	application uuid.UUID
	state       PostState
}

// lockItems locks those of numbers that stand in manifests of authorities, and their papers.
func lockItems(ctx context.Context, tx pgx.Tx, authorities, numbers []string) ([]item, error) {
	rows, err := tx.Query(ctx, `SELECT i.id, i.number, i.paper, p.application, i.state FROM post p JOIN post_item i ON i.paper = p.paper
		WHERE i.number = ANY($1) AND p.authority = ANY($2) AND i.manifest IS NOT NULL AND NOT i.held ORDER BY p.paper, i.id FOR UPDATE OF p, i`, numbers, authorities)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (i item, err error) {
		err = row.Scan(&i.id, &i.number, &i.paper, &i.application, &i.state)
		return i, err
	})
	return list, wrap(err)
}

// lastEvents are the last events of items by when they happened.
func lastEvents(ctx context.Context, tx pgx.Tx, items []item) (map[int64]Tracked, error) {
	var ids []int64
	for _, i := range items {
		ids = append(ids, i.id)
	}
	rows, err := tx.Query(ctx, "SELECT item, event, at FROM post_event WHERE item = ANY($1)", ids)
	if err != nil {
		return nil, wrap(err)
	}
	last := map[int64]Tracked{}
	var id int64
	var t Tracked
	_, err = pgx.ForEachRow(rows, []any{&id, &t.Event, &t.At}, func() error {
		had, any := last[id]
		if !any || t.At.After(had.At) || t.At.Equal(had.At) && slices.Index(Events(), t.Event) > slices.Index(Events(), had.Event) {
			last[id] = t
		}
		return nil
	})
	return last, wrap(err)
}
