package document_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/debian"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/pades"
	"github.com/diwan-gov/diwan/runtime/document/pades/tsa"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
)

// away is an authority for time-stamps that does not answer while down.
type away struct {
	document.Stamps
	down  bool
	asked int
}

func (a *away) Stamp(ctx context.Context, signature []byte) ([]byte, error) {
	if a.asked++; a.down {
		return nil, errors.New("nobody is there")
	}
	return a.Stamps.Stamp(ctx, signature)
}

func (w *world) stamping() *away {
	w.Helper()
	authority, err := tsa.New()
	w.must(err)
	server := httptest.NewServer(authority)
	w.Cleanup(server.Close)
	stamps := &away{Stamps: &pades.Authority{URL: server.URL}}
	w.stamps = stamps
	w.open("https://services.example.gov")
	return stamps
}

// pdfsig is what Poppler says of the signatures in a file.
func pdfsig(t *testing.T, body []byte) string {
	t.Helper()
	tool := debian.Program(t, "poppler-utils", "pdfsig")
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-nocert", path).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "Signature") {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func (w *world) opened(application uuid.UUID, id string) []byte {
	w.Helper()
	f, err := w.archive.Open(w.Context(), application, id)
	w.must(err)
	return f.Body
}

func TestAPaperIsSignedAsAFileAndPopplerSaysSo(t *testing.T) {
	w := newWorld(t)
	_, plain := w.paper()
	w.stamping()
	_, stamped := w.paper()
	for name, body := range map[string][]byte{"without a time-stamp": plain, "with a time-stamp": stamped} {
		said := pdfsig(t, body)
		for _, want := range []string{"Signature is Valid", "ETSI.CAdES.detached", "Total document signed"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, said)
			}
		}
	}
	changed := bytes.Clone(stamped)
	changed[len(changed)/3] ^= 1
	if said := pdfsig(t, changed); strings.Contains(said, "Signature is Valid") {
		t.Error(said)
	}
	if hasStamp(t, plain) || !hasStamp(t, stamped) {
		t.Error("the time-stamp is in the wrong file")
	}
}

// hasStamp tells whether the signature of a file has a time-stamp: one more is refused.
func hasStamp(t *testing.T, body []byte) bool {
	t.Helper()
	_, err := pdf.Reseal(body, func(signature []byte) ([]byte, error) {
		return (&pades.Authority{URL: "http://127.0.0.1:1"}).Stamp(t.Context(), signature)
	})
	return errors.Is(err, pades.ErrStamped)
}

func TestAPaperIsStampedLaterWhereTheAuthorityIsAwayAndBothFilesAreIt(t *testing.T) {
	w := newWorld(t)
	stamps := w.stamping()
	stamps.down = true
	r := request(uuid.New())
	id := w.issue(r)
	early := w.opened(r.Application, id)
	if hasStamp(t, early) || w.verifyFile(early) != document.Valid {
		t.Fatal("the paper was not delivered signed while the authority was away")
	}
	if w.opened(r.Application, id); stamps.asked != 1 {
		t.Errorf("an authority that is away was asked %d times", stamps.asked)
	}
	if err := w.archive.Stamp(t.Context()); err == nil {
		t.Error("nobody learns that papers wait for their time-stamps")
	}
	stamps.down = false
	w.must(w.archive.Stamp(t.Context()))
	late := w.opened(r.Application, id)
	if !hasStamp(t, late) || bytes.Equal(early, late) || w.verifyFile(late) != document.Valid || w.verifyFile(early) != document.Valid {
		t.Fatalf("stamped %t, verified %s and before %s", hasStamp(t, late), w.verifyFile(late), w.verifyFile(early))
	}
	asked := stamps.asked
	w.must(w.archive.Stamp(t.Context()))
	if w.opened(r.Application, id); stamps.asked != asked {
		t.Error("a paper was stamped twice")
	}
	early[len(early)/2] ^= 1
	if s := w.verifyFile(early); s != document.Altered {
		t.Errorf("an altered file of the earlier form: %s", s)
	}
	w.exec("UPDATE document SET record = 'x.y.z'")
	if v := w.verify(id); v.Status != document.Unknown {
		t.Errorf("%+v", v)
	}
}

func TestAByteChangedAnywhereIsFound(t *testing.T) {
	w := newWorld(t)
	w.stamping()
	_, body := w.paper()
	const every = 151 // some six hundred places of a paper
	for at := 0; at < len(body); at += every {
		body[at] ^= 0x20
		if s := w.verifyFile(body); s != document.Altered {
			t.Fatalf("byte %d of %d was changed: %s", at, len(body), s)
		}
		body[at] ^= 0x20
	}
	if s := w.verifyFile(body); s != document.Valid {
		t.Fatal(s)
	}
}

func TestAfterARotationOldPapersStayValidAndTheNewKeySigns(t *testing.T) {
	w := newWorld(t)
	id, old := w.paper()
	path := filepath.Join(w.dir, "keys.pem")
	w.must(document.Rotate(path, nil))
	w.open("https://services.example.gov")
	second, body := w.paper()
	if w.verify(id).Status != document.Valid || w.verifyFile(old) != document.Valid || w.verify(second).Status != document.Valid || w.verifyFile(body) != document.Valid {
		t.Fatal("a rotation makes papers invalid")
	}
	if one, two := pdfsig(t, old), pdfsig(t, body); !strings.Contains(one, "Signature is Valid") || !strings.Contains(two, "Signature is Valid") {
		t.Fatalf("%s\n%s", one, two)
	}
	info, err := os.Stat(path)
	w.must(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file of keys is readable to others: %s", info.Mode())
	}
	w.must(os.WriteFile(path, []byte("nonsense"), 0o600))
	if document.Rotate(path, nil) == nil {
		t.Error("a file that holds no keys was taken for one")
	}
}

// keyUntil is a key whose certificate is of a time.
func keyUntil(t *testing.T, from, until time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: from.String()}, NotBefore: from, NotAfter: until}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...)
}

func TestTheCertificateOfTodaySignsAndWithoutOneNothingIsIssued(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(w.dir, "keys.pem")
	now := time.Now()
	coming, current, over := keyUntil(t, now.Add(time.Hour), now.AddDate(1, 0, 0)), keyUntil(t, now.Add(-time.Hour), now.Add(time.Hour)), keyUntil(t, now.AddDate(-1, 0, 0), now.Add(-time.Hour))
	w.must(os.WriteFile(path, bytes.Join([][]byte{coming, over, current}, nil), 0o600))
	w.open("https://services.example.gov")
	_, body := w.paper()
	if said := pdfsig(t, body); !strings.Contains(said, "Signature is Valid") || !strings.Contains(said, now.Add(-time.Hour).Format("2006-01-02 15:04")) {
		t.Errorf("another key than that of today has signed:\n%s", said)
	}
	w.must(os.WriteFile(path, over, 0o600))
	w.open("https://services.example.gov")
	if _, err := w.tryIssue(request(uuid.New())); !errors.Is(err, document.ErrCertificate) {
		t.Errorf("signed with a certificate that is over: %v", err)
	}
}
