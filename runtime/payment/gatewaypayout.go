package payment

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// Where a payout stands, as the gateway says it.
const (
	payoutPending = "pending"
	payoutPaid    = "paid"
	payoutFailed  = "failed"

	payoutReturned = "returned" // it had been paid and came back
)

// sentPayout is what the gateway says about a payout.
type sentPayout struct {
	ID        string        `json:"id"`
	Status    string        `json:"status"`
	Reference string        `json:"reference"`
	Failure   string        `json:"failure"` // why it has failed: a code
	Amount    formula.Money `json:"amount"`
}

// refusedPayout is the gateway's word that it will not pay out, to this account or this card: nothing was paid.
type refusedPayout struct{ code string }

func (r *refusedPayout) Error() string { return "payment: gateway: payout refused: " + r.code }

// destinations begins the codes by which a gateway refuses where the money is to go. Any other refusal is a fault of ours or of the gateway's,
// after which nobody knows whether something was paid.
const destinations = "destination-"

func (g *Gateway) payOut(ctx context.Context, p payout, callback string) (sentPayout, error) {
	to := map[string]string{"iban": p.account}
	if p.account == "" {
		to = map[string]string{"checkout": p.checkout}
	}
	var said sentPayout
	err := g.call(ctx, http.MethodPost, "/v1/payouts", p.id.String(), map[string]any{
		"reference": p.id.String(), "amount": formula.Money{Minor: p.amount, Currency: p.currency}, "destination": to, "callbackUrl": callback,
	}, &said)
	if refused := (*refusedCall)(nil); errors.As(err, &refused) && refused.status == http.StatusUnprocessableEntity && strings.HasPrefix(refused.code, destinations) {
		return said, &refusedPayout{refused.code}
	}
	if err == nil && (said.ID == "" || said.Reference != p.id.String()) {
		err = errors.New("payment: gateway: a payout without ID or of another reference")
	}
	return said, err
}

func (g *Gateway) readPayout(ctx context.Context, id string) (sentPayout, error) {
	var said sentPayout
	err := g.call(ctx, http.MethodGet, "/v1/payouts/"+url.PathEscape(id), "", nil, &said)
	if err == nil && said.ID != id {
		err = errors.New("payment: gateway: answered about another payout")
	}
	return said, err
}
