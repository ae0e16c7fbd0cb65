package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// TamperedError names the first entry that does not fit: it was changed, added or removed after it was sealed, or never balanced.
type TamperedError struct {
	Number  int64
	Entry   uuid.UUID // zero where it is not there any more
	Problem string
}

func (e *TamperedError) Error() string {
	return fmt.Sprintf("ledger: entry %d (%s): %s", e.Number, e.Entry, e.Problem)
}

// Verify recomputes the chain from the entries and gives its head. It returns a *TamperedError for the first entry that does not fit; nil also
// where nothing was sealed yet. It reads everything once and blocks nobody.
func Verify(ctx context.Context, pool *pgxpool.Pool) (Head, error) {
	b, from := New(pool), Head{}
	for {
		to, more, err := b.VerifyNext(ctx, from)
		if err != nil || !more {
			return to, err
		}
		from = to
	}
}

// VerifyNext recomputes a bounded part of the chain after a link that was verified, the zero one at the beginning, and says up to which link,
// and whether there are more. So a long chain is verified piece by piece; with the last one it compares what is carried forward with the entries. A
// *TamperedError as of Verify.
func (b *Book) VerifyNext(ctx context.Context, from Head) (to Head, more bool, err error) {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	to = from
	err = pgx.BeginTxFunc(ctx, b.pool, options, func(tx pgx.Tx) error {
		after := from.Number
		if len(from.Hash) == 0 { // from the lowest number that there can be, so that what was put before the beginning counts too
			after = math.MinInt64
		}
		links, err := readLinks(ctx, tx, after, batch)
		if err != nil {
			return err
		}
		if len(links) == 0 {
			return fits(ctx, tx)
		}
		last := links[len(links)-1]
		// One more than there are links: it is one that was put between them.
		list, err := readChained(ctx, tx, after, last.Number, len(links)+1)
		if err != nil {
			return err
		}
		if err := fit(links, list, from.Hash); err != nil {
			return err
		}
		if to, more = last, len(links) == batch; more {
			return nil
		}
		return fits(ctx, tx)
	})
	return to, more, err
}

// Link is the link of the chain at a number, to go on from. ErrNotFound.
func (b *Book) Link(ctx context.Context, number int64) (Head, error) {
	h := Head{Number: number}
	err := b.pool.QueryRow(ctx, "SELECT hash FROM entry_hash WHERE number = $1", number).Scan(&h.Hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return Head{}, ErrNotFound
	}
	if err != nil {
		return Head{}, fmt.Errorf("ledger: %w", err)
	}
	return h, nil
}

// fit compares links with the entries that they are of.
func fit(links []Head, list []chained, previous []byte) error {
	for i := range max(len(links), len(list)) {
		switch {
		case i >= len(links) || i < len(list) && list[i].number < links[i].Number:
			return &TamperedError{list[i].number, list[i].id, "it was added beside the chain"}
		case i >= len(list) || list[i].number > links[i].Number:
			return &TamperedError{links[i].Number, uuid.Nil, "it was removed"}
		case !list[i].balances():
			return &TamperedError{list[i].number, list[i].id, "it does not balance"}
		}
		previous = list[i].sum(previous)
		if !bytes.Equal(previous, links[i].Hash) {
			return &TamperedError{list[i].number, list[i].id, "it was changed, or a link before it was"}
		}
	}
	return nil
}

func readHead(ctx context.Context, tx pgx.Tx) (h Head, err error) {
	err = tx.QueryRow(ctx, "SELECT number, hash FROM entry_hash ORDER BY number DESC LIMIT 1").Scan(&h.Number, &h.Hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("ledger: %w", err)
	}
	return h, nil
}

func readLinks(ctx context.Context, tx pgx.Tx, after int64, limit int) ([]Head, error) {
	rows, err := tx.Query(ctx, "SELECT number, hash FROM entry_hash WHERE number > $1 ORDER BY number LIMIT $2", after, limit)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Head])
}
