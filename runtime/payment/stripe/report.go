package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// SignatureHeader is provider.Provider.
func (s *Stripe) SignatureHeader() string { return "Stripe-Signature" }

// Read is provider.Provider. How old a signature may be is the caller's to say: an old one is asked about, not refused.
func (s *Stripe) Read(body []byte, signature string) (provider.Report, error) {
	event, err := s.event(body, signature)
	if err != nil {
		return provider.Report{}, err
	}
	r := provider.Report{SignedAt: signedAt(signature)}
	switch event.Type {
	case api.EventTypeCheckoutSessionCompleted, api.EventTypeCheckoutSessionExpired,
		api.EventTypeCheckoutSessionAsyncPaymentSucceeded, api.EventTypeCheckoutSessionAsyncPaymentFailed:
	case api.EventTypeChargeDisputeCreated, api.EventTypeChargeDisputeUpdated, api.EventTypeChargeDisputeFundsWithdrawn,
		api.EventTypeChargeDisputeFundsReinstated, api.EventTypeChargeDisputeClosed:
		var d api.Dispute
		if event.Data == nil || json.Unmarshal(event.Data.Raw, &d) != nil || d.ID == "" {
			return provider.Report{}, provider.ErrNoReport
		}
		r.Dispute = d.ID
		return r, nil
	default:
		return r, nil
	}
	var session api.CheckoutSession
	if event.Data == nil || json.Unmarshal(event.Data.Raw, &session) != nil || session.ID == "" {
		return provider.Report{}, provider.ErrNoReport
	}
	c := checkout(&session)
	r.Checkout = &c
	return r, nil
}

// event is what was signed with one of the secrets.
func (s *Stripe) event(body []byte, signature string) (event api.Event, err error) {
	for _, secret := range s.secrets {
		event, err = webhook.ConstructEventWithOptions(body, signature, secret, webhook.ConstructEventOptions{IgnoreTolerance: true})
		if !errors.Is(err, webhook.ErrNoValidSignature) {
			break
		}
	}
	switch {
	case errors.Is(err, webhook.ErrNoValidSignature), errors.Is(err, webhook.ErrNotSigned), errors.Is(err, webhook.ErrInvalidHeader):
		return event, fmt.Errorf("%w: %w", provider.ErrForged, err)
	case err != nil:
		return event, fmt.Errorf("%w: %w", provider.ErrNoReport, err) // such as another version of the API than the endpoint is to have
	case event.ID == "" || event.Type == "":
		return event, provider.ErrNoReport
	}
	return event, nil
}

// signedAt is the time in a header that is known to be genuine: of several, the one over which it was signed is the last.
func signedAt(header string) (at time.Time) {
	for part := range strings.SplitSeq(header, ",") {
		if stamp, ok := strings.CutPrefix(part, "t="); ok {
			if unix, err := strconv.ParseInt(stamp, 10, 64); err == nil {
				at = time.Unix(unix, 0)
			}
		}
	}
	return at
}
