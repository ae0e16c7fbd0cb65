package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// Authority is a time-stamp authority that answers over HTTP (RFC 3161).
type Authority struct {
	URL     string
	Roots   *x509.CertPool // who must vouch for its certificate; nil believes whoever answers there
	Client  *http.Client   // http.DefaultClient
	Timeout time.Duration  // 5 s
}

const (
	queryType = "application/timestamp-query"
	replyType = "application/timestamp-reply"
	mostReply = 64 << 10 // bytes
)

// ErrStamped: the signature has a time-stamp already.
var ErrStamped = errors.New("pades: there is a time-stamp already")

// Stamp gives a signature of Sign with a time-stamp of the authority beside it. What is signed stays as it is.
func (a *Authority) Stamp(ctx context.Context, signature []byte) ([]byte, error) {
	c, err := parse(signature)
	if err != nil {
		return nil, err
	}
	info := &c.Content.Signers[0]
	if len(info.Unsigned) > 0 {
		return nil, ErrStamped
	}
	token, err := a.token(ctx, info.Signature)
	if err != nil {
		return nil, err
	}
	info.Unsigned = []attribute{{oidTimeStamp, []asn1.RawValue{{FullBytes: token}}}}
	return asn1.Marshal(c)
}

// token asks for the time-stamp of some bytes and looks at it before it is believed.
func (a *Authority) token(ctx context.Context, of []byte) ([]byte, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	query, err := timestamp.CreateRequest(bytes.NewReader(of), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true, Nonce: nonce})
	if err != nil {
		return nil, fmt.Errorf("pades: time-stamp: %w", err)
	}
	reply, err := a.ask(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("pades: time-stamp: %w", err)
	}
	stamp, err := timestamp.ParseResponse(reply)
	if err != nil {
		return nil, fmt.Errorf("pades: time-stamp: %w", err)
	}
	if sum := sha256.Sum256(of); !bytes.Equal(stamp.HashedMessage, sum[:]) || stamp.HashAlgorithm != crypto.SHA256 {
		return nil, errors.New("pades: the time-stamp is of something else")
	}
	if stamp.Nonce == nil || stamp.Nonce.Cmp(nonce) != 0 {
		return nil, errors.New("pades: the time-stamp answers another question")
	}
	return stamp.RawToken, a.vouched(stamp)
}

// vouched: the token is signed by a certificate for time-stamps, and where Roots are given they vouch for it.
func (a *Authority) vouched(stamp *timestamp.Timestamp) error {
	p7, err := pkcs7.Parse(stamp.RawToken)
	if err != nil {
		return fmt.Errorf("pades: time-stamp: %w", err)
	}
	if err := p7.Verify(); err != nil {
		return fmt.Errorf("pades: time-stamp: %w", err)
	}
	own := p7.GetOnlySigner()
	if own == nil {
		return errors.New("pades: the time-stamp has no one certificate")
	}
	between, roots := x509.NewCertPool(), a.Roots
	for _, c := range p7.Certificates {
		between.AddCert(c)
	}
	if roots == nil {
		roots = between
	}
	_, err = own.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: stamp.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return fmt.Errorf("pades: time-stamp: %w", err)
	}
	return nil
}

func (a *Authority) ask(ctx context.Context, query []byte) ([]byte, error) {
	timeout := a.Timeout
	if timeout <= 0 {
		timeout = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", queryType)
	client := a.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != replyType {
		return nil, fmt.Errorf("the authority answers %s with %q", answer.Status, answer.Header.Get("Content-Type"))
	}
	reply, err := io.ReadAll(io.LimitReader(answer.Body, mostReply+1))
	if err == nil && len(reply) > mostReply {
		err = errors.New("the answer is too large")
	}
	return reply, err
}
