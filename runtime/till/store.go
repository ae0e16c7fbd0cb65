package till

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/diwan-gov/diwan/runtime/proposal"
)

// querier is a pool or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Till is one from when a clerk opens it until it is closed.
type Till struct {
	ID        uuid.UUID
	Authority string
	Number    int
	Clerk     uuid.UUID
	Status    Status
	OpenedAt  time.Time
	ClosedAt  *time.Time
	Cash      []Cash // by currency
	Payments  int    // that were not taken back
}

// Cash is what a till holds of a currency.
type Cash struct {
	Currency string
	Float    int64
	Taken    int64
	Expected int64 // Float and Taken
	Counted  int64 // once it was counted
	Pieces   map[int64]int
	Slip     string // under which it was brought to the bank; "" = it was not
}

// Bankable is what goes to the bank of what was counted: all but the change with which the till began.
func (c Cash) Bankable() int64 { return c.Counted - c.Float }

// Difference is what a till had too much (above zero) or too little, until an accountant has explained it.
type Difference struct {
	ID        uuid.UUID
	Till      uuid.UUID
	Number    int // of the till
	Clerk     uuid.UUID
	Authority string
	Currency  string
	Amount    int64
	Owner     string // capacity of who sees to it
	OpenedAt  time.Time
	ClosedAt  *time.Time
	ClosedBy  uuid.UUID
	Reason    string
}

func insertTill(ctx context.Context, tx pgx.Tx, id uuid.UUID, o Opening, at time.Time) error {
	if err := run(ctx, tx, "INSERT INTO till (id, authority, number, clerk, opened_at) VALUES ($1, $2, $3, $4, $5)", id, o.Authority, o.Number, o.Clerk, at); err != nil {
		return err
	}
	for currency, amount := range o.Float {
		if err := run(ctx, tx, "INSERT INTO till_cash (till, currency, float) VALUES ($1, $2, $3)", id, currency, amount); err != nil {
			return err
		}
	}
	return nil
}

// lockOpen is the clerk's open till, which nobody else changes until the transaction ends. ErrClosed.
func (t *Tills) lockOpen(ctx context.Context, tx pgx.Tx, clerk uuid.UUID) (Till, error) {
	of, err := lockTill(ctx, tx, "WHERE clerk = $1 AND status = 'open'", clerk)
	if errors.Is(err, ErrNotFound) {
		err = ErrClosed
	}
	return of, err
}

// lockTill locks a till first and then reads it: what whoever had it before has changed is seen.
func lockTill(ctx context.Context, tx pgx.Tx, where string, args ...any) (Till, error) {
	var id uuid.UUID
	err := tx.QueryRow(ctx, "SELECT id FROM till "+where+" FOR UPDATE", args...).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Till{}, ErrNotFound
	}
	if err != nil {
		return Till{}, wrap(err)
	}
	list, err := tills(ctx, tx, "WHERE t.id = $1", id)
	if err != nil || len(list) == 0 {
		return Till{}, errors.Join(err, ErrNotFound)
	}
	return list[0], nil
}

func tills(ctx context.Context, q querier, where string, args ...any) ([]Till, error) {
	rows, err := q.Query(ctx, `SELECT t.id, t.authority, t.number, t.clerk, t.status, t.opened_at, t.closed_at,
			(SELECT count(*) FROM till_taking k WHERE k.till = t.id AND k.voided_at IS NULL) FROM till t `+where, args...)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Till, err error) {
		return t, row.Scan(&t.ID, &t.Authority, &t.Number, &t.Clerk, &t.Status, &t.OpenedAt, &t.ClosedAt, &t.Payments)
	})
	if err != nil {
		return nil, wrap(err)
	}
	ids := make([]uuid.UUID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	rows, err = q.Query(ctx, `SELECT c.till, c.currency, c.float, coalesce(k.taken, 0)::bigint, coalesce(c.counted, 0), c.pieces, coalesce(d.slip, '')
		FROM till_cash c LEFT JOIN till_deposit d USING (till, currency)
		LEFT JOIN LATERAL (SELECT sum(amount) AS taken FROM till_taking k WHERE k.till = c.till AND k.currency = c.currency AND k.voided_at IS NULL) k ON true
		WHERE c.till = ANY($1) ORDER BY c.till, c.currency`, ids)
	if err != nil {
		return nil, wrap(err)
	}
	var of uuid.UUID
	var c Cash
	var pieces []byte
	_, err = pgx.ForEachRow(rows, []any{&of, &c.Currency, &c.Float, &c.Taken, &c.Counted, &pieces, &c.Slip}, func() error {
		c.Expected, c.Pieces = c.Float+c.Taken, nil
		i := slices.Index(ids, of)
		list[i].Cash = append(list[i].Cash, c)
		return json.Unmarshal(pieces, &list[i].Cash[len(list[i].Cash)-1].Pieces)
	})
	return list, wrap(err)
}

// Of is the till of a clerk that is not closed; nil where there is none.
func (t *Tills) Of(ctx context.Context, clerk uuid.UUID) (*Till, error) {
	return one(tills(ctx, t.o.Pool, "WHERE t.clerk = $1 AND t.status <> 'closed'", clerk))
}

