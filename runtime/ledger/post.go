package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Post adds e in the caller's transaction. Posting the same kind and subject again changes nothing where the postings are the same and is
// ErrDifferent where they are not. Any number of transactions may post at once; they wait for each other only over the same kind and subject.
func Post(ctx context.Context, tx pgx.Tx, e Entry) error {
	if err := e.check(); err != nil {
		return err
	}
	written, err := insert(ctx, tx, e, nil)
	if err != nil || written {
		return err
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

// orNull is NULL for nobody.
func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// insert writes an entry that was checked, and the entry that it takes back where it is a counter-entry; false where one of its kind and subject
// is in the book.
func insert(ctx context.Context, tx pgx.Tx, e Entry, reverses *uuid.UUID) (written bool, err error) {
	accounts, amounts, currencies := make([]string, len(e.Postings)), make([]int64, len(e.Postings)), make([]string, len(e.Postings))
	for i, p := range e.Postings {
		accounts[i], amounts[i], currencies[i] = p.Account, p.Amount, p.Currency
	}
	done, err := tx.Exec(ctx, `
		WITH e AS (
			INSERT INTO entry (id, kind, subject, application, at, day, reverses, proposed_by, approved_by, reason)
			SELECT $1, $2, $3, $4, $5, greatest($6::date, (SELECT (max(month) + interval '1 month')::date FROM period WHERE authority = ANY($7))), $8, $9, $10, $11
			ON CONFLICT (kind, subject) DO NOTHING RETURNING id)
		INSERT INTO posting (entry, line, account, amount, currency)
		SELECT e.id, p.line, p.account, p.amount, p.currency
		FROM e, unnest($12::text[], $13::bigint[], $14::text[]) WITH ORDINALITY AS p (account, amount, currency, line)`,
		uuid.New(), e.Kind, e.Subject, e.Application, e.At, e.At.Format(time.DateOnly), authorities(e.Postings), reverses, orNull(e.ProposedBy), orNull(e.Approved), e.Reason,
		accounts, amounts, currencies)
	if err != nil {
		return false, fmt.Errorf("ledger: %w", err)
	}
	return done.RowsAffected() > 0, nil
}
