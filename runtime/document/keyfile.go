package document

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/module"
)

// ownYears is how long a certificate lasts that nobody vouches for.
const ownYears = 3

// newKey makes a key and a certificate of its own for it, as PEM.
func newKey(now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return certified(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), key, now)
}

// newKeyIn makes a key in a token. What stands in the file is where it lies.
func newKeyIn(m *module.Module, token string, now time.Time) ([]byte, error) {
	at, public, err := m.Create(token, "Diwan, signature of papers, "+now.UTC().Format(time.DateOnly))
	if err != nil {
		return nil, err
	}
	b, err := at.PEM()
	if err != nil {
		return nil, err
	}
	return certified(b, m.Key(at, public), now)
}

// certified puts a certificate that nobody vouches for behind a key.
func certified(b []byte, key crypto.Signer, now time.Time) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Diwan, signature of papers (vouched for by nobody)"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(ownYears, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...), nil
}

// newKeyFile makes a file with a fresh key; fs.ErrExist where there is one.
func newKeyFile(path string) ([]byte, error) {
	b, err := newKey(time.Now())
	if err != nil {
		return nil, err
	}
	return b, beside(path, b, os.Link) // so that nobody's key is overwritten
}

// Rotate puts a fresh key, with a certificate that nobody vouches for, before the others of a file: it signs from the next start on, and what the
// others have signed is verified as before. Where there is no file it makes one. To have an authority vouch for it, put its certificates in the
// place of that one. Where a key of before lies in a token m reaches it; otherwise m may be nil.
func Rotate(path string, m *module.Module) error {
	return rotate(path, m, func() ([]byte, error) { return newKey(time.Now()) })
}

// RotateInto is Rotate with a key that is made in a token and never leaves it.
func RotateInto(path string, m *module.Module, token string) error {
	return rotate(path, m, func() ([]byte, error) { return newKeyIn(m, token, time.Now()) })
}

func rotate(path string, m *module.Module, fresh func() ([]byte, error)) error {
	old, err := os.ReadFile(path)
	put := os.Rename
	switch {
	case errors.Is(err, fs.ErrNotExist):
		put = os.Link // so that nobody's key is overwritten
	case err != nil:
		return fmt.Errorf("document: keys: %w", err)
	default:
		if _, err := parseKeys(old, m); err != nil {
			return fmt.Errorf("document: keys: %s stays as it is: %w", path, err)
		}
	}
	b, err := fresh()
	if err == nil {
		err = beside(path, append(b, old...), put)
	}
	if err != nil {
		return fmt.Errorf("document: keys: %w", err)
	}
	return nil
}

// CertificateRequest asks an authority to vouch for the newest key of a file, as PEM (PKCS#10). The name is who signs, such as a ministry.
func CertificateRequest(path string, m *module.Module, name string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("document: keys: %w", err)
	}
	k, err := parseKeys(b, m)
	if err != nil {
		return nil, fmt.Errorf("document: keys: %w", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, k.current.Key)
	if err != nil {
		return nil, fmt.Errorf("document: keys: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

// beside writes a file beside where it belongs, readable by its owner alone, and puts it there whole: nobody reads half a key.
func beside(path string, b []byte, put func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return put(f.Name(), path)
}