// One is a till of one of authorities. ErrNotFound.
func (t *Tills) One(ctx context.Context, authorities []string, id uuid.UUID) (*Till, error) {
	found, err := one(tills(ctx, t.o.Pool, "WHERE t.id = $1 AND t.authority = ANY($2)", id, authorities))
	if err == nil && found == nil {
		err = ErrNotFound
	}
	return found, err
}

func one(list []Till, err error) (*Till, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// mostTills is how many List gives.
const mostTills = 100

// List are the tills of authorities, those that are not closed first, then the latest.
func (t *Tills) List(ctx context.Context, authorities []string) ([]Till, error) {
	return tills(ctx, t.o.Pool, "WHERE t.authority = ANY($1) ORDER BY t.status = 'closed', t.opened_at DESC, t.id LIMIT $2", authorities, mostTills)
}

// mostTakings bounds what Takings gives.
const mostTakings = 500

// Takings are the payments of a till, the latest first.
func (t *Tills) Takings(ctx context.Context, till uuid.UUID) ([]Taken, error) {
	return takings(ctx, t.o.Pool, "WHERE k.till = $1 ORDER BY k.place DESC LIMIT $2", till, mostTakings)
}

// Proposals are what was proposed about a till and its payments, the latest first.
func (t *Tills) Proposals(ctx context.Context, till uuid.UUID) ([]proposal.Proposal, error) {
	list, err := t.Takings(ctx, till)
	if err != nil {
		return nil, err
	}
	subjects := []uuid.UUID{till}
	for _, k := range list {
		subjects = append(subjects, k.ID)
	}
	return proposal.About(ctx, t.o.Pool, []proposal.Kind{Void, Close}, subjects)
}

// Differences are the tasks of authorities: those that are open, the oldest first, and then the latest that were explained; of one till where it is
// named.
func (t *Tills) Differences(ctx context.Context, authorities []string, of uuid.UUID) ([]Difference, error) {
	rows, err := t.o.Pool.Query(ctx, `SELECT d.id, d.till, t.number, t.clerk, d.authority, d.currency, d.amount, d.owner, d.opened_at, d.closed_at, d.closed_by, d.reason
		FROM till_difference d JOIN till t ON t.id = d.till WHERE d.authority = ANY($1) AND ($2 = '00000000-0000-0000-0000-000000000000'::uuid OR d.till = $2)
		ORDER BY d.closed_at IS NOT NULL, CASE WHEN d.closed_at IS NULL THEN d.opened_at END, d.closed_at DESC, d.id LIMIT $3`, authorities, of, mostTills)
	if err != nil {
		return nil, wrap(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Difference, err error) {
		var by *uuid.UUID
		err = row.Scan(&d.ID, &d.Till, &d.Number, &d.Clerk, &d.Authority, &d.Currency, &d.Amount, &d.Owner, &d.OpenedAt, &d.ClosedAt, &by, &d.Reason)
		if by != nil {
			d.ClosedBy = *by
		}
		return d, err
	})
}

// Waits counts what of authorities waits for a second officer who is not by, and the differences that wait for an accountant of books.
func (t *Tills) Waits(ctx context.Context, authorities, books []string, by uuid.UUID) (n int, err error) {
	list, err := proposal.Waiting(ctx, t.o.Pool, []proposal.Kind{Void, Close}, authorities)
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		if p.ProposedBy != by {
			n++
		}
	}
	var open int
	err = t.o.Pool.QueryRow(ctx, "SELECT count(*) FROM till_difference WHERE authority = ANY($1) AND closed_at IS NULL", books).Scan(&open)
	return n + open, wrap(err)
}

func insertTaking(ctx context.Context, tx pgx.Tx, k Taken) (Taken, error) {
	err := tx.QueryRow(ctx, `INSERT INTO till_taking (id, till, place, payment, application, amount, currency, tendered, receipt, at)
		SELECT $1, $2, count(*) + 1, $3, $4, $5, $6, $7, $8, $9 FROM till_taking WHERE till = $2 RETURNING place`,
		k.ID, k.Till, k.Payment, k.Application, k.Amount, k.Currency, k.Tendered, k.Receipt, k.At).Scan(&k.Place)
	return k, wrap(err)
}

func takings(ctx context.Context, q querier, where string, args ...any) ([]Taken, error) {
	rows, err := q.Query(ctx, `SELECT k.id, k.till, k.place, k.payment, k.application, k.amount, k.currency, k.tendered, k.receipt, k.at, k.voided_at
		FROM till_taking k JOIN till t ON t.id = k.till `+where, args...)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Taken])
	return list, wrap(err)
}

// storeCount keeps what was counted beside what should be there.
func storeCount(ctx context.Context, tx pgx.Tx, of uuid.UUID, c Cash, pieces map[int64]int) error {
	if pieces == nil {
		pieces = map[int64]int{}
	}
	kept, err := json.Marshal(pieces)
	if err != nil {
		return err
	}
	return run(ctx, tx, "UPDATE till_cash SET expected = $3, counted = $4, pieces = $5 WHERE till = $1 AND currency = $2", of, c.Currency, c.Expected, c.Counted, kept)
}

func run(ctx context.Context, q querier, sql string, args ...any) error {
	_, err := q.Exec(ctx, sql, args...)
	return wrap(err)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("till: %w", err)
}
