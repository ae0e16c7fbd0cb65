//go:build cgo

package module

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/miekg/pkcs11"
)

// cryptoki is the library of a maker. Its state is lost when a token goes away or another part of the process ends it, so whatever fails is tried
// once more from the beginning.
type cryptoki struct {
	library *pkcs11.Ctx
	pin     string

	calls sync.RWMutex // held for writing while the library begins or ends: no call may be in it then

	mu      sync.Mutex // of what follows
	begun   bool
	idle    []*session
	refused map[string]error // of tokens, by label: they are not shown the PIN again
}

type session struct {
	handle pkcs11.SessionHandle
	token  string
	keys   map[string]pkcs11.ObjectHandle // by URI
}

func load(o Options) (device, error) {
	library := pkcs11.New(o.Library)
	if library == nil {
		return nil, fmt.Errorf("module: %s is no library of PKCS#11", o.Library)
	}
	return &cryptoki{library: library, pin: o.PIN, refused: map[string]error{}}, nil
}

func (c *cryptoki) sign(key URI, digest []byte) (signature []byte, err error) {
	err = c.twice(key.Token, 0, func(s *session) error {
		at, err := c.find(s, key)
		if err != nil {
			return err
		}
		if err := c.library.SignInit(s.handle, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil)}, at); err != nil {
			return err
		}
		signature, err = c.library.Sign(s.handle, digest)
		return err
	})
	return signature, err
}

// namedP256 is the name of the curve as CKA_EC_PARAMS has it: an object identifier.
var namedP256 = []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}

func (c *cryptoki) create(token, object string) (at URI, public *ecdsa.PublicKey, err error) {
	at = URI{Token: token, ID: make([]byte, 16), Object: object}
	_, _ = rand.Read(at.ID) // never fails
	err = c.twice(token, pkcs11.CKF_RW_SESSION, func(s *session) error {
		same := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_ID, at.ID), pkcs11.NewAttribute(pkcs11.CKA_LABEL, object)}
		handle, _, err := c.library.GenerateKeyPair(s.handle, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_EC_KEY_PAIR_GEN, nil)},
			append(slices.Clone(same), pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, namedP256), pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true)),
			append(slices.Clone(same), pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
				pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false), pkcs11.NewAttribute(pkcs11.CKA_SIGN, true)))
		if err != nil {
			return err
		}
		point, err := c.library.GetAttributeValue(s.handle, handle, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
		if err != nil {
			return err
		}
		bytes := point[0].Value
		var within []byte // the standard wraps the point in an OCTET STRING; some makers do not
		if rest, err := asn1.Unmarshal(bytes, &within); err == nil && len(rest) == 0 {
			bytes = within
		}
		public, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytes)
		return err
	})
	return at, public, err
}

// twice does something in a session of a token, and where that fails once more in a new one of a library that has begun anew.
func (c *cryptoki) twice(token string, flags uint, do func(*session) error) error {
	err := c.once(token, flags, do)
	if err == nil || errors.Is(err, ErrPIN) {
		return err
	}
	c.end()
	if err = c.once(token, flags, do); err == nil || errors.Is(err, ErrPIN) || errors.Is(err, ErrKey) || errors.Is(err, ErrAway) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}

func (c *cryptoki) once(token string, flags uint, do func(*session) error) error {
	if err := c.begin(); err != nil {
		return err
	}
	c.calls.RLock()
	defer c.calls.RUnlock()
	s, err := c.session(token, flags)
	if err != nil {
		return err
	}
	if err = do(s); err != nil || flags != 0 {
		_ = c.library.CloseSession(s.handle) // of a token that is away it cannot be closed, nor is it open
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, s)
	return nil
}

// begin makes the library ready where it is not.
func (c *cryptoki) begin() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun {
		return nil
	}
	if err := c.library.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return err
	}
	c.begun = true
	return nil
}

// end lets the library begin anew, where no call is in it: others may have a token that answers. The sessions of before are given up.
func (c *cryptoki) end() {
	alone := c.calls.TryLock()
	if alone {
		defer c.calls.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.idle {
		_ = c.library.CloseSession(s.handle)
	}
	c.idle = nil
	if alone && c.begun {
		_ = c.library.Finalize()
		c.begun = false
	}
}

func (c *cryptoki) close() { c.end() }

// session gives one that is logged in: of those that sign one that is idle, or a new one.
func (c *cryptoki) session(token string, flags uint) (*session, error) {
	c.mu.Lock()
	if i := slices.IndexFunc(c.idle, func(s *session) bool { return s.token == token }); i >= 0 && flags == 0 {
		s := c.idle[i]
		c.idle = slices.Delete(c.idle, i, i+1)
		c.mu.Unlock()
		return s, nil
	}
	refused := c.refused[token]
	c.mu.Unlock()
	if refused != nil {
		return nil, refused
	}
	slot, err := c.slot(token)
	if err != nil {
		return nil, err
	}
	handle, err := c.library.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|flags)
	if err != nil {
		return nil, err
	}
	if err := c.login(handle, token); err != nil {
		_ = c.library.CloseSession(handle)
		return nil, err
	}
	return &session{handle, token, map[string]pkcs11.ObjectHandle{}}, nil
}

func (c *cryptoki) login(handle pkcs11.SessionHandle, token string) error {
	c.mu.Lock() // one at a time: of a wrong PIN a token hears once
	defer c.mu.Unlock()
	if err := c.refused[token]; err != nil {
		return err
	}
	err := c.library.Login(handle, pkcs11.CKU_USER, c.pin)
	var said pkcs11.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &said):
		return err
	}
	switch said {
	case pkcs11.CKR_USER_ALREADY_LOGGED_IN: // all sessions of a process are logged in with one
		return nil
	case pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_EXPIRED, pkcs11.CKR_PIN_LOCKED, pkcs11.CKR_USER_PIN_NOT_INITIALIZED:
		c.refused[token] = fmt.Errorf("%w of %q: %w", ErrPIN, token, err)
		return c.refused[token]
	}
	return err
}

func (c *cryptoki) slot(token string) (uint, error) {
	slots, err := c.library.GetSlotList(true)
	if err != nil {
		return 0, err
	}
	for _, slot := range slots {
		if info, err := c.library.GetTokenInfo(slot); err == nil && info.Label == token {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("%w: there is no token %q", ErrAway, token)
}

// find gives the handle of a key, which holds as long as the session.
func (c *cryptoki) find(s *session, key URI) (pkcs11.ObjectHandle, error) {
	name := key.String()
	if at, found := s.keys[name]; found {
		return at, nil
	}
	want := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY)}
	if len(key.ID) > 0 {
		want = append(want, pkcs11.NewAttribute(pkcs11.CKA_ID, key.ID))
	}
	if key.Object != "" {
		want = append(want, pkcs11.NewAttribute(pkcs11.CKA_LABEL, key.Object))
	}
	if err := c.library.FindObjectsInit(s.handle, want); err != nil {
		return 0, err
	}
	all, _, err := c.library.FindObjects(s.handle, 2)
	if err = errors.Join(err, c.library.FindObjectsFinal(s.handle)); err != nil {
		return 0, err
	}
	if len(all) != 1 {
		return 0, fmt.Errorf("%w: %s names %d keys", ErrKey, name, len(all))
	}
	s.keys[name] = all[0]
	return all[0], nil
}
