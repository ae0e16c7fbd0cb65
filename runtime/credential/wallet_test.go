package credential_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
)

// wallet speaks OpenID4VCI 1.0 from nothing but the link of an offer: all else it reads from the metadata.
type wallet struct {
	testing.TB
	key    *ecdsa.PrivateKey
	issuer struct {
		Issuer         string                     `json:"credential_issuer"`
		Credential     string                     `json:"credential_endpoint"`
		Nonce          string                     `json:"nonce_endpoint"`
		Configurations map[string]json.RawMessage `json:"credential_configurations_supported"`
	}
	offer struct {
		Issuer         string   `json:"credential_issuer"`
		Configurations []string `json:"credential_configuration_ids"`
		Grants         map[string]struct {
			Code   string `json:"pre-authorized_code"`
			TxCode struct {
				Length int `json:"length"`
			} `json:"tx_code"`
		} `json:"grants"`
	}
	tokens string // endpoint
}

const preAuthorized = "urn:ietf:params:oauth:grant-type:pre-authorized_code"

func newWallet(t testing.TB, link string) *wallet {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &wallet{TB: t, key: key}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "openid-credential-offer" {
		t.Fatalf("%s: %v", link, err)
	}
	if err := json.Unmarshal([]byte(u.Query().Get("credential_offer")), &w.offer); err != nil {
		t.Fatal(err)
	}
	w.get(w.offer.Issuer+"/.well-known/openid-credential-issuer", &w.issuer)
	var server struct {
		Tokens string   `json:"token_endpoint"`
		Grants []string `json:"grant_types_supported"`
	}
	w.get(w.offer.Issuer+"/.well-known/oauth-authorization-server", &server)
	if w.issuer.Issuer != w.offer.Issuer || len(w.offer.Configurations) != 1 || w.issuer.Configurations[w.offer.Configurations[0]] == nil || len(server.Grants) != 1 || server.Grants[0] != preAuthorized {
		t.Fatalf("%+v %+v %+v", w.offer, w.issuer, server)
	}
	w.tokens = server.Tokens
	return w
}

func (w *wallet) get(address string, into any) {
	w.Helper()
	answer, err := http.Get(address)
	if err != nil {
		w.Fatal(err)
	}
	w.read(answer, into)
}

func (w *wallet) read(answer *http.Response, into any) int {
	w.Helper()
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		w.Fatalf("%s: %s", answer.Status, b)
	}
	return answer.StatusCode
}

// said is an answer of the token or the credential endpoint.
type said struct {
	Status      int
	Error       string `json:"error"`
	Token       string `json:"access_token"`
	Nonce       string `json:"c_nonce"`
	Credentials []struct {
		Credential string `json:"credential"`
	} `json:"credentials"`
}

func (w *wallet) token(pin string) (s said) {
	w.Helper()
	answer, err := http.PostForm(w.tokens, url.Values{"grant_type": {preAuthorized}, "pre-authorized_code": {w.offer.Grants[preAuthorized].Code}, "tx_code": {pin}})
	if err != nil {
		w.Fatal(err)
	}
	s.Status = w.read(answer, &s)
	return s
}

func (w *wallet) nonce() string {
	w.Helper()
	answer, err := http.Post(w.issuer.Nonce, "", nil)
	if err != nil {
		w.Fatal(err)
	}
	var s said
	w.read(answer, &s)
	return s.Nonce
}

func (w *wallet) sign(typ string, header map[jose.HeaderKey]any, body any) string {
	w.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: w.key}, &jose.SignerOptions{ExtraHeaders: header, EmbedJWK: typ != sdjwt.BindingType})
	if err != nil {
		w.Fatal(err)
	}
	b, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	signed, err := signer.Sign(b)
	if err != nil {
		w.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		w.Fatal(err)
	}
	return text
}

func (w *wallet) proof(typ, audience, nonce string, at time.Time) string {
	w.Helper()
	return w.sign(typ, map[jose.HeaderKey]any{"typ": typ}, map[string]any{"aud": audience, "iat": at.Unix(), "nonce": nonce})
}

func (w *wallet) credential(token, configuration string, proofs ...string) (s said) {
	w.Helper()
	b, err := json.Marshal(map[string]any{"credential_configuration_id": configuration, "proofs": map[string]any{"jwt": proofs}})
	if err != nil {
		w.Fatal(err)
	}
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.issuer.Credential, bytes.NewReader(b))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	s.Status = w.read(answer, &s)
	return s
}

// fetch goes the whole way.
func (w *wallet) fetch(pin string, now time.Time) string {
	w.Helper()
	t := w.token(pin)
	c := w.credential(t.Token, w.offer.Configurations[0], w.proof("openid4vci-proof+jwt", w.offer.Issuer, w.nonce(), now))
	if c.Status != http.StatusOK || len(c.Credentials) != 1 {
		w.Fatalf("%+v, then %+v", t, c)
	}
	return c.Credentials[0].Credential
}

// keys are those that the issuer publishes.
func (w *wallet) keys() func(string) (any, bool) {
	w.Helper()
	var issuer struct {
		Issuer string             `json:"issuer"`
		Keys   jose.JSONWebKeySet `json:"jwks"`
	}
	w.get(w.offer.Issuer+"/.well-known/jwt-vc-issuer", &issuer)
	return func(id string) (any, bool) {
		found := issuer.Keys.Key(id)
		if len(found) != 1 {
			return nil, false
		}
		return found[0].Key, true
	}
}

// show discloses the claims of these names alone, and signs that for a verifier where there is one.
func (w *wallet) show(credential, audience string, names ...string) string {
	w.Helper()
	parts := strings.Split(credential, "~")
	out := parts[0] + "~"
	for _, d := range parts[1 : len(parts)-1] {
		b, err := base64.RawURLEncoding.DecodeString(d)
		if err != nil {
			w.Fatal(err)
		}
		for _, name := range names {
			if strings.Contains(string(b), `,"`+name+`",`) {
				out += d + "~"
			}
		}
	}
	if audience == "" {
		return out
	}
	sum := sha256.Sum256([]byte(out))
	return out + w.sign(sdjwt.BindingType, map[jose.HeaderKey]any{"typ": sdjwt.BindingType},
		map[string]any{"aud": audience, "nonce": "n", "iat": time.Now().Unix(), "sd_hash": base64.RawURLEncoding.EncodeToString(sum[:])})
}
