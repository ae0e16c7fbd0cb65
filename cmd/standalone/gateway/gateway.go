package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Options describes a gateway.
type Options struct {
	Pool    *pgxpool.Pool
	Address string        // where browsers reach Handler, without a slash at the end
	Key     string        // the merchant's bearer key
	Secret  string        // signs callbacks
	Life    time.Duration // after which an open checkout expires; 0: 30 minutes
	// Backoff is the wait before a failed callback's second attempt; it doubles up to five minutes. 0: one second.
	Backoff time.Duration
	Zone    *time.Location   // in which days of settlement begin; nil: UTC
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: slog.Default
}

// Gateway answers the merchant and the payer. Its methods may be called concurrently.
type Gateway struct {
	store   store
	address string
	key     string
	secret  string
	life    time.Duration
	backoff time.Duration
	zone    *time.Location
	now     func() time.Time
	log     *slog.Logger
	faults  faults
	wake    chan struct{} // there may be a callback due
	client  *http.Client
}

// New prepares the schema.
func New(ctx context.Context, o Options) (*Gateway, error) {
	if u, err := url.Parse(o.Address); err != nil || u.Host == "" || strings.HasSuffix(o.Address, "/") {
		return nil, fmt.Errorf("gateway: address %q is not absolute without a slash at the end", o.Address)
	}
	if o.Key == "" || o.Secret == "" {
		return nil, errors.New("gateway: key and secret must not be empty")
	}
	if o.Life == 0 {
		o.Life = 30 * time.Minute
	}
	if o.Backoff == 0 {
		o.Backoff = time.Second
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	g := &Gateway{
		store: store{o.Pool}, address: o.Address, key: o.Key, secret: o.Secret, life: o.Life, backoff: o.Backoff,
		zone: o.Zone, now: o.Now, log: o.Log, wake: make(chan struct{}, 1),
		client: &http.Client{
			Timeout:       callbackLimit,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if err := g.store.migrate(ctx); err != nil {
		return nil, fmt.Errorf("gateway: schema: %w", err)
	}
	return g, nil
}

// Handler serves the merchant's interface under /v1, the payer's page under /pay and the faults under /test.
func (g *Gateway) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/checkouts", g.merchant(g.createCheckout))
	mux.HandleFunc("GET /v1/checkouts/{id}", g.merchant(g.readCheckout))
	mux.HandleFunc("POST /v1/checkouts/{id}/refunds", g.merchant(g.refund))
	mux.HandleFunc("POST /v1/payouts", g.merchant(g.createPayout))
	mux.HandleFunc("GET /v1/payouts/{id}", g.merchant(g.readPayout))
	mux.HandleFunc("GET /v1/disputes/{id}", g.merchant(g.readDispute))
	mux.HandleFunc("GET /v1/movements", g.merchant(g.listMovements))
	mux.HandleFunc("GET /v1/settlements/{day}", g.merchant(g.settlement))
	mux.HandleFunc("POST /test/faults", g.merchant(g.setFaults))
	mux.HandleFunc("POST /test/payouts/{id}/return", g.merchant(g.returnPayout))
	mux.HandleFunc("POST /test/checkouts/{id}/dispute", g.merchant(g.raiseDispute))
	mux.HandleFunc("POST /test/disputes/{id}/{end}", g.merchant(g.endDispute))
	mux.HandleFunc("GET /pay/{id}", g.showCheckout)
	mux.Handle("POST /pay/{id}", http.NewCrossOriginProtection().Handler(http.HandlerFunc(g.decide)))
	mux.HandleFunc("GET /style.css", style)
	return http.MaxBytesHandler(secure(mux), 64<<10)
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy(""))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// policy allows our own style sheet and forms that end at target, the origin to which a form's answer redirects.
func policy(target string) string {
	return strings.TrimSpace("default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' " + target)
}
