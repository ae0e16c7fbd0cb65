package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// CheckoutRequest asks for a place to pay. Description is shown by the gateway and holds no personal data.
type CheckoutRequest struct {
	Payment     uuid.UUID
	Description map[string]string // by language: the service's title
	ReturnURL   string            // absolute; where the browser comes back, paid or not
	Language    string            // in which the gateway greets the payer; empty: its own choice
	Provider    string            // where the payer wants to pay, of Desk.Offered; empty: wherever a checkout is open, or the first
}

// maxAttempts bounds the checkouts that one call tries to open.
const maxAttempts = 4

// Checkout gives the address at which the payment can be made: the open checkout of an earlier call, or a new one where that was declined,
// cancelled or has expired, or is at another provider than the payer wants. The caller has made sure that the visitor may pay it. ErrNotDue, also where
// it turns out to be paid already; ErrUnavailable; ErrNotFound; ErrNoProvider.
func (d *Desk) Checkout(ctx context.Context, r CheckoutRequest) (url string, err error) {
	at, err := d.choose(r.Provider)
	if err != nil {
		return "", err
	}
	for range maxAttempts {
		p, err := readPayment(ctx, d.Pool, r.Payment)
		if err != nil {
			return "", err
		}
		if !payable(p.status, p.dueAt, p.late, d.now()) {
			return "", ErrNotDue
		}
		beside := "" // that is open still, for this payment together with others or at another provider
		if p.checkout != "" {
			was, c, err := d.ask(ctx, p.checkout)
			if err != nil {
				return "", err
			}
			switch c.Status {
			case provider.Open:
				if c.Reference == p.id.String() && (r.Provider == "" || was.Name == r.Provider) {
					return p.checkoutURL, nil
				}
				beside = p.checkout
			case provider.Paid:
				if _, err := d.settleNow(ctx, was.Name, c); err != nil {
					return "", err
				}
				return "", ErrNotDue
			}
		}
		// The attempt is part of the key: two calls at once ask for the same checkout.
		attempt := p.attempt + 1
		c, err := at.Open(ctx, fmt.Sprintf("%s:%d", p.id, attempt), provider.Order{
			Reference: p.id.String(), Amount: formula.Money{Minor: p.amount, Currency: p.currency}, Description: r.Description, ReturnURL: r.ReturnURL,
			CallbackURL: d.CallbackURL, Language: r.Language,
		})
		if errors.Is(err, provider.ErrKeyReused) {
			// That attempt was opened with other words or another way back. Where it was stored, the next round finds it; where it was not, nobody
			// has seen it.
			if err := skipAttempt(ctx, d.Pool, p.id, attempt); err != nil {
				return "", err
			}
			continue
		}
		if err != nil {
			return "", err
		}
		stored, err := d.storeCheckout(ctx, p, attempt, at.Name, c, beside)
		if err != nil {
			return "", err
		}
		if stored {
			return c.URL, nil
		}
	}
	return "", fmt.Errorf("%w: no checkout after %d attempts", ErrUnavailable, maxAttempts)
}

// Confirm asks the provider about a payment whose callback has not come, for instance when the browser returns, and takes the same path as the
// callback. It gives the status after that. ErrUnavailable, ErrNotFound.
func (d *Desk) Confirm(ctx context.Context, id uuid.UUID) (Status, error) {
	p, err := readPayment(ctx, d.Pool, id)
	if err != nil || p.paidAt != nil || p.checkoutURL == "" {
		return p.status, err
	}
	at, c, err := d.ask(ctx, p.checkout)
	if err != nil {
		return p.status, err
	}
	switch {
	case c.Status == provider.Paid:
		if _, err := d.settleNow(ctx, at.Name, c); err != nil {
			return p.status, err
		}
	case c.Status != provider.Open && (p.status == Cancelled || p.status == Waived): // nobody can pay it any more
		return p.status, closeCheckout(ctx, d.Pool, id)
	}
	p, err = readPayment(ctx, d.Pool, id)
	return p.status, err
}

// reconcileAtOnce bounds one round of Reconcile.
const reconcileAtOnce = 100

// Reconcile confirms payments that have a checkout and are not paid, also cancelled ones that can still be paid there, and says how many
// turned out to be: callbacks that never came. Each call goes on where the last one ended, and begins again at the end. It goes on over
// single failures.
func (d *Desk) Reconcile(ctx context.Context) (paid int, err error) {
	d.reconciling.Lock()
	defer d.reconciling.Unlock()
	open, err := readUnconfirmed(ctx, d.Pool, d.reconciled, reconcileAtOnce)
	if err != nil {
		return 0, err
	}
	for _, id := range open {
		status, failed := d.Confirm(ctx, id)
		if failed != nil {
			err = failed
		} else if status != Due && status != Cancelled {
			paid++
		}
	}
	d.reconciled = uuid.Nil
	if len(open) == reconcileAtOnce {
		d.reconciled = open[len(open)-1]
	}
	if failed := d.reconcileOthers(ctx); failed != nil {
		err = failed
	}
	return paid, err
}

// reconcileOthers asks about checkouts that were open when their payment was made at another one, where what is paid goes back, or when a part of it
// was waived.
func (d *Desk) reconcileOthers(ctx context.Context) (err error) {
	others, err := readOthers(ctx, d.Pool, reconcileAtOnce)
	if err != nil {
		return err
	}
	for _, o := range others {
		at, c, failed := d.ask(ctx, o.checkout)
		if failed == nil && c.Status == provider.Paid {
			_, failed = d.settleNow(ctx, at.Name, c)
		}
		if failed == nil && c.Status != provider.Open {
			failed = closeOther(ctx, d.Pool, o.payment, o.checkout)
		}
		if failed != nil {
			err = failed
		}
	}
	return err
}

// settleNow records a paid checkout outside of a callback.
func (d *Desk) settleNow(ctx context.Context, at string, c provider.Checkout) (result string, err error) {
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		result, err = d.settle(ctx, tx, at, c)
		return err
	})
	if err == nil {
		d.Wake()
	}
	return result, err
}
