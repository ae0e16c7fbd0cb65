package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// chained is an entry as the chain takes it, with everything that it says.
type chained struct {
	id, subject, application     uuid.UUID
	number                       int64
	kind, reason                 string
	at, day                      time.Time
	reverses, proposed, approved *uuid.UUID
	lines                        []int32
	accounts, currencies         []string
	amounts                      []int64
}

// sum is the hash of an entry over the one before. Lengths stand before texts, so that no two different entries can look the same.
func (c *chained) sum(previous []byte) []byte {
	l := link{sha256.New()}
	l.text("diwan ledger 1") // another format gets another first word
	l.text(string(previous))
	l.number(c.number)
	for _, id := range []*uuid.UUID{&c.id, &c.subject, &c.application, c.reverses, c.proposed, c.approved} {
		if id == nil {
			id = &uuid.Nil
		}
		l.h.Write(id[:])
	}
	l.number(c.at.UnixMicro())
	for _, s := range []string{c.kind, c.day.Format(time.DateOnly), c.reason} {
		l.text(s)
	}
	l.number(int64(len(c.lines)))
	for i, n := range c.lines {
		l.number(int64(n))
		l.text(c.accounts[i])
		l.number(c.amounts[i])
		l.text(c.currencies[i])
	}
	return l.h.Sum(nil)
}

// balances tells whether the lines sum to zero in each currency. What was written by the package does, and by the database's constraint what
// was written by others too, unless somebody has taken the constraint away.
func (c *chained) balances() bool {
	sums := map[string]int64{}
	for i, currency := range c.currencies {
		sums[currency] += c.amounts[i]
	}
	for _, sum := range sums {
		if sum != 0 {
			return false
		}
	}
	return len(c.lines) > 0
}

type link struct{ h hash.Hash }

func (l link) number(n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	l.h.Write(b[:])
}

func (l link) text(s string) {
	l.number(int64(len(s)))
	l.h.Write([]byte(s))
}

// readChained gives entries by number, above one and up to another.
func readChained(ctx context.Context, tx pgx.Tx, after, last int64, limit int) ([]chained, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.id, e.subject, e.application, e.number, e.kind, e.reason, e.at, e.day, e.reverses, e.proposed_by, e.approved_by,
			array_agg(p.line ORDER BY p.line) FILTER (WHERE p.line IS NOT NULL), array_agg(p.account ORDER BY p.line) FILTER (WHERE p.line IS NOT NULL),
			array_agg(p.currency ORDER BY p.line) FILTER (WHERE p.line IS NOT NULL), array_agg(p.amount ORDER BY p.line) FILTER (WHERE p.line IS NOT NULL)
		FROM (SELECT * FROM entry WHERE number > $1 AND number <= $2 ORDER BY number LIMIT $3) e LEFT JOIN posting p ON p.entry = e.id
		GROUP BY e.id, e.subject, e.application, e.number, e.kind, e.reason, e.at, e.day, e.reverses, e.proposed_by, e.approved_by
		ORDER BY e.number`, after, last, limit)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c chained, err error) {
		return c, row.Scan(&c.id, &c.subject, &c.application, &c.number, &c.kind, &c.reason, &c.at, &c.day, &c.reverses, &c.proposed, &c.approved,
			&c.lines, &c.accounts, &c.currencies, &c.amounts)
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return list, nil
}
