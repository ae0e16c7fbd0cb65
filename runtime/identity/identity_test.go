package identity_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// site is a portal that says who it thinks is asking.
type site struct {
	*testing.T
	pool     *pgxpool.Pool
	guard    *identity.Guard
	provider *provider
	url      string
	refused  error        // why the last request was refused
	later    atomic.Int64 // by how much its clock is ahead
}

func newSite(t *testing.T) *site {
	t.Helper()
	pool := pgtest.Migrated(t)
	s := &site{T: t, pool: pool, provider: newProvider(t)}
	mux := http.NewServeMux()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.url = server.URL
	guard, err := identity.New(identity.Options{
		Pool: pool, Issuer: s.provider.server.URL, ClientID: "portal", ClientSecret: "s3cret", PublicURL: s.url,
		Now: func() time.Time { return time.Now().Add(time.Duration(s.later.Load())) },
		Fail: func(w http.ResponseWriter, _ *http.Request, status int, err error) {
			s.refused = err
			w.WriteHeader(status)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.guard = guard
	guard.Routes(mux)
	who := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := identity.FromContext(r.Context())
		if !ok {
			_, _ = io.WriteString(w, "nobody")
			return
		}
		_, _ = fmt.Fprint(w, p.DisplayName("en"), " ", p.Officer, " ", p.Capacities, " ", p.Facts())
	})
	mux.Handle("/", who)
	mux.Handle("/mine", guard.Require(who))
	handler = guard.Load(mux)
	return s
}

type browser struct {
	*site
	client *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &browser{s, &http.Client{Jar: jar, Timeout: 10 * time.Second}}
}

// do sends a request as a browser and gives where it ended.
func (b *browser) do(method, address string, header ...string) (status int, at, body string) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.url+strings.TrimPrefix(address, b.url), nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	at = resp.Request.URL.RequestURI()
	if resp.StatusCode/100 == 3 {
		at = resp.Header.Get("Location")
	}
	return resp.StatusCode, at, string(text)
}

func (b *browser) stopAtRedirects() *browser {
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

func (b *browser) session() *http.Cookie {
	u, err := url.Parse(b.url)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "diwan_session" {
			return c
		}
	}
	return nil
}

func TestAPageThatNeedsAPersonLeadsThroughSignInAndBack(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	status, at, body := b.do("GET", "/mine?page=2")
	if status != 200 || at != "/mine?page=2" || !strings.Contains(body, "Amal Khaled false [] map[birthDate:1988-03-21 name:أمل خالد nationalNumber:912345678 sex:female]") {
		t.Fatalf("%d at %s: %s", status, at, body)
	}
	if _, _, body := b.do("GET", "/"); !strings.HasPrefix(body, "Amal") {
		t.Errorf("the session is not kept: %s", body)
	}
	token := b.session().Value
	if status, at, body := b.do("POST", "/sign-out"); status != 200 || at != "/" || body != "nobody" {
		t.Errorf("after signing out: %d at %s: %s", status, at, body)
	}
	if _, _, body := s.browser().do("GET", "/", "Cookie", "diwan_session="+token); body != "nobody" {
		t.Errorf("the session lives on: %s", body)
	}
}

func TestRolesAndFactsFollowTheLastSignIn(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.do("GET", "/mine")
	s.provider.set(func() {
		s.provider.claims = map[string]any{"sub": "amal", "name": "Amal Hassan", "birthdate": "0000-03-21", "gender": "x", "authority": "transport",
			"roles": []string{"transport:licensing-officer", "inspector", "transport:licensing-officer", "a b:c", "TRANSPORT:x", ":x", "x:"}}
	})
	if _, _, body := b.do("GET", "/sign-in?then=/mine"); body != "Amal Hassan true [transport:inspector transport:licensing-officer] map[name:Amal Hassan]" {
		t.Errorf("%s", body)
	}
	var people int
	if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM person").Scan(&people); err != nil || people != 1 {
		t.Errorf("%d people, %v", people, err)
	}
}

