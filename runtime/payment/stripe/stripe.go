// Package stripe is the provider that speaks to Stripe: a payment is a Checkout Session with its PaymentIntent, what goes back is a Refund, and
// what Stripe reports is a signed event.
//
// It owns what is special about Stripe, and keeps nothing. Stripe forgets an idempotency key after a day, so a refund is looked for among those of
// its payment before it is made. Cards only: how those end is known at once. Stripe pays out to nobody but the account's own bank, so every payout
// is refused, and the application hears that nothing was paid.
//
// The webhook endpoint at Stripe wants the API version Version and the events checkout.session.completed, .expired,
// .async_payment_succeeded and .async_payment_failed, and charge.dispute.created, .updated, .funds_withdrawn, .funds_reinstated and .closed.
//
//	p, err := stripe.New(stripe.Options{Key: key, Secrets: []string{secret}})
package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	api "github.com/stripe/stripe-go/v85"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// Version is that of Stripe's API.
const Version = api.APIVersion

// Origin is where payers pay.
const Origin = "https://checkout.stripe.com"

// Options say who we are at Stripe.
type Options struct {
	Key string // secret or restricted: Checkout Sessions write, Refunds write, Disputes read, Balance transactions read
	// Secrets of the webhook endpoint: the current one first, then those that still count while they are exchanged.
	Secrets []string
	URL     string         // "" = Stripe's own
	Zone    *time.Location // in which days of the book begin; UTC
}

// Stripe is a provider.Provider.
type Stripe struct {
	client  *api.Client
	secrets []string
	zone    *time.Location
}

var _ provider.Provider = (*Stripe)(nil)

const limit = 8 * time.Second // of one call

