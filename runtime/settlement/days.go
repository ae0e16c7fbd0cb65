package settlement

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Day is one of a provider as a page shows it.
type Day struct {
	Provider  string
	Day       string
	Lines     int // of the file
	Open      int // differences that wait for somebody
	All       int // differences, those that were closed too
	MatchedAt *time.Time
	Failure   string // why it could not be compared the last time
	SHA256    []byte // of the file
	SignedBy  uuid.UUID
	SignedAt  *time.Time
}

// Ready tells whether the day can be signed off.
func (d *Day) Ready() bool {
	return d.SignedAt == nil && d.MatchedAt != nil && d.Failure == "" && d.Open == 0
}

// Found is a difference as it stands.
type Found struct {
	Difference
	ID       uuid.UUID
	Provider string
	Day      string
	Owner    string
	OpenedAt time.Time
	ClosedAt *time.Time
	Matched  bool // a later comparison found none
	ClosedBy uuid.UUID
	Reason   string
}

// daysAtOnce is how many days Days gives.
const daysAtOnce = 31

// Days are those of all providers up to a day ("" = the last), the latest first; more tells whether there are earlier ones.
func (b *Books) Days(ctx context.Context, until string) (list []Day, more bool, err error) {
	if until == "" {
		until = "9999-12-31"
	}
	if _, err := time.Parse(time.DateOnly, until); err != nil {
		return nil, false, ErrNotFound
	}
	list, err = b.days(ctx, "WHERE d.day <= $1 ORDER BY d.day DESC, d.provider LIMIT $2", until, daysAtOnce+1)
	if len(list) > daysAtOnce {
		return list[:daysAtOnce], true, err
	}
	return list, false, err
}

// Day is one day of a provider. ErrNotFound.
func (b *Books) Day(ctx context.Context, provider, day string) (*Day, error) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return nil, ErrNotFound
	}
	list, err := b.days(ctx, "WHERE d.provider = $1 AND d.day = $2", provider, day)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

func (b *Books) days(ctx context.Context, where string, args ...any) ([]Day, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT d.provider, d.day::text,
			(SELECT count(*) FROM settlement_line l WHERE l.provider = d.provider AND l.day = d.day AND l.source = 'file'),
			(SELECT count(*) FROM settlement_difference x WHERE x.provider = d.provider AND x.day = d.day AND x.closed_at IS NULL),
			(SELECT count(*) FROM settlement_difference x WHERE x.provider = d.provider AND x.day = d.day),
			d.matched_at, d.failure, d.sha256, d.signed_by, d.signed_at FROM settlement_day d `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("settlement: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Day, err error) {
		var by *uuid.UUID
		err = row.Scan(&d.Provider, &d.Day, &d.Lines, &d.Open, &d.All, &d.MatchedAt, &d.Failure, &d.SHA256, &by, &d.SignedAt)
		if by != nil {
			d.SignedBy = *by
		}
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("settlement: %w", err)
	}
	return list, nil
}

// mostDifferences bounds what Differences gives; a day with more has one cause.
const mostDifferences = 1000

// Differences are those of a day, the open ones first and of these the oldest.
func (b *Books) Differences(ctx context.Context, provider, day string) ([]Found, error) {
	return b.differences(ctx, "WHERE provider = $1 AND day = $2 ORDER BY closed_at IS NOT NULL, opened_at, kind, key, source LIMIT $3", provider, day, mostDifferences)
}

// Difference is one. ErrNotFound.
func (b *Books) Difference(ctx context.Context, id uuid.UUID) (*Found, error) {
	list, err := b.differences(ctx, "WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

// CountOpen says how many differences wait for somebody.
func (b *Books) CountOpen(ctx context.Context) (n int, err error) {
	if err := b.o.Pool.QueryRow(ctx, "SELECT count(*) FROM settlement_difference WHERE closed_at IS NULL").Scan(&n); err != nil {
		return 0, fmt.Errorf("settlement: %w", err)
	}
	return n, nil
}

func (b *Books) differences(ctx context.Context, where string, args ...any) ([]Found, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT id, provider, day::text, source, what, kind, key, line, again, ours, ours_currency, theirs, theirs_currency, authority,
		application, owner, opened_at, closed_at, outcome = 'matched', closed_by, reason FROM settlement_difference `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("settlement: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Found, err error) {
		var application, by *uuid.UUID
		err = row.Scan(&f.ID, &f.Provider, &f.Day, &f.Source, &f.What, &f.Kind, &f.Difference.ID, &f.Line, &f.Again, &f.Ours.Minor, &f.Ours.Currency, &f.Theirs.Minor,
			&f.Theirs.Currency, &f.Authority, &application, &f.Owner, &f.OpenedAt, &f.ClosedAt, &f.Matched, &by, &f.Reason)
		if application != nil {
			f.Application = *application
		}
		if by != nil {
			f.ClosedBy = *by
		}
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("settlement: %w", err)
	}
	return list, nil
}

// Settled is what the settlement file of a day has for an application: what came in, less what went out.
type Settled struct {
	Day         string
	Authority   string // "" = it speaks of nothing that the book knows
	Application *uuid.UUID
	Currency    string
	Amount      int64
}

// Settled gives the files of days, from one to another, summed by application. What a line has beside the shares of several is nobody's.
func (b *Books) Settled(ctx context.Context, from, until string) ([]Settled, error) {
	rows, err := b.o.Pool.Query(ctx, `WITH l AS (SELECT day, authority, application, currency, amount, shares FROM settlement_line WHERE source = 'file' AND day BETWEEN $1 AND $2)
		SELECT day::text, authority, application, currency, sum(amount)::bigint FROM (
			SELECT day, authority, application, currency, amount - coalesce((SELECT sum((s->>'amount')::bigint) FROM jsonb_array_elements(shares) s), 0) AS amount FROM l
			UNION ALL SELECT day, s->>'authority', (s->>'application')::uuid, currency, (s->>'amount')::bigint FROM l, jsonb_array_elements(shares) s) x
		GROUP BY day, authority, application, currency HAVING sum(amount) <> 0`, from, until)
	if err != nil {
		return nil, fmt.Errorf("settlement: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Settled])
}
