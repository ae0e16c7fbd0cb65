package document_test

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
)

func (w *world) verify(id string) document.Verification {
	w.Helper()
	v, err := w.archive.Verify(w.Context(), id)
	w.must(err)
	return v
}

func (w *world) verifyFile(body []byte) document.Status {
	w.Helper()
	v, err := w.archive.VerifyFile(w.Context(), bytes.NewReader(body))
	w.must(err)
	return v.Status
}

func (w *world) paper() (id string, body []byte) {
	w.Helper()
	r := request(uuid.New())
	id = w.issue(r)
	f, err := w.archive.Open(w.Context(), r.Application, id)
	w.must(err)
	return id, f.Body
}

func TestVerifyTellsWhatAPaperIsAndNothingPersonal(t *testing.T) {
	w := newWorld(t)
	id, _ := w.paper()
	typed := strings.ToLower(id[:13]) + "-" + strings.NewReplacer("O", "0", "I", "1").Replace(id[13:])
	for _, s := range []string{id, typed, " " + id + " "} {
		v := w.verify(s)
		if v.Status != document.Valid || v.ID != id || v.Number != "DL-2026-000001" || v.Title["en"] != "Driving licence" || v.Authority != "transport" || v.ValidUntil != "2027-11-20" {
			t.Errorf("%q: %+v", s, v)
		}
	}
	for _, s := range []string{"", "x", strings.Repeat("A", 26), id + "A", strings.Repeat("A", 1000), "' OR 1=1 --"} {
		if v := w.verify(s); v.Status != document.Unknown || v.Number != "" {
			t.Errorf("%q: %+v", s, v)
		}
	}
	w.now = time.Date(2027, 11, 20, 23, 0, 0, 0, time.UTC)
	if v := w.verify(id); v.Status != document.Valid {
		t.Errorf("on its last day: %s", v.Status)
	}
	w.now = w.now.Add(2 * time.Hour)
	if v := w.verify(id); v.Status != document.Expired {
		t.Errorf("the day after: %s", v.Status)
	}
	w.exec("UPDATE document SET status = 'revoked', revoked_at = now()")
	if v := w.verify(id); v.Status != document.Revoked {
		t.Errorf("revoked: %s", v.Status)
	}
	var record string
	w.must(w.pool.QueryRow(t.Context(), "SELECT record FROM document").Scan(&record))
	if strings.Contains(record, "أمل") {
		t.Error("the record holds a personal value")
	}
}

func TestAnAlteredFileIsFoundHoweverLittleWasAltered(t *testing.T) {
	w := newWorld(t)
	_, body := w.paper()
	if s := w.verifyFile(body); s != document.Valid {
		t.Fatalf("the file as issued: %s", s)
	}
	longer := append(bytes.Clone(body), '\n')
	one := bytes.Clone(body)
	one[len(one)/3] ^= 1
	noLink := bytes.ReplaceAll(body, []byte("/verify/"), []byte("/xxxxxx/"))
	noRecord := bytes.ReplaceAll(body, []byte("/EmbeddedFile"), []byte("/EmbeddedXxxx"))
	for name, b := range map[string][]byte{"a byte more": longer, "a byte changed": one, "without its links": noLink, "without its record": noRecord} {
		if s := w.verifyFile(b); s != document.Altered {
			t.Errorf("%s: %s", name, s)
		}
	}
	bare := bytes.ReplaceAll(noLink, []byte("/EmbeddedFile"), []byte("/EmbeddedXxxx"))
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	_, err := z.Write(make([]byte, 8<<20))
	w.must(err)
	w.must(z.Close())
	for name, b := range map[string][]byte{
		"nothing of it left": bare, "something else": smallPDF, "nothing": nil,
		"a stream that unfolds": []byte("/EmbeddedFile/Filter/FlateDecode>>\nstream\n" + bomb.String()), "a stream that ends": []byte("/EmbeddedFile"),
	} {
		if s := w.verifyFile(b); s != document.Unknown {
			t.Errorf("%s: %s", name, s)
		}
	}
}

func TestARowThatWasChangedInTheDatabaseIsNotOurs(t *testing.T) {
	w := newWorld(t)
	id, body := w.paper()
	_, otherBody := w.paper()
	for name, sql := range map[string]string{
		"another validity": "UPDATE document SET valid_until = '2099-01-01' WHERE id = $1",
		"another number":   "UPDATE document SET number = 'DL-2026-000009' WHERE id = $1",
		"another file":     "UPDATE document SET sha256 = sha256('x') WHERE id = $1",
		"another record":   "UPDATE document SET record = (SELECT record FROM document WHERE id <> $1) WHERE id = $1",
		"no record":        "UPDATE document SET record = 'x.y.z' WHERE id = $1",
	} {
		w.exec("CREATE TABLE kept AS SELECT * FROM document")
		w.exec(sql, id)
		if v := w.verify(id); v.Status != document.Unknown || v.Number != "" {
			t.Errorf("%s: %+v", name, v)
		}
		w.exec(`UPDATE document d SET valid_until = k.valid_until, number = k.number, sha256 = k.sha256, record = k.record FROM kept k WHERE k.id = d.id`)
		w.exec("DROP TABLE kept")
	}
	if s := w.verifyFile(body); s != document.Valid || w.verifyFile(otherBody) != document.Valid {
		t.Errorf("put back: %s", s)
	}
}

func TestPapersOfAnOldKeyStayValidAndThoseOfAStrangersKeyNever(t *testing.T) {
	w := newWorld(t)
	id, _ := w.paper()
	path := filepath.Join(w.dir, "keys.pem")
	old, err := os.ReadFile(path)
	w.must(err)
	fresh, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	der, err := x509.MarshalPKCS8PrivateKey(fresh)
	w.must(err)
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	w.must(os.WriteFile(path, append(block, old...), 0o600))
	w.open("https://services.example.gov")
	second, _ := w.paper()
	if w.verify(id).Status != document.Valid || w.verify(second).Status != document.Valid {
		t.Error("a key was exchanged and papers are no longer valid")
	}
	w.must(os.WriteFile(path, old, 0o600)) // as if the new key had never been ours
	w.open("https://services.example.gov")
	if w.verify(id).Status != document.Valid || w.verify(second).Status != document.Unknown {
		t.Errorf("%s and %s", w.verify(id).Status, w.verify(second).Status)
	}
}

func TestAPaperIsIssuedAlsoWhereThePublicAddressHasNoTLS(t *testing.T) {
	w := newWorld(t)
	w.open("http://127.0.0.1:8080")
	id, body := w.paper()
	if w.verify(id).Status != document.Valid || w.verifyFile(append(body, ' ')) != document.Altered {
		t.Error("not verifiable")
	}
}

func BenchmarkIssue(b *testing.B) {
	w := newWorld(b)
	for b.Loop() {
		w.issue(request(uuid.New()))
	}
}

func BenchmarkVerify(b *testing.B) {
	w := newWorld(b)
	id, body := w.paper()
	b.Run("ID", func(b *testing.B) {
		for b.Loop() {
			w.verify(id)
		}
	})
	b.Run("file", func(b *testing.B) {
		for b.Loop() {
			w.verifyFile(body)
		}
	})
}
