package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Audience is whom a bearer token must be made for.
const Audience = "diwan-api"

// Errors of this package, for errors.Is.
var (
	// ErrUnavailable: the issuer does not answer; what was known of it before still holds.
	ErrUnavailable = errors.New("identity: issuer unavailable")
	// ErrSignIn: the sign-in did not come to an end as it began; the visitor may begin again.
	ErrSignIn = errors.New("identity: sign-in failed")
	// ErrToken: the bearer token is not valid, not for us, or has ended.
	ErrToken = errors.New("identity: bearer token refused")
	// ErrSignedOut: nobody is signed in.
	ErrSignedOut = errors.New("identity: nobody is signed in")
)

// Options of a Guard. The ones from Fail on may be left out.
type Options struct {
	Pool         *pgxpool.Pool
	Issuer       string
	ClientID     string
	ClientSecret string
	PublicURL    string // of the portal, without a slash at the end; the issuer knows PublicURL/sign-in/callback

	// Fail answers a request with a status when err, one of the errors above, is why; a plain sentence where it is nil.
	Fail func(w http.ResponseWriter, r *http.Request, status int, err error)
	// SignedIn is told of every sign-in that succeeded, for instance for the audit. Its error undoes the sign-in.
	SignedIn func(r *http.Request, p *Person) error
	// Language is the one that a visitor reads, told to the issuer so that its page has it too; nil: none is told.
	Language func(context.Context) string
	Client   *http.Client // to the issuer; one with a time limit of 5 s
	Now      func() time.Time
	Log      *slog.Logger
}

const issuerTimeout = 5 * time.Second

// Guard is the capability. Its methods are safe for parallel use.
type Guard struct {
	o        Options
	issuer   issuer
	sessions *scs.SessionManager
}

// New makes a guard. It does not speak to the issuer, which may start later.
func New(o Options) (*Guard, error) {
	for name, address := range map[string]string{"issuer": o.Issuer, "public address": o.PublicURL} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, fmt.Errorf("identity: %s %q is not an http address", name, address)
		}
	}
	if o.ClientID == "" || strings.HasSuffix(o.PublicURL, "/") {
		return nil, errors.New("identity: the client ID is missing, or the public address ends with a slash")
	}
	if o.Fail == nil {
		o.Fail = func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			http.Error(w, http.StatusText(status), status)
		}
	}
	if o.SignedIn == nil {
		o.SignedIn = func(*http.Request, *Person) error { return nil }
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: issuerTimeout}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	g := &Guard{o: o}
	g.issuer = issuer{url: o.Issuer, client: o.Client, now: o.Now, turn: make(chan struct{}, 1)}
	g.sessions = newSessions(o)
	return g, nil
}

// Routes adds the pages of signing in and out.
func (g *Guard) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /sign-in", g.signIn)
	mux.HandleFunc("GET "+callbackPath, g.callback)
	mux.HandleFunc("POST /sign-out", g.signOut)
}
