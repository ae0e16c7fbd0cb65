package ledger

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Post adds e in the caller's transaction. Posting the same kind and subject again changes nothing where the postings are the same and is
// ErrDifferent where they are not. Any number of transactions may post at once; they wait for each other only over the same kind and subject.
func Post(ctx context.Context, tx pgx.Tx, e Entry) error {
	if err := e.check(); err != nil {
		return err
	}
	accounts, amounts, currencies := make([]string, len(e.Postings)), make([]int64, len(e.Postings)), make([]string, len(e.Postings))
	for i, p := range e.Postings {
		accounts[i], amounts[i], currencies[i] = p.Account, p.Amount, p.Currency
	}
	done, err := tx.Exec(ctx, `
		WITH e AS (
			INSERT INTO entry (id, kind, subject, application, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (kind, subject) DO NOTHING RETURNING id)
		INSERT INTO posting (entry, line, account, amount, currency)
		SELECT e.id, p.line, p.account, p.amount, p.currency
		FROM e, unnest($6::text[], $7::bigint[], $8::text[]) WITH ORDINALITY AS p (account, amount, currency, line)`,
		uuid.New(), e.Kind, e.Subject, e.Application, e.At, accounts, amounts, currencies)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if done.RowsAffected() > 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT p.account, p.amount, p.currency FROM posting p JOIN entry e ON e.id = p.entry
		WHERE e.kind = $1 AND e.subject = $2`, e.Kind, e.Subject)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	posted, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Posting])
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if !same(posted, e.Postings) {
		return fmt.Errorf("%w: %s %s", ErrDifferent, e.Kind, e.Subject)
	}
	return nil
}

// Book reads what was posted. Its methods are safe for parallel use.
type Book struct{ pool *pgxpool.Pool }

// New makes a reader of the book.
func New(pool *pgxpool.Pool) *Book { return &Book{pool} }

// Balance is what stands on an account, by currency; empty where nothing was ever posted.
func (b *Book) Balance(ctx context.Context, account string) (map[string]int64, error) {
	balances, err := b.balances(ctx, "WHERE account = $1", account)
	out := make(map[string]int64, len(balances))
	for _, x := range balances {
		out[x.Currency] = x.Amount
	}
	return out, err
}

// Trial is the trial balance: every account in every currency, by account. Its sums are zero in each currency, or money was lost.
func (b *Book) Trial(ctx context.Context) ([]Balance, error) { return b.balances(ctx, "") }

func (b *Book) balances(ctx context.Context, where string, args ...any) ([]Balance, error) {
	rows, err := b.pool.Query(ctx, `SELECT account, currency, sum(amount)::bigint FROM posting `+where+`
		GROUP BY account, currency ORDER BY account, currency`, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Balance])
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return out, nil
}

// OfApplication gives the entries of one application in the order in which they happened.
func (b *Book) OfApplication(ctx context.Context, application uuid.UUID) ([]Entry, error) {
	rows, err := b.pool.Query(ctx, `
		SELECT e.id, e.kind, e.subject, e.at, p.account, p.amount, p.currency FROM entry e JOIN posting p ON p.entry = e.id
		WHERE e.application = $1 ORDER BY e.at, e.id, p.line`, application)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	var out []Entry
	var last uuid.UUID
	var id uuid.UUID
	e, p := Entry{Application: application}, Posting{}
	_, err = pgx.ForEachRow(rows, []any{&id, &e.Kind, &e.Subject, &e.At, &p.Account, &p.Amount, &p.Currency}, func() error {
		if id != last {
			last = id
			out = append(out, e)
		}
		entry := &out[len(out)-1]
		entry.Postings = append(entry.Postings, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return out, nil
}
