package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// lines takes parts into the archive of a world, over lines that break when they are told to.
type lines struct {
	*archive
	lock    sync.Mutex
	broken  func(r *http.Request, begun, parts int) bool
	begun   int
	parts   int
	arrived int64
	partial map[uuid.UUID]*document.Partial
	body    map[uuid.UUID][]byte
}

func (l *lines) Begin(_ context.Context, _ uuid.UUID, name string, size int64) (document.Partial, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	p := &document.Partial{ID: uuid.New(), Name: name, Size: size}
	l.partial[p.ID] = p
	return *p, nil
}

func (l *lines) Partial(_ context.Context, _, id uuid.UUID) (document.Partial, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if p := l.partial[id]; p != nil {
		return *p, nil
	}
	return document.Partial{}, document.ErrNotFound
}

func (l *lines) Append(ctx context.Context, owner, id uuid.UUID, offset int64, r io.Reader) (document.Partial, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	p := l.partial[id]
	switch {
	case p == nil:
		return document.Partial{}, document.ErrNotFound
	case offset != p.Received:
		return *p, document.ErrOffset
	}
	piece, err := io.ReadAll(r)
	l.body[id] = append(l.body[id], piece...)
	if p.Received += int64(len(piece)); err == nil && p.Received == p.Size {
		var up document.Upload
		up, err = l.archive.Upload(ctx, owner, p.Name, bytes.NewReader(l.body[id]))
		p.Upload = up.ID
	}
	l.arrived += int64(len(piece))
	return *p, err
}

func (l *lines) Abandon(context.Context, uuid.UUID, uuid.UUID) error { return nil }

