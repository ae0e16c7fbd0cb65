package provider

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const back = "http://portal.example/sign-in/done"

// world is a provider behind a real port, with a clock that the test moves.
type world struct {
	server *httptest.Server
	keys   string
	now    time.Time
	config oauth2.Config
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{keys: t.TempDir(), now: time.Now()}
	var handler http.Handler
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(w.server.Close)
	handler = w.open(t).Handler()
	w.config = oauth2.Config{
		ClientID: "portal", ClientSecret: "s3cret:/&", RedirectURL: back, Scopes: []string{"openid", "profile"},
		Endpoint: oauth2.Endpoint{AuthURL: w.server.URL + "/authorize", TokenURL: w.server.URL + "/token"},
	}
	return w
}

func (w *world) open(t *testing.T) *Provider {
	t.Helper()
	p, err := New(Options{
		Issuer: w.server.URL, KeyDir: w.keys, Now: func() time.Time { return w.now },
		People: []Person{
			{Subject: "citizen", Name: map[string]string{"ar": "ليلى خليل النجار", "en": "Layla Khalil al-Najjar"}, NationalNumber: "401234567", BirthDate: "1988-03-21", Sex: "female"},
			{Subject: "officer", Name: map[string]string{"ar": "سامر", "en": "Samer"}, Roles: []string{"transport:licensing-officer"}, Authority: "transport"},
		},
		Clients: []Client{
			{ID: "portal", Secret: "s3cret:/&", RedirectURIs: []string{back}, PostLogoutRedirectURIs: []string{"http://portal.example/"}},
			{ID: "cli", Secret: "cli-secret", Direct: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// browse sends a request without following redirects.
func browse(t *testing.T, method, address string, form url.Values) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// choose goes through the page as a browser would and returns where it is sent.
func (w *world) choose(t *testing.T, person string, options ...oauth2.AuthCodeOption) url.Values {
	t.Helper()
	resp := browse(t, "GET", w.config.AuthCodeURL("the-state", options...), nil)
	page, err := goquery.NewDocumentFromReader(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("page: %d, %v", resp.StatusCode, err)
	}
	action, ok := page.Find("form").Attr("action")
	if !ok || page.Find(`button[name=person][value="`+person+`"]`).Length() != 1 {
		t.Fatalf("no form with a card for %s", person)
	}
	resp = browse(t, "POST", action, url.Values{"person": {person}})
	to, err := resp.Location()
	if err != nil || resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to.String(), back+"?") {
		t.Fatalf("sent to %v with %d, %v", to, resp.StatusCode, err)
	}
	return to.Query()
}

func TestSignInFromDiscoveryToUserinfo(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	discovered, err := oidc.NewProvider(ctx, w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.config.Endpoint = discovered.Endpoint()
	verifier := oauth2.GenerateVerifier()
	q := w.choose(t, "citizen", oauth2.S256ChallengeOption(verifier), oidc.Nonce("the-nonce"))
	if q.Get("state") != "the-state" || q.Get("iss") != w.server.URL {
		t.Errorf("came back with %v", q)
	}
	token, err := w.config.Exchange(ctx, q.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		t.Fatal("no id_token")
	}
	id, err := discovered.Verifier(&oidc.Config{ClientID: "portal"}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	if id.Subject != "citizen" || id.Nonce != "the-nonce" {
		t.Errorf("id_token for %s with nonce %s", id.Subject, id.Nonce)
	}
	var claims personClaims
	if err := id.Claims(&claims); err != nil || claims.NationalNumber != "401234567" || claims.NameArabic != "ليلى خليل النجار" ||
		claims.BirthDate != "1988-03-21" || claims.Gender != "female" || claims.Roles == nil || len(claims.Roles) != 0 {
		t.Errorf("claims %+v, %v", claims, err)
	}
	info, err := discovered.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != "citizen" {
		t.Errorf("userinfo %+v, %v", info, err)
	}
	if _, err := discovered.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: raw})); err == nil {
		t.Error("userinfo takes an id_token for an access token")
	}
}

func TestCodeIsOnlyForWhomItWasMade(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	verifier := oauth2.GenerateVerifier()
	for name, attempt := range map[string]func(code string) error{
		"wrong verifier": func(code string) error {
			_, err := w.config.Exchange(ctx, code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
			return err
		},
		"no verifier": func(code string) error {
			_, err := w.config.Exchange(ctx, code)
			return err
		},
		"replayed": func(code string) error {
			if _, err := w.config.Exchange(ctx, code, oauth2.VerifierOption(verifier)); err != nil {
				t.Fatalf("first use: %v", err)
			}
			_, err := w.config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
			return err
		},
		"other redirect address": func(code string) error {
			other := w.config
			other.RedirectURL = back + "/"
			_, err := other.Exchange(ctx, code, oauth2.VerifierOption(verifier))
			return err
		},
		"other client": func(code string) error {
			other := w.config
			other.ClientID, other.ClientSecret = "cli", "cli-secret"
			_, err := other.Exchange(ctx, code, oauth2.VerifierOption(verifier))
			return err
		},
		"too late": func(code string) error {
			w.now = w.now.Add(codeLife + time.Second)
			_, err := w.config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
			return err
		},
		"wrong secret": func(code string) error {
			other := w.config
			other.ClientSecret = "guess"
			_, err := other.Exchange(ctx, code, oauth2.VerifierOption(verifier))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			code := w.choose(t, "citizen", oauth2.S256ChallengeOption(verifier)).Get("code")
			err := attempt(code)
			if err == nil || !strings.Contains(err.Error(), "invalid_") {
				t.Errorf("err = %v, want invalid_grant or invalid_client", err)
			}
		})
	}
}

func TestRedirectAddressMustMatchExactly(t *testing.T) {
	w := newWorld(t)
	for _, wrong := range []string{back + "/", back + "?x=1", "http://portal.example/", "http://evil.example/sign-in/done", strings.ToUpper(back), ""} {
		w.config.RedirectURL = wrong
		resp := browse(t, "GET", w.config.AuthCodeURL("s", oauth2.S256ChallengeOption("v")), nil)
		if resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Location") != "" {
			t.Errorf("%q: %d to %q, want 400 and no redirect", wrong, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
}

func TestBadRequestGoesBackWithAnError(t *testing.T) {
	w := newWorld(t)
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	for want, options := range map[string][]oauth2.AuthCodeOption{
		"invalid_request":           {},
		"unsupported_response_type": {challenge, oauth2.SetAuthURLParam("response_type", "token")},
		"invalid_scope":             {challenge, oauth2.SetAuthURLParam("scope", "profile")},
		"login_required":            {challenge, oauth2.SetAuthURLParam("prompt", "none")},
	} {
		to, err := browse(t, "GET", w.config.AuthCodeURL("the-state", options...), nil).Location()
		if err != nil || to.Query().Get("error") != want || to.Query().Get("state") != "the-state" {
			t.Errorf("sent to %v, %v; want %s", to, err, want)
		}
	}
	plain := w.config.AuthCodeURL("s", challenge, oauth2.SetAuthURLParam("code_challenge_method", "plain"))
	if to, err := browse(t, "GET", plain, nil).Location(); err != nil || to.Query().Get("error") != "invalid_request" {
		t.Errorf("plain PKCE: sent to %v, %v", to, err)
	}
}

func TestOtherSiteCannotSignAVisitorIn(t *testing.T) {
	w := newWorld(t)
	address := w.config.AuthCodeURL("s", oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	req := httptest.NewRequest("POST", address, strings.NewReader("person=citizen"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := httptest.NewRecorder()
	w.open(t).Handler().ServeHTTP(rec, req)
	if rec.Code != http.StatusForbidden {
		t.Errorf("status %d, want 403", rec.Code)
	}
}

func TestPageSpeaksArabicAndEnglish(t *testing.T) {
	w := newWorld(t)
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	for locales, want := range map[string]struct{ lang, direction, name string }{
		"":      {"ar", "rtl", "ليلى خليل النجار"},
		"fr en": {"en", "ltr", "Layla Khalil al-Najjar"},
		"ar-PS": {"ar", "rtl", "ليلى خليل النجار"},
	} {
		resp := browse(t, "GET", w.config.AuthCodeURL("s", challenge, oauth2.SetAuthURLParam("ui_locales", locales)), nil)
		if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self' http://portal.example") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		page, err := goquery.NewDocumentFromReader(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := page.Find("html").AttrOr("lang", "") + " " + page.Find("html").AttrOr("dir", ""); got != want.lang+" "+want.direction {
			t.Errorf("%q: page is %s", locales, got)
		}
		if got := page.Find("section").First().Find("strong").Text(); got != want.name {
			t.Errorf("%q: first citizen is %q", locales, got)
		}
		if page.Find("section").Length() != 2 || page.Find("section").Last().Find("button").AttrOr("value", "") != "officer" {
			t.Errorf("%q: citizens and officers are not apart", locales)
		}
		if page.Find("script, style, [style]").Length() != 0 || page.Find(".warning").Text() == "" {
			t.Errorf("%q: a script, an inline style or no warning", locales)
		}
	}
}

func TestCommandLineTakesATokenForASamplePerson(t *testing.T) {
	w := newWorld(t)
	take := func(client, secret, person string) (int, map[string]any) {
		resp := browse(t, "POST", w.server.URL+"/token", url.Values{
			"grant_type": {sampleGrant}, "client_id": {client}, "client_secret": {secret}, "person": {person},
		})
		var answer map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, answer
	}
	status, answer := take("cli", "cli-secret", "officer")
	if status != http.StatusOK || answer["expires_in"] != float64(8*3600) || answer["id_token"] != nil {
		t.Fatalf("%d %v", status, answer)
	}
	discovered, err := oidc.NewProvider(t.Context(), w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	token, err := discovered.Verifier(&oidc.Config{ClientID: Audience}).Verify(t.Context(), answer["access_token"].(string))
	if err != nil {
		t.Fatal(err)
	}
	var claims personClaims
	if err := token.Claims(&claims); err != nil || token.Subject != "officer" || claims.Authority != "transport" || len(claims.Roles) != 1 || claims.Roles[0] != "transport:licensing-officer" {
		t.Errorf("%s %+v, %v", token.Subject, claims, err)
	}
	for _, refused := range []struct{ client, secret, person, want string }{
		{"portal", "s3cret:/&", "officer", "unauthorized_client"},
		{"cli", "wrong", "officer", "invalid_client"},
		{"cli", "", "officer", "invalid_client"},
		{"nobody", "", "officer", "invalid_client"},
		{"cli", "cli-secret", "stranger", "invalid_grant"},
	} {
		if status, answer := take(refused.client, refused.secret, refused.person); status < 400 || answer["error"] != refused.want {
			t.Errorf("%+v: %d %v", refused, status, answer)
		}
	}
	_, answer = take("cli", "cli-secret", "stranger")
	if said, _ := answer["error_description"].(string); !strings.Contains(said, "there are: citizen, ") || !strings.Contains(said, "officer") {
		t.Errorf("who asks for nobody there is not told who there is: %v", answer)
	}
	_, answer = take("portal", "s3cret:/&", "stranger")
	if said, _ := answer["error_description"].(string); strings.Contains(said, "citizen") {
		t.Errorf("a client that may take no token is told who there is: %v", answer)
	}
}

func TestKeyIsKeptForTheOwnerOnly(t *testing.T) {
	w := newWorld(t)
	info, err := os.Stat(filepath.Join(w.keys, "provider-key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if first, second := w.open(t), w.open(t); first.key.id != second.key.id {
		t.Error("a restart made another key")
	}
	if entries, err := os.ReadDir(w.keys); err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

func TestSigningOutGoesOnlyToKnownAddresses(t *testing.T) {
	w := newWorld(t)
	known := browse(t, "GET", w.server.URL+"/end_session?state=x&post_logout_redirect_uri="+url.QueryEscape("http://portal.example/"), nil)
	if to := known.Header.Get("Location"); to != "http://portal.example/?state=x" {
		t.Errorf("sent to %q", to)
	}
	if resp := browse(t, "GET", w.server.URL+"/end_session?post_logout_redirect_uri=http://evil.example/", nil); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("unknown address: %d", resp.StatusCode)
	}
}

func TestStyleSheetIsServed(t *testing.T) {
	resp := browse(t, "GET", newWorld(t).server.URL+"/style.css", nil)
	text, err := io.ReadAll(resp.Body)
	if err != nil || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/css") || len(text) == 0 {
		t.Errorf("%s, %d bytes, %v", resp.Header.Get("Content-Type"), len(text), err)
	}
}
