package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/diwan-gov/diwan/runtime/debian"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
)

var (
	offerLink = regexp.MustCompile(`href="openid-credential-offer://\?credential_offer=([^"]+)"`)
	offerCode = regexp.MustCompile(`<bdi dir="ltr">([0-9]{6})</bdi>`)
)

// TestALicenceIsStampedAndShownFromAWallet goes from the form to a stranger who reads one line of the licence from a phone.
func TestALicenceIsStampedAndShownFromAWallet(t *testing.T) {
	t.Parallel()
	p := shared.get(t)
	with := p.people(t)
	j := &journey{key: "a-licence-for-a-wallet"}
	if err := j.drive(t.Context(), with); err != nil {
		t.Fatal(err)
	}
	paper := j.last.Documents[0]
	stamped(t, with.citizen, paper.Href)

	asked, err := with.browser.post(p.url+"/wallet/"+paper.ID, nil)
	if err != nil || asked.status != http.StatusOK {
		t.Fatalf("%d, %v", asked.status, err)
	}
	link, code := offerLink.FindStringSubmatch(asked.body), offerCode.FindStringSubmatch(asked.body)
	if link == nil || code == nil {
		t.Fatal(asked.body)
	}
	credential := fetch(t, html.UnescapeString(link[1]), code[1])

	parts := strings.Split(credential, "~")
	chosen := parts[0] + "~"
	for _, d := range parts[1 : len(parts)-1] {
		if b, _ := base64.RawURLEncoding.DecodeString(d); strings.Contains(string(b), `"category"`) {
			chosen += d + "~"
		}
	}
	stranger := newPayer(t, p)
	var form bytes.Buffer
	form.WriteString("--x\r\nContent-Disposition: form-data; name=\"shown\"\r\n\r\n" + chosen + "\r\n--x--\r\n")
	r, err := http.NewRequest(http.MethodPost, p.url+"/verify?lang=en", &form)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	seen, err := stranger.do(r)
	if err != nil || !strings.Contains(seen.body, "This document is real and valid") || !strings.Contains(seen.body, "Category") {
		t.Fatalf("%v\n%s", err, seen.body)
	}
	for _, secret := range []string{paper.Number, "401234567", "ليلى"} {
		if strings.Contains(seen.body, secret) {
			t.Errorf("%s was not shown by the holder and stands on the page", secret)
		}
	}
}

// stamped makes sure that the paper is signed with a time-stamp, as Poppler sees it.
func stamped(t *testing.T, c *caller, href string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, href, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", answer.Status, err)
	}
	const timeStampToken = "060b2a864886f70d010910020e" // id-aa-timeStampToken, as it stands in the signature's digits
	if !bytes.Contains(bytes.ToLower(body), []byte(timeStampToken)) {
		t.Error("the paper was delivered without a time-stamp")
	}
	path := filepath.Join(t.TempDir(), "licence.pdf")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, _ := exec.Command(debian.Program(t, "poppler-utils", "pdfsig"), "-nocert", path).CombinedOutput(); !strings.Contains(string(said), "Signature is Valid") {
		t.Errorf("%s", said)
	}
}

// fetch is a wallet that is shown an offer, over the addresses that the issuer publishes.
func fetch(t *testing.T, offer, code string) (credential string) {
	t.Helper()
	var asked struct {
		Issuer         string   `json:"credential_issuer"`
		Configurations []string `json:"credential_configuration_ids"`
		Grants         map[string]struct {
			Code string `json:"pre-authorized_code"`
		} `json:"grants"`
	}
	plain, err := neturl.QueryUnescape(offer)
	if err != nil || json.Unmarshal([]byte(plain), &asked) != nil || len(asked.Configurations) != 1 {
		t.Fatalf("%s: %v", offer, err)
	}
	var issuer struct {
		Credential string `json:"credential_endpoint"`
		Nonce      string `json:"nonce_endpoint"`
	}
	var server struct {
		Token string `json:"token_endpoint"`
	}
	said := func(answer *http.Response, err error, into any) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK || json.Unmarshal(body, into) != nil {
			t.Fatalf("%s: %s", answer.Status, body)
		}
	}
	const grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
	get := func(path string, into any) {
		t.Helper()
		answer, err := http.Get(asked.Issuer + path)
		said(answer, err, into)
	}
	get("/.well-known/openid-credential-issuer", &issuer)
	get("/.well-known/oauth-authorization-server", &server)
	var token struct {
		Token string `json:"access_token"`
	}
	answer, err := http.PostForm(server.Token, neturl.Values{"grant_type": {grant}, "pre-authorized_code": {asked.Grants[grant].Code}, "tx_code": {code}})
	said(answer, err, &token)
	var nonce struct {
		Nonce string `json:"c_nonce"`
	}
	answer, err = http.Post(issuer.Nonce, "", nil)
	said(answer, err, &nonce)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("openid4vci-proof+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(mustJSON(t, map[string]any{"aud": asked.Issuer, "iat": time.Now().Unix(), "nonce": nonce.Nonce}))
	if err != nil {
		t.Fatal(err)
	}
	proof, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, issuer.Credential, bytes.NewReader(mustJSON(t, map[string]any{
		"credential_configuration_id": asked.Configurations[0], "proofs": map[string]any{"jwt": []string{proof}}})))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token.Token)
	var got struct {
		Credentials []struct {
			Credential string `json:"credential"`
		} `json:"credentials"`
	}
	answer, err = http.DefaultClient.Do(r)
	said(answer, err, &got)
	var keys struct {
		Keys jose.JSONWebKeySet `json:"jwks"`
	}
	get("/.well-known/jwt-vc-issuer", &keys)
	shown, err := sdjwt.Verify(got.Credentials[0].Credential, func(id string) (any, bool) {
		found := keys.Keys.Key(id)
		return found[0].Key, len(found) == 1
	})
	if err != nil || len(shown.Claims) != 6 || !shown.Holder.Key.Valid() {
		t.Fatalf("%+v, %v", shown, err)
	}
	return got.Credentials[0].Credential
}
