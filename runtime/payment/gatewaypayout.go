package payment

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// destinations begins the codes by which a gateway refuses where the money is to go. Any other refusal is a fault of ours or of the gateway's,
// after which nobody knows whether something was paid.
const destinations = "destination-"

// PaysOut is provider.Provider: the gateway does.
func (g *Gateway) PaysOut() bool { return true }

// PayOut is provider.Provider.
func (g *Gateway) PayOut(ctx context.Context, o provider.PayoutOrder) (provider.Payout, error) {
	to := map[string]string{"iban": o.Account}
	if o.Account == "" {
		to = map[string]string{"checkout": o.Checkout}
	}
	var said provider.Payout
	err := g.call(ctx, http.MethodPost, "/v1/payouts", o.Reference, map[string]any{
		"reference": o.Reference, "amount": o.Amount, "destination": to, "callbackUrl": o.CallbackURL,
	}, &said)
	if refused := (*provider.Refused)(nil); errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity && strings.HasPrefix(refused.Code, destinations) {
		return said, &provider.RefusedDestination{Code: refused.Code}
	}
	if err == nil && (said.ID == "" || said.Reference != o.Reference) {
		err = errors.New("payment: gateway: a payout without ID or of another reference")
	}
	return said, err
}

// AskPayout is provider.Provider.
func (g *Gateway) AskPayout(ctx context.Context, id string) (provider.Payout, error) {
	var said provider.Payout
	err := g.call(ctx, http.MethodGet, "/v1/payouts/"+url.PathEscape(id), "", nil, &said)
	if err == nil && said.ID != id {
		err = errors.New("payment: gateway: answered about another payout")
	}
	return said, err
}
