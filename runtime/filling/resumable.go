package filling

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// PartsPath is where Resumable must be mounted.
const PartsPath = "/uploads/"

const (
	tusVersion    = "1.0.0"
	tusExtensions = "creation,expiration,termination"
	tusHeader     = "Tus-Resumable"
	offsetHeader  = "Upload-Offset"
	// uploadHeader names the upload that the parts have become: what a form sends as its answer.
	uploadHeader = "Diwan-Upload"
	mostMetadata = 4 << 10
)

// Parts is what Resumable needs of *document.Archive.
type Parts interface {
	Begin(ctx context.Context, owner uuid.UUID, name string, size int64) (document.Partial, error)
	Partial(ctx context.Context, owner, id uuid.UUID) (document.Partial, error)
	Append(ctx context.Context, owner, id uuid.UUID, offset int64, r io.Reader) (document.Partial, error)
	Abandon(ctx context.Context, owner, id uuid.UUID) error
}

// Resumable takes uploads in parts, in the words of tus 1.0 (https://tus.io/protocols/resumable-upload), so that any client of it can send; the
// server of its authors is not served by the module proxy, and would bring a store of its own. What a form's page does with it is
// static/resume.js; without scripts the form itself brings the file.
type Resumable struct {
	Parts  Parts
	Owner  func(*http.Request) (uuid.UUID, bool) // who is signed in
	Locale func(*http.Request) *ui.Locale
	Log    *slog.Logger
}

// ServeHTTP answers under PartsPath.
func (s *Resumable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set(tusHeader, tusVersion)
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodOptions {
		h.Set("Tus-Version", tusVersion)
		h.Set("Tus-Extension", tusExtensions)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	owner, known := s.Owner(r)
	if !known {
		http.Error(w, "sign in first", http.StatusUnauthorized)
		return
	}
	if r.Header.Get(tusHeader) != tusVersion {
		h.Set("Tus-Version", tusVersion)
		http.Error(w, "this speaks tus "+tusVersion, http.StatusPreconditionFailed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, PartsPath)
	if name == "" && r.Method == http.MethodPost {
		s.begin(w, r, owner)
		return
	}
	id, err := uuid.Parse(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodHead:
		p, err := s.Parts.Partial(r.Context(), owner, id)
		h.Set("Upload-Length", strconv.FormatInt(p.Size, 10))
		s.answer(w, r, p, err, http.StatusOK)
	case http.MethodPatch:
		s.patch(w, r, owner, id)
	case http.MethodDelete:
		s.answer(w, r, document.Partial{}, s.Parts.Abandon(r.Context(), owner, id), http.StatusNoContent)
	default:
		h.Set("Allow", "OPTIONS, HEAD, PATCH, DELETE")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (s *Resumable) begin(w http.ResponseWriter, r *http.Request, owner uuid.UUID) {
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	name, ok := fileName(r.Header.Get("Upload-Metadata"))
	if err != nil || size < 0 || !ok {
		http.Error(w, "Upload-Length and Upload-Metadata are wanted", http.StatusBadRequest)
		return
	}
	p, err := s.Parts.Begin(r.Context(), owner, name, size)
	if err == nil {
		w.Header().Set("Location", PartsPath+p.ID.String())
		w.Header().Set("Upload-Expires", p.Expires.UTC().Format(http.TimeFormat))
	}
	s.answer(w, r, p, err, http.StatusCreated)
}

// fileName is the value of the key filename, "" where there is none.
func fileName(metadata string) (string, bool) {
	if len(metadata) > mostMetadata {
		return "", false
	}
	for pair := range strings.SplitSeq(metadata, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if key == "filename" {
			name, err := base64.StdEncoding.DecodeString(value)
			return string(name), err == nil
		}
	}
	return "", true
}

func (s *Resumable) patch(w http.ResponseWriter, r *http.Request, owner, id uuid.UUID) {
	if r.Header.Get("Content-Type") != "application/offset+octet-stream" {
		http.Error(w, "want application/offset+octet-stream", http.StatusUnsupportedMediaType)
		return
	}
	offset, err := strconv.ParseInt(r.Header.Get(offsetHeader), 10, 64)
	if err != nil || offset < 0 {
		http.Error(w, "Upload-Offset is wanted", http.StatusBadRequest)
		return
	}
	p, err := s.Parts.Append(r.Context(), owner, id, offset, http.MaxBytesReader(w, r.Body, mostFile+1))
	s.answer(w, r, p, err, http.StatusNoContent)
}

// answer tells how far the upload has come, or in the reader's language why it is not taken.
func (s *Resumable) answer(w http.ResponseWriter, r *http.Request, p document.Partial, err error, status int) {
	var refusal document.Refusal
	switch {
	case err == nil:
		w.Header().Set(offsetHeader, strconv.FormatInt(p.Received, 10))
		if p.Upload != uuid.Nil {
			w.Header().Set(uploadHeader, p.Upload.String())
		}
		w.WriteHeader(status)
		return
	case errors.Is(err, document.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, document.ErrOffset):
		status = http.StatusConflict
	case errors.Is(err, document.ErrLength):
		status = http.StatusBadRequest
	case errors.Is(err, document.ErrTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, document.ErrTooMany):
		status = http.StatusTooManyRequests
	case errors.As(err, &refusal), errors.Is(err, document.ErrUnclean), errors.Is(err, document.ErrEmpty):
		status = http.StatusUnprocessableEntity
	default:
		if r.Context().Err() == nil {
			s.Log.WarnContext(r.Context(), "filling: part", "partial", p.ID, "error", err)
		}
		status = http.StatusServiceUnavailable
	}
	http.Error(w, refusalWords(s.Locale(r), []string{"pdf", "jpeg", "png"}, mostFile, err), status)
}
