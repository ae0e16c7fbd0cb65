package provider

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4/jwt"
)

// sampleGrant is the grant by which a command-line client takes a token for a sample person.
const sampleGrant = "urn:diwan:sample-person"

// personClaims are what tokens and userinfo say about a person, the same everywhere.
type personClaims struct {
	Name           string   `json:"name,omitempty"`
	NameArabic     string   `json:"name_ar,omitempty"`
	NationalNumber string   `json:"national_number,omitempty"`
	BirthDate      string   `json:"birthdate,omitempty"`
	Gender         string   `json:"gender,omitempty"`
	Email          string   `json:"email,omitempty"`
	Roles          []string `json:"roles"`
	Authority      string   `json:"authority,omitempty"`
}

func claimsOf(p Person) personClaims {
	return personClaims{
		Name: p.Name["en"], NameArabic: p.Name["ar"], NationalNumber: p.NationalNumber, BirthDate: p.BirthDate,
		Gender: p.Sex, Email: p.Email, Roles: append([]string{}, p.Roles...), Authority: p.Authority,
	}
}

// token exchanges a code, or a sample person's name, for tokens.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		answerError(w, http.StatusBadRequest, "invalid_request", "the form cannot be read")
		return
	}
	client, ok := p.authenticate(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="provider"`)
		answerError(w, http.StatusUnauthorized, "invalid_client", "client and secret do not match")
		return
	}
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		p.exchange(w, r.PostForm, client)
	case sampleGrant:
		person, known := p.person(r.PostForm.Get("person"))
		switch {
		case !client.Direct:
			answerError(w, http.StatusBadRequest, "unauthorized_client", "this client may not choose a person directly")
		case !known:
			answerError(w, http.StatusBadRequest, "invalid_grant", "there is no such sample person; there are: "+strings.Join(p.subjects(), ", "))
		default:
			p.answerTokens(w, client, person, grant{}, false)
		}
	case "client_credentials":
		if len(client.Roles) == 0 {
			answerError(w, http.StatusBadRequest, "unauthorized_client", "this client may act for people only")
			return
		}
		p.answerTokens(w, client, Person{Subject: client.ID, Name: map[string]string{"en": client.ID}, Roles: client.Roles}, grant{}, false)
	default:
		answerError(w, http.StatusBadRequest, "unsupported_grant_type", "use authorization_code or client_credentials")
	}
}

func (p *Provider) exchange(w http.ResponseWriter, form url.Values, client Client) {
	g, ok := p.codes.take(form.Get("code"), p.now())
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	person, known := p.person(g.subject)
	if !ok || !known || g.clientID != client.ID || g.redirectURI != form.Get("redirect_uri") ||
		!same(base64.RawURLEncoding.EncodeToString(sum[:]), g.challenge) {
		answerError(w, http.StatusBadRequest, "invalid_grant", "the code is not valid, was used, or is not yours")
		return
	}
	p.answerTokens(w, client, person, g, true)
}

// authenticate takes the client's secret from the header or the form.
func (p *Provider) authenticate(r *http.Request) (Client, bool) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		var userErr, passwordErr error
		id, userErr = url.QueryUnescape(user)
		secret, passwordErr = url.QueryUnescape(password)
		if userErr != nil || passwordErr != nil {
			return Client{}, false
		}
	}
	client, known := p.client(id)
	return client, known && same(secret, client.Secret)
}

func (p *Provider) answerTokens(w http.ResponseWriter, client Client, person Person, g grant, withID bool) {
	now := p.now()
	claims := jwt.Claims{Issuer: p.issuer, Subject: person.Subject, IssuedAt: jwt.NewNumericDate(now)}
	answer := map[string]any{"token_type": "Bearer", "expires_in": int(accessLife.Seconds()), "scope": "openid profile email"}

	access := claims
	access.Audience, access.Expiry, access.ID = jwt.Audience{Audience}, jwt.NewNumericDate(now.Add(accessLife)), rand.Text()
	token, err := p.key.sign("at+jwt", struct {
		jwt.Claims
		personClaims
		ClientID string `json:"client_id"`
	}{access, claimsOf(person), client.ID})
	answer["access_token"] = token
	if err == nil && withID {
		identity := claims
		identity.Audience, identity.Expiry = jwt.Audience{client.ID}, jwt.NewNumericDate(now.Add(idLife))
		answer["id_token"], err = p.key.sign("JWT", struct {
			jwt.Claims
			personClaims
			Nonce string `json:"nonce,omitempty"`
		}{identity, claimsOf(person), g.nonce})
	}
	if err != nil {
		answerError(w, http.StatusInternalServerError, "server_error", "the token cannot be signed")
		return
	}
	answerJSON(w, http.StatusOK, answer)
}

// userinfo tells a client about the person that an access token is for.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	subject, err := p.key.verify(token, p.issuer, p.now())
	person, known := p.person(subject)
	if !ok || err != nil || !known {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		answerError(w, http.StatusUnauthorized, "invalid_token", "the token is not valid or has ended")
		return
	}
	answerJSON(w, http.StatusOK, struct {
		Subject string `json:"sub"`
		personClaims
	}{person.Subject, claimsOf(person)})
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, map[string]any{
		"issuer":                                         p.issuer,
		"authorization_endpoint":                         p.issuer + "/authorize",
		"token_endpoint":                                 p.issuer + "/token",
		"userinfo_endpoint":                              p.issuer + "/userinfo",
		"jwks_uri":                                       p.issuer + "/jwks",
		"end_session_endpoint":                           p.issuer + "/end_session",
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code", "client_credentials", sampleGrant},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"ES256"},
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post", "none"},
		"scopes_supported":                               []string{"openid", "profile", "email"},
		"claims_supported":                               []string{"sub", "name", "name_ar", "national_number", "birthdate", "gender", "email", "roles", "authority"},
		"ui_locales_supported":                           []string{"ar", "en"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, p.key.public())
}

func answerError(w http.ResponseWriter, status int, code, description string) {
	answerJSON(w, status, map[string]string{"error": code, "error_description": description})
}

func answerJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client went away
}
