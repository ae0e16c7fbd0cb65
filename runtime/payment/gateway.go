package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

const (
	gatewayTimeout = 5 * time.Second
	maxAnswer      = 64 << 10
)

// Gateway is the provider that speaks the protocol of the test gateway. Safe for parallel use.
type Gateway struct {
	url     string
	key     string
	secrets []string
	client  *http.Client
}

var _ provider.Provider = (*Gateway)(nil)

// NewGateway makes a client of the gateway at address, without a slash at the end; key is the merchant's. Secrets are those of the gateway's
// signatures: the current one first, then those that still count while they are exchanged.
func NewGateway(address, key string, secrets ...string) (*Gateway, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.HasSuffix(address, "/") {
		return nil, fmt.Errorf("payment: gateway address %q is not an http address without a slash at the end", address)
	}
	return &Gateway{url: address, key: key, secrets: secrets, client: &http.Client{
		Timeout:       gatewayTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Open is provider.Provider.
func (g *Gateway) Open(ctx context.Context, key string, o provider.Order) (provider.Checkout, error) {
	var c provider.Checkout
	body := map[string]any{
		"reference": o.Reference, "amount": o.Amount, "returnUrl": o.ReturnURL, "callbackUrl": o.CallbackURL,
	}
	if o.Description != nil {
		body["description"] = o.Description
	}
	var lines []map[string]any
	for _, l := range o.Lines {
		lines = append(lines, map[string]any{"amount": l.Amount, "description": l.Description})
	}
	if lines != nil {
		body["lines"] = lines
	}
	if o.Language != "" {
		body["language"] = o.Language
	}
	err := g.call(ctx, http.MethodPost, "/v1/checkouts", key, body, &c)
	if err == nil && (c.ID == "" || !browsable(c.URL)) {
		err = errors.New("payment: gateway: a checkout without ID or address")
	}
	return c, err
}

// Ask is provider.Provider.
func (g *Gateway) Ask(ctx context.Context, id string) (provider.Checkout, error) {
	var c provider.Checkout
	err := g.call(ctx, http.MethodGet, "/v1/checkouts/"+url.PathEscape(id), "", nil, &c)
	if err == nil && c.ID != id {
		err = errors.New("payment: gateway: answered about another checkout")
	}
	return c, err
}

// Refund is provider.Provider.
func (g *Gateway) Refund(ctx context.Context, key, id string, amount formula.Money) error {
	var done struct {
		Status string `json:"status"`
	}
	err := g.call(ctx, http.MethodPost, "/v1/checkouts/"+url.PathEscape(id)+"/refunds", key, map[string]any{"amount": amount}, &done)
	if err == nil && done.Status != "refunded" {
		err = fmt.Errorf("%w: refund is %q", ErrUnavailable, done.Status)
	}
	return err
}

// call sends one request. A repeat with the same key is safe.
func (g *Gateway) call(ctx context.Context, method, path, key string, body, into any) error {
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("payment: gateway: %w", err)
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, g.url+path, payload)
	if err != nil {
		return fmt.Errorf("payment: gateway: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+g.key)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%w: answered %d", ErrUnavailable, resp.StatusCode)
	case resp.StatusCode/100 != 2:
		var refused struct {
			Code string `json:"code"`
		}
		_ = json.Unmarshal(answer, &refused) // the status says enough
		if refused.Code == "key-reused" {
			return provider.ErrKeyReused
		}
		return &provider.Refused{Status: resp.StatusCode, Code: refused.Code}
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("payment: gateway: answer not understood: %w", err)
	}
	return nil
}

// browsable tells whether a browser may be sent there.
func browsable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
