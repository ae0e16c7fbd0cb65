package bench

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// credentials gives the sample paper to a wallet, from the proof of its key to the SD-JWT VC with its place in the status list committed, and
// verifies what the wallet then shows. What comes before (paper, offer, token, nonce) is not measured.
func credentials(ctx context.Context, r *report) (err error) {
	d, err := openDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	keys, err := document.OpenKeys(filepath.Join(d.dir, "document.pem"), nil)
	if err != nil {
		return err
	}
	archive, err := document.New(document.Options{Pool: d.pool, Files: &bodies{by: map[uuid.UUID][]byte{}}, Masters: [][]byte{random()}, Keys: keys, PublicURL: publicURL})
	if err != nil {
		return err
	}
	request, err := samplePaper()
	if err != nil {
		return err
	}
	printed := request.Print
	request.Print = func(number string) (document.Paper, error) {
		says, err := printed(number)
		for i := range says.Rows {
			says.Rows[i].Claim = fmt.Sprintf("claim%d", i)
		}
		return says, err
	}
	office, err := credential.New(credential.Options{
		Pool: d.pool, Papers: archive, Keys: keys, PublicURL: publicURL, Secret: random(), Name: func() plan.Text { return nil },
		Types: func() []credential.Type {
			return []credential.Type{{Code: request.Document.Code, Title: request.Text.Title}}
		},
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	office.Register(mux)
	w := &wallet{office: mux, kind: request.Document.Code}
	if w.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	prepare := func() error {
		request.Application = uuid.New()
		var id string
		err := postgres.InTx(ctx, d.pool, func(tx pgx.Tx) (err error) {
			id, err = archive.Issue(ctx, tx, request)
			return err
		})
		if err != nil {
			return err
		}
		offer, err := office.Offer(ctx, id)
		if err != nil {
			return err
		}
		return w.accept(ctx, offer)
	}
	took, err := perFresh(prepare, func() error { return w.fetch(ctx) })
	if err != nil {
		return err
	}
	r.figure("credential.issue_ms", millis(took), "ms")
	took, err = perCall(func() error {
		shown, err := office.Verify(ctx, w.held)
		if err != nil || shown.Status != document.Valid || len(shown.Claims) == 0 {
			return fmt.Errorf("%+v, %w", shown, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.figure("credential.verify_ms", millis(took), "ms")
	return nil
}

// wallet asks an office as a phone would, without a network between them.
type wallet struct {
	office http.Handler
	kind   string // of paper
	key    *ecdsa.PrivateKey
	token  string
	proof  string
	held   string
}

// accept takes an offer up, and proves that the wallet has its key.
func (w *wallet) accept(ctx context.Context, offer credential.Offer) error {
	const grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
	link, err := url.Parse(offer.Link)
	if err != nil {
		return err
	}
	var offered struct {
		Grants map[string]struct {
			Code string `json:"pre-authorized_code"`
		} `json:"grants"`
	}
	if err := json.Unmarshal([]byte(link.Query().Get("credential_offer")), &offered); err != nil {
		return err
	}
	var token struct {
		Token string `json:"access_token"`
	}
	form := url.Values{"grant_type": {grant}, "pre-authorized_code": {offered.Grants[grant].Code}, "tx_code": {offer.Code}}
	if err := w.ask(ctx, "/credentials/token", "application/x-www-form-urlencoded", []byte(form.Encode()), &token); err != nil {
		return err
	}
	var nonce struct {
		Nonce string `json:"c_nonce"`
	}
	if err := w.ask(ctx, "/credentials/nonce", "", nil, &nonce); err != nil {
		return err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: w.key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("openid4vci-proof+jwt"))
	if err != nil {
		return err
	}
	b, err := json.Marshal(map[string]any{"aud": publicURL, "iat": time.Now().Unix(), "nonce": nonce.Nonce})
	if err != nil {
		return err
	}
	signed, err := signer.Sign(b)
	if err != nil {
		return err
	}
	w.token = token.Token
	w.proof, err = signed.CompactSerialize()
	return err
}

// fetch gets the paper for the token.
func (w *wallet) fetch(ctx context.Context) error {
	b, err := json.Marshal(map[string]any{"credential_configuration_id": w.kind, "proofs": map[string]any{"jwt": []string{w.proof}}})
	if err != nil {
		return err
	}
	var got struct {
		Credentials []struct {
			Credential string `json:"credential"`
		} `json:"credentials"`
	}
	if err := w.ask(ctx, "/credentials/credential", "application/json", b, &got); err != nil {
		return err
	}
	if len(got.Credentials) != 1 {
		return errors.New("the office gave no credential")
	}
	w.held = got.Credentials[0].Credential
	return nil
}

func (w *wallet) ask(ctx context.Context, path, media string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, publicURL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", media)
	r.Header.Set("Authorization", "Bearer "+w.token)
	a := reply{header: http.Header{}, status: http.StatusOK}
	w.office.ServeHTTP(&a, r)
	if a.status != http.StatusOK {
		return fmt.Errorf("%s answers %d: %s", path, a.status, a.body.Bytes())
	}
	return json.Unmarshal(a.body.Bytes(), into)
}

// reply keeps what a handler answers.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *reply) Header() http.Header         { return a.header }
func (a *reply) WriteHeader(status int)      { a.status = status }
func (a *reply) Write(b []byte) (int, error) { return a.body.Write(b) }
