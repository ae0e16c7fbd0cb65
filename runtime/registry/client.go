package registry

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

	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	askWait    = 4 * time.Second
	mostAnswer = 256 << 10
	parallel   = 16 // questions at once to one registry
)

// Endpoint is how a registry is reached: configuration of the installation, never of the catalogue.
type Endpoint struct {
	URL string // base: https://host/path
	Key string // bearer key, or ""
}

// Options of a Client.
type Options struct {
	Endpoints map[string]Endpoint // by code of the registry
	// Gives are the declared fields of an operation's answer; false where the catalogue has no such operation. It is asked for every answer, so
	// it may follow the current release.
	Gives     func(registry, operation string) ([]plan.Field, bool)
	Transport http.RoundTripper // nil = http.DefaultTransport
}

// Client asks registries. It is safe for parallel use.
type Client struct {
	options Options
	http    *http.Client
	slots   map[string]chan struct{}
}

// New makes a client. An endpoint whose URL is not absolute HTTP is an error.
func New(o Options) (*Client, error) {
	c := &Client{options: o, slots: map[string]chan struct{}{}}
	for code, e := range o.Endpoints {
		u, err := url.Parse(e.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
			return nil, fmt.Errorf("registry %s: want an address such as https://host/path", code)
		}
		c.slots[code] = make(chan struct{}, parallel)
	}
	c.http = &http.Client{
		Transport: o.Transport,
		// A key goes to the host that was configured and to no other.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Failure is a question that trying again will not get answered. It holds no personal data.
type Failure struct {
	Code string // not-configured, not-declared, rejected, bad-answer
	why  string
}

func (f *Failure) Error() string { return "registry: " + f.Code + ": " + f.why }

// Permanent is the code for an operator.
func (f *Failure) Permanent() string { return f.Code }

// ErrUnreachable: the registry did not answer, or not in time; it may do so later.
var ErrUnreachable = errors.New("registry: no answer")

// Ask asks once. found is false when the registry knows no such thing. body holds the declared fields of the answer and no others. The error is
// a *Failure when trying again makes no sense, otherwise ErrUnreachable or the context's.
func (c *Client) Ask(ctx context.Context, registry, operation string, args map[string]json.RawMessage) (found bool, body json.RawMessage, err error) {
	return c.call(ctx, registry, operation, "", args)
}

// Write has something entered. The key is the same however often the same entry is tried, and travels as Idempotency-Key: a registry that
// knows it gives the answer that it gave before. A registry that says that there is no such thing has refused the entry.
func (c *Client) Write(ctx context.Context, registry, operation, key string, args map[string]json.RawMessage) (body json.RawMessage, err error) {
	found, body, err := c.call(ctx, registry, operation, key, args)
	if err == nil && !found {
		err = &Failure{"rejected", "there is nothing to write to"}
	}
	return body, err
}

func (c *Client) call(ctx context.Context, registry, operation, key string, args map[string]json.RawMessage) (found bool, body json.RawMessage, err error) {
	e, ok := c.options.Endpoints[registry]
	if !ok {
		return false, nil, &Failure{"not-configured", registry}
	}
	fields, ok := c.options.Gives(registry, operation)
	if !ok {
		return false, nil, &Failure{"not-declared", registry + "/" + operation}
	}
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	select {
	case c.slots[registry] <- struct{}{}:
		defer func() { <-c.slots[registry] }()
	case <-ctx.Done():
		return false, nil, fmt.Errorf("%w: too many questions at once to %s", ErrUnreachable, registry)
	}
	status, answer, err := c.post(ctx, e, registry, operation, key, args)
	switch {
	case err != nil:
		return false, nil, err
	case status == http.StatusNotFound && saysNotFound(answer):
		return false, nil, nil
	case status == http.StatusOK:
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return false, nil, fmt.Errorf("%w: status %d", ErrUnreachable, status)
	default:
		return false, nil, &Failure{"rejected", fmt.Sprintf("status %d", status)}
	}
	body, err = Declared(fields, answer)
	if err != nil {
		return false, nil, &Failure{"bad-answer", err.Error()}
	}
	return true, body, nil
}

// saysNotFound tells the registry's own "no such thing" from the 404 of a wrong address, after which a citizen would be refused for an
// operator's mistake.
func saysNotFound(answer []byte) bool {
	var said struct {
		Code string `json:"code"`
	}
	return json.Unmarshal(answer, &said) == nil && said.Code == "not-found"
}

func (c *Client) post(ctx context.Context, e Endpoint, registry, operation, key string, args map[string]json.RawMessage) (int, []byte, error) {
	if args == nil {
		args = map[string]json.RawMessage{}
	}
	b, err := json.Marshal(args)
	if err != nil {
		return 0, nil, &Failure{"rejected", "an argument is not JSON"}
	}
	address := strings.TrimRight(e.URL, "/") + "/" + url.PathEscape(registry) + "/" + url.PathEscape(operation)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(b))
	if err != nil {
		return 0, nil, &Failure{"not-configured", registry}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if e.Key != "" {
		r.Header.Set("Authorization", "Bearer "+e.Key)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer+1))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if len(answer) > mostAnswer {
		return 0, nil, &Failure{"bad-answer", fmt.Sprintf("more than %d bytes", mostAnswer)}
	}
	return response.StatusCode, answer, nil
}
