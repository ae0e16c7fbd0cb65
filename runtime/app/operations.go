package app

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/metric"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/temporal"
)

// Operator is the capacity of those who look after the installation: they may read what passes through Temporal.
const Operator = "platform:operator"

// metrics are the counters of this process and how things stand in the database.
func (a *App) metrics() *metric.Metrics {
	return metric.New(metric.Options{
		Standing: func(ctx context.Context) ([]metric.Standing, error) {
			counts, err := a.Book.Standing(ctx)
			out := make([]metric.Standing, 0, len(counts))
			for _, c := range counts {
				out = append(out, metric.Standing(c))
			}
			return out, err
		},
		Waiting: func(ctx context.Context) (w metric.Waiting, err error) {
			w.Messages, w.Oldest, err = outbox.Backlog(ctx, a.Pool)
			return w, err
		},
		Quarantine: func(ctx context.Context) (q metric.Quarantine, err error) {
			q.Files, q.Oldest, err = a.Archive.Quarantine(ctx)
			return q, err
		},
		Expired: func(ctx context.Context) (int, error) { return a.Book.CountExpired(ctx) },
	})
}

// Operations serves what the operators' tools ask: /metrics for Prometheus, /healthz, /readyz, and for somebody with the capacity Operator
// /codec/decode, with which Temporal's own page and command line show payloads, and /migrations; not at a Worker, where nobody signs in. Put it
// on an address that citizens do not reach.
func (a *App) Operations() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.counts.Handler())
	mux.HandleFunc("GET /healthz", a.health)
	mux.HandleFunc("GET /readyz", a.ready)
	if a.guard == nil {
		return a.recovered(mux) // nobody signs in at a worker
	}
	mux.Handle("POST /migrations", a.operatorsOnly("propose", http.HandlerFunc(a.proposeMigration)))
	mux.Handle("GET /migrations/{id}", a.operatorsOnly("read", http.HandlerFunc(a.showMigration)))
	mux.Handle("POST /migrations/{id}/approve", a.operatorsOnly("approve", http.HandlerFunc(a.approveMigration)))
	mux.Handle("POST /migrations/{id}/call-off", a.operatorsOnly("call-off", http.HandlerFunc(a.callOffMigration)))
	mux.Handle("POST /codec/decode", a.operatorsOnly("decode", temporal.Decoder(a.config.Temporal.Keys)))
	return a.recovered(a.guard.Load(http.TimeoutHandler(mux, 30*time.Second, "the answer took too long\n")))
}

// operatorsOnly lets in who brings a bearer token of an operator, and writes down that they came.
func (a *App) operatorsOnly(action string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, known := identity.FromContext(r.Context())
		switch {
		case !known || r.Header.Get("Authorization") == "": // a session is not enough: other pages could send with it
			http.Error(w, "bring the bearer token of an operator", http.StatusUnauthorized)
			return
		case !slices.Contains(who.Capacities, Operator):
			http.Error(w, "this is for operators of the platform", http.StatusForbidden)
			return
		}
		if err := a.record(r.Context(), audit.Entry{Authority: "platform", Actor: who.ID.String(), Action: action, Subject: r.URL.Path}); err != nil {
			http.Error(w, "the audit cannot be written now", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}
