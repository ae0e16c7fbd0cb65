package document

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// masters wrap the keys of bodies with AES-256-GCM. A wrapped key begins with the mark of the master key that wrapped it, so that master keys
// can be exchanged without touching a body.
type masters struct {
	first [markSize]byte
	by    map[[markSize]byte]cipher.AEAD
}

const (
	keySize  = 32
	markSize = 8
)

func newMasters(keys [][]byte) (masters, error) {
	m := masters{by: map[[markSize]byte]cipher.AEAD{}}
	if len(keys) == 0 {
		return m, errors.New("document: there must be a master key")
	}
	for i, k := range keys {
		if len(k) != keySize {
			return m, fmt.Errorf("document: master key %d has %d bytes, not %d", i+1, len(k), keySize)
		}
		sum := sha256.Sum256(append([]byte("diwan master key\x00"), k...))
		mark := [markSize]byte(sum[:])
		aead, err := gcm(k)
		if err != nil {
			return m, err
		}
		if m.by[mark] = aead; i == 0 {
			m.first = mark
		}
	}
	return m, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// encrypt seals a body under a fresh key. Body and key are bound to the file's ID: neither opens another file.
func (m masters) encrypt(id uuid.UUID, body []byte) (sealed, wrapped []byte, err error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, nil, fmt.Errorf("document: %w", err)
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, nil, err
	}
	return aead.Seal(nil, nil, body, id[:]), m.wrap(id, key), nil
}

// wrap seals the key of id under the first key.
func (m masters) wrap(id uuid.UUID, key []byte) []byte {
	return m.by[m.first].Seal(m.first[:], nil, key, id[:])
}

// wrapped tells whether one of these keys has wrapped a key.
func (m masters) wrapped(key []byte) bool {
	return len(key) >= markSize && m.by[[markSize]byte(key)] != nil
}

func (m masters) unwrap(id uuid.UUID, wrapped []byte) ([]byte, error) {
	if len(wrapped) < markSize {
		return nil, errors.New("document: no wrapped key")
	}
	master, ok := m.by[[markSize]byte(wrapped)]
	if !ok {
		return nil, errors.New("document: the master key of this file is not configured")
	}
	key, err := master.Open(nil, nil, wrapped[markSize:], id[:])
	if err != nil {
		return nil, errors.New("document: the key of this file was changed")
	}
	return key, nil
}

// open opens what encrypt has sealed under a key.
func open(id uuid.UUID, key, sealed []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	body, err := aead.Open(nil, nil, sealed, id[:])
	if err != nil {
		return nil, errors.New("document: this file was changed")
	}
	return body, nil
}
