package credential

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

const (
	nonceFor  = 5 * time.Minute
	proofSkew = 5 * time.Minute // between our clock and a phone's
	proofType = "openid4vci-proof+jwt"
)

// nonce is one that nothing has to be kept of: any process knows it again. A token is used up with it, so that a proof serves once.
func (f *Office) nonce() string {
	b := make([]byte, 16, 16+sha256.Size)
	binary.BigEndian.PutUint64(b, uint64(f.o.Now().Add(nonceFor).Unix()))
	_, _ = rand.Read(b[8:]) // never fails
	return base64.RawURLEncoding.EncodeToString(append(b, f.mark(b)...))
}

func (f *Office) mark(b []byte) []byte {
	h := hmac.New(sha256.New, f.o.Secret)
	h.Write([]byte("nonce of a credential\x00"))
	h.Write(b)
	return h.Sum(nil)
}

func (f *Office) ourNonce(text string) bool {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(b) == 16+sha256.Size && hmac.Equal(f.mark(b[:16]), b[16:]) && f.o.Now().Unix() <= int64(binary.BigEndian.Uint64(b))
}

var (
	errProof = errors.New("the proof is no signed JWT of a key of the curve P-256, for us and of now")
	errNonce = errors.New("the nonce of the proof is not one of ours, or too old")
)

// holder reads the key of whoever proves to have it.
func (f *Office) holder(proof string) (*jose.JSONWebKey, error) {
	jws, err := jose.ParseSignedCompact(proof, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, errProof
	}
	header := jws.Signatures[0].Protected
	if header.ExtraHeaders[jose.HeaderType] != proofType || header.JSONWebKey == nil {
		return nil, errProof
	}
	public, ok := header.JSONWebKey.Key.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return nil, errProof
	}
	body, err := jws.Verify(public)
	if err != nil {
		return nil, errProof
	}
	var said struct {
		Audience string `json:"aud"`
		IssuedAt int64  `json:"iat"`
		Nonce    string `json:"nonce"`
	}
	if json.Unmarshal(body, &said) != nil || said.Audience != f.o.PublicURL {
		return nil, errProof
	}
	if d := f.o.Now().Sub(time.Unix(said.IssuedAt, 0)); d > proofSkew || d < -proofSkew {
		return nil, errProof
	}
	if !f.ourNonce(said.Nonce) {
		return nil, errNonce
	}
	return &jose.JSONWebKey{Key: public}, nil // of the key alone: what else the wallet has written there is not ours to sign
}

// issue gives the paper of a token to a holder; errGrant, ErrNotValid.
func (f *Office) issue(ctx context.Context, token []byte, held document.Claimed, holder *jose.JSONWebKey) (string, error) {
	if held.Status != document.Valid {
		return "", ErrNotValid
	}
	now := f.o.Now()
	var list, index int
	err := postgres.InTx(ctx, f.o.Pool, func(tx pgx.Tx) (err error) {
		list, index, err = place(ctx, tx, token, now)
		return err
	})
	if err != nil {
		return "", err
	}
	payload := map[string]any{
		"iss": f.o.PublicURL, "vct": f.vct(held.Code), "iat": now.Unix(), "cnf": map[string]any{"jwk": holder},
		"status": map[string]any{"status_list": sdjwt.Reference{Index: index, URI: f.listURI(list)}},
	}
	if !held.Until.IsZero() {
		payload["exp"] = held.Until.Unix()
	}
	return sdjwt.Issue(f.signers[sdjwt.Type], payload, held.Claims)
}

func isAltered(err error) bool { return errors.Is(err, sdjwt.ErrSignature) }
