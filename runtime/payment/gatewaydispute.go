package payment

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// AskDispute is provider.Provider.
func (g *Gateway) AskDispute(ctx context.Context, id string) (provider.Dispute, error) {
	var said provider.Dispute
	err := g.call(ctx, http.MethodGet, "/v1/disputes/"+url.PathEscape(id), "", nil, &said)
	if err == nil && said.ID != id {
		err = errors.New("payment: gateway: answered about another dispute")
	}
	return said, err
}
