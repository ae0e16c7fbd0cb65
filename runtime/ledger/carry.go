package ledger

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// sums are what entries e and their lines p come to, by account, currency and day.
const sums = `SELECT p.authority, p.account, p.currency, e.day,
		coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0)::bigint AS debit, coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0)::bigint AS credit
	FROM entry e JOIN posting p ON p.entry = e.id`

// byDay groups them.
const byDay = ` GROUP BY p.authority, p.account, p.currency, e.day`

// mostCarried bounds the numbers that are carried at once. A book that was there before has more, or one that a process of the version before has
// sealed: it is carried part by part, each time that something is sealed or looked for.
const mostCarried = 50 * batch

// carry adds the entries up to a number that was sealed to what is carried forward. The sealer does it, not who writes: nobody waits at the sums
// of an account that everybody posts on.
func carry(ctx context.Context, tx pgx.Tx, upto int64) error {
	var from int64
	if err := tx.QueryRow(ctx, "SELECT number FROM carried_upto FOR UPDATE").Scan(&from); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if upto = min(upto, from+mostCarried); from >= upto {
		return nil
	}
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO carried (authority, account, currency, day, debit, credit) `+sums+` WHERE e.number > $1 AND e.number <= $2`+byDay+`
		ON CONFLICT (authority, account, currency, day) DO UPDATE SET debit = carried.debit + excluded.debit, credit = carried.credit + excluded.credit`, from, upto)
	b.Queue("UPDATE carried_upto SET number = $1", upto)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// fits compares what is carried forward with the entries: a *TamperedError where somebody has changed it past the package.
func fits(ctx context.Context, tx pgx.Tx) error {
	var upto int64
	var wrong bool
	err := tx.QueryRow(ctx, `SELECT u.number, EXISTS (
			SELECT FROM (`+sums+` WHERE e.number <= u.number`+byDay+`) s FULL JOIN carried c USING (authority, account, currency, day)
			WHERE s.debit IS DISTINCT FROM c.debit OR s.credit IS DISTINCT FROM c.credit)
		FROM carried_upto u`).Scan(&upto, &wrong)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if wrong {
		return &TamperedError{upto, uuid.Nil, "the sums that are carried forward to it are not those of the entries"}
	}
	return nil
}
