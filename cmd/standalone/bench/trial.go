package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
)

// bookEntries is how many entries the book has of which a trial balance is made; tests, which want no figure, have fewer.
var bookEntries = 1_000_000

// bookDays is how many days they are of, and unsealed how many of them the sealer has not reached, as in a second of a busy day.
const (
	bookDays = 1000
	unsealed = 500
)

// trialBalance makes the trial balance of a day in the middle of a book of a million entries of two lines: three authorities, each with forty
// revenue heads. The rows are put there at once, past the triggers, and their links are not: the chain is not measured here.
func trialBalance(ctx context.Context, r *report) (err error) {
	d, err := openDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	fill := func(from, to int) error {
		return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
			for _, sql := range []string{
				"SET LOCAL session_replication_role = replica", "SET LOCAL statement_timeout = 0",
				fmt.Sprintf(`INSERT INTO entry (id, kind, subject, application, at, day)
					SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'assessed', gen_random_uuid(), gen_random_uuid(), day, day
					FROM (SELECT n, date '2024-01-01' + n %% %d AS day FROM generate_series(%d, %d) n) x ORDER BY n`, bookDays, from, to),
				fmt.Sprintf(`INSERT INTO posting (entry, line, account, amount, currency)
					SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, line,
						CASE line WHEN 1 THEN 'receivable:' ELSE 'revenue:' END || (ARRAY['transport', 'health', 'interior'])[1 + n %% 3] || CASE line WHEN 1 THEN '' ELSE ':' || n / 3 %% 40 END,
						CASE line WHEN 1 THEN 1 ELSE -1 END * (100 + n %% 9901), 'ILS'
					FROM generate_series(%d, %d) n, generate_series(1, 2) line`, from, to),
			} {
				if _, err := tx.Exec(ctx, sql); err != nil {
					return err
				}
			}
			return nil
		})
	}
	sealed := bookEntries - min(unsealed, bookEntries/2)
	if err := fill(1, sealed); err != nil {
		return err
	}
	if _, err := d.pool.Exec(ctx, "INSERT INTO entry_hash (number, hash) SELECT max(number), decode(repeat('00', 32), 'hex') FROM entry"); err != nil {
		return err
	}
	sealer := ledger.NewSealer(d.pool, nil)
	for carried := false; !carried; {
		if _, err := sealer.Seal(ctx); err != nil {
			return err
		}
		if err := d.pool.QueryRow(ctx, "SELECT number = (SELECT max(number) FROM entry) FROM carried_upto").Scan(&carried); err != nil {
			return err
		}
	}
	if err := fill(sealed+1, bookEntries); err != nil {
		return err
	}
	if _, err := d.pool.Exec(ctx, "VACUUM ANALYZE entry, posting, carried"); err != nil {
		return err
	}
	const until = "2025-05-15"
	book, scope := ledger.New(d.pool), ledger.Scope{Until: until}
	var balances []ledger.Balance
	took, err := perCall(func() (err error) {
		balances, err = book.Trial(ctx, scope)
		return err
	})
	if err != nil {
		return err
	}
	var whole int64
	summed, err := perCall(func() error {
		return d.pool.QueryRow(ctx, `SELECT sum(abs(amount)) FROM (SELECT p.account, p.currency, sum(p.amount) AS amount
			FROM posting p JOIN entry e ON e.id = p.entry WHERE e.day <= $1 GROUP BY p.account, p.currency) x`, until).Scan(&whole)
	})
	if err != nil {
		return err
	}
	for _, b := range balances {
		whole -= max(b.Amount, -b.Amount)
	}
	if whole != 0 || len(balances) == 0 {
		return fmt.Errorf("the trial balance is off by %d", whole)
	}
	r.figure("ledger.trial_balance_ms", millis(took), "ms")
	r.figure("ledger.trial_ratio_to_sum", took.Seconds()/summed.Seconds(), "ratio")
	return nil
}