// over puts a line before a world's pages.
func over(t *testing.T, w *world) (*lines, *httptest.Server) {
	t.Helper()
	l := &lines{archive: w.archive, partial: map[uuid.UUID]*document.Partial{}, body: map[uuid.UUID][]byte{}, broken: func(*http.Request, int, int) bool { return false }}
	takes := &filling.Resumable{
		Parts: l, Log: w.log, Owner: func(*http.Request) (uuid.UUID, bool) { return w.person.ID, w.person != nil },
		Locale: func(r *http.Request) *ui.Locale { return w.pages.Locale(r) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, filling.PartsPath) {
			w.handler.ServeHTTP(rw, r)
			return
		}
		l.lock.Lock()
		if r.Method == http.MethodPost {
			l.begun++
		}
		if r.Method == http.MethodPatch {
			l.parts++
		}
		broken := l.broken(r, l.begun, l.parts)
		l.lock.Unlock()
		if broken {
			panic(http.ErrAbortHandler)
		}
		ui.Lang(takes).ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	return l, server
}

// large is a PDF of several parts on the disk.
func large(t *testing.T, size int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "تقرير طبي.pdf")
	if err := os.WriteFile(path, append(bytes.Clone(pdfFile), bytes.Repeat([]byte("x"), size)...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const theFile = `document.getElementById('medicalReport')`

func said(lang string) string {
	return map[string]string{"ar": "أُرسل الملف", "en": "Sent:"}[lang]
}

// With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func TestALargeFileGoesOnWhereTheLineBroke(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		w := newWorld(t)
		w.person, w.book.quote = &yusuf, priced
		line, server := over(t, w)
		browser := uitest.Browser(t)
		const size = 3 << 19
		path := large(t, size)
		line.broken = func(_ *http.Request, _, parts int) bool { return parts == 3 || parts == 4 }
		width := map[string]int{"en": uitest.Desktop, "ar": uitest.Phone}[lang]
		uitest.Open(t, browser, server.URL+"/services/"+licence+"/apply?lang="+lang, width)
		uitest.Do(t, browser, chromedp.SetUploadFiles("#medicalReport", []string{path}))
		wait := `document.getElementById('medicalReport-chosen').textContent.includes(` + fmt.Sprintf("%q", said(lang)) + `)`
		picture(t, browser, "upload-"+lang+"-sending")
		until(t, browser, wait)
		uitest.NoViolations(t, browser)
		uitest.NoSidewaysScroll(t, browser)
		picture(t, browser, "upload-"+lang+"-sent")
		if len(w.archive.uploads) != 1 || len(w.archive.uploads[0].body) != size+len(pdfFile) || line.begun != 1 || line.arrived != int64(size+len(pdfFile)) {
			t.Fatalf("%d uploads, begun %d times, %d bytes arrived", len(w.archive.uploads), line.begun, line.arrived)
		}
		if got := uitest.Eval[string](t, browser, `new FormData(`+theFile+`.form).getAll('medicalReport').map((v) => v instanceof File ? v.size : v).join()`); got != w.archive.uploads[0].ID.String() {
			t.Errorf("the form brings %q", got)
		}
		for name, value := range renewal {
			if name != "years" && name != "declaration" {
				uitest.Eval[bool](t, browser, fmt.Sprintf(`(document.getElementById(%q).value = %q) !== null`, name, value))
			}
		}
		uitest.Eval[bool](t, browser, `document.querySelectorAll('input[type=radio][name=years]')[0].checked = true`)
		uitest.Eval[bool](t, browser, `[...document.querySelectorAll('input[type=checkbox][name=declaration]')].every((box) => box.checked = true)`)
		uitest.Do(t, browser, chromedp.Click(`.button-row button[type=submit]:not([name])`), chromedp.WaitVisible(`.summary`))
		if text := uitest.Eval[string](t, browser, `document.querySelector('main').textContent`); !strings.Contains(text, "تقرير طبي.pdf") {
			t.Errorf("the page of answers has no file: %.300s", text)
		}
		if len(w.archive.uploads) != 1 {
			t.Errorf("%d uploads", len(w.archive.uploads))
		}
	}
}

func TestALargeFileGoesOnAfterThePageWasLoadedAgain(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &yusuf, priced
	line, server := over(t, w)
	browser := uitest.Browser(t)
	path := large(t, 3<<19)
	line.broken = func(_ *http.Request, _, parts int) bool { return parts > 3 }
	choose := func() {
		t.Helper()
		uitest.Open(t, browser, server.URL+"/services/"+licence+"/apply?lang=en", uitest.Phone)
		uitest.Do(t, browser, chromedp.SetUploadFiles("#medicalReport", []string{path}))
	}
	choose()
	until(t, browser, `document.getElementById('medicalReport-chosen').textContent.includes('connection was lost')`)
	picture(t, browser, "upload-en-paused")
	// Sent meanwhile, the form says what it waits for.
	uitest.Do(t, browser, chromedp.Click(`.button-row button[type=submit]:not([name])`))
	until(t, browser, `document.getElementById('medicalReport-chosen').textContent.includes('Wait until')`)
	line.lock.Lock()
	line.broken = func(*http.Request, int, int) bool { return false }
	before := line.arrived
	line.lock.Unlock()
	if before == 0 || before >= 3<<19 {
		t.Fatalf("%d bytes arrived before the line broke", before)
	}
	choose()
	until(t, browser, `document.getElementById('medicalReport-chosen').textContent.includes('Sent:')`)
	if line.begun != 1 || line.arrived != int64(3<<19+len(pdfFile)) {
		t.Errorf("begun %d times, %d bytes arrived", line.begun, line.arrived)
	}
}

func TestALargeFileThatIsNotTakenIsSaidAtOnceAndWithoutTheServiceTheFormBringsIt(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &yusuf, priced
	_, server := over(t, w)
	browser := uitest.Browser(t)
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	uitest.Open(t, browser, server.URL+"/services/"+licence+"/apply?lang=en", uitest.Phone)
	uitest.Do(t, browser, chromedp.SetUploadFiles("#medicalReport", []string{path}))
	until(t, browser, `document.getElementById('medicalReport-chosen').textContent.includes('kind of file cannot be read')`)
	picture(t, browser, "upload-en-refused")
	if n := uitest.Eval[int](t, browser, theFile+`.files.length`); n != 0 {
		t.Errorf("the form would bring %d files", n)
	}
	bare := httptest.NewServer(w.handler) // no such service there
	defer bare.Close()
	uitest.Open(t, browser, bare.URL+"/services/"+licence+"/apply?lang=en", uitest.Phone)
	uitest.Do(t, browser, chromedp.SetUploadFiles("#medicalReport", []string{large(t, 1<<20)}))
	until(t, browser, `document.getElementById('medicalReport-chosen').textContent.includes('طبي') && !document.querySelector('progress')`)
	if n := uitest.Eval[int](t, browser, theFile+`.files.length`); n != 1 {
		t.Errorf("the form brings %d files", n)
	}
}

// until waits for what a script says.
func until(t *testing.T, browser context.Context, says string) {
	t.Helper()
	uitest.Get(t, browser, chromedp.Poll[bool](says, chromedp.WithPollingTimeout(15*time.Second)))
}

func picture(t *testing.T, browser context.Context, name string) {
	if folder := os.Getenv("DIWAN_SCREENSHOTS"); folder != "" {
		uitest.Screenshot(t, browser, filepath.Join(folder, name+".png"))
	}
}
