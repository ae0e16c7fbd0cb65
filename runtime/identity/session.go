package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
)

// Limits of a session: without a request, and in all.
const (
	idle     = 30 * time.Minute
	absolute = 12 * time.Hour
)

// Keys of a session.
const (
	personKey = "person"
	flowsKey  = "flows"
)

func newSessions(o Options) *scs.SessionManager {
	s := scs.New()
	s.IdleTimeout, s.Lifetime = idle, absolute
	s.Store = store{o.Pool}
	s.HashTokenInStore = true // whoever reads the table cannot take over a session
	s.Cookie.Name = "diwan_session"
	s.Cookie.HttpOnly = true
	s.Cookie.SameSite = http.SameSiteLaxMode
	s.Cookie.Secure = strings.HasPrefix(o.PublicURL, "https:")
	s.Cookie.Persist = false
	s.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		o.Log.Error("identity: session", "error", err)
		o.Fail(w, r, http.StatusServiceUnavailable, fmt.Errorf("identity: session: %w", err))
	}
	return s
}

// Load finds out who is asking, by bearer token or else by session, and puts the Person into the request's context. A wrong token is refused
// with 401; without token and session the request goes on with nobody. Routes must stand behind it.
func (g *Guard) Load(next http.Handler) http.Handler {
	return g.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := g.whoAsks(r)
		if err == nil && p != nil {
			err = g.entrust(r.Context(), p)
		}
		switch {
		case err == nil && p == nil:
			next.ServeHTTP(w, r)
		case err == nil:
			next.ServeHTTP(w, r.WithContext(WithPerson(r.Context(), p)))
		case errors.Is(err, ErrToken):
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			g.o.Fail(w, r, http.StatusUnauthorized, err)
		default:
			g.o.Log.Error("identity: nobody can be recognised", "error", err)
			g.o.Fail(w, r, http.StatusServiceUnavailable, err)
		}
	}))
}

// whoAsks gives nil where it is nobody.
func (g *Guard) whoAsks(r *http.Request) (*Person, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return g.bearer(r.Context(), strings.TrimSpace(token))
	}
	id, err := uuid.Parse(g.sessions.GetString(r.Context(), personKey))
	if err != nil {
		return nil, nil
	}
	return readPerson(r.Context(), g.o.Pool, id)
}

// Require lets only somebody who is signed in through. A browser that asks for a page is sent to sign in and comes back; everything else is
// answered with 401.
func (g *Guard) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := FromContext(r.Context()); ok {
			next.ServeHTTP(w, r)
			return
		}
		page := (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.Header.Get("HX-Request") == "" &&
			strings.Contains(r.Header.Get("Accept"), "text/html")
		if !page {
			w.Header().Set("WWW-Authenticate", "Bearer")
			g.o.Fail(w, r, http.StatusUnauthorized, ErrSignedOut)
			return
		}
		ToSignIn(w, r, "")
	})
}

// ToSignIn leads to the sign-in and back: to the page that was asked for, or to home where something was sent, which cannot be kept.
func ToSignIn(w http.ResponseWriter, r *http.Request, home string) {
	then := home
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		then = r.URL.RequestURI()
	}
	http.Redirect(w, r, "/sign-in?"+url.Values{"then": {then}}.Encode(), http.StatusSeeOther)
}

// Run forgets sessions that are over, every ten minutes until ctx ends.
func (g *Guard) Run(ctx context.Context) {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := pruneSessions(ctx, g.o.Pool); err != nil && ctx.Err() == nil {
				g.o.Log.Warn("identity: sessions not pruned", "error", err)
			}
		}
	}
}
