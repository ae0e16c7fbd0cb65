package pades_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"github.com/diwan-gov/diwan/runtime/document/pades"
	"github.com/diwan-gov/diwan/runtime/document/pades/tsa"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// signer is a key with a certificate by an authority of its own.
func signer(t testing.TB) (s pades.Signer, root *x509.Certificate) {
	t.Helper()
	top := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	parent := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Root"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	root = must[*x509.Certificate](t)(x509.ParseCertificate(must[[]byte](t)(x509.CreateCertificate(rand.Reader, parent, parent, &top.PublicKey, top))))
	child := &x509.Certificate{SerialNumber: new(big.Int).Lsh(big.NewInt(1), 127), Subject: pkix.Name{CommonName: "وزارة النقل"}, NotBefore: parent.NotBefore, NotAfter: parent.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature}
	own := must[*x509.Certificate](t)(x509.ParseCertificate(must[[]byte](t)(x509.CreateCertificate(rand.Reader, child, root, &key.PublicKey, top))))
	return pades.Signer{Key: key, Chain: []*x509.Certificate{own, root}}, root
}

// A library that knows nothing of ours reads the signature.
func TestASignatureIsVerifiedByAnotherImplementation(t *testing.T) {
	s, root := signer(t)
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	covered := []byte("the bytes of a file")
	p7 := must[*pkcs7.PKCS7](t)(pkcs7.Parse(must[[]byte](t)(pades.Sign(covered, s))))
	roots := x509.NewCertPool()
	roots.AddCert(root)
	p7.Content = covered
	if err := p7.VerifyWithChain(roots); err != nil {
		t.Fatal(err)
	}
	var at time.Time
	if err := p7.UnmarshalSignedAttribute(pkcs7.OIDAttributeSigningTime, &at); err == nil {
		t.Error("there is a signing-time, which the profile forbids")
	}
	var which asn1.RawValue
	if err := p7.UnmarshalSignedAttribute(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}, &which); err != nil {
		t.Error("it is not signed which certificate is meant")
	}
	p7.Content = []byte("the bytes of a File")
	if p7.Verify() == nil {
		t.Error("another file has the same signature")
	}
}

func TestASignerIsRefusedWhoseCertificatesAreOfAnother(t *testing.T) {
	s, _ := signer(t)
	other, _ := signer(t)
	for name, wrong := range map[string]pades.Signer{
		"no certificate": {Key: s.Key}, "another's": {Key: s.Key, Chain: other.Chain}, "another's root": {Key: s.Key, Chain: []*x509.Certificate{s.Chain[0], other.Chain[1]}},
	} {
		if wrong.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestATimeStampStandsBesideWhatIsSigned(t *testing.T) {
	s, _ := signer(t)
	authority := must[*tsa.Authority](t)(tsa.New())
	server := httptest.NewServer(authority)
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(authority.Root())
	at := pades.Authority{URL: server.URL, Roots: roots}
	covered := []byte("the bytes of a file")
	plain := must[[]byte](t)(pades.Sign(covered, s))
	stamped := must[[]byte](t)(at.Stamp(t.Context(), append(bytes.Clone(plain), make([]byte, 100)...))) // as it comes out of a slot
	p7 := must[*pkcs7.PKCS7](t)(pkcs7.Parse(stamped))
	p7.Content = covered
	if err := p7.Verify(); err != nil {
		t.Fatal(err)
	}
	unsigned := p7.Signers[0].UnauthenticatedAttributes
	if len(unsigned) != 1 {
		t.Fatalf("%d attributes beside what is signed", len(unsigned))
	}
	token := must[*timestamp.Timestamp](t)(timestamp.Parse(unsigned[0].Value.Bytes))
	if d := time.Since(token.Time); d < -time.Minute || d > time.Minute {
		t.Errorf("stamped %s ago", d)
	}
	if _, err := at.Stamp(t.Context(), stamped); !errors.Is(err, pades.ErrStamped) {
		t.Errorf("stamped twice: %v", err)
	}
	at.Roots = x509.NewCertPool()
	if _, err := at.Stamp(t.Context(), plain); err == nil {
		t.Error("a stamp is taken for which nobody vouches")
	}
}

func TestAStampOfSomethingElseAndAnAuthorityThatFailsAreRefused(t *testing.T) {
	s, _ := signer(t)
	authority := must[*tsa.Authority](t)(tsa.New())
	plain := must[[]byte](t)(pades.Sign([]byte("a file"), s))
	otherQuery := must[[]byte](t)(timestamp.CreateRequest(bytes.NewReader([]byte("else")), &timestamp.RequestOptions{Certificates: true, Nonce: big.NewInt(5)}))
	for name, answer := range map[string]http.HandlerFunc{
		"another's stamp": func(w http.ResponseWriter, r *http.Request) {
			again := r.Clone(r.Context())
			again.Body = http.NoBody
			other := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(otherQuery))
			authority.ServeHTTP(w, other)
		},
		"a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"down":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"too much": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			_, _ = w.Write(make([]byte, 1<<20))
		},
		"too late": func(_ http.ResponseWriter, _ *http.Request) { time.Sleep(400 * time.Millisecond) },
		"refused": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			b, _ := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.SystemFailure)
			_, _ = w.Write(b)
		},
	} {
		server := httptest.NewServer(answer)
		at := pades.Authority{URL: server.URL, Timeout: 200 * time.Millisecond}
		if _, err := at.Stamp(t.Context(), plain); err == nil {
			t.Errorf("%s: taken", name)
		}
		server.CloseClientConnections()
		server.Close()
	}
}
