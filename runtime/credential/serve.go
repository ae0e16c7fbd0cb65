package credential

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	tokenPath      = "/credentials/token"
	noncePath      = "/credentials/nonce"
	credentialPath = "/credentials/credential"
	mostBody       = 16 << 10
)

// Register puts what wallets and verifiers ask on a mux. Who calls here is no person who is signed in.
func (f *Office) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/openid-credential-issuer", f.told(f.issuer))
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", f.told(f.authorization))
	mux.HandleFunc("GET /.well-known/jwt-vc-issuer", f.told(func() any { return map[string]any{"issuer": f.o.PublicURL, "jwks": f.o.Keys.Public()} }))
	mux.HandleFunc("GET "+typePath+"{code}", f.metadata)
	mux.HandleFunc("GET "+listPath+"{list}", f.status)
	mux.HandleFunc("POST "+noncePath, f.nonced)
	mux.HandleFunc("POST "+tokenPath, f.token)
	mux.HandleFunc("POST "+credentialPath, f.credential)
}

func (f *Office) told(what func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { public(w, what()) }
}

func public(w http.ResponseWriter, v any) {
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	answer(w, http.StatusOK, v)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the connection is all that can fail
}

// wrong answers in the words of OAuth.
func wrong(w http.ResponseWriter, status int, code, description string) {
	answer(w, status, map[string]string{"error": code, "error_description": description})
}

func (f *Office) broken(w http.ResponseWriter, r *http.Request, err error) {
	f.o.Log.ErrorContext(r.Context(), "credential: a call failed", "path", r.Pattern, "error", err)
	wrong(w, http.StatusInternalServerError, "server_error", "try again later")
}

func (f *Office) authorization() any {
	return map[string]any{
		"issuer": f.o.PublicURL, "token_endpoint": f.o.PublicURL + tokenPath, "grant_types_supported": []string{preAuthorized},
		"pre-authorized_grant_anonymous_access_supported": true, "response_types_supported": []string{}, "token_endpoint_auth_methods_supported": []string{"none"},
	}
}

type display struct {
	Name   string `json:"name"`
	Locale string `json:"locale"`
}

func displays(t plan.Text) []display {
	out := []display{}
	for lang, name := range t {
		out = append(out, display{name, lang})
	}
	slices.SortFunc(out, func(a, b display) int { return strings.Compare(a.Locale, b.Locale) })
	return out
}

func (f *Office) issuer() any {
	type claim struct {
		Path    []string  `json:"path"`
		Display []display `json:"display"`
	}
	configurations := map[string]any{}
	for _, t := range f.o.Types() {
		claims := []claim{}
		for _, c := range t.Claims {
			claims = append(claims, claim{[]string{c.Name}, displays(c.Label)})
		}
		configurations[t.Code] = map[string]any{
			"format": "dc+sd-jwt", "vct": f.vct(t.Code), "scope": t.Code, "cryptographic_binding_methods_supported": []string{"jwk"},
			"credential_signing_alg_values_supported": []string{"ES256"},
			"proof_types_supported":                   map[string]any{"jwt": map[string]any{"proof_signing_alg_values_supported": []string{"ES256"}}},
			"credential_metadata":                     map[string]any{"display": displays(t.Title), "claims": claims},
		}
	}
	return map[string]any{
		"credential_issuer": f.o.PublicURL, "credential_endpoint": f.o.PublicURL + credentialPath, "nonce_endpoint": f.o.PublicURL + noncePath,
		"display": displays(f.o.Name()), "credential_configurations_supported": configurations,
	}
}

