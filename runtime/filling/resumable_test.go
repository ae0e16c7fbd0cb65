package filling_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/ui"
)

var leila = uuid.New()

// parts keeps one upload, and says what it is told to.
type parts struct {
	document.Partial
	body strings.Builder
	err  error
}

func (p *parts) Begin(_ context.Context, _ uuid.UUID, name string, size int64) (document.Partial, error) {
	p.Partial = document.Partial{ID: uuid.New(), Name: name, Size: size}
	return p.Partial, p.err
}

func (p *parts) known(id uuid.UUID) error {
	if id != p.ID {
		return document.ErrNotFound
	}
	return p.err
}

func (p *parts) Abandon(_ context.Context, _, id uuid.UUID) error { return p.known(id) }

func serve(t *testing.T, p *parts) func(method, path, body string, headers ...string) *http.Response {
	t.Helper()
	made, err := ui.New(ui.Site{}, fstest.MapFS{"templates/x.html": &fstest.MapFile{Data: []byte(`{{define "x"}}{{end}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	handler := &filling.Resumable{
		Parts: asked{p}, Locale: func(*http.Request) *ui.Locale { return made.Locale("en") }, Log: slog.New(slog.DiscardHandler),
		Owner: func(r *http.Request) (uuid.UUID, bool) { return leila, r.Header.Get("X-Nobody") == "" },
	}
	return func(method, path, body string, headers ...string) *http.Response {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Tus-Resumable", "1.0.0")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Result()
	}
}

// asked is parts as Resumable asks it.
type asked struct{ *parts }

func (a asked) Partial(_ context.Context, _, id uuid.UUID) (document.Partial, error) {
	return a.parts.Partial, a.known(id)
}

func (a asked) Append(_ context.Context, _, id uuid.UUID, offset int64, r io.Reader) (document.Partial, error) {
	if err := a.known(id); err != nil {
		return document.Partial{}, err
	}
	if offset != a.Received {
		return document.Partial{}, document.ErrOffset
	}
	n, err := io.Copy(&a.body, r)
	a.Received += n
	if a.Received == a.Size {
		a.Upload = uuid.New()
	}
	return a.parts.Partial, err
}

const octets = "application/offset+octet-stream"

func TestAClientOfTusSendsAFileInParts(t *testing.T) {
	p := &parts{}
	ask := serve(t, p)
	options := ask("OPTIONS", "/uploads/", "", "Tus-Resumable", "")
	if options.StatusCode != 204 || options.Header.Get("Tus-Version") != "1.0.0" || !strings.Contains(options.Header.Get("Tus-Extension"), "creation") {
		t.Errorf("%d %v", options.StatusCode, options.Header)
	}
	begun := ask("POST", "/uploads/", "", "Upload-Length", "11", "Upload-Metadata", "type YQ==,filename 2KrZgtix2YrYsS5wZGY=")
	at := begun.Header.Get("Location")
	if begun.StatusCode != 201 || at != "/uploads/"+p.ID.String() || p.Name != "تقرير.pdf" || begun.Header.Get("Upload-Offset") != "0" || begun.Header.Get("Upload-Expires") == "" {
		t.Fatalf("%d %v %q", begun.StatusCode, begun.Header, p.Name)
	}
	first := ask("PATCH", at, "hello ", "Upload-Offset", "0", "Content-Type", octets)
	if first.StatusCode != 204 || first.Header.Get("Upload-Offset") != "6" || first.Header.Get("Diwan-Upload") != "" {
		t.Errorf("%d %v", first.StatusCode, first.Header)
	}
	if again := ask("PATCH", at, "hello ", "Upload-Offset", "0", "Content-Type", octets); again.StatusCode != 409 {
		t.Errorf("the same part again: %d", again.StatusCode)
	}
	head := ask("HEAD", at, "")
	if head.StatusCode != 200 || head.Header.Get("Upload-Offset") != "6" || head.Header.Get("Upload-Length") != "11" || head.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", head.StatusCode, head.Header)
	}
	last := ask("PATCH", at, "world", "Upload-Offset", "6", "Content-Type", octets)
	if last.StatusCode != 204 || last.Header.Get("Diwan-Upload") != p.Upload.String() || p.body.String() != "hello world" {
		t.Errorf("%d %v %q", last.StatusCode, last.Header, p.body.String())
	}
}

func TestWhatIsNotTusOrNotWantedIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		method, path string
		headers      []string
		err          error
		status       int
		says         string
	}{
		"nobody":               {"POST", "/uploads/", []string{"X-Nobody", "1", "Upload-Length", "1"}, nil, 401, "sign in"},
		"another version":      {"POST", "/uploads/", []string{"Tus-Resumable", "0.2.2", "Upload-Length", "1"}, nil, 412, "1.0.0"},
		"no length":            {"POST", "/uploads/", nil, nil, 400, "Upload-Length"},
		"a negative length":    {"POST", "/uploads/", []string{"Upload-Length", "-1"}, nil, 400, ""},
		"a huge length":        {"POST", "/uploads/", []string{"Upload-Length", "99999999999999999999"}, nil, 400, ""},
		"a name that is none":  {"POST", "/uploads/", []string{"Upload-Length", "1", "Upload-Metadata", "filename %%%"}, nil, 400, ""},
		"a long name":          {"POST", "/uploads/", []string{"Upload-Length", "1", "Upload-Metadata", "filename " + strings.Repeat("YWFh", 2000)}, nil, 400, ""},
		"too large":            {"POST", "/uploads/", []string{"Upload-Length", "1"}, document.ErrTooLarge, 413, "at most"},
		"too many":             {"POST", "/uploads/", []string{"Upload-Length", "1"}, document.ErrTooMany, 429, "too many"},
		"no id":                {"HEAD", "/uploads/../../etc/passwd", nil, nil, 404, ""},
		"another id":           {"HEAD", "/uploads/" + uuid.NewString(), nil, nil, 404, ""},
		"no offset":            {"PATCH", "/uploads/", []string{"Content-Type", octets}, nil, 400, "Upload-Offset"},
		"a negative offset":    {"PATCH", "/uploads/", []string{"Content-Type", octets, "Upload-Offset", "-1"}, nil, 400, ""},
		"another type":         {"PATCH", "/uploads/", []string{"Upload-Offset", "0"}, nil, 415, ""},
		"a file that is none":  {"PATCH", "/uploads/", []string{"Content-Type", octets, "Upload-Offset", "0"}, document.Refusal("heic"), 422, "HEIC"},
		"a virus":              {"PATCH", "/uploads/", []string{"Content-Type", octets, "Upload-Offset", "0"}, document.ErrUnclean, 422, "virus"},
		"more than there is":   {"PATCH", "/uploads/", []string{"Content-Type", octets, "Upload-Offset", "0"}, document.ErrLength, 400, ""},
		"a database that died": {"PATCH", "/uploads/", []string{"Content-Type", octets, "Upload-Offset", "0"}, io.ErrUnexpectedEOF, 503, ""},
		"another method":       {"GET", "/uploads/", nil, nil, 405, ""},
	} {
		p := &parts{Partial: document.Partial{ID: uuid.New(), Size: 10}, err: c.err}
		if c.path == "/uploads/" && c.method != "POST" {
			c.path += p.ID.String()
		}
		got := serve(t, p)(c.method, c.path, "x", c.headers...)
		words, err := io.ReadAll(got.Body)
		if err != nil || got.StatusCode != c.status || !strings.Contains(string(words), c.says) {
			t.Errorf("%s: %d %q, want %d %q", name, got.StatusCode, words, c.status, c.says)
		}
	}
}
