package stripe

import (
	"context"
	"errors"
	"fmt"
	"time"

	api "github.com/stripe/stripe-go/v85"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/settlement"
)

// Settlement says to package settlement what has moved at Stripe: the transactions of our balance, which are all that Stripe says. There are no files.
// What Stripe pays out to our own bank is left out: it moves what is ours already.
func (s *Stripe) Settlement() settlement.Provider { return balance{s} }

type balance struct{ s *Stripe }

// mostListed bounds what is read of one day, of transactions and of sessions.
const mostListed = 500_000

// perPage is the most that Stripe gives at once.
const perPage = 100

// File is none: settlement.ErrNoFiles.
func (balance) File(context.Context, string) ([]byte, error) { return nil, settlement.ErrNoFiles }

// List gives the transactions of a day, which begins at midnight where the book's days begin.
func (b balance) List(ctx context.Context, day string) (lines []settlement.Line, err error) {
	from, err := time.ParseInLocation(time.DateOnly, day, b.s.zone)
	if err != nil {
		return nil, fmt.Errorf("stripe: %w", err)
	}
	until := from.AddDate(0, 0, 1)
	sessions, err := b.sessions(ctx, from, until)
	if err != nil {
		return nil, err
	}
	list := &api.BalanceTransactionListParams{CreatedRange: &api.RangeQueryParams{GreaterThanOrEqual: from.Unix(), LesserThan: until.Unix()}}
	list.Limit = api.Int64(perPage)
	list.AddExpand("data.source")
	for t, err := range b.s.client.V1BalanceTransactions.List(ctx, list).All(ctx) {
		switch {
		case err != nil:
			return nil, said(err)
		case len(lines) == mostListed:
			return nil, errors.New("stripe: the list of a day does not end")
		}
		switch t.Type {
		case api.BalanceTransactionTypePayout, api.BalanceTransactionTypePayoutCancel, api.BalanceTransactionTypePayoutFailure:
			continue
		}
		l := line(t, sessions)
		l.Day, l.Number = day, len(lines)+1
		lines = append(lines, l)
	}
	return lines, nil
}

// line names a transaction as the book does. Its amount is that of what was paid, given back or taken back: the balance may be kept in another currency.
func line(t *api.BalanceTransaction, sessions map[string]string) settlement.Line {
	l := settlement.Line{Key: settlement.Key{Kind: settlement.Other, ID: t.ID}, Amount: money(t.Amount, t.Currency)}
	if t.Fee != 0 {
		l.Fee, l.FeeOf = money(t.Fee, t.Currency), t.ID
	}
	source := t.Source
	switch {
	case source == nil:
	case source.Charge != nil && t.Amount > 0:
		c := source.Charge
		l.Kind, l.ID, l.Amount = settlement.Payment, c.ID, money(c.Amount, c.Currency)
		if c.PaymentIntent != nil && sessions[c.PaymentIntent.ID] != "" {
			l.ID = sessions[c.PaymentIntent.ID]
		}
	case source.Refund != nil && t.Amount < 0:
		r := source.Refund
		l.Kind, l.ID, l.Amount = settlement.Refund, r.ID, money(-r.Amount, r.Currency)
		if r.Metadata[refundData] != "" {
			l.ID = r.Metadata[refundData]
		}
	case source.Dispute != nil && t.Amount < 0:
		l.Kind, l.ID, l.Amount = settlement.Chargeback, source.Dispute.ID, money(-source.Dispute.Amount, source.Dispute.Currency)
	case source.Dispute != nil && t.Amount > 0:
		l.Kind, l.ID, l.Amount = settlement.Reinstated, source.Dispute.ID, money(source.Dispute.Amount, source.Dispute.Currency)
	}
	if l.Amount == (formula.Money{}) { // of a currency that we do not know: it equals nothing, and its key says what it is about
		l.Amount.Currency = "XXX"
	}
	return l
}

// sessions gives those at which may have been paid on a day, by their PaymentIntents: one is open for a day.
func (b balance) sessions(ctx context.Context, from, until time.Time) (map[string]string, error) {
	list := &api.CheckoutSessionListParams{Status: api.String(string(api.CheckoutSessionStatusComplete)),
		CreatedRange: &api.RangeQueryParams{GreaterThanOrEqual: from.Add(-25 * time.Hour).Unix(), LesserThan: until.Unix()}}
	list.Limit = api.Int64(perPage)
	out := map[string]string{}
	for s, err := range b.s.client.V1CheckoutSessions.List(ctx, list).All(ctx) {
		switch {
		case err != nil:
			return nil, said(err)
		case len(out) == mostListed:
			return nil, errors.New("stripe: the list of sessions does not end")
		case s.PaymentIntent != nil:
			out[s.PaymentIntent.ID] = s.ID
		}
	}
	return out, nil
}
