package payment

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// What came of a paid checkout; stored with the event.
const (
	resultPaid     = "paid"
	resultRepeated = "repeated" // it was settled before
	resultMismatch = "mismatch" // another currency than is due, or another amount than several payments come to: nothing was changed
	resultUnknown  = "unknown"  // no payment of ours
	resultReturned = "returned" // nobody waited for the money, or it was too little: it goes back
	resultIgnored  = "ignored"  // an event that changes nothing here
	resultDisputed = "disputed" // a dispute has gone onwards
	resultFailed   = "failed"   // a payout that was not paid
)

// Reasons of refunds that are not an outcome of the application.
const (
	reasonLate      = "not-awaited"
	reasonDuplicate = "duplicate:" // followed by the checkout that was paid beside the one that counts, or where too little was paid
	reasonRequest   = "request:"   // followed by the request that two officers have let happen
	reasonMore      = "more:"      // followed by the checkout at which more was paid than is due, as when a part was waived since it was opened
)

// settle records a paid checkout of a provider, once for each checkout, whoever reports it and how often: for all payments that it carries or for none.
func (d *Desk) settle(ctx context.Context, tx pgx.Tx, at string, c provider.Checkout) (result string, err error) {
	carried, err := carriedBy(ctx, tx, at, c.ID, c.Reference)
	if err != nil {
		return "", err
	}
	if len(carried) < 2 {
		return d.settleOne(ctx, tx, at, c)
	}
	var all []payment
	for id := range carried {
		p, err := readPayment(ctx, tx, id)
		if err != nil {
			return "", err
		}
		all = append(all, p)
	}
	all = inOrder(all)
	var sum int64
	for i, p := range all {
		if all[i], err = lockPayment(ctx, tx, p.id); err != nil {
			return "", err
		}
		sum += carried[p.id]
	}
	if c.Amount.Currency != all[0].currency || c.Amount.Minor != sum {
		d.Log.Error("payment: the gateway reports another amount than is due", "checkout", c.ID, "payments", len(all))
		return resultMismatch, nil
	}
	for _, p := range all {
		line := c
		line.Reference, line.Amount.Minor = p.id.String(), carried[p.id]
		became, err := d.take(ctx, tx, p, at, line)
		if err != nil {
			return "", err
		}
		if result == "" || became == resultPaid || became == resultReturned && result != resultPaid {
			result = became
		}
	}
	return result, nil
}

// settleOne records a paid checkout for the payment that its reference names.
func (d *Desk) settleOne(ctx context.Context, tx pgx.Tx, at string, c provider.Checkout) (result string, err error) {
	id, err := uuid.Parse(c.Reference)
	if err != nil {
		return resultUnknown, nil
	}
	p, err := lockPayment(ctx, tx, id)
	if errors.Is(err, ErrNotFound) {
		return resultUnknown, nil
	}
	if err != nil {
		return "", err
	}
	if c.Amount.Currency != p.currency || c.Amount.Minor <= 0 {
		d.Log.Error("payment: the gateway reports another currency than is due, or no amount", "payment", p.id, "checkout", c.ID)
		return resultMismatch, nil
	}
	if c.Amount.Minor != p.amount && !slices.Contains(p.asked, c.Amount.Minor) {
		d.Log.Warn("payment: the gateway has taken another amount than is due", "payment", p.id, "checkout", c.ID)
	}
	if mine, err := keepCheckout(ctx, tx, at, c.ID, c.Reference); err != nil || !mine {
		if err == nil {
			d.Log.Error("payment: a provider speaks of another one's checkout", "payment", p.id, "checkout", c.ID, "provider", at)
		}
		return resultUnknown, err
	}
	return d.take(ctx, tx, p, at, c)
}

