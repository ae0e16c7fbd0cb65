//go:build cgo

package document_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/module"
	"github.com/diwan-gov/diwan/runtime/document/module/softhsm"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
)

// tokens brings tokens of these labels; keys that lie in them are found from now on.
func (w *world) tokens(labels ...string) {
	w.Helper()
	var err error
	w.module, err = module.Open(module.Options{Library: softhsm.Library(w, labels...), PIN: softhsm.PIN})
	w.must(err)
	w.Cleanup(w.module.Close)
}

// rotated puts a key of a token first and starts again.
func (w *world) rotated(token string) {
	w.Helper()
	w.must(document.RotateInto(filepath.Join(w.dir, "keys.pem"), w.module, token))
	w.open("https://services.example.gov")
}

func TestAKeyInATokenSealsAndFromFileToTokenToTokenOldPapersStayValid(t *testing.T) {
	w := newWorld(t)
	w.stamping()
	papers := map[string][]byte{}
	keep := func() { id, body := w.paper(); papers[id] = body }
	keep()
	w.tokens("first", "second")
	for _, token := range []string{"first", "first", "second"} {
		w.rotated(token)
		keep()
	}
	w.must(document.Rotate(filepath.Join(w.dir, "keys.pem"), w.module)) // and back into the file
	w.open("https://services.example.gov")
	keep()
	for id, body := range papers {
		if w.verify(id).Status != document.Valid || w.verifyFile(body) != document.Valid {
			t.Errorf("%s is not valid", id)
		}
		if said := pdfsig(t, body); !strings.Contains(said, "Signature is Valid") || !strings.Contains(said, "Total document signed") || !hasStamp(t, body) {
			t.Errorf("%s:\n%s", id, said)
		}
		body[len(body)/3] ^= 1
		if said := pdfsig(t, body); strings.Contains(said, "Signature is Valid") || w.verifyFile(body) != document.Altered {
			t.Errorf("a byte was changed:\n%s", said)
		}
	}
	if len(papers) != 5 {
		t.Errorf("%d papers", len(papers))
	}
	b, err := os.ReadFile(filepath.Join(w.dir, "keys.pem"))
	w.must(err)
	if n := bytes.Count(b, []byte("PRIVATE KEY-----\n")); n != 4 || bytes.Count(b, []byte("BEGIN "+module.Block)) != 3 { // each private key begins and ends
		t.Errorf("the keys of tokens stand in the file:\n%s", b)
	}
}

func TestAKeyInATokenSignsForWallets(t *testing.T) {
	w := newWorld(t)
	w.tokens("first")
	w.rotated("first")
	keys, err := document.OpenKeys(filepath.Join(w.dir, "keys.pem"), w.module)
	w.must(err)
	w.must(keys.Probe())
	signer, err := keys.Signer(sdjwt.Type)
	w.must(err)
	text, err := sdjwt.Issue(signer, map[string]any{"iss": "https://services.example.gov", "vct": "licence"}, []sdjwt.Claim{{Name: "category", Value: "B"}})
	w.must(err)
	shown, err := sdjwt.Verify(text, keys.Find)
	if err != nil || len(shown.Claims) != 1 || shown.Claims[0].Name != "category" {
		t.Errorf("%+v, %v", shown, err)
	}
}

func TestWhileItsTokenIsAwayNothingIsHalfIssuedAndWhatWasIsVerified(t *testing.T) {
	w := newWorld(t)
	w.tokens("first")
	w.rotated("first")
	id, body := w.paper()
	here := os.Getenv("SOFTHSM2_CONF")
	w.module.Close()
	softhsm.Elsewhere(t)
	w.open("https://services.example.gov") // as after a start
	waiting := request(uuid.New())
	if _, err := w.tryIssue(waiting); !errors.Is(err, module.ErrAway) || strings.Contains(err.Error(), softhsm.PIN) {
		t.Errorf("issued without a key: %v", err)
	}
	if papers, err := w.archive.OfApplication(t.Context(), waiting.Application); err != nil || len(papers) != 0 {
		t.Errorf("%+v, %v", papers, err)
	}
	if w.verify(id).Status != document.Valid || w.verifyFile(body) != document.Valid {
		t.Error("a paper is not valid while the key is away")
	}
	keys, err := document.OpenKeys(filepath.Join(w.dir, "keys.pem"), w.module)
	w.must(err)
	if err := keys.Probe(); !errors.Is(err, module.ErrAway) {
		t.Errorf("the start says %v", err)
	}
	t.Setenv("SOFTHSM2_CONF", here)
	if v := w.verify(w.issue(waiting)); v.Number != "DL-2026-000002" {
		t.Errorf("a number was lost: %+v", v)
	}
}

func TestAnAuthorityVouchesForAKeyInAToken(t *testing.T) {
	w := newWorld(t)
	w.tokens("first")
	w.rotated("first")
	asked, err := document.CertificateRequest(filepath.Join(w.dir, "keys.pem"), w.module, "وزارة النقل")
	w.must(err)
	block, _ := pem.Decode(asked)
	request, err := x509.ParseCertificateRequest(block.Bytes)
	w.must(err)
	if err := request.CheckSignature(); err != nil || request.Subject.CommonName != "وزارة النقل" {
		t.Errorf("%v, %s", err, request.Subject)
	}
}

func TestAFileThatNamesAKeyWithoutItsCertificateOrWithoutALibraryIsRefused(t *testing.T) {
	w := newWorld(t)
	w.tokens("first")
	w.rotated("first")
	path := filepath.Join(w.dir, "keys.pem")
	if _, err := document.OpenKeys(path, nil); !errors.Is(err, document.ErrModule) {
		t.Errorf("without a library: %v", err)
	}
	bare, err := module.URI{Token: "first", Object: "x"}.PEM()
	w.must(err)
	w.must(os.WriteFile(path, bare, 0o600))
	if _, err := document.OpenKeys(path, w.module); err == nil || !strings.Contains(err.Error(), "certificate must stand") {
		t.Errorf("without a certificate: %v", err)
	}
	if document.RotateInto(path, w.module, "first") == nil || document.RotateInto(filepath.Join(w.dir, "new.pem"), w.module, "third") == nil {
		t.Error("a key was put before nonsense, or made in a token that there is not")
	}
}
