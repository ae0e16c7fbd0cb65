package provider

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Audience is whom access tokens are made for.
const Audience = "diwan-api"

// Lifetimes of what the provider hands out.
const (
	codeLife   = time.Minute
	accessLife = 8 * time.Hour
	idLife     = time.Hour
)

// Person is somebody who can be chosen on the sign-in page.
type Person struct {
	Subject        string            // also the name in a direct grant, such as "citizen"
	Name           map[string]string // by language: ar, en
	NationalNumber string            // empty for an officer without one
	BirthDate      string            // 1988-03-21
	Sex            string            // female or male
	Email          string
	Roles          []string          // such as transport:licensing-officer; none: a citizen
	Authority      string            // of an officer
	Post           map[string]string // of an officer, by language; it is shown where there is one
}

// Client is an application that may ask for a sign-in.
type Client struct {
	ID                     string
	Secret                 string   // empty: a public client, which only PKCE protects
	RedirectURIs           []string // compared as they are, byte for byte
	PostLogoutRedirectURIs []string
	// Direct lets the client take a token for any sample person without a page. A secret would protect nothing: on the page, too, anybody may
	// choose anybody.
	Direct bool
	// Roles are the capacities of a system that acts for nobody but itself, such as events:civil. It takes a token by its secret alone.
	Roles []string
}

// Options describes a provider.
type Options struct {
	Issuer  string // the address at which clients and browsers reach Handler, without a slash at the end
	KeyDir  string // holds the signing key, made at the first start
	People  []Person
	Clients []Client
	Now     func() time.Time // nil: time.Now
}

// Provider answers the protocol. Its methods may be called concurrently.
type Provider struct {
	issuer  string
	people  []Person
	clients []Client
	now     func() time.Time
	key     signingKey
	codes   codes
}

// New reads or makes the signing key and refuses options that could not work.
func New(o Options) (*Provider, error) {
	if u, err := url.Parse(o.Issuer); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || strings.HasSuffix(o.Issuer, "/") {
		return nil, fmt.Errorf("provider: issuer %q is not an http address without a slash at the end", o.Issuer)
	}
	if len(o.People) == 0 || len(o.Clients) == 0 {
		return nil, errors.New("provider: there must be people and clients")
	}
	subjects := map[string]bool{}
	for _, p := range o.People {
		if p.Subject == "" || subjects[p.Subject] {
			return nil, fmt.Errorf("provider: subject %q is empty or given twice", p.Subject)
		}
		subjects[p.Subject] = true
	}
	for _, c := range o.Clients {
		if c.ID == "" || len(c.Roles) > 0 && c.Secret == "" {
			return nil, errors.New("provider: a client needs an id, and one with roles a secret")
		}
		for _, uri := range slices.Concat(c.RedirectURIs, c.PostLogoutRedirectURIs) {
			if u, err := url.Parse(uri); err != nil || u.Host == "" || u.Fragment != "" {
				return nil, fmt.Errorf("provider: client %s: redirect address %q is not absolute", c.ID, uri)
			}
		}
	}
	key, err := loadKey(o.KeyDir)
	if err != nil {
		return nil, fmt.Errorf("provider: key: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Provider{issuer: o.Issuer, people: o.People, clients: o.Clients, now: o.Now, key: key, codes: codes{open: map[string]grant{}}}, nil
}

// Handler serves the protocol and the pages from the root; use [http.StripPrefix] when the issuer has a path.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /jwks", p.jwks)
	mux.HandleFunc("GET /authorize", p.choose)
	// Another site must not be able to sign a visitor in as somebody.
	mux.Handle("POST /authorize", http.NewCrossOriginProtection().Handler(http.HandlerFunc(p.chosen)))
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	mux.HandleFunc("POST /userinfo", p.userinfo)
	mux.HandleFunc("GET /end_session", p.endSession)
	mux.HandleFunc("POST /end_session", p.endSession)
	mux.HandleFunc("GET /style.css", style)
	return http.MaxBytesHandler(secure(mux), 64<<10)
}

// secure sets what every answer carries; a page adds its own policy.
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

func (p *Provider) client(id string) (Client, bool) {
	i := slices.IndexFunc(p.clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return Client{}, false
	}
	return p.clients[i], true
}

func (p *Provider) person(subject string) (Person, bool) {
	i := slices.IndexFunc(p.people, func(one Person) bool { return one.Subject == subject })
	if i < 0 {
		return Person{}, false
	}
	return p.people[i], true
}

// subjects are the names of the people, for who has asked for one that there is not.
func (p *Provider) subjects() []string {
	all := make([]string, len(p.people))
	for i, one := range p.people {
		all[i] = one.Subject
	}
	return all
}

// same compares secrets in a time that says nothing about them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
