package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Period is a month of an authority's book that is closed.
type Period struct {
	Month    string // 2026-10
	ClosedBy uuid.UUID
	ClosedAt time.Time
}

// Errors of closing, for errors.Is.
var (
	// ErrNotOver: the month is not over, or is not the next one to close.
	ErrNotOver = errors.New("ledger: not the month that can be closed")
	// ErrBusy: entries were being written the whole time; try again.
	ErrBusy = errors.New("ledger: the book is being written")
)

// monthLayout is how a month is written.
const monthLayout = "2006-01"

// Periods are the closed months of an authority, the latest first, and the one that can be closed next: the month after the last, or that of
// the first entry; "" where that is not over at now, whose location says when a month ends, or where there is no entry.
func (b *Book) Periods(ctx context.Context, authority string, now time.Time) (closed []Period, next string, err error) {
	rows, err := b.pool.Query(ctx, "SELECT month, closed_by, closed_at FROM period WHERE authority = $1 ORDER BY month DESC", authority)
	if err != nil {
		return nil, "", fmt.Errorf("ledger: %w", err)
	}
	closed, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Period, err error) {
		var month time.Time
		err = row.Scan(&month, &p.ClosedBy, &p.ClosedAt)
		p.Month = month.Format(monthLayout)
		return p, err
	})
	if err != nil {
		return nil, "", fmt.Errorf("ledger: %w", err)
	}
	var month *time.Time
	err = b.pool.QueryRow(ctx, `SELECT coalesce((SELECT max(month) + interval '1 month' FROM period WHERE authority = $1),
		(SELECT date_trunc('month', min(e.day)) FROM entry e JOIN posting p ON p.entry = e.id WHERE p.authority = $1))`, authority).Scan(&month)
	if err != nil {
		return nil, "", fmt.Errorf("ledger: %w", err)
	}
	if month == nil || !over(*month, now) {
		return closed, "", nil
	}
	return closed, month.Format(monthLayout), nil
}

// over tells whether a month has ended at now, in now's location.
func over(month, now time.Time) bool {
	return !now.Before(time.Date(month.Year(), month.Month()+1, 1, 0, 0, 0, 0, now.Location()))
}

// Closing asks to close a month. At's location says when it ends.
type Closing struct {
	Authority string
	Month     string // 2026-10
	By        uuid.UUID
	At        time.Time
}

// waitForWriters bounds how long closing holds up those who write, while it waits for the slowest.
const waitForWriters = "2s"

// ClosePeriod closes the next month of an authority: no entry is booked in it from then on. ErrNotOver, ErrBusy. The caller has made sure that
// By may.
func (b *Book) ClosePeriod(ctx context.Context, c Closing) error {
	month, err := time.Parse(monthLayout, c.Month)
	if err != nil {
		return ErrNotOver
	}
	_, next, err := b.Periods(ctx, c.Authority, c.At)
	if err != nil {
		return err
	}
	if next != c.Month {
		return ErrNotOver
	}
	err = postgres.InTx(ctx, b.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+waitForWriters+"'"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO period (authority, month, closed_by, closed_at) VALUES ($1, $2, $3, $4)", c.Authority, month, c.By, c.At)
		return err
	})
	waited := (*pgconn.PgError)(nil)
	switch {
	case postgres.Unique(err, ""): // another officer was faster
		return ErrNotOver
	case errors.As(err, &waited) && waited.Code == "55P03":
		return ErrBusy
	case err != nil:
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}
