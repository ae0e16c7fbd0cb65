//go:build cgo

package module

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/pkcs11"

	"github.com/diwan-gov/diwan/runtime/document/module/softhsm"
)

func opened(t *testing.T, labels ...string) (*Module, *cryptoki) {
	t.Helper()
	m, err := Open(Options{Library: softhsm.Library(t, labels...), PIN: softhsm.PIN})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m, m.device.(*cryptoki)
}

func created(t *testing.T, m *Module, token string) (URI, *ecdsa.PublicKey) {
	t.Helper()
	at, public, err := m.Create(token, "papers")
	if err != nil {
		t.Fatal(err)
	}
	return at, public
}

// signs signs and looks at the signature.
func signs(m *Module, at URI, public *ecdsa.PublicKey) error {
	sum := sha256.Sum256([]byte(at.String()))
	signature, err := m.Key(at, public).Sign(rand.Reader, sum[:], crypto.SHA256)
	if err == nil && !ecdsa.VerifyASN1(public, sum[:], signature) {
		err = errors.New("the signature is none")
	}
	return err
}

func TestKeysOfTwoTokensSignAtOnceAndNeverLeaveThem(t *testing.T) {
	m, c := opened(t, "one", "two")
	first, of := created(t, m, "one")
	second, other := created(t, m, "two")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if err := errors.Join(signs(m, first, of), signs(m, second, other)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := len(c.idle); n == 0 || n > 2*places {
		t.Errorf("%d sessions stay", n)
	}
	s, err := c.session("one", 0)
	if err != nil {
		t.Fatal(err)
	}
	at, err := c.find(s, first)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.library.GetAttributeValue(s.handle, at, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)}); err == nil {
		t.Errorf("the key can be read: %d bytes", len(v[0].Value))
	}
}

func TestASessionThatIsLostAndALibraryThatEndedAreSeenThrough(t *testing.T) {
	m, c := opened(t, "one")
	at, public := created(t, m, "one")
	for name, lose := range map[string]func() error{
		"nothing": func() error { return nil },
		"sessions": func() error {
			slot, err := c.slot("one")
			return errors.Join(err, c.library.CloseAllSessions(slot))
		},
		"the library": c.library.Finalize,
	} {
		if err := errors.Join(signs(m, at, public), lose()); err != nil {
			t.Fatal(err)
		}
		if err := signs(m, at, public); err != nil {
			t.Errorf("%s lost: %v", name, err)
		}
	}
}

func TestATokenThatIsAwayIsSaidAndSignsWhenItIsBack(t *testing.T) {
	m, c := opened(t, "one")
	at, public := created(t, m, "one")
	here := os.Getenv("SOFTHSM2_CONF")
	softhsm.Elsewhere(t)
	if err := c.library.Finalize(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := signs(m, at, public); !errors.Is(err, ErrAway) || strings.Contains(err.Error(), softhsm.PIN) {
			t.Errorf("away: %v", err)
		}
	}
	t.Setenv("SOFTHSM2_CONF", here)
	if err := signs(m, at, public); err != nil {
		t.Errorf("back: %v", err)
	}
}

func TestATokenHearsAWrongPINOnce(t *testing.T) {
	m, c := opened(t, "one")
	at, public := created(t, m, "one")
	c.end()
	c.pin = "31337"
	if err := signs(m, at, public); !errors.Is(err, ErrPIN) || strings.Contains(err.Error(), c.pin) {
		t.Errorf("a wrong PIN: %v", err)
	}
	c.pin = softhsm.PIN // which would be taken if it were shown
	if err := signs(m, at, public); !errors.Is(err, ErrPIN) {
		t.Errorf("it was shown another: %v", err)
	}
}

func TestAKeyThatIsNotThereOrAnothersIsRefused(t *testing.T) {
	m, _ := opened(t, "one")
	at, public := created(t, m, "one")
	created(t, m, "one")
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at     URI
		public *ecdsa.PublicKey
	}{
		"none": {URI{Token: "one", ID: []byte{9}}, public}, "two of one name": {URI{Token: "one", Object: "papers"}, public}, "another's": {at, &other.PublicKey},
	} {
		if err := signs(m, c.at, c.public); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(Options{Library: "/nowhere/at/all.so"}); err == nil {
		t.Error("a library that is not there was opened")
	}
}
