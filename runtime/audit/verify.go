package audit

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// TamperedError says in which batch of an authority's chain something was changed, added or removed.
type TamperedError struct {
	Authority   string
	Position    int64 // of the first seal that does not hold
	First, Last int64 // IDs of the records among which it is
	Problem     string
}

func (e *TamperedError) Error() string {
	return fmt.Sprintf("audit: chain of %s broken at position %d (records %d to %d): %s", e.Authority, e.Position, e.First, e.Last, e.Problem)
}

// sealsAtOnce bounds how many seals Verify holds in memory.
const sealsAtOnce = 200

// Verify recomputes the chain of an authority from its records. It returns a *TamperedError for the first seal that does not hold; nil also
// where nothing was sealed yet. It reads everything once and blocks nobody.
func Verify(ctx context.Context, pool *pgxpool.Pool, authority string) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, pool, options, func(tx pgx.Tx) error {
		var before seal
		for {
			page, err := readSeals(ctx, tx, authority, before.position, sealsAtOnce)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, s := range page {
				if err := verifySeal(ctx, tx, before, s); err != nil {
					return err
				}
				before = s
			}
		}
	})
}

func verifySeal(ctx context.Context, tx pgx.Tx, before, s seal) error {
	broken := func(problem string) error {
		return &TamperedError{Authority: s.authority, Position: s.position, First: s.first, Last: s.last, Problem: problem}
	}
	if s.position != before.position+1 || s.first <= before.last || s.last < s.first {
		return broken("a seal is missing or out of order")
	}
	// From the end of the batch before, or the very beginning: a record that was put between two batches counts too.
	after := before.last
	if before.position == 0 {
		after = math.MinInt64
	}
	rows, err := readRows(ctx, tx, "authority = $1 AND id > $2 AND id <= $3", batch+1, s.authority, after, s.last)
	if err != nil {
		return err
	}
	l := newLink(s.authority, s.position, before.hash)
	for _, r := range rows {
		l.add(r)
	}
	if !bytes.Equal(l.sum(), s.hash) {
		return broken("a record was changed, added or removed")
	}
	return nil
}
