package settlement

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// readDue gives the days that are to be looked at again, and the last day that was looked at.
func readDue(ctx context.Context, pool *pgxpool.Pool, provider string, again, after time.Time) (open []string, last *time.Time, err error) {
	if err := pool.QueryRow(ctx, "SELECT max(day) FROM settlement_day WHERE provider = $1", provider).Scan(&last); err != nil {
		return nil, nil, fmt.Errorf("settlement: %w", err)
	}
	rows, err := pool.Query(ctx, `SELECT d.day::text FROM settlement_day d WHERE d.provider = $1 AND d.signed_at IS NULL AND (
			(d.failure <> '' OR d.matched_at IS NULL) AND d.looked_at < $3 OR d.looked_at < $2 AND EXISTS (
				SELECT FROM settlement_difference x WHERE x.provider = d.provider AND x.day = d.day AND x.closed_at IS NULL))
		ORDER BY d.looked_at, d.day LIMIT $4`, provider, again, after, mostDays/2)
	if err != nil {
		return nil, nil, fmt.Errorf("settlement: %w", err)
	}
	if open, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, nil, fmt.Errorf("settlement: %w", err)
	}
	return open, last, nil
}

// lockDay makes the row of a day where it is missing and holds it until the end of the transaction. ErrSigned.
func lockDay(ctx context.Context, tx pgx.Tx, provider, day string, at time.Time) error {
	if err := run(ctx, tx, "INSERT INTO settlement_day (provider, day, looked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", provider, day, at); err != nil {
		return err
	}
	var signed bool
	err := tx.QueryRow(ctx, "SELECT signed_at IS NOT NULL FROM settlement_day WHERE provider = $1 AND day = $2 FOR UPDATE", provider, day).Scan(&signed)
	switch {
	case err != nil:
		return fmt.Errorf("settlement: %w", err)
	case signed:
		return ErrSigned
	}
	return nil
}

func failDay(ctx context.Context, tx pgx.Tx, provider, day, failure string, at time.Time) error {
	if err := lockDay(ctx, tx, provider, day, at); err != nil {
		return err
	}
	return run(ctx, tx, "UPDATE settlement_day SET failure = $3, looked_at = $4 WHERE provider = $1 AND day = $2", provider, day, failure, at)
}

func endDay(ctx context.Context, tx pgx.Tx, provider, day string, file []byte, at time.Time) error {
	var sum []byte // of no file there is none
	if file != nil {
		of := sha256.Sum256(file)
		sum = of[:]
	}
	return run(ctx, tx, "UPDATE settlement_day SET failure = '', looked_at = $3, matched_at = $3, file = $4, sha256 = $5 WHERE provider = $1 AND day = $2",
		provider, day, at, file, sum)
}

// writeLines puts what a provider says about a day in the place of what it has said before, with the movement of ours that each speaks of.
func writeLines(ctx context.Context, tx pgx.Tx, provider, day string, source Source, lines []Line, ours []Movement) error {
	if err := run(ctx, tx, "DELETE FROM settlement_line WHERE provider = $1 AND day = $2 AND source = $3", provider, day, source); err != nil {
		return err
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return err
	}
	of := make(map[Key]Movement, len(ours))
	for _, m := range ours {
		of[m.Key] = m
	}
	columns := []string{"provider", "day", "source", "number", "kind", "key", "amount", "currency", "authority", "application", "shares"}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"settlement_line"}, columns, pgx.CopyFromSlice(len(lines), func(i int) ([]any, error) {
		l := lines[i]
		m := of[l.Key]
		shares := m.Shares
		if shares == nil {
			shares = []Share{}
		}
		return []any{provider, at, string(source), l.Number, string(l.Kind), l.ID, l.Amount.Minor, l.Amount.Currency, m.Authority, orNull(m.Application), shares}, nil
	}))
	if err != nil {
		return fmt.Errorf("settlement: %w", err)
	}
	return nil
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// readLines are the lines of a day, and those of other days that speak of the same movements or of these of ours.
func readLines(ctx context.Context, q querier, provider, day string, source Source, ours []Movement) ([]Line, error) {
	kinds, keys := make([]string, len(ours)), make([]string, len(ours))
	for i, m := range ours {
		kinds[i], keys[i] = string(m.Kind), m.ID
	}
	rows, err := q.Query(ctx, `
		WITH k AS (
			SELECT kind, key FROM settlement_line WHERE provider = $1 AND source = $2 AND day = $3
			UNION SELECT * FROM unnest($4::text[], $5::text[]))
		SELECT l.kind, l.key, l.day::text, l.number, l.amount, l.currency FROM settlement_line l JOIN k USING (kind, key)
		WHERE l.provider = $1 AND l.source = $2`, provider, source, day, kinds, keys)
	if err != nil {
		return nil, fmt.Errorf("settlement: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Line, err error) {
		return l, row.Scan(&l.Kind, &l.ID, &l.Day, &l.Number, &l.Amount.Minor, &l.Amount.Currency)
	})
}

