package payment

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
)

// A refund goes back the way on which the money came. Where that leads nowhere, since it was paid in cash, at a bank, or with a card that is closed,
// an operator is asked, and at the same time the applicant for an account: what happens first counts. An account that was named ends the incident,
// and an operator who tries again or settles it by hand ends the question.

// stopRefund asks an operator about a refund that goes no further, and its applicant for an account, where a provider pays out to accounts. The payment
// is locked.
func (d *Desk) stopRefund(ctx context.Context, tx pgx.Tx, i Incident) error {
	i.Kind = RefundRefused
	at, pays := d.payer()
	if err := d.openIncident(ctx, tx, i); err != nil || !pays {
		return err
	}
	return run(ctx, tx, `INSERT INTO payout (id, application, node, visit, step, authority, amount, currency, status, at, refund, provider)
		SELECT $1, $2, 'refund:' || $3::uuid, 1 + count(*), '', $4, $5, $6, 'wanted', $7, $3, $8 FROM payout WHERE refund = $3
		ON CONFLICT (refund) WHERE refund IS NOT NULL AND ended_at IS NULL DO NOTHING`,
		uuid.New(), i.Application, i.subject, i.Authority, i.Amount, i.Currency, d.now(), at.Name)
}

// asksNoMore takes back that an account is asked for.
func (d *Desk) asksNoMore(ctx context.Context, tx pgx.Tx, refund uuid.UUID) error {
	return run(ctx, tx, "UPDATE payout SET status = 'cancelled', ended_at = $2 WHERE refund = $1 AND status = 'wanted'", refund, d.now())
}

// owed is the account on which a payout is owed until it is paid.
func (p payout) owed() string {
	if p.refund != nil {
		return ledger.Refunds(p.authority)
	}
	return ledger.Payable(p.authority)
}

// refundUndone owes a refund anew that had arrived at an account and came back from there.
func refundUndone(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	return run(ctx, tx, `WITH r AS (UPDATE refund SET status = 'requested', done_at = NULL WHERE id = $1 RETURNING payment)
		UPDATE payment SET status = 'refunding' FROM r WHERE id = r.payment AND status = 'refunded'`, id)
}
