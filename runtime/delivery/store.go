package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/workflows/plan"
)

func insert(ctx context.Context, tx pgx.Tx, o Offer, code string) error {
	_, err := tx.Exec(ctx, `INSERT INTO collection (paper, application, authority, code, kept, since) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (paper) DO NOTHING`,
		o.Paper, o.Application, o.Authority, code, o.Kept, o.At)
	return wrap(err)
}

// turn is a change of one collection. where says which, with args.
type turn struct {
	to     State
	from   []State
	office string // "" = as it was
	other  *Other // of Asked
	keeps  bool   // its time begins
	by     uuid.UUID
	detail any
	where  string
	args   []any
}

// turned locks the row first, so that of two who do the same at once the second sees what the first has done.
func (d *Deliveries) turned(ctx context.Context, tx pgx.Tx, t turn) error {
	var paper, office string
	var state State
	var kept *plan.Span
	var application uuid.UUID
	err := tx.QueryRow(ctx, "SELECT paper, application, state, office, kept FROM collection WHERE "+t.where+" FOR UPDATE", t.args...).Scan(&paper, &application, &state, &office, &kept)
	if errors.Is(err, pgx.ErrNoRows) && t.to == Returned {
		return ErrState
	}
	if err != nil {
		return wrap(err)
	}
	if !slices.Contains(t.from, state) {
		return ErrState
	}
	if t.to == Asked && state != Offered && state != Returned && t.office == office { // who else may collect it has changed, and nothing at the office
		_, err = tx.Exec(ctx, "UPDATE collection SET other = $2 WHERE paper = $1", paper, t.other)
		return wrap(err)
	}
	if t.to == Asked {
		if err := leavePost(ctx, tx, paper, d.now()); err != nil {
			return err
		}
	}
	var until *time.Time
	if t.keeps {
		if until, err = d.until(kept); err != nil {
			return err
		}
	}
	if t.office != "" {
		office = t.office
	}
	now := d.now()
	_, err = tx.Exec(ctx, `UPDATE collection SET state = $2, office = $3, since = $4, until = $5, reminded_at = NULL,
		other = CASE $2 WHEN 'asked' THEN $6::jsonb WHEN 'collected' THEN NULL ELSE other END WHERE paper = $1`, paper, t.to, office, now, until, t.other)
	if err != nil {
		return wrap(err)
	}
	var by *uuid.UUID
	if t.by != uuid.Nil {
		by = &t.by
	}
	detail := []byte("{}")
	if t.detail != nil {
		if detail, err = json.Marshal(t.detail); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "INSERT INTO collection_event (paper, state, office, at, actor, detail) VALUES ($1, $2, $3, $4, $5, $6)", paper, t.to, office, now, by, detail)
	if topic := map[State]string{Ready: ToldReady, Returned: ToldReturned}[t.to]; err == nil && topic != "" {
		err = d.o.Tell(ctx, tx, application, paper, topic)
	}
	return wrap(err)
}

// remind notes of which papers their applicants are to be told that little time is left.
func remind(ctx context.Context, tx pgx.Tx, now time.Time) ([]Collection, error) {
	rows, err := tx.Query(ctx, `UPDATE collection SET reminded_at = $1 WHERE paper IN (SELECT paper FROM collection
			WHERE state = 'ready' AND reminded_at IS NULL AND $1 > until - (until - since) / 4 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)
		RETURNING paper, application`, now, most)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Collection, err error) {
		err = row.Scan(&c.Paper, &c.Application)
		return c, err
	})
	return list, wrap(err)
}

// most bounds what one question gives.
const most = 200

func read(ctx context.Context, pool *pgxpool.Pool, where string, args ...any) ([]Collection, error) {
	rows, err := pool.Query(ctx, `SELECT c.paper, d.number, d.title, c.application, c.authority, c.code, c.state, c.office, c.since, c.until, c.other, e.actor, e.detail
		FROM collection c JOIN document d ON d.id = c.paper LEFT JOIN collection_event e ON e.paper = c.paper AND e.state = 'collected'
		WHERE `+where+fmt.Sprintf(" LIMIT %d", most), args...)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Collection, err error) {
		var by *uuid.UUID
		err = row.Scan(&c.Paper, &c.Number, &c.Title, &c.Application, &c.Authority, &c.Code, &c.State, &c.Office, &c.Since, &c.Until, &c.Other, &by, &c.Handed)
		if c.Handed != nil && by != nil {
			c.Handed.By = *by
		}
		return c, err
	})
	return list, wrap(err)
}

// overdue are those that are kept no longer.
func overdue(ctx context.Context, pool *pgxpool.Pool, now time.Time) ([]string, error) {
	rows, err := pool.Query(ctx, "SELECT paper FROM collection WHERE state = 'ready' AND until < $1 ORDER BY until LIMIT $2", now, most)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return list, wrap(err)
}

// wrap names the package and makes a missing row ErrNotFound.
func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	}
	return fmt.Errorf("delivery: %w", err)
}

// Erase forgets, in the caller's transaction, who may collect papers of an application beside its holder, where they were posted to, and the links to them.
// That and when they were collected or delivered stays.
func (d *Deliveries) Erase(ctx context.Context, tx pgx.Tx, application uuid.UUID) error {
	for _, sql := range []string{
		"UPDATE collection SET other = NULL WHERE application = $1",
		"UPDATE post SET address = NULL WHERE application = $1",
		"DELETE FROM emailed WHERE application = $1", // with its links
		"UPDATE post_item SET line = NULL WHERE paper IN (SELECT paper FROM post WHERE application = $1)",
	} {
		if _, err := tx.Exec(ctx, sql, application); err != nil {
			return wrap(err)
		}
	}
	return nil
}
