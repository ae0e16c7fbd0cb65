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
func Verify(ctx context.Context, pool *pgxpool.Pool) (head Head, err error) {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, pool, options, func(tx pgx.Tx) error {
		last, err := readHead(ctx, tx)
		if err != nil {
			return err
		}
		// From the lowest number that there can be, so that what was put before the beginning counts too.
		after, previous := int64(math.MinInt64), []byte(nil)
		for {
			links, err := readLinks(ctx, tx, after, batch)
			if err != nil {
				return err
			}
			to := last.Number
			if len(links) > 0 {
				to = links[len(links)-1].Number
			}
			// One more than there are links: it is one that was put between them.
			list, err := readChained(ctx, tx, after, to, len(links)+1)
			if err != nil {
				return err
			}
			if previous, err = fit(links, list, previous); err != nil {
				return err
			}
			if len(links) < batch {
				head = last
				return nil
			}
			after = to
		}
	})
	return head, err
}

// fit compares links with the entries that they are of, and gives the last hash.
func fit(links []Head, list []chained, previous []byte) ([]byte, error) {
	for i := range max(len(links), len(list)) {
		switch {
		case i >= len(links) || i < len(list) && list[i].number < links[i].Number:
			return nil, &TamperedError{list[i].number, list[i].id, "it was added beside the chain"}
		case i >= len(list) || list[i].number > links[i].Number:
			return nil, &TamperedError{links[i].Number, uuid.Nil, "it was removed"}
		case !list[i].balances():
			return nil, &TamperedError{list[i].number, list[i].id, "it does not balance"}
		}
		previous = list[i].sum(previous)
		if !bytes.Equal(previous, links[i].Hash) {
			return nil, &TamperedError{list[i].number, list[i].id, "it was changed, or a link before it was"}
		}
	}
	return previous, nil
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
