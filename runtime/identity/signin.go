package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const callbackPath = "/sign-in/callback"

// flow is one sign-in that has begun: what must come back, and where it leads.
type flow struct {
	State, Nonce, Verifier, Then string
}

// maxFlows bounds the sign-ins that one browser has begun, in as many tabs.
const maxFlows = 5

// signIn sends the browser to the issuer.
func (g *Guard) signIn(w http.ResponseWriter, r *http.Request) {
	provider, err := g.issuer.provider(r.Context())
	if err != nil {
		g.o.Log.Warn("identity: cannot sign in", "error", err)
		g.o.Fail(w, r, http.StatusServiceUnavailable, err)
		return
	}
	f := flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Then: local(r.URL.Query().Get("then"))}
	flows := append(g.flows(r.Context()), f)
	g.setFlows(r.Context(), flows[max(0, len(flows)-maxFlows):])
	w.Header().Set("Cache-Control", "no-store")
	asked := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if g.o.Language != nil {
		asked = append(asked, oauth2.SetAuthURLParam("ui_locales", g.o.Language(r.Context())))
	}
	http.Redirect(w, r, g.client(provider).AuthCodeURL(f.State, asked...), http.StatusSeeOther)
}

// callback takes the code that the browser brings back.
func (g *Guard) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	flows := g.flows(r.Context())
	i := slices.IndexFunc(flows, func(f flow) bool { return subtle.ConstantTimeCompare([]byte(f.State), []byte(q.Get("state"))) == 1 })
	if i < 0 {
		g.o.Fail(w, r, http.StatusBadRequest, fmt.Errorf("%w: it did not begin in this browser, or too long ago", ErrSignIn))
		return
	}
	f := flows[i]
	g.setFlows(r.Context(), slices.Delete(flows, i, i+1)) // one answer to each
	switch q.Get("error") {
	case "":
	case "access_denied": // the visitor has thought better of it
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	default:
		g.o.Fail(w, r, http.StatusBadRequest, fmt.Errorf("%w: the issuer answers %q", ErrSignIn, q.Get("error")))
		return
	}
	p, err := g.exchange(r.Context(), q, f)
	if err == nil {
		err = g.o.SignedIn(r, p)
	}
	if err == nil {
		err = g.sessions.RenewToken(r.Context()) // a session that somebody planted stays nobody's
	}
	switch {
	case errors.Is(err, ErrSignIn):
		g.o.Log.Warn("identity: sign-in refused", "error", err)
		g.o.Fail(w, r, http.StatusBadRequest, err)
		return
	case err != nil:
		g.o.Log.Error("identity: sign-in failed", "error", err)
		g.o.Fail(w, r, http.StatusServiceUnavailable, err)
		return
	}
	g.sessions.Remove(r.Context(), flowsKey)
	g.sessions.Put(r.Context(), personKey, p.ID.String())
	http.Redirect(w, r, f.Then, http.StatusSeeOther)
}

// exchange turns the code into a person.
func (g *Guard) exchange(ctx context.Context, q url.Values, f flow) (*Person, error) {
	if iss := q.Get("iss"); iss != "" && iss != g.o.Issuer { // RFC 9207
		return nil, fmt.Errorf("%w: another issuer answers", ErrSignIn)
	}
	provider, err := g.issuer.provider(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, g.o.Client)
	token, err := g.client(provider).Exchange(ctx, q.Get("code"), oauth2.VerifierOption(f.Verifier))
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.Response.StatusCode < 500 {
		return nil, fmt.Errorf("%w: the code was refused with %q", ErrSignIn, refused.ErrorCode)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	raw, _ := token.Extra("id_token").(string)
	identity, err := provider.Verifier(&oidc.Config{ClientID: g.o.ClientID, Now: g.o.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	if subtle.ConstantTimeCompare([]byte(identity.Nonce), []byte(f.Nonce)) != 1 {
		return nil, fmt.Errorf("%w: the token belongs to another sign-in", ErrSignIn)
	}
	var c claims
	if err := identity.Claims(&c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	p, err := g.remember(ctx, identity.Issuer, c, identity.IssuedAt)
	if errors.Is(err, errNoInstant) {
		err = fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	return p, err
}

// signOut ends the session here; the issuer's own goes on.
func (g *Guard) signOut(w http.ResponseWriter, r *http.Request) {
	if err := g.sessions.Destroy(r.Context()); err != nil {
		g.sessions.ErrorFunc(w, r, err)
		return
	}
	// Pages may stay in the browser so that going back keeps what was typed; the next person at this machine must not find them there.
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (g *Guard) client(provider *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: g.o.ClientID, ClientSecret: g.o.ClientSecret, Endpoint: provider.Endpoint(),
		RedirectURL: g.o.PublicURL + callbackPath, Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

func (g *Guard) flows(ctx context.Context) []flow {
	var flows []flow
	_ = json.Unmarshal(g.sessions.GetBytes(ctx, flowsKey), &flows) // none is as good as unreadable
	return flows
}

func (g *Guard) setFlows(ctx context.Context, flows []flow) {
	b, err := json.Marshal(flows)
	if err != nil { // strings only
		return
	}
	g.sessions.Put(ctx, flowsKey, b)
}

// local gives a path of this site to go to, or / for everything that could lead elsewhere or round in circles.
func local(then string) string {
	const most = 2000
	u, err := url.Parse(then)
	if err != nil || len(then) > most || !strings.HasPrefix(then, "/") || u.Scheme != "" || u.Host != "" || u.User != nil ||
		strings.HasPrefix(then, "//") || strings.ContainsFunc(then, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) ||
		u.Path == "/sign-in" || strings.HasPrefix(u.Path, "/sign-in/") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return then
}