func TestATokenFromBeforeARoleWasTakenAwayDoesNotBringItBackToTheSession(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	at := time.Now().Add(-time.Hour)
	signIn := func(at time.Time) {
		s.provider.set(func() { s.provider.change = func(c map[string]any) { c["iat"] = at.Unix() } })
		b.do("GET", "/sign-in?then=/mine")
	}
	officer := map[string]any{"aud": "diwan-api", "roles": []string{"health:clerk"}, "iat": at.Unix()}
	old := s.provider.sign(officer, s.provider.key)
	signIn(at.Add(-time.Minute))
	signIn(at.Add(time.Minute)) // both times without a role
	if _, _, body := s.browser().do("GET", "/", "Authorization", "Bearer "+old); !strings.HasPrefix(body, "Amal Khaled true [health:clerk]") {
		t.Errorf("the token itself: %s", body)
	}
	if _, _, body := b.do("GET", "/mine"); !strings.HasPrefix(body, "Amal Khaled false []") {
		t.Errorf("the session after the old token: %s", body)
	}
	officer["iat"] = at.Add(2 * time.Minute).Unix()
	s.browser().do("GET", "/", "Authorization", "Bearer "+s.provider.sign(officer, s.provider.key))
	if _, _, body := b.do("GET", "/mine"); !strings.HasPrefix(body, "Amal Khaled true [health:clerk]") {
		t.Errorf("the session after a newer token: %s", body)
	}
}

func TestTheSessionCookieChangesAtSignInAndIsOutOfReachOfScripts(t *testing.T) {
	s := newSite(t)
	b := s.browser().stopAtRedirects()
	_, to, _ := b.do("GET", "/sign-in?then=/mine")
	planted := b.session().Value
	_, back, _ := (&browser{s, &http.Client{CheckRedirect: b.client.CheckRedirect}}).fetch(to)
	status, at, _ := b.do("GET", back)
	if status != 303 || at != "/mine" {
		t.Fatalf("%d to %s: %v", status, at, s.refused)
	}
	if b.session().Value == planted {
		t.Error("the session's token is the one from before")
	}
	var stored int
	if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM sessions WHERE token = $1", b.session().Value).Scan(&stored); err != nil || stored != 0 {
		t.Errorf("the token itself is in the database: %d, %v", stored, err)
	}
	// Once more with the same code and state.
	if status, _, _ := b.do("GET", back); status != 400 || !errors.Is(s.refused, identity.ErrSignIn) {
		t.Errorf("a repeated callback: %d, %v", status, s.refused)
	}
}

// fetch goes to an address that is not the site's.
func (b *browser) fetch(address string) (status int, at, body string) {
	b.Helper()
	resp, err := b.client.Get(address)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode, resp.Header.Get("Location"), ""
}

func TestACookieHasTheAttributesThatProtectIt(t *testing.T) {
	s := newSite(t)
	for public, secure := range map[string]bool{"https://services.example.gov": true, "http://127.0.0.1:8080": false} {
		g, err := identity.New(identity.Options{Pool: s.pool, Issuer: s.provider.server.URL, ClientID: "portal", PublicURL: public})
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		g.Routes(mux)
		answer := httptest.NewRecorder()
		g.Load(mux).ServeHTTP(answer, httptest.NewRequest("GET", "/sign-in", nil))
		c, err := http.ParseSetCookie(answer.Header().Get("Set-Cookie"))
		if err != nil || c.Name != "diwan_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != secure || !c.Expires.IsZero() {
			t.Errorf("%s: %+v, %v", public, c, err)
		}
	}
}

