package till

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// Taking is a payment that a clerk takes. The same ID again is the same taking.
type Taking struct {
	ID       uuid.UUID
	Clerk    uuid.UUID
	Payment  uuid.UUID
	Tendered int64 // what was handed over, in minor units of the payment's currency
}

// Taken is a payment that was made at a till.
type Taken struct {
	ID, Till             uuid.UUID
	Place                int // the how-manieth of its till
	Payment, Application uuid.UUID
	Amount               int64
	Currency             string
	Tendered             int64
	Receipt              string // number of its receipt
	At                   time.Time
	VoidedAt             *time.Time
}

// Change is what is handed back.
func (t *Taken) Change() int64 { return t.Tendered - t.Amount }

// Take takes a payment that is due at the clerk's open till. ErrClosed, ErrWaits, ErrTooLittle, ErrAmount; payment.ErrNotDue where somebody else has paid it
// meanwhile or it is due no more; payment.ErrNotFound where it is due to another authority.
func (t *Tills) Take(ctx context.Context, k Taking) (taken Taken, err error) {
	if k.ID == uuid.Nil || k.Tendered < 0 || k.Tendered > mostAmount {
		return taken, ErrAmount
	}
	err = postgres.InTx(ctx, t.o.Pool, func(tx pgx.Tx) error {
		before, err := takings(ctx, tx, "WHERE k.id = $1 AND t.clerk = $2", k.ID, k.Clerk)
		if err != nil || len(before) > 0 {
			if len(before) > 0 {
				taken = before[0]
			}
			return err
		}
		of, err := t.lockOpen(ctx, tx, k.Clerk)
		if err != nil {
			return err
		}
		if err := t.nothingWaits(ctx, tx, of.ID); err != nil { // what is to be taken back is the last one still
			return err
		}
		receipt, application, amount, err := t.o.Payments.TakeCash(ctx, tx, payment.Cash{ID: k.ID, Payment: k.Payment, Authority: of.Authority, Channel: ledger.Till(of.Number)})
		switch {
		case err != nil:
			return err
		case !slices.ContainsFunc(of.Cash, func(c Cash) bool { return c.Currency == amount.Currency }):
			return ErrAmount
		case k.Tendered < amount.Minor:
			return ErrTooLittle
		}
		taken, err = insertTaking(ctx, tx, Taken{ID: k.ID, Till: of.ID, Payment: k.Payment, Application: application, Amount: amount.Minor,
			Currency: amount.Currency, Tendered: k.Tendered, Receipt: receipt, At: t.now()})
		return err
	})
	if postgres.Unique(err, "till_taking_pkey") { // the same was posted at the same moment
		return t.Taken(ctx, k.Clerk, k.ID)
	}
	if err == nil {
		t.o.Wake()
	}
	return taken, err
}

// Taken is a payment that was made at a till of the clerk. ErrNotFound.
func (t *Tills) Taken(ctx context.Context, clerk, id uuid.UUID) (Taken, error) {
	list, err := takings(ctx, t.o.Pool, "WHERE k.id = $1 AND t.clerk = $2", id, clerk)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Taken{}, err
	}
	return list[0], nil
}

// ProposeVoid asks a colleague to let the last payment of the clerk's open till be taken back. Until that is decided the till takes no other.
// ErrClosed, ErrNotLast, proposal.ErrReason, proposal.ErrProposed.
func (t *Tills) ProposeVoid(ctx context.Context, clerk, taking uuid.UUID, reason string) error {
	return postgres.InTx(ctx, t.o.Pool, func(tx pgx.Tx) error {
		of, err := t.lockOpen(ctx, tx, clerk)
		if err != nil {
			return err
		}
		if _, err := t.last(ctx, tx, of.ID, taking); err != nil {
			return err
		}
		_, err = proposal.Propose(ctx, tx, proposal.Proposal{Kind: Void, Subject: taking, Authority: of.Authority, Reason: reason, ProposedBy: clerk, ProposedAt: t.now()})
		return err
	})
}

// last is the payment of that ID, which must be the last one of a till that was not taken back. ErrNotLast.
func (t *Tills) last(ctx context.Context, tx pgx.Tx, of, taking uuid.UUID) (Taken, error) {
	list, err := takings(ctx, tx, "WHERE k.till = $1 ORDER BY k.place DESC LIMIT 1", of)
	if err != nil {
		return Taken{}, err
	}
	if len(list) == 0 || list[0].ID != taking || list[0].VoidedAt != nil {
		return Taken{}, ErrNotLast
	}
	return list[0], nil
}

// nothingWaits is ErrWaits while a payment of the till waits to be taken back.
func (t *Tills) nothingWaits(ctx context.Context, tx pgx.Tx, of uuid.UUID) error {
	list, err := takings(ctx, tx, "WHERE k.till = $1 ORDER BY k.place DESC LIMIT 1", of)
	if err != nil || len(list) == 0 {
		return err
	}
	about, err := proposal.About(ctx, tx, []proposal.Kind{Void}, []uuid.UUID{list[0].ID})
	if err == nil && slices.ContainsFunc(about, func(p proposal.Proposal) bool { return p.Status == proposal.Proposed }) {
		err = ErrWaits
	}
	return err
}

// void carries out what was decided: the money is handed back from the till.
func (t *Tills) void(ctx context.Context, tx pgx.Tx, p proposal.Proposal) error {
	list, err := takings(ctx, tx, "WHERE k.id = $1", p.Subject)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ErrNotFound
	}
	of, err := lockTill(ctx, tx, "WHERE id = $1", list[0].Till)
	switch {
	case err != nil:
		return err
	case of.Status != Open:
		return ErrClosed
	}
	k, err := t.last(ctx, tx, of.ID, p.Subject)
	if err != nil {
		return err
	}
	err = t.o.Payments.VoidCash(ctx, tx, payment.Cash{ID: k.ID, Payment: k.Payment, Authority: of.Authority, Channel: ledger.Till(of.Number)}, p.ID,
		ledger.Signed{Reason: p.Reason, ProposedBy: p.ProposedBy, Approved: p.DecidedBy})
	if err != nil {
		return err
	}
	if err := t.o.Receipts.RevokeReceipt(ctx, tx, k.Application, k.Payment, t.now()); err != nil {
		return err
	}
	return run(ctx, tx, "UPDATE till_taking SET voided_at = $2 WHERE id = $1", k.ID, t.now())
}