// writeDifferences opens what is found for the first time and closes what is open and not found any more. It says how many it has opened.
func writeDifferences(ctx context.Context, tx pgx.Tx, provider, day string, found []Difference, at time.Time) (opened int, err error) {
	still := make([]uuid.UUID, 0, len(found))
	for _, d := range found {
		var id uuid.UUID
		var fresh bool
		err := tx.QueryRow(ctx, `
			INSERT INTO settlement_difference (id, provider, day, source, what, kind, key, line, again, ours, ours_currency, theirs, theirs_currency, authority,
				application, owner, opened_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
			ON CONFLICT (provider, day, source, what, kind, key, again, ours, ours_currency, theirs, theirs_currency) WHERE outcome <> 'matched'
			DO UPDATE SET line = excluded.line RETURNING id, xmax = 0`,
			uuid.New(), provider, day, d.Source, d.What, d.Kind, d.ID, d.Line, d.Again, d.Ours.Minor, d.Ours.Currency, d.Theirs.Minor, d.Theirs.Currency,
			d.Authority, orNull(d.Application), Owner, at).Scan(&id, &fresh)
		if err != nil {
			return 0, fmt.Errorf("settlement: %w", err)
		}
		still = append(still, id)
		if fresh {
			opened++
		}
	}
	return opened, run(ctx, tx, `UPDATE settlement_difference SET closed_at = $3, outcome = 'matched'
		WHERE provider = $1 AND day = $2 AND closed_at IS NULL AND NOT id = ANY($4)`, provider, day, at, still)
}

// explain closes an open difference, under the row of its day.
func explain(ctx context.Context, tx pgx.Tx, id, by uuid.UUID, reason string, at time.Time) error {
	var provider, day string
	err := tx.QueryRow(ctx, "SELECT provider, day::text FROM settlement_difference WHERE id = $1", id).Scan(&provider, &day)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("settlement: %w", err)
	}
	if err := lockDay(ctx, tx, provider, day, at); err != nil {
		if errors.Is(err, ErrSigned) {
			return ErrClosed
		}
		return err
	}
	done, err := tx.Exec(ctx, `UPDATE settlement_difference SET closed_at = $2, outcome = 'explained', closed_by = $3, reason = $4
		WHERE id = $1 AND closed_at IS NULL`, id, at, by, reason)
	switch {
	case err != nil:
		return fmt.Errorf("settlement: %w", err)
	case done.RowsAffected() == 0:
		return ErrClosed
	}
	return nil
}

// signDay signs a day off that was compared and has nothing open.
func signDay(ctx context.Context, tx pgx.Tx, provider, day string, by uuid.UUID, at time.Time) error {
	var signed, ready bool
	err := tx.QueryRow(ctx, `SELECT d.signed_at IS NOT NULL, d.matched_at IS NOT NULL AND d.failure = ''
		FROM settlement_day d WHERE d.provider = $1 AND d.day = $2 FOR UPDATE`, provider, day).Scan(&signed, &ready)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	case err != nil:
		return fmt.Errorf("settlement: %w", err)
	case signed:
		return ErrSigned
	}
	var open bool // asked for under the lock: what was opened meanwhile counts
	err = tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM settlement_difference WHERE provider = $1 AND day = $2 AND closed_at IS NULL)", provider, day).Scan(&open)
	switch {
	case err != nil:
		return fmt.Errorf("settlement: %w", err)
	case open || !ready:
		return ErrOpen
	}
	return run(ctx, tx, "UPDATE settlement_day SET signed_by = $3, signed_at = $4 WHERE provider = $1 AND day = $2", provider, day, by, at)
}

func run(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	if _, err := tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("settlement: %w", err)
	}
	return nil
}
