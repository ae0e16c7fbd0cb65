package ledger

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

const (
	sealEvery   = time.Second
	sealTimeout = 20 * time.Second
	// batch bounds the entries of one transaction of the sealer.
	batch = 2000
)

// Sealer puts entries into the chain, each with the hash of the one before. Any number of processes may run one: a lock lets one of them work
// at a time.
type Sealer struct {
	pool *pgxpool.Pool
	log  *slog.Logger
	upto *postgres.Settled
}

// NewSealer makes a sealer. log is slog.Default() where it is nil.
func NewSealer(pool *pgxpool.Pool, log *slog.Logger) *Sealer {
	if log == nil {
		log = slog.Default()
	}
	return &Sealer{pool: pool, log: log, upto: postgres.NewSettled(pool, "entry", "number")}
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
				s.log.Warn("ledger: entries not sealed", "error", err)
			}
			more = err == nil && n == batch
		}
	}
}

// Seal seals a bounded number of entries now and says how many. Entries of transactions that were under way when it last looked are left to a
// later call; 0 also when another process is sealing.
func (s *Sealer) Seal(ctx context.Context) (sealed int, err error) {
	ctx, cancel := context.WithTimeout(ctx, sealTimeout)
	defer cancel()
	last, settled, err := s.upto.Upto(ctx)
	if err != nil || !settled {
		return 0, err
	}
	err = postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		sealed = 0
		var mine bool
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended('ledger sealer', 0))").Scan(&mine); err != nil || !mine {
			return err
		}
		head, err := readHead(ctx, tx)
		if err != nil {
			return err
		}
		list, err := readChained(ctx, tx, head.Number, last, batch)
		if err != nil {
			return err
		}
		sealed = len(list)
		previous := head.Hash
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"entry_hash"}, []string{"number", "hash"}, pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			previous = list[i].sum(previous)
			return []any{list[i].number, previous}, nil
		}))
		return err
	})
	if err == nil && sealed < batch {
		s.upto.Next()
	}
	return sealed, err
}

// Head is the last link of the chain. A copy of it, kept elsewhere, also shows that the newest entries were removed together with their links.
type Head struct {
	Number int64
	Hash   []byte
}

// Head is the last link; zero where nothing was sealed yet.
func (b *Book) Head(ctx context.Context) (h Head, err error) {
	err = pgx.BeginTxFunc(ctx, b.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		h, err = readHead(ctx, tx)
		return err
	})
	return h, err
}
