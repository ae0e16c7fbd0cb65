package document

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"

	"github.com/diwan-gov/diwan/runtime/document/module"
	"github.com/diwan-gov/diwan/runtime/document/pades"
)

// Keys sign records and files, and verify records. Safe for parallel use.
type Keys struct {
	current pades.Signer   // signs records; its chain may be empty
	id      string         // of the current key
	signers []pades.Signer // with a certificate, in their order: the first whose time it is signs files
	record  jose.Signer
	public  map[string]*ecdsa.PublicKey // by key ID
}

// OpenKeys reads a PEM file of P-256 keys, the newest first, each with its certificate and those above it behind it. The first, private, signs;
// those after it, private or public, verify what they once signed. A key may lie in a token of m (PKCS#11): then a block module.Block names it, and its
// certificate must stand there, which says what the key is while the token is away; where no key does, m may be nil. Without certificates files
// carry no signature of their own. Where there is no file one is made with a fresh key and a certificate that nobody vouches for, readable by its
// owner alone. Rotate and RotateInto put a new key before the others.
func OpenKeys(path string, m *module.Module) (*Keys, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if b, err = newKeyFile(path); errors.Is(err, fs.ErrExist) {
			b, err = os.ReadFile(path) // another process was first
		}
	}
	if err != nil {
		return nil, fmt.Errorf("document: keys: %w", err)
	}
	k, err := parseKeys(b, m)
	if err != nil {
		return nil, fmt.Errorf("document: keys: %w", err)
	}
	return k, nil
}

// ErrModule: a key lies in a token, and nobody has said by which library it is reached.
var ErrModule = errors.New("a key of the file lies in a token: name the library of its maker")

func parseKeys(b []byte, m *module.Module) (*Keys, error) {
	var signers []pades.Signer
	var retired []*ecdsa.PublicKey
	last := -1                   // signer to which a certificate belongs
	away := map[int]module.URI{} // signers of which the certificate has not been read that says what they are
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, err
			}
			if last < 0 {
				continue
			}
			signers[last].Chain = append(signers[last].Chain, c)
			if at, first := away[last]; first {
				public, ok := c.PublicKey.(*ecdsa.PublicKey)
				if !ok {
					return nil, fmt.Errorf("the certificate of %s is of another curve than P-256", at)
				}
				signers[last].Key = m.Key(at, public)
				delete(away, last)
			}
			continue
		}
		if block.Type == module.Block {
			at, err := module.ParseBlock(block.Bytes)
			if err != nil {
				return nil, err
			}
			if m == nil {
				return nil, ErrModule
			}
			last = len(signers)
			away[last] = at
			signers = append(signers, pades.Signer{})
			continue
		}
		private, public, err := parseKey(block)
		if err != nil {
			return nil, err
		}
		if last = -1; private == nil {
			if len(signers) == 0 {
				return nil, errors.New("the first key of the file is not a private one")
			}
			retired = append(retired, public)
			continue
		}
		signers = append(signers, pades.Signer{Key: private})
		last = len(signers) - 1
	}
	for _, at := range away {
		return nil, fmt.Errorf("behind %s its certificate must stand", at)
	}
	return NewKeys(signers, retired...)
}

// NewKeys makes keys of signers wherever they lie, the newest first; retired ones only verify.
func NewKeys(signers []pades.Signer, retired ...*ecdsa.PublicKey) (*Keys, error) {
	if len(signers) == 0 {
		return nil, errors.New("there is no private key")
	}
	k := &Keys{public: map[string]*ecdsa.PublicKey{}, current: signers[0]}
	for i, s := range signers {
		public, ok := s.Key.Public().(*ecdsa.PublicKey)
		if !ok || public.Curve != elliptic.P256() {
			return nil, fmt.Errorf("key %d is not of the curve P-256", i+1)
		}
		if len(s.Chain) > 0 {
			if err := s.Check(); err != nil {
				return nil, fmt.Errorf("key %d: %w", i+1, err)
			}
			k.signers = append(k.signers, s)
		}
		retired = append(retired, public)
	}
	for _, public := range retired {
		id, err := keyID(public)
		if err != nil {
			return nil, err
		}
		k.public[id] = public
	}
	var err error
	if k.id, err = keyID(k.current.Key.Public().(*ecdsa.PublicKey)); err != nil {
		return nil, err
	}
	k.record, err = k.Signer(recordType)
	return k, err
}

// Probe tells whether the keys that sign now can. One that lies in a token may be away, and then nothing is issued until it is back.
func (k *Keys) Probe() error {
	sum := sha256.Sum256([]byte("probe"))
	_, err := k.current.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	sealing, sealed, none := k.seals()
	if sealed && sealing.Key != k.current.Key {
		_, none = sealing.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	}
	return errors.Join(err, none)
}

// Signer signs JWS of a type (RFC 7515, typ) with the current key. Each type is for one purpose, so that no signature can stand for another.
func (k *Keys) Signer(typ string) (jose.Signer, error) {
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", k.id)
	return jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: cryptosigner.Opaque(k.current.Key)}, options)
}

// ErrCertificate: no certificate of the keys is of today.
var ErrCertificate = errors.New("document: no certificate of the signing keys is valid today: put a new key with its certificate before the others (diwan-server rotate FILE)")

// seals is the key that signs files now; ok is false where none has a certificate. It goes by the clock of this machine: the certificate is looked
// at by programs that know no other.
func (k *Keys) seals() (s pades.Signer, ok bool, err error) {
	if len(k.signers) == 0 {
		return s, false, nil
	}
	now := time.Now()
	i := slices.IndexFunc(k.signers, func(s pades.Signer) bool { return !now.Before(s.Chain[0].NotBefore) && !now.After(s.Chain[0].NotAfter) })
	if i < 0 {
		return s, false, ErrCertificate
	}
	return k.signers[i], true, nil
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
		return nil, nil, fmt.Errorf("a block %q is neither a key nor a certificate", block.Type)
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

// Find gives the public key of an ID.
func (k *Keys) Find(id string) (any, bool) {
	key, ok := k.public[id]
	return key, ok
}

// Public are the keys with which anybody can verify a record.
func (k *Keys) Public() jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	for id, key := range k.public {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key, KeyID: id, Algorithm: string(jose.ES256), Use: "sig"})
	}
	slices.SortFunc(set.Keys, func(a, b jose.JSONWebKey) int { return cmp.Compare(a.KeyID, b.KeyID) })
	return set
}
