package document_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/inspect"
)

// longPDF is a PDF of more than one part, the same on every run.
var longPDF = func() []byte {
	noise := make([]byte, 5<<20/2)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	noise = bytes.ReplaceAll(noise, []byte("\n"), []byte("x"))
	return bytes.Replace(smallPDF, []byte("startxref"), append(append([]byte("%"), noise...), "\nstartxref"...), 1)
}()

func TestAnUploadThatBreaksOffAnywhereBecomesTheWholeFile(t *testing.T) {
	w := newWorld(t)
	owner := w.person()
	chance := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		p, err := w.archive.Begin(t.Context(), owner, "my.report.pdf", int64(len(longPDF)))
		w.must(err)
		broke := 0
		for p.Upload == uuid.Nil {
			at := p.Received
			line := io.Reader(bytes.NewReader(longPDF[at:]))
			if stop := chance.Int64N(int64(len(longPDF))); broke < 20 {
				line = io.MultiReader(io.LimitReader(line, stop), iotest.ErrReader(errors.New("the line is broken")))
			}
			if _, err := w.archive.Append(t.Context(), owner, p.ID, at, line); err != nil {
				broke++
			}
			if p, err = w.archive.Partial(t.Context(), owner, p.ID); err != nil || p.Received < at {
				t.Fatalf("%+v, %v", p, err)
			}
		}
		f, err := w.archive.OpenUpload(t.Context(), owner, p.Upload)
		if err != nil || !bytes.Equal(f.Body, longPDF) || f.Name != "my.report.pdf" {
			t.Errorf("after %d breaks: %v", broke, err)
		}
		if again, err := w.archive.Append(t.Context(), owner, p.ID, p.Size, strings.NewReader("")); err != nil || again.Upload != p.Upload {
			t.Errorf("who did not hear the end asks again: %+v, %v", again, err)
		}
	}
}

func TestOfPartsThatComeAtOnceOneIsTaken(t *testing.T) {
	w := newWorld(t)
	owner := w.person()
	p, err := w.archive.Begin(t.Context(), owner, "a.pdf", int64(len(longPDF)))
	w.must(err)
	for p.Upload == uuid.Nil {
		at, end := p.Received, min(p.Received+600_000, p.Size)
		var taken, late int
		var lock sync.Mutex
		var ended sync.WaitGroup
		for range 6 {
			ended.Go(func() {
				_, err := w.archive.Append(t.Context(), owner, p.ID, at, bytes.NewReader(longPDF[at:end]))
				lock.Lock()
				defer lock.Unlock()
				switch {
				case err == nil:
					taken++
				case errors.Is(err, document.ErrOffset):
					late++
				default:
					t.Error(err)
				}
			})
		}
		ended.Wait()
		if end < p.Size && (taken != 1 || late != 5) { // at the end who comes late may hear what it has become
			t.Fatalf("of six at %d, %d were taken and %d came late", at, taken, late)
		}
		if p, err = w.archive.Partial(t.Context(), owner, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.archive.OpenUpload(t.Context(), owner, p.Upload)
	if err != nil || !bytes.Equal(f.Body, longPDF) {
		t.Errorf("%v", err)
	}
}

func TestWrongLengthsOffsetsAndOwnersAreRefused(t *testing.T) {
	w := newWorld(t)
	owner, stranger := w.person(), w.person()
	for size, want := range map[int64]error{0: document.ErrEmpty, -1: document.ErrEmpty, 10<<20 + 1: document.ErrTooLarge, 1 << 60: document.ErrTooLarge} {
		if _, err := w.archive.Begin(t.Context(), owner, "a.pdf", size); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	p, err := w.archive.Begin(t.Context(), owner, "a.pdf", 10)
	w.must(err)
	for name, c := range map[string]struct {
		owner, id uuid.UUID
		offset    int64
		body      string
		want      error
	}{
		"a hole":          {owner, p.ID, 1, "x", document.ErrOffset},
		"beyond the end":  {owner, p.ID, 10, "", document.ErrOffset},
		"before":          {owner, p.ID, -1, "x", document.ErrOffset},
		"too much":        {owner, p.ID, 0, "12345678901", document.ErrLength},
		"a stranger":      {stranger, p.ID, 0, "x", document.ErrNotFound},
		"another's id":    {owner, uuid.New(), 0, "x", document.ErrNotFound},
		"an endless body": {owner, p.ID, 0, strings.Repeat("x", 30<<20), document.ErrLength},
	} {
		if _, err := w.archive.Append(t.Context(), c.owner, c.id, c.offset, strings.NewReader(c.body)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := w.archive.Partial(t.Context(), owner, p.ID); err != nil || got.Received != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	w.must(w.archive.Abandon(t.Context(), stranger, p.ID))
	if _, err := w.archive.Partial(t.Context(), owner, p.ID); err != nil {
		t.Errorf("a stranger has ended it: %v", err)
	}
	w.must(w.archive.Abandon(t.Context(), owner, p.ID))
	if _, err := w.archive.Partial(t.Context(), owner, p.ID); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("%v", err)
	}
	begun := 0
	for ; begun < 100; begun++ {
		if _, err = w.archive.Begin(t.Context(), owner, "a.pdf", 1<<20); err != nil {
			break
		}
	}
	if begun != 10 || !errors.Is(err, document.ErrTooMany) {
		t.Errorf("%d are under way at once: %v", begun, err)
	}
	w.now = w.now.Add(25 * time.Hour)
	if _, err := w.archive.Begin(t.Context(), owner, "a.pdf", 1<<20); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

func TestWhatComesInPartsIsLookedIntoAndScannedLikeEveryUpload(t *testing.T) {
	w, _, findings := guarded(t)
	owner := w.person()
	for name, c := range map[string]struct {
		body []byte
		want error
	}{
		"a page":  {[]byte("<html><script>alert(1)</script>"), inspect.Unknown},
		"a virus": {harmful, document.ErrUnclean},
	} {
		p, err := w.archive.Begin(t.Context(), owner, "a.pdf", int64(len(c.body)))
		w.must(err)
		_, err = w.archive.Append(t.Context(), owner, p.ID, 0, bytes.NewReader(c.body))
		_, again := w.archive.Partial(t.Context(), owner, p.ID)
		_, more := w.archive.Append(t.Context(), owner, p.ID, int64(len(c.body)), strings.NewReader(""))
		if !errors.Is(err, c.want) || !errors.Is(again, c.want) || !errors.Is(more, c.want) {
			t.Errorf("%s: %v, then %v, then %v", name, err, again, more)
		}
	}
	if len(*findings) != 1 || w.bodies() != 0 {
		t.Errorf("%d findings, %d bodies", len(*findings), w.bodies())
	}
}

func TestPartsThatNeverBecameWholeAreSwept(t *testing.T) {
	w := newWorld(t)
	owner := w.person()
	w.now = time.Now()
	p, err := w.archive.Begin(t.Context(), owner, "a.pdf", int64(len(longPDF)))
	w.must(err)
	_, err = w.archive.Append(t.Context(), owner, p.ID, 0, bytes.NewReader(longPDF[:2<<20]))
	w.must(err)
	if n := w.bodies(); n != 2 {
		t.Fatalf("%d parts lie there", n)
	}
	w.now = w.now.Add(49 * time.Hour)
	removed, err := w.archive.Sweep(t.Context())
	var rows int
	w.must(w.pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM partial) + (SELECT count(*) FROM part)").Scan(&rows))
	if err != nil || removed != 2 || w.bodies() != 0 || rows != 0 {
		t.Errorf("%d removed, %d bodies and %d rows stay, %v", removed, w.bodies(), rows, err)
	}
}