func TestASignInThatDidNotBeginHereOrSpeaksOfSomethingElseIsRefused(t *testing.T) {
	s := newSite(t)
	victim := s.browser().stopAtRedirects()
	attacker := s.browser().stopAtRedirects()
	_, to, _ := attacker.do("GET", "/sign-in")
	_, planted, _ := attacker.fetch(to)
	for name, c := range map[string]struct {
		change func(map[string]any)
		path   func(back string) string
	}{
		"another browser's": {path: func(string) string { return planted }},
		"another state":     {path: func(back string) string { return strings.Replace(back, "state=", "state=x", 1) }},
		"no state":          {path: func(string) string { return "/sign-in/callback?code=x" }},
		"another code":      {path: func(back string) string { return strings.Replace(back, "code=", "code=x", 1) }},
		"another issuer":    {path: func(back string) string { return strings.Replace(back, "iss=", "iss=x", 1) }},
		"an error":          {path: func(back string) string { return strings.Replace(back, "code=", "error=server_error&code=", 1) }},
		"another nonce":     {change: func(c map[string]any) { c["nonce"] = "x" }},
		"another audience":  {change: func(c map[string]any) { c["aud"] = "somebody" }},
		"an ended token":    {change: func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() }},
		"another's token":   {change: func(c map[string]any) { c["iss"] = "https://other.example" }},
		"of no instant":     {change: func(c map[string]any) { c["iat"] = 0 }},
	} {
		s.provider.set(func() { s.provider.change = c.change })
		_, to, _ := victim.do("GET", "/sign-in?then=/mine")
		_, back, _ := victim.fetch(to)
		if c.path != nil {
			back = c.path(back)
		}
		if status, at, _ := victim.do("GET", back); status != 400 || !errors.Is(s.refused, identity.ErrSignIn) {
			t.Errorf("%s: %d to %s, %v", name, status, at, s.refused)
		}
		if _, _, body := victim.do("GET", "/"); body != "nobody" {
			t.Errorf("%s: signed in as %s", name, body)
		}
	}
}

func TestSignInLeadsOnlyToThisSite(t *testing.T) {
	s := newSite(t)
	for then, want := range map[string]string{
		"/mine?a=b&c=d": "/mine?a=b&c=d", "/طلب": "/طلب", "": "/", "mine": "/", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/",
		"/\tevil": "/", "javascript:alert(1)": "/", "/sign-in?then=/x": "/", "/sign-in/callback": "/", "/" + strings.Repeat("x", 3000): "/", "/%2f/evil": "/", "///evil": "/",
	} {
		b := s.browser().stopAtRedirects()
		_, to, _ := b.do("GET", "/sign-in?then="+url.QueryEscape(then))
		_, back, _ := b.fetch(to)
		_, at, _ := b.do("GET", back)
		if got, err := url.PathUnescape(at); err != nil || (at != want && got != want) {
			t.Errorf("%q leads to %q, want %q", then, at, want)
		}
	}
}

func TestTheIssuerMayStartAfterUsAndGoAwayLater(t *testing.T) {
	s := newSite(t)
	b := s.browser().stopAtRedirects()
	s.provider.set(func() { s.provider.off = true })
	if status, _, _ := b.do("GET", "/sign-in"); status != 503 || !errors.Is(s.refused, identity.ErrUnavailable) {
		t.Errorf("issuer off: %d, %v", status, s.refused)
	}
	if status, _, body := b.do("GET", "/"); status != 200 || body != "nobody" {
		t.Errorf("a page that needs nobody: %d %s", status, body)
	}
	s.provider.set(func() { s.provider.off = false })
	if status, _, _ := b.do("GET", "/sign-in"); status != 503 {
		t.Errorf("at once: %d; want the answer from before, so that a crowd does not ask", status)
	}
	s.later.Store(int64(2 * time.Second))
	status, to, _ := b.do("GET", "/sign-in")
	if !strings.HasPrefix(to, s.provider.server.URL) {
		t.Fatalf("issuer on again: %d to %s", status, to)
	}
	_, back, _ := b.fetch(to)
	s.provider.set(func() { s.provider.off = true })
	if status, _, _ := b.do("GET", back); status != 503 || !errors.Is(s.refused, identity.ErrUnavailable) {
		t.Errorf("issuer off at the callback: %d, %v", status, s.refused)
	}
}

