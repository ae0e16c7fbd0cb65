package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestOnlyABearerTokenStandsInForTheProtectionOfForms(t *testing.T) {
	h := protect(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		name, path, origin, authorization string
		want                              int
	}{
		{"own form", "/sign-out", "http://diwan.example", "", http.StatusNoContent},
		{"a form of another site", "/sign-out", "http://evil.example", "", http.StatusForbidden},
		{"another site with a bearer token of its own", "/api/v1/uploads", "http://app.example", "bearer x", http.StatusNoContent},
		{"another site with a password in the address", "/sign-out", "http://evil.example", "Basic eDp5", http.StatusForbidden},
		{"another site with an unknown scheme", "/sign-out", "http://evil.example", "Bearerish x", http.StatusForbidden},
		{"the gateway", callbackPath, "http://gateway.example", "", http.StatusNoContent},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://diwan.example"+c.path, nil)
		r.Header.Set("Origin", c.origin)
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
	}
}
