package till

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// CashCount is what a clerk has counted of a currency.
type CashCount struct {
	Currency string
	Amount   int64
	Pieces   map[int64]int // of notes and coins of a value, in minor units, so many; nil where only the sum was counted
}

// Count is a till that a clerk has counted. Reason is what the clerk knows about a difference.
type Count struct {
	Clerk  uuid.UUID
	Cash   []CashCount // every currency of the till
	Reason string
}

// Count closes the clerk's till where it holds what it should. Where it does not, nothing has happened without a reason (ErrDiffers): with one the
// till takes no payments any more, and a colleague is asked to let it be closed with the difference; closed is false then. How much there is too
// much or too little is not told before. ErrClosed, ErrWaits, ErrAmount, proposal.ErrReason.
func (t *Tills) Count(ctx context.Context, c Count) (closed bool, err error) {
	err = postgres.InTx(ctx, t.o.Pool, func(tx pgx.Tx) error {
		closed = false
		of, err := t.lockOpen(ctx, tx, c.Clerk)
		if err != nil {
			return err
		}
		if err := t.nothingWaits(ctx, tx, of.ID); err != nil {
			return err
		}
		differs := false
		if len(c.Cash) != len(of.Cash) {
			return ErrAmount
		}
		for i := range of.Cash {
			counted, ok := c.of(of.Cash[i].Currency)
			if !ok {
				return ErrAmount
			}
			of.Cash[i].Counted = counted.Amount
			differs = differs || counted.Amount != of.Cash[i].Expected
			if err := storeCount(ctx, tx, of.ID, of.Cash[i], counted.Pieces); err != nil {
				return err
			}
		}
		if !differs {
			closed = true
			return t.close(ctx, tx, of, ledger.Signed{ProposedBy: c.Clerk})
		}
		if strings.TrimSpace(c.Reason) == "" {
			return ErrDiffers
		}
		if err := run(ctx, tx, "UPDATE till SET status = 'counted', counted_at = $2 WHERE id = $1", of.ID, t.now()); err != nil {
			return err
		}
		_, err = proposal.Propose(ctx, tx, proposal.Proposal{Kind: Close, Subject: of.ID, Authority: of.Authority, Reason: c.Reason, ProposedBy: c.Clerk, ProposedAt: t.now()})
		return err
	})
	return closed, err
}

// of is what was counted of a currency; false where it is missing or cannot be.
func (c *Count) of(currency string) (CashCount, bool) {
	for _, x := range c.Cash {
		if x.Currency != currency {
			continue
		}
		sum := int64(0)
		for value, n := range x.Pieces {
			if value <= 0 || n < 0 || n > mostPieces || value > mostAmount/mostPieces {
				return x, false
			}
			sum += value * int64(n)
		}
		return x, x.Amount >= 0 && x.Amount <= mostAmount && (x.Pieces == nil || sum == x.Amount)
	}
	return CashCount{}, false
}

// mostPieces bounds the notes of one value in a till.
const mostPieces = 100_000

