package postgres

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	sealEvery   = time.Second
	sealTimeout = 20 * time.Second
)

// Chain is an append-only table over whose rows hashes are kept.
type Chain struct {
	Table, Column string // the column takes its numbers from a sequence of its own
	// Batch bounds the rows of one transaction.
	Batch int
	// Seal hashes the rows up to a number, all of which are there, of Batch at most, and says how many it has.
	Seal func(ctx context.Context, tx pgx.Tx, upto int64) (int, error)
}

// Sealer keeps a chain up with its table, so that whoever writes to that waits for nobody. Any number of processes may run one: a lock lets one of
// them work at a time. Use one from one goroutine.
type Sealer struct {
	pool  *pgxpool.Pool
	log   *slog.Logger
	chain Chain
	upto  *settled
}

// NewSealer makes a sealer. log is slog.Default() where it is nil.
func NewSealer(pool *pgxpool.Pool, log *slog.Logger, c Chain) *Sealer {
	if log == nil {
		log = slog.Default()
	}
	return &Sealer{pool: pool, log: log, chain: c, upto: &settled{pool: pool, table: c.Table, column: c.Column}}
}

// Run seals every second until ctx ends. One sealer runs once.
func (s *Sealer) Run(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for more := true; more && ctx.Err() == nil; {
			n, err := s.Seal(ctx)
			if err != nil && ctx.Err() == nil {
				s.log.Warn("postgres: rows not sealed", "table", s.chain.Table, "error", err)
			}
			more = err == nil && n == s.chain.Batch
		}
	}
}

// Seal seals a bounded number of rows now and says how many. Rows of transactions that were under way when it last looked are left to a later
// call; 0 also when another process is sealing.
func (s *Sealer) Seal(ctx context.Context) (sealed int, err error) {
	ctx, cancel := context.WithTimeout(ctx, sealTimeout)
	defer cancel()
	last, ready, err := s.upto.look(ctx)
	if err != nil || !ready {
		return 0, err
	}
	err = InTx(ctx, s.pool, func(tx pgx.Tx) error {
		sealed = 0
		var mine bool
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended('sealer of ' || $1, 0))", s.chain.Table).Scan(&mine); err != nil || !mine {
			return err
		}
		sealed, err = s.chain.Seal(ctx, tx, last)
		return err
	})
	if err == nil && sealed < s.chain.Batch {
		s.upto.next() // all of them are sealed: look again
	}
	return sealed, err
}
