package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Keys sign releases, and know the keys that signed earlier ones.
type Keys interface {
	// Signer signs JWS of a type (RFC 7515, typ) with the newest key.
	Signer(typ string) (jose.Signer, error)
	// Find gives the public key of an ID.
	Find(id string) (key any, ok bool)
}

// signatureType is of the signatures of releases, so that none of another purpose stands for one.
const signatureType = "diwan-release+jws"

// statement is what is signed of a release.
type statement struct {
	Release   string    `json:"release"` // digest
	Catalogue string    `json:"catalogue"`
	MadeAt    time.Time `json:"madeAt"`
}

// ErrSignature: a release is not what the platform has signed.
var ErrSignature = errors.New("release: it is not what one of the platform's keys has signed")

func (s statement) sign(keys Keys) (string, error) {
	signer, err := keys.Signer(signatureType)
	if err != nil {
		return "", fmt.Errorf("release: sign: %w", err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("release: sign: %w", err)
	}
	signed, err := signer.Sign(b)
	if err != nil {
		return "", fmt.Errorf("release: sign: %w", err)
	}
	return signed.CompactSerialize()
}

// verify tells whether a key of the platform has signed the statement.
func (s statement) verify(keys Keys, compact string) error {
	signed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil || len(signed.Signatures) != 1 {
		return ErrSignature
	}
	header := signed.Signatures[0].Protected
	key, known := keys.Find(header.KeyID)
	if !known || header.ExtraHeaders[jose.HeaderType] != signatureType {
		return fmt.Errorf("%w: key %q", ErrSignature, header.KeyID)
	}
	b, err := signed.Verify(key)
	var said statement
	if err != nil || json.Unmarshal(b, &said) != nil || said.Release != s.Release || said.Catalogue != s.Catalogue || !said.MadeAt.Equal(s.MadeAt) {
		return ErrSignature
	}
	return nil
}