// metadata tells of a type what its claims are called.
func (f *Office) metadata(w http.ResponseWriter, r *http.Request) {
	t, ok := f.typed(r.PathValue("code"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	type label struct {
		Locale string `json:"locale"`
		Label  string `json:"label"`
	}
	type claim struct {
		Path    []string `json:"path"`
		Display []label  `json:"display"`
		SD      string   `json:"sd"`
	}
	claims := []claim{}
	for _, c := range t.Claims {
		one := claim{Path: []string{c.Name}, SD: "always", Display: []label{}}
		for _, d := range displays(c.Label) {
			one.Display = append(one.Display, label{d.Locale, d.Name})
		}
		claims = append(claims, one)
	}
	public(w, map[string]any{"vct": f.vct(t.Code), "display": displays(t.Title), "claims": claims})
}

func (f *Office) nonced(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, map[string]string{"c_nonce": f.nonce()})
}

// token exchanges the code of an offer, with what its holder was told on the page, for the right to one credential.
func (f *Office) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	if err := r.ParseForm(); err != nil {
		wrong(w, http.StatusBadRequest, "invalid_request", "send a form")
		return
	}
	code, pin := r.PostForm.Get("pre-authorized_code"), r.PostForm.Get("tx_code")
	switch {
	case r.PostForm.Get("grant_type") != preAuthorized:
		wrong(w, http.StatusBadRequest, "unsupported_grant_type", "there is "+preAuthorized)
		return
	case code == "" || pin == "":
		wrong(w, http.StatusBadRequest, "invalid_request", "pre-authorized_code and tx_code are needed")
		return
	}
	token, now, redeemed := rand.Text(), f.o.Now(), false
	err := postgres.InTx(r.Context(), f.o.Pool, func(tx pgx.Tx) (err error) {
		redeemed, err = redeem(r.Context(), tx, digest(code), digest(code, pin), digest(token), now)
		return err
	})
	switch {
	case err != nil:
		f.broken(w, r, err)
	case !redeemed:
		wrong(w, http.StatusBadRequest, "invalid_grant", "the code is wrong, was used before or is over; ask for a new offer")
	default:
		answer(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(tokenFor / time.Second)})
	}
}

// credential gives one credential for a token and the proof of a key.
func (f *Office) credential(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	bearer, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	token := digest(bearer)
	paper, err := "", errGrant
	if is {
		paper, err = f.authorized(r.Context(), token)
	}
	if errors.Is(err, errGrant) {
		unauthorized(w)
		return
	}
	if err != nil {
		f.broken(w, r, err)
		return
	}
	var asked struct {
		Configuration string `json:"credential_configuration_id"`
		Proofs        struct {
			JWT []string `json:"jwt"`
		} `json:"proofs"`
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/json" || json.NewDecoder(http.MaxBytesReader(w, r.Body, mostBody)).Decode(&asked) != nil {
		wrong(w, http.StatusBadRequest, "invalid_credential_request", "send JSON with credential_configuration_id and proofs")
		return
	}
	held, err := f.o.Papers.Claimed(r.Context(), paper)
	if err != nil && !errors.Is(err, document.ErrNotFound) {
		f.broken(w, r, err)
		return
	}
	if err != nil || asked.Configuration != held.Code {
		wrong(w, http.StatusBadRequest, "unknown_credential_configuration", "the token is for another one")
		return
	}
	if len(asked.Proofs.JWT) != 1 {
		wrong(w, http.StatusBadRequest, "invalid_proof", "one proof of the type jwt is needed")
		return
	}
	holder, err := f.holder(asked.Proofs.JWT[0])
	switch {
	case errors.Is(err, errNonce):
		wrong(w, http.StatusBadRequest, "invalid_nonce", err.Error())
		return
	case err != nil:
		wrong(w, http.StatusBadRequest, "invalid_proof", err.Error())
		return
	}
	text, err := f.issue(r.Context(), token, held, holder)
	switch {
	case errors.Is(err, errGrant):
		unauthorized(w)
	case errors.Is(err, ErrNotValid):
		wrong(w, http.StatusBadRequest, "credential_request_denied", "the paper is not valid now")
	case err != nil:
		f.broken(w, r, err)
	default:
		answer(w, http.StatusOK, map[string]any{"credentials": []map[string]string{{"credential": text}}})
	}
}

func unauthorized(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	wrong(w, http.StatusUnauthorized, "invalid_token", "the token is wrong, was used before or is over")
}