// close books what was counted into the safe, and what there is too much or too little of it, which becomes a task for an accountant.
func (t *Tills) close(ctx context.Context, tx pgx.Tx, of Till, signed ledger.Signed) error {
	at := t.now()
	drawer := ledger.ClearingAt(of.Authority, ledger.Till(of.Number))
	e := ledger.Entry{Kind: ledger.TillClosed, Subject: of.ID, At: at, Signed: signed}
	for _, c := range of.Cash {
		if c.Counted > 0 {
			e.Postings = append(e.Postings,
				ledger.Posting{Account: ledger.Safe(of.Authority), Amount: c.Counted, Currency: c.Currency}, ledger.Posting{Account: drawer, Amount: -c.Counted, Currency: c.Currency})
		}
		by := c.Counted - c.Expected
		if by == 0 {
			continue
		}
		id := uuid.New()
		err := run(ctx, tx, "INSERT INTO till_difference (id, till, currency, amount, authority, owner, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			id, of.ID, c.Currency, by, of.Authority, of.Authority+":"+ledger.Accountant, at)
		if err != nil {
			return err
		}
		err = ledger.Post(ctx, tx, ledger.Entry{Kind: ledger.TillDifference, Subject: id, At: at, Signed: signed, Postings: []ledger.Posting{
			{Account: drawer, Amount: by, Currency: c.Currency}, {Account: ledger.OverShort(of.Authority), Amount: -by, Currency: c.Currency}}})
		if err != nil {
			return err
		}
	}
	if len(e.Postings) > 0 {
		if err := ledger.Post(ctx, tx, e); err != nil {
			return err
		}
	}
	return run(ctx, tx, "UPDATE till SET status = 'closed', counted_at = coalesce(counted_at, $2), closed_at = $2 WHERE id = $1", of.ID, at)
}

// Decide lets happen what a clerk has proposed about a till, or declines it: a till that a colleague does not close is open again, to be counted once
// more. proposal.ErrNotFound, proposal.ErrOwn, proposal.ErrDecided; payment.ErrNotDue and ErrNotLast where a payment can be taken back no more.
func (t *Tills) Decide(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	d := proposal.Decision{ID: id, Kinds: []proposal.Kind{Void, Close}, Authorities: authorities, Approve: approve, By: by, At: t.now()}
	return proposal.Decide(ctx, t.o.Pool, d, func(tx pgx.Tx, p proposal.Proposal) error {
		switch {
		case p.Kind == Void && approve:
			return t.void(ctx, tx, p)
		case p.Kind == Void:
			return nil
		}
		of, err := lockTill(ctx, tx, "WHERE id = $1", p.Subject)
		switch {
		case err != nil:
			return err
		case of.Status != Counted:
			return ErrClosed
		case !approve:
			if err := run(ctx, tx, "UPDATE till_cash SET counted = NULL, expected = NULL, pieces = '{}' WHERE till = $1", of.ID); err != nil {
				return err
			}
			return run(ctx, tx, "UPDATE till SET status = 'open', counted_at = NULL WHERE id = $1", of.ID)
		}
		return t.close(ctx, tx, of, ledger.Signed{Reason: p.Reason, ProposedBy: p.ProposedBy, Approved: by})
	})
}

// mostSlip bounds the number of a slip, in bytes.
const mostSlip = 60

// Deposit notes that what a closed till has taken was brought to the bank, under the number of the slip. What it held when it was opened stays in the
// safe. ErrNotFound, ErrSlip; ErrClosed where the till is not closed, or was brought there before.
func (t *Tills) Deposit(ctx context.Context, authorities []string, id uuid.UUID, slip string, by uuid.UUID) error {
	slip = strings.TrimSpace(slip)
	if slip == "" || len(slip) > mostSlip {
		return ErrSlip
	}
	return postgres.InTx(ctx, t.o.Pool, func(tx pgx.Tx) error {
		of, err := lockTill(ctx, tx, "WHERE id = $1 AND authority = ANY($2)", id, authorities)
		switch {
		case err != nil:
			return err
		case of.Status != Closed:
			return ErrClosed
		}
		any := false
		for _, c := range of.Cash {
			if c.Bankable() <= 0 || c.Slip != "" {
				continue
			}
			any = true
			deposit := uuid.New()
			err := run(ctx, tx, "INSERT INTO till_deposit (id, till, currency, amount, slip, by, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				deposit, of.ID, c.Currency, c.Bankable(), slip, by, t.now())
			if err != nil {
				return err
			}
			err = ledger.Post(ctx, tx, ledger.Entry{Kind: ledger.TillBanked, Subject: deposit, At: t.now(), Signed: ledger.Signed{Reason: slip, ProposedBy: by}, Postings: []ledger.Posting{
				{Account: ledger.Banked(of.Authority), Amount: c.Bankable(), Currency: c.Currency}, {Account: ledger.Safe(of.Authority), Amount: -c.Bankable(), Currency: c.Currency}}})
			if err != nil {
				return err
			}
		}
		if !any {
			return ErrClosed
		}
		return nil
	})
}

// Explain ends the task of a difference: an accountant says why it stands. ErrNotFound, proposal.ErrReason; ErrClosed where somebody has.
func (t *Tills) Explain(ctx context.Context, authorities []string, id uuid.UUID, reason string, by uuid.UUID) error {
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > proposal.MostReason {
		return proposal.ErrReason
	}
	return postgres.InTx(ctx, t.o.Pool, func(tx pgx.Tx) error {
		var closed *time.Time
		err := tx.QueryRow(ctx, "SELECT closed_at FROM till_difference WHERE id = $1 AND authority = ANY($2) FOR UPDATE", id, authorities).Scan(&closed)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return wrap(err)
		case closed != nil:
			return ErrClosed
		}
		return run(ctx, tx, "UPDATE till_difference SET closed_at = $2, closed_by = $3, reason = $4 WHERE id = $1", id, t.now(), by, reason)
	})
}
