package ui

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
)

// Sheet is a style sheet that some pages have beside those of all. Its address holds the hash of its content, so that it can be kept for ever.
type Sheet struct {
	path string
	body []byte
}

// NewSheet makes a sheet; at is its address without hash and ending, such as /desk/desk.
func NewSheet(at string, body []byte) *Sheet {
	sum := sha256.Sum256(body)
	return &Sheet{at + "." + hex.EncodeToString(sum[:5]) + ".css", body}
}

// Path is its address, for Page.Styles.
func (s *Sheet) Path() string { return s.path }

// Register serves it.
func (s *Sheet) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+s.path, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/css; charset=utf-8")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Content-Length", strconv.Itoa(len(s.body)))
		_, _ = w.Write(s.body) // the reader went away
	})
}
