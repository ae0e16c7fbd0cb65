package document

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
)

// Keys sign records and verify them. Safe for parallel use.
type Keys struct {
	signer jose.Signer
	public map[string]*ecdsa.PublicKey // by key ID
}

// OpenKeys reads a PEM file of P-256 keys: the first, private, signs; those after it, private or public, verify what they once signed. To
// exchange the key, put a new one before the others. Where there is no file one is made with a fresh key, readable by its owner alone.
func OpenKeys(path string) (*Keys, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if b, err = newKeyFile(path); errors.Is(err, fs.ErrExist) {
			b, err = os.ReadFile(path) // another process was first
		}
	}
	if err != nil {
		return nil, fmt.Errorf("document: keys: %w", err)
	}
	k := &Keys{public: map[string]*ecdsa.PublicKey{}}
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		private, public, err := parseKey(block)
		if err != nil {
			return nil, fmt.Errorf("document: keys: %w", err)
		}
		id, err := keyID(public)
		if err != nil {
			return nil, fmt.Errorf("document: keys: %w", err)
		}
		k.public[id] = public
		if k.signer != nil {
			continue
		}
		if private == nil {
			return nil, errors.New("document: keys: the first key of the file is not a private one")
		}
		k.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: private, KeyID: id}},
			(&jose.SignerOptions{}).WithType(recordType))
		if err != nil {
			return nil, fmt.Errorf("document: keys: %w", err)
		}
	}
	if k.signer == nil {
		return nil, errors.New("document: keys: there is no key in the file")
	}
	return k, nil
}

func newKeyFile(path string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	b := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	// Written beside and linked, so that nobody reads half a key and nobody's key is overwritten.
	f, err := os.CreateTemp(filepath.Dir(path), ".key-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return b, os.Link(f.Name(), path)
}

func parseKey(block *pem.Block) (private *ecdsa.PrivateKey, public *ecdsa.PublicKey, err error) {
	var key any
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	default:
		return nil, nil, fmt.Errorf("a block %q is no key", block.Type)
	}
	if err != nil {
		return nil, nil, err
	}
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		private, public = key, &key.PublicKey
	case *ecdsa.PublicKey:
		public = key
	}
	if public == nil || public.Curve != elliptic.P256() {
		return nil, nil, errors.New("a key is not of the curve P-256")
	}
	return private, public, nil
}

// keyID is the beginning of the key's thumbprint (RFC 7638).
func keyID(public *ecdsa.PublicKey) (string, error) {
	sum, err := (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sum[:12]), nil
}

// Public are the keys with which anybody can verify a record.
func (k *Keys) Public() jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	for id, key := range k.public {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key, KeyID: id, Algorithm: string(jose.ES256), Use: "sig"})
	}
	return set
}
