package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// settled finds the number up to which the rows of an append-only table are all there. Numbers are given out in order, but transactions end in
// any order: a row with a lower number may still appear.
type settled struct {
	pool          *pgxpool.Pool
	table, column string

	wait *horizon
}

// horizon is the highest number given out at a moment and the transactions that were adding rows then. When these have ended, every row up to
// that number is either there or will never be.
type horizon struct {
	last    int64
	writers []string
}

// look gives that number; false while one of the transactions that were under way at the first look has not ended. It stays the same until next.
func (s *settled) look(ctx context.Context) (number int64, settled bool, err error) {
	if s.wait == nil {
		if s.wait, err = s.horizon(ctx); err != nil {
			return 0, false, err
		}
	}
	ended, err := s.ended(ctx)
	if err != nil || !ended {
		return 0, false, err
	}
	return s.wait.last, true, nil
}

// next says that all up to the number was dealt with: the next look is a new one.
func (s *settled) next() { s.wait = nil }

// horizon makes one. A writer takes its lock on the table before it takes a number, so whoever holds a number up to last either holds the
// lock when the second statement looks, or has ended.
func (s *settled) horizon(ctx context.Context) (*horizon, error) {
	h := &horizon{}
	var sequence string
	if err := s.pool.QueryRow(ctx, "SELECT pg_get_serial_sequence($1, $2)", s.table, s.column).Scan(&sequence); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	if err := s.pool.QueryRow(ctx, "SELECT last_value FROM "+sequence).Scan(&h.last); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT virtualtransaction FROM pg_locks WHERE `+writing, s.table)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	if h.writers, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return h, nil
}

const writing = `locktype = 'relation' AND relation = $1::regclass AND mode = 'RowExclusiveLock' AND granted
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

func (s *settled) ended(ctx context.Context) (bool, error) {
	if len(s.wait.writers) == 0 {
		return true, nil
	}
	var still bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE `+writing+` AND virtualtransaction = ANY($2))`, s.table, s.wait.writers).Scan(&still)
	if err != nil {
		return false, fmt.Errorf("postgres: %w", err)
	}
	return !still, nil
}