func TestABearerTokenIsForUsFromTheIssuerAndNotOver(t *testing.T) {
	s := newSite(t)
	p := s.provider
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := p.sign(map[string]any{"aud": "diwan-api", "roles": []string{"health:clerk"}}, p.key)
	b := s.browser()
	for range 3 {
		if status, _, body := b.do("GET", "/mine", "Authorization", "Bearer "+good); status != 200 || !strings.HasPrefix(body, "Amal Khaled true [health:clerk]") {
			t.Fatalf("%d %s, %v", status, body, s.refused)
		}
	}
	var keys int
	p.set(func() { keys = p.asked["/jwks"] })
	if keys != 1 || b.session() != nil {
		t.Errorf("keys were asked for %d times, session %v; want once and none", keys, b.session())
	}
	for name, token := range map[string]string{
		"an identity token":   p.sign(map[string]any{"aud": "portal"}, p.key),
		"an ended one":        p.sign(map[string]any{"aud": "diwan-api", "exp": time.Now().Add(-time.Minute).Unix()}, p.key),
		"a stranger's":        p.sign(map[string]any{"aud": "diwan-api"}, stranger),
		"of another issuer":   p.sign(map[string]any{"aud": "diwan-api", "iss": "https://other.example"}, p.key),
		"of no instant":       p.sign(map[string]any{"aud": "diwan-api", "iat": 0}, p.key),
		"one that is changed": good[:len(good)-6] + "AAAAAA",
		"unsigned":            "eyJhbGciOiJub25lIn0." + strings.Split(good, ".")[1] + ".",
		"none":                "",
	} {
		if status, _, _ := b.do("GET", "/", "Authorization", "Bearer "+token); status != 401 || !errors.Is(s.refused, identity.ErrToken) {
			t.Errorf("%s: %d, %v", name, status, s.refused)
		}
	}
	if status, _, _ := b.do("GET", "/sign-in", "Authorization", "Bearer "+good); status != 200 {
		t.Errorf("signing in with a token in hand: %d", status)
	}
}

func TestOnlyAPageLeadsToSignInEverythingElseIsRefused(t *testing.T) {
	s := newSite(t)
	b := s.browser().stopAtRedirects()
	for name, c := range map[string]struct {
		method string
		header []string
		want   int
	}{
		"a page":             {"GET", nil, 303},
		"a post":             {"POST", nil, 401},
		"a part of a page":   {"GET", []string{"HX-Request", "true"}, 401},
		"a request for JSON": {"GET", []string{"Accept", "application/json"}, 401},
	} {
		if status, _, _ := b.do(c.method, "/mine", c.header...); status != c.want {
			t.Errorf("%s: %d, want %d", name, status, c.want)
		}
	}
}

func TestASessionEndsAfterHalfAnHourWithoutARequest(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.do("GET", "/mine")
	var left float64
	if err := s.pool.QueryRow(t.Context(), "SELECT extract(epoch FROM expiry - now()) FROM sessions").Scan(&left); err != nil || left > 1800 || left < 1700 {
		t.Errorf("%v s left, %v; want half an hour", left, err)
	}
	if _, err := s.pool.Exec(t.Context(), "UPDATE sessions SET expiry = now() + interval '10 minutes'"); err != nil {
		t.Fatal(err)
	}
	b.do("GET", "/")
	if err := s.pool.QueryRow(t.Context(), "SELECT extract(epoch FROM expiry - now()) FROM sessions").Scan(&left); err != nil || left < 1700 {
		t.Errorf("%v s left after a request, %v; want half an hour again", left, err)
	}
	if _, err := s.pool.Exec(t.Context(), "UPDATE sessions SET expiry = now()"); err != nil {
		t.Fatal(err)
	}
	if _, _, body := b.do("GET", "/"); body != "nobody" {
		t.Errorf("after its end: %s", body)
	}
}

func TestFactsHoldOnlyWhatIsAttested(t *testing.T) {
	p := &identity.Person{Name: map[string]string{"en": "Omar"}, Sex: "male"}
	if got := slices.Sorted(maps.Keys(p.Facts())); !slices.Equal(got, []string{"name", "sex"}) || p.Facts()["name"] != "Omar" {
		t.Errorf("facts %v", p.Facts())
	}
}
