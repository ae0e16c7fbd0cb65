package document

import (
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
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Diwan, signature of papers (vouched for by nobody)"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(ownYears, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	b := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
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
// others have signed is verified as before. Where there is no file it makes one. To have an authority vouch for it, put its certificates in the place of that one.
func Rotate(path string) error {
	old, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = newKeyFile(path)
		return err
	}
	if err != nil {
		return fmt.Errorf("document: keys: %w", err)
	}
	if _, err := parseKeys(old); err != nil {
		return fmt.Errorf("document: keys: %s stays as it is: %w", path, err)
	}
	b, err := newKey(time.Now())
	if err != nil {
		return fmt.Errorf("document: keys: %w", err)
	}
	if err := beside(path, append(b, old...), os.Rename); err != nil {
		return fmt.Errorf("document: keys: %w", err)
	}
	return nil
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
