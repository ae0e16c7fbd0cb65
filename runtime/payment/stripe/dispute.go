package stripe

import (
	"context"
	"errors"

	api "github.com/stripe/stripe-go/v85"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// AskDispute is provider.Provider. Whether the money was taken is said by the transactions of our balance, not by the status: an inquiry takes none, and
// one that was won may be won before the money is back.
func (s *Stripe) AskDispute(ctx context.Context, id string) (provider.Dispute, error) {
	d, err := s.client.V1Disputes.Retrieve(ctx, id, nil)
	if err != nil {
		return provider.Dispute{}, said(err)
	}
	if d.ID != id {
		return provider.Dispute{}, errors.New("stripe: answered about another dispute")
	}
	out := provider.Dispute{ID: d.ID, Status: stands(d), Reason: string(d.Reason), Amount: money(d.Amount, d.Currency), Taken: len(d.BalanceTransactions) > 0}
	if d.PaymentIntent != nil { // without one it was not paid at a session
		out.Checkout, err = s.sessionOf(ctx, d.PaymentIntent.ID)
	}
	return out, err
}

func stands(d *api.Dispute) string {
	taken := false
	for _, t := range d.BalanceTransactions { // of withdrawals there is one more than of what came back, or as many
		taken = taken != (t.Amount != 0)
	}
	over := d.Status == api.DisputeStatusWon || d.Status == api.DisputeStatusWarningClosed || d.Status == api.DisputeStatusPrevented
	switch {
	case taken && d.Status == api.DisputeStatusLost:
		return provider.DisputeLost
	case taken:
		return provider.DisputeTaken
	case over || d.Status == api.DisputeStatusLost:
		return provider.DisputeWon
	}
	return provider.DisputeOpen
}

// sessionOf is the session at which a PaymentIntent was paid, "" where there is none: that was not paid here.
func (s *Stripe) sessionOf(ctx context.Context, intent string) (string, error) {
	list := &api.CheckoutSessionListParams{PaymentIntent: &intent}
	list.Limit = api.Int64(1)
	for session, err := range s.client.V1CheckoutSessions.List(ctx, list).All(ctx) {
		if err != nil {
			return "", said(err)
		}
		return session.ID, nil
	}
	return "", nil
}
