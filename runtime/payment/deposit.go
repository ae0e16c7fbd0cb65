package payment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// DepositStatus says what has become of a deposit that was paid.
type DepositStatus string

// The statuses of a deposit. One that is released is on its way back, or back: its payment says which.
const (
	Held      DepositStatus = "held"
	Released  DepositStatus = "released"
	Forfeited DepositStatus = "forfeited"
)

// Deposit is what is held of one line of a payment, or what has become of it.
type Deposit struct {
	Fee       string
	Amount    int64 // minor units of the payment's currency
	Status    DepositStatus
	HeldWith  string // code of the right as long as which it is held, "" = a step says when it ends
	SettledAt *time.Time
}

// deposit is a row that is held and locked.
type deposit struct {
	id     uuid.UUID
	line   int
	fee    string
	amount int64 // less than the line where a correction has made it less
}

type deposits []deposit

// lines are the places of the payment's lines that are held.
func (h deposits) lines(p payment) map[int]bool {
	out := make(map[int]bool, len(h))
	for _, x := range h {
		if x.line < len(p.lines) {
			out[x.line] = true
		}
	}
	return out
}

// hold keeps the deposits of a payment that has just been received, and gives the postings by which they are held from now on.
func (d *Desk) hold(ctx context.Context, tx pgx.Tx, p payment) (out []ledger.Posting, err error) {
	for i, l := range p.lines {
		if !l.Deposit || l.Amount <= 0 {
			continue
		}
		err := run(ctx, tx, `INSERT INTO deposit (id, payment, line, application, fee, amount, held_with, looked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			uuid.New(), p.id, i, p.application, l.Fee, l.Amount, l.HeldWith, d.now())
		if err != nil {
			return nil, err
		}
		for _, s := range sharesOf(l, p.authority) {
			out = append(out,
				ledger.Posting{Account: ledger.DepositDue(s.Authority, l.Fee), Amount: s.Amount, Currency: p.currency},
				ledger.Posting{Account: ledger.Deposit(s.Authority, l.Fee), Amount: -s.Amount, Currency: p.currency})
		}
	}
	return out, nil
}

// Settle carries out what a step of the application says about deposits, in the caller's transaction: what is held still of these fees goes
// back (release) or is kept (forfeit). What was settled before stays as it is.
func (d *Desk) Settle(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, s activity.Settlement, at time.Time) error {
	settle := d.forfeit
	switch s.What {
	case "release":
		settle = d.repay
	case "forfeit":
	default:
		return fmt.Errorf("payment: deposits of %s are neither released nor forfeited: %q", application, s.What)
	}
	paid, err := lockPaid(ctx, tx, application)
	if err != nil {
		return err
	}
	for _, p := range paid {
		held, err := heldOf(ctx, tx, p.id)
		if err != nil {
			return err
		}
		// Of this payment, the deposits only: a fee of that name that is no deposit was earned.
		deposits := func(fee string) bool {
			return slices.Contains(s.Fees, fee) && slices.ContainsFunc(held, func(h deposit) bool { return h.fee == fee })
		}
		if err := settle(ctx, tx, p, s.What+":"+node+"/"+strconv.Itoa(visit), at, deposits); err != nil {
			return err
		}
	}
	return nil
}

// forfeit keeps the chosen deposits of a paid payment that are held still: they are the authority's revenue from now on.
func (d *Desk) forfeit(ctx context.Context, tx pgx.Tx, p payment, because string, at time.Time, chosen func(fee string) bool) error {
	held, err := heldOf(ctx, tx, p.id)
	if err != nil {
		return err
	}
	for _, h := range held {
		if !chosen(h.fee) || h.line >= len(p.lines) {
			continue
		}
		if err := settleDeposit(ctx, tx, h.id, Forfeited, because, at); err != nil {
			return err
		}
		e := ledger.Entry{Kind: ledger.Forfeited, Subject: h.id, Application: p.application, At: at}
		for _, s := range sharesOf(part(p.lines[h.line], h.amount), p.authority) {
			e.Postings = append(e.Postings,
				ledger.Posting{Account: ledger.Deposit(s.Authority, h.fee), Amount: s.Amount, Currency: p.currency},
				ledger.Posting{Account: ledger.Revenue(s.Authority, headOf(p.lines[h.line])), Amount: -s.Amount, Currency: p.currency})
		}
		if err := d.post(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// How a right that deposits are held with can stand; see package right.
const (
	rightRevoked  = "revoked"
	rightExpired  = "expired"
	rightReplaced = "replaced"
)

const (
	depositsAtOnce = 100
	lookAgain      = 24 * time.Hour // after a change that somebody has told of, it is looked at at once: RightChanged
)

// SettleEnded looks at deposits that are held with rights, each once a day: the end of the right releases, its revocation forfeits. It says how
// many it has settled, and goes on over single failures. Any number of processes may do it at once.
func (d *Desk) SettleEnded(ctx context.Context) (settled int, err error) {
	if d.Right == nil {
		return 0, nil
	}
	rows, err := d.Pool.Query(ctx, `SELECT DISTINCT application, held_with FROM (SELECT application, held_with FROM deposit
		WHERE status = 'held' AND held_with <> '' AND looked_at < $1 ORDER BY looked_at LIMIT $2) d`, d.now().Add(-lookAgain), depositsAtOnce)
	if err != nil {
		return 0, fmt.Errorf("payment: %w", err)
	}
	type place struct {
		Application uuid.UUID
		Right       string
	}
	places, err := pgx.CollectRows(rows, pgx.RowToStructByPos[place])
	if err != nil {
		return 0, fmt.Errorf("payment: %w", err)
	}
	for _, x := range places {
		n, failed := d.RightChanged(ctx, x.Application, x.Right)
		settled += n
		err = errors.Join(err, failed)
	}
	return settled, err
}

// RightChanged settles the deposits that an application holds with a right that it has granted, where the right has ended, and says how many
// they were. A right that is in force, or not granted yet, changes nothing.
func (d *Desk) RightChanged(ctx context.Context, application uuid.UUID, right string) (settled int, err error) {
	status, err := d.Right(ctx, application, right)
	if err != nil {
		return 0, err
	}
	settle := func(context.Context, pgx.Tx, payment, string, time.Time, func(string) bool) error { return nil }
	ended := true
	switch status {
	case rightExpired, rightReplaced:
		settle = d.repay
	case rightRevoked:
		settle = d.forfeit
	default:
		ended = false
	}
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		settled = 0
		paid, err := lockPaid(ctx, tx, application)
		if err != nil {
			return err
		}
		for _, p := range paid {
			held, err := heldOf(ctx, tx, p.id)
			if err != nil {
				return err
			}
			with := func(fee string) bool {
				return slices.ContainsFunc(held, func(h deposit) bool { return h.fee == fee && p.lines[h.line].HeldWith == right })
			}
			for _, h := range held {
				if ended && with(h.fee) {
					settled++
				}
			}
			if err := settle(ctx, tx, p, "right:"+status, d.now(), with); err != nil {
				return err
			}
		}
		return run(ctx, tx, "UPDATE deposit SET looked_at = $3 WHERE application = $1 AND held_with = $2 AND status = 'held'", application, right, d.now())
	})
	if err == nil && settled > 0 {
		d.Wake()
	}
	return settled, err
}

// heldOf are the deposits of a locked payment that are held.
func heldOf(ctx context.Context, tx pgx.Tx, id uuid.UUID) (deposits, error) {
	rows, err := tx.Query(ctx, "SELECT id, line, fee, amount FROM deposit WHERE payment = $1 AND status = 'held' ORDER BY line", id)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (h deposit, err error) {
		return h, row.Scan(&h.id, &h.line, &h.fee, &h.amount)
	})
}

func settleDeposit(ctx context.Context, tx pgx.Tx, id uuid.UUID, to DepositStatus, because string, at time.Time) error {
	return run(ctx, tx, "UPDATE deposit SET status = $2, because = $3, settled_at = $4 WHERE id = $1 AND status = 'held'", id, to, because, at)
}

// readDeposits are those of an application, by payment.
func readDeposits(ctx context.Context, q querier, application uuid.UUID) (map[uuid.UUID][]Deposit, error) {
	rows, err := q.Query(ctx, "SELECT payment, fee, amount, status, held_with, settled_at FROM deposit WHERE application = $1 ORDER BY payment, line", application)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	out := map[uuid.UUID][]Deposit{}
	var of uuid.UUID
	var x Deposit
	_, err = pgx.ForEachRow(rows, []any{&of, &x.Fee, &x.Amount, &x.Status, &x.HeldWith, &x.SettledAt}, func() error {
		out[of] = append(out[of], x)
		return nil
	})
	return out, err
}
