package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Gateway is the channel of payment through which Clearing books.
const Gateway = "gateway"

// Stripe is the channel of what was paid there.
const Stripe = "stripe"

// BankedCash is the channel of cash that was brought to the bank.
const BankedCash = "banked"

// Kept tells whether a channel is one of the book's own: no bank and no wallet can be called so.
func Kept(channel string) bool {
	_, ofTill := TillNumber(channel)
	return ofTill || channel == Gateway || channel == Stripe || channel == safe || channel == BankedCash || channel == byHand || channel == disputed
}

// Moved is money that an entry has moved through a channel of payment: in above zero, out below.
type Moved struct {
	Kind                 Kind
	Subject, Application uuid.UUID
	Day                  string // under which it is booked
	Authority            string
	Amount               int64
	Currency             string
	Reason               string // of a signed entry; of cash brought to the bank the slip
}

const selectMoved = `SELECT e.kind, e.subject, e.application, e.day::text, p.authority, sum(p.amount)::bigint, p.currency, e.reason
	FROM entry e JOIN posting p ON p.entry = e.id
	WHERE p.account LIKE 'clearing:%' AND right(p.account, length($1) + 1) = ':' || $1 AND `

const groupMoved = " GROUP BY e.id, p.authority, p.currency HAVING sum(p.amount) <> 0"

// Moved gives what was moved through a channel on a day.
func (b *Book) Moved(ctx context.Context, channel, day string) ([]Moved, error) {
	return b.moved(ctx, selectMoved+"e.day = $2"+groupMoved, channel, day)
}

// MovedBy gives what entries of a kind have moved through a channel, by their subjects.
func (b *Book) MovedBy(ctx context.Context, channel string, kind Kind, subjects []uuid.UUID) ([]Moved, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	return b.moved(ctx, selectMoved+"e.kind = $2 AND e.subject = ANY($3)"+groupMoved, channel, kind, subjects)
}

// MovedUnder gives what entries of a kind have moved through a channel, by their reasons.
func (b *Book) MovedUnder(ctx context.Context, channel string, kind Kind, reasons []string) ([]Moved, error) {
	if len(reasons) == 0 {
		return nil, nil
	}
	return b.moved(ctx, selectMoved+"e.kind = $2 AND e.reason = ANY($3)"+groupMoved, channel, kind, reasons)
}

// FirstMoved is the first day on which something was moved through a channel, "" where nothing was.
func (b *Book) FirstMoved(ctx context.Context, channel string) (string, error) {
	var day *time.Time
	err := b.pool.QueryRow(ctx, `SELECT min(e.day) FROM entry e JOIN posting p ON p.entry = e.id
		WHERE p.account LIKE 'clearing:%' AND right(p.account, length($1) + 1) = ':' || $1`, channel).Scan(&day)
	if err != nil {
		return "", fmt.Errorf("ledger: %w", err)
	}
	if day == nil {
		return "", nil
	}
	return day.Format(time.DateOnly), nil
}

func (b *Book) moved(ctx context.Context, sql string, args ...any) ([]Moved, error) {
	rows, err := b.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Moved])
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return list, nil
}

// Turnover is what has become of an application's money in an authority's book on a day. What a counter-entry takes back counts against it.
type Turnover struct {
	Day         string // "" = on all days before
	Authority   string
	Application uuid.UUID
	Currency    string
	Due         int64 // fees that have become due, less those that are due no more
	Received    int64
	Refunded    int64
	Owed        int64 // by how much more the applicant owes
}

// Turnover gives that of days, from one to another, and with no day what applicants owed when the first began.
func (b *Book) Turnover(ctx context.Context, from, until string) ([]Turnover, error) {
	rows, err := b.pool.Query(ctx, `
		SELECT e.day::text, p.authority, e.application, p.currency,
			coalesce(sum(p.amount) FILTER (WHERE p.account LIKE 'receivable:%' AND coalesce(o.kind, e.kind) IN ('assessed', 'cancelled', 'waived')), 0)::bigint,
			coalesce(sum(p.amount) FILTER (WHERE p.account LIKE 'clearing:%' AND coalesce(o.kind, e.kind) IN ('received', 'dispute-lost')), 0)::bigint,
			coalesce(sum(p.amount) FILTER (WHERE p.account LIKE 'refunds:%' AND coalesce(o.kind, e.kind) IN ('refunded', 'paid-out', 'payout-returned', 'settled-by-hand')), 0)::bigint,
			coalesce(sum(p.amount) FILTER (WHERE p.account LIKE 'receivable:%'), 0)::bigint
		FROM entry e LEFT JOIN entry o ON o.id = e.reverses JOIN posting p ON p.entry = e.id
		WHERE e.day BETWEEN $1 AND $2 AND e.application <> '00000000-0000-0000-0000-000000000000' AND (p.account LIKE 'receivable:%' OR p.account LIKE 'clearing:%' OR p.account LIKE 'refunds:%')
		GROUP BY e.day, p.authority, e.application, p.currency
		UNION ALL
		SELECT '', p.authority, e.application, p.currency, 0, 0, 0, sum(p.amount)::bigint
		FROM entry e JOIN posting p ON p.entry = e.id WHERE e.day < $1 AND p.account LIKE 'receivable:%'
		GROUP BY p.authority, e.application, p.currency HAVING sum(p.amount) <> 0`, from, until)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Turnover])
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return list, nil
}
