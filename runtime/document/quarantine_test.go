package document_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
)

// scanner finds what its word says, unless it is away.
type scanner struct {
	word  string
	away  error
	asked int
}

func (s *scanner) Scan(_ context.Context, body []byte) (string, error) {
	if s.asked++; s.away != nil {
		return "", s.away
	}
	if bytes.Contains(body, []byte(s.word)) {
		return "Test.Word", nil
	}
	return "", nil
}

// guarded is a world with a scanner, and what it has written down.
func guarded(t *testing.T) (*world, *scanner, *[]document.Finding) {
	w := newWorld(t)
	s, findings := &scanner{word: "harmful"}, &[]document.Finding{}
	w.open("https://services.example.gov", func(o *document.Options) {
		o.Scanner = s
		o.Refused = func(_ context.Context, _ pgx.Tx, f document.Finding) error {
			*findings = append(*findings, f)
			return nil
		}
	})
	return w, s, findings
}

// harmful is a file in which the scanner finds something.
var harmful = bytes.Replace(smallPDF, []byte("%harmless"), []byte("%harmful!"), 1)

func (w *world) bodies() int {
	w.Helper()
	list, err := w.files.Older(w.Context(), time.Now().Add(time.Hour), uuid.Nil, 100)
	w.must(err)
	return len(list)
}

func TestAnUploadInWhichTheScannerFindsSomethingIsRefusedErasedAndWrittenDown(t *testing.T) {
	w, _, findings := guarded(t)
	owner := w.person()
	if _, err := w.archive.Upload(t.Context(), owner, "a.pdf", bytes.NewReader(harmful)); !errors.Is(err, document.ErrUnclean) {
		t.Fatal(err)
	}
	if n := w.bodies(); n != 0 {
		t.Errorf("%d bodies lie there", n)
	}
	if len(*findings) != 1 || (*findings)[0].Owner != owner || (*findings)[0].Found != "Test.Word" || (*findings)[0].Application != uuid.Nil {
		t.Errorf("%+v", *findings)
	}
	up, err := w.archive.Upload(t.Context(), owner, "a.pdf", bytes.NewReader(smallPDF))
	if err != nil || up.State != document.Clean {
		t.Fatalf("%+v, %v", up, err)
	}
	if _, err := w.archive.OpenUpload(t.Context(), owner, up.ID); err != nil {
		t.Error(err)
	}
}

func TestNobodyOpensAnUploadBeforeTheScannerHasSaidThatItIsClean(t *testing.T) {
	w, s, findings := guarded(t)
	owner, application := w.person(), uuid.New()
	s.away = errors.New("no such daemon")
	var ids [2]uuid.UUID
	for i, body := range [][]byte{smallPDF, harmful} {
		up, err := w.archive.Upload(t.Context(), owner, "a.pdf", bytes.NewReader(body))
		if err != nil || up.State != document.Waiting || up.Readable() {
			t.Fatalf("a scanner that is away keeps the upload waiting: %+v, %v", up, err)
		}
		ids[i] = up.ID
	}
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Claim(t.Context(), tx, owner, application, ids[:]) })) // the form goes on
	readable := func(id uuid.UUID) bool {
		t.Helper()
		_, asOwner := w.archive.OpenUpload(t.Context(), owner, id)
		_, asOfficer := w.archive.OpenUploadOf(t.Context(), application, id)
		for _, err := range []error{asOwner, asOfficer} {
			if err != nil && !errors.Is(err, document.ErrNotFound) {
				t.Error(err)
			}
		}
		if (asOwner == nil) != (asOfficer == nil) {
			t.Error("owner and officer differ")
		}
		return asOwner == nil
	}
	scan := func() int {
		t.Helper()
		n, err := w.archive.ScanWaiting(t.Context())
		if (err != nil) != (s.away != nil && n > 0) {
			t.Error(err)
		}
		return n
	}
	if readable(ids[0]) || readable(ids[1]) {
		t.Error("what waits is opened")
	}
	if n := scan(); n != 0 {
		t.Errorf("%d are tried again at once", n)
	}
	// Each time it is tried later: within a day of an absent scanner that is not thousands of tries, and never more than ten minutes apart.
	asked := s.asked
	for range 24 * 60 * 6 {
		w.now = w.now.Add(10 * time.Second)
		scan()
	}
	if tries := (s.asked - asked) / 2; tries < 24*6-10 || tries > 24*6+20 {
		t.Errorf("%d tries in a day", tries)
	}
	if files, oldest, err := w.archive.Quarantine(t.Context()); files != 2 || oldest < 0 || err != nil {
		t.Errorf("%d, %s, %v", files, oldest, err)
	}
	s.away = nil
	w.now = w.now.Add(11 * time.Minute)
	if n := scan(); n != 2 || !readable(ids[0]) || readable(ids[1]) {
		t.Errorf("the scanner is back: %d scanned, clean %v, harmful %v", n, readable(ids[0]), readable(ids[1]))
	}
	if len(*findings) != 1 || (*findings)[0].Application != application || (*findings)[0].Upload != ids[1] || w.bodies() != 1 {
		t.Errorf("%+v, %d bodies", *findings, w.bodies())
	}
	if up, err := w.archive.StatOf(t.Context(), application, ids[1]); err != nil || up.State != document.Infected {
		t.Errorf("the officer reads what became of it: %+v, %v", up, err)
	}
	if files, _, err := w.archive.Quarantine(t.Context()); files != 0 || err != nil {
		t.Errorf("%d, %v", files, err)
	}
	if n := scan(); n != 0 {
		t.Errorf("%d are scanned again", n)
	}
}

func TestTwoProcessesDoNotScanTheSameUpload(t *testing.T) {
	w, s, _ := guarded(t)
	owner := w.person()
	s.away = errors.New("away")
	for i := range 6 {
		_, err := w.archive.Upload(t.Context(), owner, "a.pdf", bytes.NewReader(numbered(i)))
		w.must(err)
	}
	s.away = nil
	w.now = w.now.Add(time.Hour)
	taken := make(chan int, 2)
	for range cap(taken) {
		other := *w
		other.open("https://services.example.gov", func(o *document.Options) { o.Scanner = &scanner{word: "harmful"} })
		go func() {
			n, err := other.archive.ScanWaiting(t.Context())
			if err != nil {
				t.Error(err)
			}
			taken <- n
		}()
	}
	if a, b := <-taken, <-taken; a+b != 6 {
		t.Errorf("%d and %d of 6", a, b)
	}
}
