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
)

const (
	gatewayTimeout = 5 * time.Second
	maxAnswer      = 64 << 10
)

// Gateway is the client of a payment gateway. Safe for parallel use.
type Gateway struct {
	url    string
	key    string
	client *http.Client
}

// NewGateway makes a client of the gateway at address, without a slash at the end; key is the merchant's.
func NewGateway(address, key string) (*Gateway, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.HasSuffix(address, "/") {
		return nil, fmt.Errorf("payment: gateway address %q is not an http address without a slash at the end", address)
	}
	return &Gateway{url: address, key: key, client: &http.Client{
		Timeout:       gatewayTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Where a checkout stands, as the gateway says it. Everything else is over without payment.
const (
	checkoutOpen = "open"
	checkoutPaid = "paid"
)

// checkout is what the gateway says about one.
type checkout struct {
	ID        string        `json:"id"`
	URL       string        `json:"url"`
	Status    string        `json:"status"`
	Reference string        `json:"reference"`
	Amount    formula.Money `json:"amount"`
}

// errKeyReused: the gateway has seen the idempotency key with another body.
var errKeyReused = errors.New("payment: gateway: idempotency key was used with another request")

func (g *Gateway) create(ctx context.Context, key string, r CheckoutRequest, amount formula.Money, callback string) (checkout, error) {
	var c checkout
	body := map[string]any{
		"reference": r.Payment.String(), "amount": amount, "description": r.Description, "returnUrl": r.ReturnURL, "callbackUrl": callback,
	}
	if r.Language != "" {
		body["language"] = r.Language
	}
	err := g.call(ctx, http.MethodPost, "/v1/checkouts", key, body, &c)
	if err == nil && (c.ID == "" || !browsable(c.URL)) {
		err = errors.New("payment: gateway: a checkout without ID or address")
	}
	return c, err
}

func (g *Gateway) read(ctx context.Context, id string) (checkout, error) {
	var c checkout
	err := g.call(ctx, http.MethodGet, "/v1/checkouts/"+url.PathEscape(id), "", nil, &c)
	if err == nil && c.ID != id {
		err = errors.New("payment: gateway: answered about another checkout")
	}
	return c, err
}

func (g *Gateway) refund(ctx context.Context, key, id string, amount formula.Money) error {
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
			return errKeyReused
		}
		return &refusedCall{resp.StatusCode, refused.Code}
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("payment: gateway: answer not understood: %w", err)
	}
	return nil
}

// refusedCall is a call that the gateway will not carry out, however often it is repeated.
type refusedCall struct {
	status int
	code   string
}

// forGood tells whether that is about what was asked for. Otherwise our key is not known there (any more), or not now: it is mended elsewhere, and
// then the same call is carried out.
func (r *refusedCall) forGood() bool {
	return r.status != http.StatusUnauthorized && r.status != http.StatusForbidden && r.status != http.StatusRequestTimeout
}

func (r *refusedCall) Error() string {
	return fmt.Sprintf("payment: gateway refused with %d %q", r.status, r.code)
}

// browsable tells whether a browser may be sent there.
func browsable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
