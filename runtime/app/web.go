package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	language "github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/designer"
	"github.com/diwan-gov/diwan/designer/review"
	"github.com/diwan-gov/diwan/runtime/api"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/desk"
	"github.com/diwan-gov/diwan/runtime/docs"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/govstack"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/payment/stripe"
	"github.com/diwan-gov/diwan/runtime/portal"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// callbackPath is where the gateway reports.
const callbackPath = "/gateway/callback"

// readyLimit bounds what /readyz waits for.
const readyLimit = 2 * time.Second

// web puts the pages, the API and what machines ask on one handler.
func (a *App) web() (_ http.Handler, err error) {
	c := a.config
	if a.guard, err = identity.New(identity.Options{
		Pool: a.Pool, Issuer: c.SignIn.Issuer, ClientID: c.SignIn.ClientID, ClientSecret: c.SignIn.ClientSecret, PublicURL: c.PublicURL,
		Fail: a.refuse, SignedIn: a.signedIn, Language: ui.Language, Now: c.Now, Log: c.Log,
	}); err != nil {
		return nil, err
	}
	reference := a.Releases.Reference()
	zone, err := time.LoadLocation(reference.Zone)
	if err != nil {
		return nil, err
	}
	languages, err := ui.Spoken(reference.Languages)
	if err != nil {
		return nil, err
	}
	if len(languages) < len(reference.Languages) {
		c.Log.Warn("the interface does not speak every language of the catalogue", "declared", reference.Languages, "offered", languages)
	}
	site := ui.Site{Languages: languages, Zone: zone}
	if a.citizens, err = portal.New(portal.Options{
		Site: site, Releases: a.Releases, Applications: a.Book, Payments: a.Payments, Documents: a.Archive, Rights: a.Rights, Appointments: a.Diary, Delivery: a.Delivery, Scripts: a.Scripts, Receipt: a.receipt, Wallets: a.Wallets,
		Audit: a.record, PublicURL: c.PublicURL, Banks: len(c.Bills.Payers) > 0, History: newHistories(a.Changes, a.Releases, c.Now), Now: c.Now, Log: c.Log,
	}); err != nil {
		return nil, err
	}
	officers, err := desk.New(desk.Options{
		Site: site, Book: a.Book, People: a.guard, Releases: a.Releases, Payments: a.Payments, Documents: a.Archive, Rights: a.Rights, Appointments: a.Diary, Rounds: a.Rounds, Ledger: ledger.New(a.Pool), Settlement: a.Settled, Tills: a.Tills, Delivery: a.Delivery, Audit: a.record, Now: c.Now, Log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	programs := api.New(api.Options{
		PublicURL: c.PublicURL, Book: a.Book, Releases: a.Releases, Scripts: a.Scripts, Payments: a.Payments, Documents: a.Archive, Rights: a.Rights, Appointments: a.Diary, Delivery: a.Delivery, Changes: a.Changes,
		Audit: a.record, Languages: reference.Languages, Now: c.Now, Log: c.Log,
	})
	written, err := docs.New(docs.Options{Site: site, Pages: language.Pages(), Frame: a.citizens.Frame, Log: c.Log})
	if err != nil {
		return nil, err
	}
	analysts, err := designer.New(designer.Options{Site: site, Changes: a.Changes, People: a.guard, Scripts: a.Scripts, Now: c.Now, Log: c.Log})
	if err != nil {
		return nil, err
	}
	reviewers, err := review.New(review.Options{Site: site, Changes: a.Changes, Book: a.Book, Route: route{a.Book, a.Releases}, People: a.guard, Audit: a.record, Moves: a.moves, Scripts: a.Scripts, Now: c.Now, Log: c.Log})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	a.citizens.Register(mux)
	analysts.Register(mux)
	reviewers.Register(mux)
	officers.Register(mux)
	written.Register(mux)
	a.guard.Routes(mux)
	mux.Handle(filling.PartsPath, &filling.Resumable{
		Parts: a.Archive, Log: c.Log, Locale: a.citizens.Locale,
		Owner: func(r *http.Request) (uuid.UUID, bool) {
			who, known := identity.FromContext(r.Context())
			if !known {
				return uuid.Nil, false
			}
			return who.ID, true
		},
	})
	mux.Handle(api.Prefix, programs)
	mux.Handle(ui.StaticPath, ui.Static())
	mux.HandleFunc("POST "+callbackPath, a.callback)
	mux.HandleFunc("GET /healthz", a.health)
	mux.HandleFunc("GET /readyz", a.ready)
	mux.HandleFunc("GET /.well-known/diwan", a.discovery)
	outside := http.NewServeMux() // who calls here is no person
	if len(c.Bills.Payers) > 0 {
		outside.Handle(govstack.Prefix, govstack.New(govstack.Options{Bills: a.Payments, Biller: c.Bills.Biller, Payers: c.Bills.Payers, Now: c.Now, Log: c.Log}))
	}
	a.Wallets.Register(outside)
	outside.Handle("/", a.policy().Wrap(ui.Lang(protect(a.guard.Load(mux)), languages...)))
	return a.recovered(outside), nil
}

// refuse answers where nobody could be signed in: in the API's words under its address, in plain ones elsewhere.
func (a *App) refuse(w http.ResponseWriter, r *http.Request, status int, err error) {
	if strings.HasPrefix(r.URL.Path, api.Prefix) {
		api.Refuse(w, r, status, err)
		return
	}
	a.citizens.Refuse(w, r, status)
}

// signedIn writes a sign-in down.
func (a *App) signedIn(r *http.Request, p *identity.Person) error {
	authority := p.Authority
	if authority == "" {
		authority = "public"
	}
	return a.record(r.Context(), audit.Entry{Authority: authority, Actor: p.ID.String(), Action: "sign-in", Subject: p.ID.String()})
}

// callback takes what the gateway reports. It stands outside of sign-in and of the protection of forms: its signature says who it is.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, payment.MaxCallback+1))
	if err != nil {
		http.Error(w, "the body is too large or incomplete", http.StatusBadRequest)
		return
	}
	status, err := a.Payments.Callback(r.Context(), body, r.Header)
	if err != nil {
		a.config.Log.Warn("gateway callback", "status", status, "error", err)
	}
	w.WriteHeader(status)
}

// health says that the process answers.
func (a *App) health(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "ok\n")
}

