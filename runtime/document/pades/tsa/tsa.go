// Package tsa is a time-stamp authority (RFC 3161) for tests and trials: its certificate is its own, and nobody else vouches for it. Production
// asks a real one.
package tsa

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority answers questions for time-stamps. Safe for parallel use.
type Authority struct {
	key  *ecdsa.PrivateKey
	root *x509.Certificate
	own  *x509.Certificate
}

const mostQuery = 4 << 10 // bytes

// policy is one of ours that promises nothing.
var policy = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 60000, 1}

// New makes an authority with fresh keys and certificates.
func New() (*Authority, error) {
	now := time.Now()
	parent := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Trial time-stamp root"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		return nil, err
	}
	child := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Trial time-stamp authority"}, NotBefore: parent.NotBefore, NotAfter: parent.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature,
		// RFC 3161 asks for exactly this purpose, critical; the template has no way to say so.
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &Authority{}
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if a.root, err = certificate(parent, parent, &rootKey.PublicKey, rootKey); err != nil {
		return nil, err
	}
	a.own, err = certificate(child, a.root, &a.key.PublicKey, rootKey)
	return a, err
}

func certificate(template, parent *x509.Certificate, public *ecdsa.PublicKey, by crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	if err != nil {
		return nil, fmt.Errorf("tsa: %w", err)
	}
	return x509.ParseCertificate(der)
}

// Root vouches for the authority's certificate.
func (a *Authority) Root() *x509.Certificate { return a.root }

// ServeHTTP answers one question.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostQuery))
	if err != nil || r.Method != http.MethodPost {
		http.Error(w, "POST a time-stamp query of at most 4 KB", http.StatusBadRequest)
		return
	}
	query, err := timestamp.ParseRequest(body)
	if err != nil {
		http.Error(w, "this is no time-stamp query", http.StatusBadRequest)
		return
	}
	stamp := timestamp.Timestamp{
		HashAlgorithm: query.HashAlgorithm, HashedMessage: query.HashedMessage, Time: time.Now().UTC(), Nonce: query.Nonce, Policy: policy,
		AddTSACertificate: query.Certificates, Certificates: []*x509.Certificate{a.root}, Accuracy: time.Second,
	}
	reply, err := stamp.CreateResponseWithOpts(a.own, a.key, crypto.SHA256)
	if err != nil {
		http.Error(w, "the stamp could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(reply)
}