// take records what was paid at a checkout for a payment that is locked. What is more than was due goes back; what is less goes back whole, and the
// payment stays due: nobody is left with a part of a payment that no law knows.
func (d *Desk) take(ctx context.Context, tx pgx.Tx, p payment, at string, c provider.Checkout) (result string, err error) {
	beside := reasonDuplicate + c.ID
	if again, err := hasRefund(ctx, tx, p.id, beside); err != nil || again {
		return resultRepeated, err
	}
	switch {
	case p.status == Due && c.Amount.Minor > p.amount:
		return resultPaid, d.receiveMore(ctx, tx, p, at, c)
	case p.status == Due && c.Amount.Minor == p.amount:
		return resultPaid, d.receive(ctx, tx, p, at, c.ID, p.id)
	case p.status == Due:
		if err := leaveCheckout(ctx, tx, p.id, c.ID); err != nil {
			return "", err
		}
		return resultReturned, d.giveBack(ctx, tx, p, at, beside, c)
	case p.checkout == c.ID && p.paidAt != nil:
		return resultRepeated, nil
	case p.status == Cancelled:
		if err := markPaid(ctx, tx, p.id, c.ID, Refunding, d.now()); err != nil {
			return "", err
		}
		return resultReturned, d.giveBack(ctx, tx, p, at, reasonLate, c)
	}
	return resultReturned, d.giveBack(ctx, tx, p, at, beside, c)
}

// receive takes the money that was due and tells the application, unless it was told before: of a payment that was voided since. subject is that of
// the entry.
func (d *Desk) receive(ctx context.Context, tx pgx.Tx, p payment, at, checkout string, subject uuid.UUID, more ...ledger.Posting) error {
	if err := markPaid(ctx, tx, p.id, checkout, Paid, d.now()); err != nil {
		return err
	}
	received := []ledger.Posting{
		{Account: paidTo(p.authority, at, checkout), Amount: p.amount, Currency: p.currency},
		{Account: ledger.Receivable(p.authority), Amount: -p.amount, Currency: p.currency},
	}
	held, err := d.hold(ctx, tx, p)
	if err != nil {
		return err
	}
	err = d.post(ctx, tx, ledger.Entry{Kind: ledger.Received, Subject: subject, Application: p.application, At: d.now(), Postings: slices.Concat(received, more, held)})
	if err != nil {
		return err
	}
	if p.voided > 0 {
		err = d.closeIncident(ctx, tx, p.id, incidentOver)
	} else {
		_, err = d.Acts.SystemAct(ctx, tx, SystemAct{
			Application: p.application, Node: p.node, Visit: p.visit, Action: "paid", Capacity: "gateway", Reference: p.id.String(), Key: "paid:" + checkout + ":" + p.id.String(),
		})
	}
	if err != nil {
		return err
	}
	return d.number(ctx, tx, p)
}

// receiveMore takes what is due of a checkout at which more was paid, and owes the rest at once.
func (d *Desk) receiveMore(ctx context.Context, tx pgx.Tx, p payment, at string, c provider.Checkout) error {
	rest := c.Amount.Minor - p.amount
	err := d.receive(ctx, tx, p, at, c.ID, p.id, ledger.Posting{Account: ledger.ClearingAt(p.authority, at), Amount: rest, Currency: p.currency},
		ledger.Posting{Account: ledger.Refunds(p.authority), Amount: -rest, Currency: p.currency})
	if err != nil {
		return err
	}
	_, err = d.openRefund(ctx, tx, p, reasonMore+c.ID, overpaid(rest), d.now())
	return err
}

// overpaid is a line of what belongs to no fee.
func overpaid(amount int64) []activity.Line { return []activity.Line{{Amount: amount}} }

// giveBack takes money that was never earned, and owes it at once: what was to be paid, and beside it what was paid more.
func (d *Desk) giveBack(ctx context.Context, tx pgx.Tx, p payment, at, reason string, c provider.Checkout) error {
	amount, lines := c.Amount.Minor, p.lines
	switch {
	case amount > p.amount && reason == reasonLate:
		if _, err := d.openRefund(ctx, tx, p, reasonMore+c.ID, overpaid(amount-p.amount), d.now()); err != nil {
			return err
		}
	case amount != p.amount || p.status == Waived: // the lines of one that is waived whole say what it was at first
		lines = overpaid(amount)
	}
	id, err := d.openRefund(ctx, tx, p, reason, lines, d.now())
	if err != nil || id == uuid.Nil {
		return err
	}
	return d.post(ctx, tx, ledger.Entry{Kind: ledger.Received, Subject: id, Application: p.application, At: d.now(), Postings: []ledger.Posting{
		{Account: ledger.ClearingAt(p.authority, at), Amount: amount, Currency: p.currency},
		{Account: ledger.Refunds(p.authority), Amount: -amount, Currency: p.currency},
	}})
}