// ready says whether what every request needs is there: the database and Temporal. The web as a process of its own is ready without Temporal: what
// is handed in meanwhile is received, and starts later.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
	defer cancel()
	status := map[string]string{"database": "ok", "temporal": "ok"}
	code := http.StatusOK
	for name, ask := range map[string]func() error{
		"database": func() error { return a.Pool.Ping(ctx) },
		"temporal": func() error { _, err := a.client.CheckHealth(ctx, nil); return err },
	} {
		if ask() != nil {
			status[name] = "unavailable"
			if name == "database" || a.config.Part != Web {
				code = http.StatusServiceUnavailable
			}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(status) // the client has gone; there is nobody to tell
}

// discovery tells clients of this installation where to sign in.
func (a *App) discovery(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"issuer": a.config.SignIn.Issuer, "api": a.config.PublicURL + "/api/v1/openapi.json"})
}

// record writes one entry of the audit outside of any transaction.
func (a *App) record(ctx context.Context, e audit.Entry) error { return audit.Record(ctx, a.Pool, e) }

// protect keeps other sites from sending forms in a visitor's name. Bearer tokens and the gateway's signatures are not sent by browsers on
// their own, so they need none; a user name and password in an address are, and count for nothing here, so a request with them is a
// visitor's like another.
func protect(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protected := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") || r.URL.Path == callbackPath {
			next.ServeHTTP(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// recovered answers for a handler that panicked, once, and tells the operator where.
func (a *App) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				// The value of a panic may hold what a person has typed; where it happened does not.
				a.config.Log.Error("a page panicked", "method", r.Method, "kind", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// policy is that of every page: forms may end at the issuer and where is paid, since browsers apply it to redirects after a form too.
func (a *App) policy() ui.Policy {
	var origins []string
	if a.config.Gateway.URL != "" {
		origins = append(origins, a.config.Gateway.Origin)
	}
	if a.config.Stripe.Key != "" {
		origins = append(origins, stripe.Origin)
	}
	if issuer := a.config.SignIn.Issuer; issuer != "" {
		origins = append(origins, strings.TrimSuffix(issuer, "/"))
	}
	return ui.Policy{FormAction: origins, HTTPS: strings.HasPrefix(a.config.PublicURL, "https:")}
}