// New makes a client.
func New(o Options) (*Stripe, error) {
	if o.Key == "" || len(o.Secrets) == 0 || slices.Contains(o.Secrets, "") {
		return nil, errors.New("stripe: the key and the secret of the webhook must be given")
	}
	config := &api.BackendConfig{
		HTTPClient: &http.Client{Timeout: limit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		// It is called again by whoever wanted it, in its own time.
		MaxNetworkRetries: api.Int64(0), EnableTelemetry: api.Bool(false),
		LeveledLogger: &api.LeveledLogger{Level: api.LevelNull}, // what it would log may hold what a payer has typed
	}
	if o.URL != "" {
		if u, err := url.Parse(o.URL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, fmt.Errorf("stripe: address %q is not an http address", o.URL)
		}
		config.URL = &o.URL
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return &Stripe{zone: o.Zone, client: api.NewClient(o.Key, api.WithBackends(api.NewBackendsWithConfig(config))), secrets: o.Secrets}, nil
}

// payment is the metadata of what belongs to a payment of ours, and refund that of a refund: its key.
const (
	paymentData = "payment"
	refundData  = "refund"
)

// Open is provider.Provider.
func (s *Stripe) Open(ctx context.Context, key string, o provider.Order) (provider.Checkout, error) {
	if err := payable(o.Amount); err != nil {
		return provider.Checkout{}, err
	}
	items, err := items(o)
	if err != nil {
		return provider.Checkout{}, err
	}
	mine := map[string]string{paymentData: o.Reference}
	params := &api.CheckoutSessionCreateParams{
		Mode: api.String(string(api.CheckoutSessionModePayment)), PaymentMethodTypes: api.StringSlice([]string{"card"}),
		ClientReferenceID: &o.Reference, SuccessURL: &o.ReturnURL, CancelURL: &o.ReturnURL, Locale: locale(o.Language),
		LineItems: items,
		// The amount is due in its own currency.
		AdaptivePricing:   &api.CheckoutSessionCreateAdaptivePricingParams{Enabled: api.Bool(false)},
		PaymentIntentData: &api.CheckoutSessionCreatePaymentIntentDataParams{Metadata: mine}, Metadata: mine,
	}
	params.IdempotencyKey = &key
	session, err := s.client.V1CheckoutSessions.Create(ctx, params)
	if err != nil {
		return provider.Checkout{}, said(err)
	}
	if u, err := url.Parse(session.URL); session.ID == "" || err != nil || u.Host == "" {
		return provider.Checkout{}, errors.New("stripe: a session without ID or address")
	}
	return checkout(session), nil
}

// Ask is provider.Provider.
func (s *Stripe) Ask(ctx context.Context, id string) (provider.Checkout, error) {
	session, err := s.session(ctx, id)
	if err != nil {
		return provider.Checkout{}, err
	}
	return checkout(session), nil
}

func (s *Stripe) session(ctx context.Context, id string) (*api.CheckoutSession, error) {
	session, err := s.client.V1CheckoutSessions.Retrieve(ctx, id, nil)
	if err != nil {
		return nil, said(err)
	}
	if session.ID != id {
		return nil, errors.New("stripe: answered about another session")
	}
	return session, nil
}

func checkout(s *api.CheckoutSession) provider.Checkout {
	c := provider.Checkout{ID: s.ID, URL: s.URL, Status: provider.Open, Reference: s.ClientReferenceID, Amount: money(s.AmountTotal, s.Currency)}
	switch {
	case s.Status == api.CheckoutSessionStatusExpired:
		c.Status = provider.Expired
	case s.Status == api.CheckoutSessionStatusComplete && s.PaymentStatus == api.CheckoutSessionPaymentStatusPaid:
		c.Status = provider.Paid
	}
	return c
}

// Refund is provider.Provider.
func (s *Stripe) Refund(ctx context.Context, key, id string, amount formula.Money) error {
	if err := payable(amount); err != nil {
		return err
	}
	session, err := s.session(ctx, id)
	if err != nil {
		return err
	}
	if checkout(session).Status != provider.Paid || session.PaymentIntent == nil || money(1, session.Currency).Currency != amount.Currency {
		return &provider.Refused{Code: "not-paid"}
	}
	return s.give(ctx, key, session.PaymentIntent.ID, amount)
}

// give gives back of a PaymentIntent.
func (s *Stripe) give(ctx context.Context, key, intent string, amount formula.Money) error {
	failed := 0
	list := &api.RefundListParams{PaymentIntent: &intent}
	list.Limit = api.Int64(100)
	for r, err := range s.client.V1Refunds.List(ctx, list).All(ctx) {
		switch {
		case err != nil:
			return said(err)
		case r.Metadata[refundData] != key:
		case r.Amount != amount.Minor:
			return provider.ErrKeyReused
		case r.Status == api.RefundStatusFailed || r.Status == api.RefundStatusCanceled:
			failed++ // nothing went back: an operator has it tried again
		default:
			return became(r)
		}
	}
	params := &api.RefundCreateParams{PaymentIntent: &intent, Amount: &amount.Minor, Metadata: map[string]string{refundData: key}}
	params.IdempotencyKey = api.String(fmt.Sprintf("%s:%d", key, failed))
	r, err := s.client.V1Refunds.Create(ctx, params)
	if err != nil {
		return said(err)
	}
	return became(r)
}

func became(r *api.Refund) error {
	switch r.Status {
	case api.RefundStatusSucceeded:
		return nil
	case api.RefundStatusFailed, api.RefundStatusCanceled:
		return &provider.Refused{Status: http.StatusOK, Code: code(string(r.FailureReason), string(r.Status))}
	}
	return fmt.Errorf("%w: refund is %q", provider.ErrUnavailable, r.Status)
}

// PaysOut is provider.Provider: through Stripe nobody is paid.
func (s *Stripe) PaysOut() bool { return false }

// PayOut is provider.Provider.
func (s *Stripe) PayOut(context.Context, provider.PayoutOrder) (provider.Payout, error) {
	return provider.Payout{}, &provider.RefusedDestination{Code: "destination-unsupported"}
}

// AskPayout is provider.Provider.
func (s *Stripe) AskPayout(context.Context, string) (provider.Payout, error) {
	return provider.Payout{}, &provider.Refused{Code: "no-payouts"}
}

// said is what an error of Stripe's means. Its own words are not passed on: they may hold what a payer has typed.
func said(err error) error {
	var e *api.Error
	switch {
	case !errors.As(err, &e):
		return fmt.Errorf("%w: %w", provider.ErrUnavailable, err)
	case e.Type == api.ErrorTypeIdempotency && e.HTTPStatusCode == http.StatusBadRequest:
		return provider.ErrKeyReused
	case e.HTTPStatusCode >= 500 || e.HTTPStatusCode == http.StatusTooManyRequests || e.HTTPStatusCode == http.StatusConflict:
		return fmt.Errorf("%w: answered %d %s", provider.ErrUnavailable, e.HTTPStatusCode, e.Code)
	}
	return &provider.Refused{Status: e.HTTPStatusCode, Code: code(string(e.Code), string(e.Type))}
}

func code(all ...string) string {
	for _, c := range all {
		if c != "" {
			return c
		}
	}
	return ""
}
