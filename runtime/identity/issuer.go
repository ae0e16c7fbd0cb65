package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// issuer finds out where the issuer's endpoints and keys are, when they are first needed.
type issuer struct {
	url    string
	client *http.Client
	now    func() time.Time

	turn   chan struct{} // holds one: who may read and write what follows
	found  *oidc.Provider
	failed error
	again  time.Time // after a failure, when to ask again
}

// discoverAgain is how long a failure is answered without asking again.
const discoverAgain = time.Second

// provider gives the issuer's description. It is asked for until it is had once, one request at a time, so an issuer may start after us.
// ErrUnavailable.
func (i *issuer) provider(ctx context.Context) (*oidc.Provider, error) {
	select {
	case i.turn <- struct{}{}:
		defer func() { <-i.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if i.found != nil || i.now().Before(i.again) {
		return i.found, i.failed
	}
	// Not the visitor's context: whoever waits in line needs the answer too. The client has a time limit.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), i.client), i.url)
	if err != nil {
		i.failed, i.again = fmt.Errorf("%w: %w", ErrUnavailable, err), i.now().Add(discoverAgain)
		return nil, i.failed
	}
	i.found, i.failed = found, nil
	return found, nil
}

// bearer verifies a token that was made for us. Keys are kept; they are asked for again when a token names one that is not known.
func (g *Guard) bearer(ctx context.Context, token string) (*Person, error) {
	provider, err := g.issuer.provider(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, g.o.Client)
	verified, err := provider.Verifier(&oidc.Config{ClientID: Audience, Now: g.o.Now}).Verify(ctx, token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	p, err := g.remember(ctx, verified.Issuer, c, verified.IssuedAt)
	if errors.Is(err, errNoInstant) {
		err = fmt.Errorf("%w: %w", ErrToken, err)
	}
	return p, err
}
