package module

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"testing"
	"time"
)

// slow is a library in which calls hang until it is released.
type slow struct {
	key     *ecdsa.PrivateKey
	release chan struct{}
}

func (s *slow) sign(_ URI, digest []byte) ([]byte, error) {
	<-s.release
	r, t, err := ecdsa.Sign(rand.Reader, s.key, digest)
	if err != nil {
		return nil, err
	}
	return append(r.FillBytes(make([]byte, 32)), t.FillBytes(make([]byte, 32))...), nil
}

func (s *slow) create(string, string) (URI, *ecdsa.PublicKey, error) {
	<-s.release
	return URI{}, nil, errors.New("no")
}

func (s *slow) close() { <-s.release }

func TestALibraryThatHangsHoldsNobodyLongerThanItMay(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	device := &slow{private, make(chan struct{})}
	m := over(device, 20*time.Millisecond)
	k := m.Key(URI{Token: "a", Object: "b"}, &private.PublicKey)
	sum := sha256.Sum256(nil)
	start := time.Now()
	for range places + 2 { // the last ones do not even get into the library
		if _, err := k.Sign(rand.Reader, sum[:], crypto.SHA256); !errors.Is(err, ErrAway) {
			t.Fatal(err)
		}
	}
	if _, _, err := m.Create("a", "b"); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it held them for %s", d)
	}
	close(device.release)
	m.within = 10 * time.Second
	signature, err := k.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil || !ecdsa.VerifyASN1(&private.PublicKey, sum[:], signature) {
		t.Errorf("after it has answered: %v", err)
	}
	if _, err := k.Sign(rand.Reader, sum[:20], crypto.SHA1); err == nil {
		t.Error("a digest by SHA-1 is signed")
	}
}
