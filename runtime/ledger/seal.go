package ledger

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// batch bounds the entries of one transaction of the sealer.
const batch = 2000

// NewSealer makes what puts entries into the chain, each with the hash of the one before.
func NewSealer(pool *pgxpool.Pool, log *slog.Logger) *postgres.Sealer {
	return postgres.NewSealer(pool, log, postgres.Chain{Table: "entry", Column: "number", Batch: batch, Seal: seal})
}

func seal(ctx context.Context, tx pgx.Tx, upto int64) (int, error) {
	head, err := readHead(ctx, tx)
	if err != nil {
		return 0, err
	}
	list, err := readChained(ctx, tx, head.Number, upto, batch)
	if err != nil {
		return 0, err
	}
	previous := head.Hash
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"entry_hash"}, []string{"number", "hash"}, pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
		previous = list[i].sum(previous)
		return []any{list[i].number, previous}, nil
	}))
	if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	if len(list) > 0 {
		head.Number = list[len(list)-1].number
	}
	return len(list), carry(ctx, tx, head.Number)
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
