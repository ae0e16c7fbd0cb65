package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// authenticate lets nobody in without a bearer token. The session of a browser is not enough: other sites could send requests with it.
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	w.Header().Set("Cache-Control", "no-store")
	scheme, _, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if _, known := identity.FromContext(ctx.Context()); !known || !strings.EqualFold(scheme, "Bearer") {
		write(w, problem(ctx.Context(), "unauthorized"))
		return
	}
	next(ctx)
}

// caller is who asks; authenticate lets nothing through without one.
func caller(ctx context.Context) *identity.Person {
	p, _ := identity.FromContext(ctx)
	return p
}

// Refuse answers a request under Prefix that identity has refused: 503 while the issuer cannot be reached, else 401.
func Refuse(w http.ResponseWriter, r *http.Request, status int, _ error) {
	code := "unauthorized"
	if status == http.StatusServiceUnavailable {
		code = "unavailable"
	}
	ui.Lang(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { write(w, problem(r.Context(), code)) })).ServeHTTP(w, r)
}
