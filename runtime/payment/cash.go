package payment

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
)

// Cash is a payment that a clerk takes at a till.
type Cash struct {
	ID        uuid.UUID // of the taking: the subject of its entry
	Payment   uuid.UUID
	Authority string // of the till
	Channel   string // of the till: ledger.Till
}

// cash begins the checkout of what was paid at a till: its channel and the ID of the taking follow.
const cash = "cash:"

func (c Cash) checkout() string { return cash + c.Channel + ":" + c.ID.String() }

// paidTo is the account on which what was paid at a checkout lies, at a provider or past it.
func paidTo(authority, provider, checkout string) string {
	for _, at := range []string{billed, cash} {
		if rest, ok := strings.CutPrefix(checkout, at); ok {
			channel, _, _ := strings.Cut(rest, ":")
			return ledger.ClearingAt(authority, channel)
		}
	}
	return ledger.ClearingAt(authority, provider)
}

// Why the provider cannot give back what was paid past it.
const (
	paidAtBank = "paid-at-bank"
	paidInCash = "paid-in-cash"
)

// past says why the provider cannot give back what was paid past it, "" where it was paid at the provider.
func past(checkout string) string {
	switch {
	case strings.HasPrefix(checkout, billed):
		return paidAtBank
	case strings.HasPrefix(checkout, cash):
		return paidInCash
	}
	return ""
}

// means is how a payment was made.
func (p *payment) means() Means {
	switch {
	case p.paidAt == nil:
		return ""
	case past(p.checkout) == paidAtBank:
		return AtBank
	case past(p.checkout) == paidInCash:
		return InCash
	}
	return Online
}

// TakeCash records in the caller's transaction that a payment was made at a till, and gives the number of its receipt. What comes for it at the
// gateway at the same moment goes back. ErrNotFound, also where it is due to another authority; ErrNotDue. After the commit call Wake.
func (d *Desk) TakeCash(ctx context.Context, tx pgx.Tx, c Cash) (receipt string, of uuid.UUID, amount formula.Money, err error) {
	p, err := lockPayment(ctx, tx, c.Payment)
	switch {
	case err != nil:
		return "", of, amount, err
	case p.authority != c.Authority:
		return "", of, amount, ErrNotFound
	case !payable(p.status, p.dueAt, p.late, d.now()):
		return "", of, amount, ErrNotDue
	}
	if err := d.receive(ctx, tx, p, "", c.checkout(), c.ID); err != nil {
		return "", of, amount, err
	}
	p, err = readPayment(ctx, tx, p.id)
	return p.receipt, p.application, formula.Money{Minor: p.amount, Currency: p.currency}, err
}

// VoidCash takes a payment back that was made at a till, in the caller's transaction: its money is handed back, and it is due again, at no time in
// particular. Its application has been told that it was paid, so an operator is asked to look after it until it is paid. subject is that of the counter-entry, for
// which two officers answer. ErrNotDue where the payment is no longer as the till has left it: something of it has gone back or was settled.
func (d *Desk) VoidCash(ctx context.Context, tx pgx.Tx, c Cash, subject uuid.UUID, signed ledger.Signed) error {
	p, err := lockPayment(ctx, tx, c.Payment)
	if err != nil {
		return err
	}
	settled, err := oneText(ctx, tx, "SELECT id::text FROM deposit WHERE payment = $1 AND status <> 'held' LIMIT 1", p.id)
	if err != nil {
		return err
	}
	if p.status != Paid || p.checkout != c.checkout() || settled != "" {
		return ErrNotDue
	}
	if err := ledger.Reverse(ctx, tx, ledger.Received, c.ID, subject, signed, d.now().In(d.Zone)); err != nil {
		if errors.Is(err, ledger.ErrCorrected) {
			return ErrNotDue
		}
		return err
	}
	if err := run(ctx, tx, "DELETE FROM deposit WHERE payment = $1", p.id); err != nil { // held no more: the counter-entry says so
		return err
	}
	err = run(ctx, tx, "UPDATE payment SET status = 'due', checkout = '', checkout_url = '', paid_at = NULL, due_at = NULL, receipt = '', voided = voided + 1 WHERE id = $1", p.id)
	if err != nil {
		return err
	}
	return d.openIncident(ctx, tx, Incident{Application: p.application, Authority: p.authority, Kind: CashVoided, Amount: p.amount, Currency: p.currency, subject: p.id})
}

// OfBill is the payment of a bill. ErrNotFound.
func (d *Desk) OfBill(ctx context.Context, reference string) (uuid.UUID, error) {
	if !genuine(reference) {
		return uuid.Nil, ErrNotFound
	}
	return billPayment(ctx, d.Pool, reference)
}

// ByBill is the application to which the payment of a bill belongs. ErrNotFound.
func (d *Desk) ByBill(ctx context.Context, reference string) (uuid.UUID, error) {
	id, err := d.OfBill(ctx, reference)
	if err != nil {
		return uuid.Nil, err
	}
	return d.ApplicationOf(ctx, id)
}
