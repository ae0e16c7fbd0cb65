package module

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"
)

// Errors of this package, for errors.Is. What a token itself says stands behind them.
var (
	// ErrWithout: this program was built without PKCS#11.
	ErrWithout = errors.New("module: this program was built without PKCS#11: build it with CGO_ENABLED=1")
	// ErrAway: the token is not there or does not answer. Later it may.
	ErrAway = errors.New("module: the token with the key is away")
	// ErrPIN: the token does not take the PIN. It is not shown to it again before the next start: a token locks itself after a few.
	ErrPIN = errors.New("module: the token does not take the PIN")
	// ErrKey: the token has no such key, or another one under its name.
	ErrKey = errors.New("module: the token has not that key")
)

// Options of a Module.
type Options struct {
	Library string        // file of the library that the maker of the token gives
	PIN     string        // of the user, of every token that is used
	Within  time.Duration // how long one signature may take; 5 s
}

// places is how many calls a token gets at once. A call that hangs keeps its place.
const places = 4

// device is the library. A call may take as long as it pleases.
type device interface {
	sign(key URI, digest []byte) ([]byte, error) // r and s of the same length behind each other
	create(token, object string) (URI, *ecdsa.PublicKey, error)
	close()
}

// Module is one library with its tokens. It is safe for parallel use.
type Module struct {
	device device
	within time.Duration
	places chan struct{}
}

// Open loads the library. Its tokens are asked only when they are needed: one that is away does not keep a process from its start.
func Open(o Options) (*Module, error) {
	d, err := load(o)
	if err != nil {
		return nil, err
	}
	return over(d, o.Within), nil
}

func over(d device, within time.Duration) *Module {
	if within <= 0 {
		within = 5 * time.Second
	}
	return &Module{device: d, within: within, places: make(chan struct{}, places)}
}

// Close ends the sessions, unless a call still hangs in the library.
func (m *Module) Close() {
	_, _ = bounded(m, func() (struct{}, error) { m.device.close(); return struct{}{}, nil })
}

// Create makes a key of the curve P-256 in a token. It cannot be taken out of it. Where the token does not answer in time there may be a key that
// nobody uses.
func (m *Module) Create(token, object string) (URI, *ecdsa.PublicKey, error) {
	type made struct {
		at     URI
		public *ecdsa.PublicKey
	}
	v, err := bounded(m, func() (made, error) {
		at, public, err := m.device.create(token, object)
		return made{at, public}, err
	})
	return v.at, v.public, err
}

// Key is a key in a token by its public half, which is known from its certificate.
func (m *Module) Key(at URI, public *ecdsa.PublicKey) crypto.Signer {
	return &key{m, at, public}
}

type key struct {
	module *Module
	at     URI
	public *ecdsa.PublicKey
}

func (k *key) Public() crypto.PublicKey { return k.public }

// Sign signs a digest by SHA-256. The randomness is the token's.
func (k *key) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	if o.HashFunc() != crypto.SHA256 || len(digest) != crypto.SHA256.Size() {
		return nil, errors.New("module: want a digest by SHA-256")
	}
	raw, err := bounded(k.module, func() ([]byte, error) { return k.module.device.sign(k.at, digest) })
	if err != nil {
		return nil, err
	}
	half := len(raw) / 2
	signature, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
	if err != nil {
		return nil, fmt.Errorf("module: %w", err)
	}
	if !ecdsa.VerifyASN1(k.public, digest, signature) { // nothing goes out that another key has signed
		return nil, fmt.Errorf("%w: what %s signs is of another than its certificate", ErrKey, k.at)
	}
	return signature, nil
}

// bounded does something in the library and waits for it as long as is allowed. The library cannot be called off; it keeps its place until it answers.
func bounded[T any](m *Module, do func() (T, error)) (T, error) {
	type answer struct {
		v   T
		err error
	}
	var none T
	late := time.NewTimer(m.within)
	defer late.Stop()
	select {
	case m.places <- struct{}{}:
	case <-late.C:
		return none, fmt.Errorf("%w: calls of before have not come back", ErrAway)
	}
	done := make(chan answer, 1)
	go func() {
		defer func() { <-m.places }()
		v, err := do()
		done <- answer{v, err}
	}()
	select {
	case a := <-done:
		return a.v, a.err
	case <-late.C:
		return none, fmt.Errorf("%w: no answer within %s", ErrAway, m.within)
	}
}
