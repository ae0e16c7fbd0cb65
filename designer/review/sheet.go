package review

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strconv"
)

//go:embed static/review.css
var sheet []byte

// sheetPath holds the hash of the sheet, so that it can be kept for ever.
var sheetPath = func() string {
	sum := sha256.Sum256(sheet)
	return "/designer/review." + hex.EncodeToString(sum[:5]) + ".css"
}()

func serveSheet(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Length", strconv.Itoa(len(sheet)))
	_, _ = w.Write(sheet) // the reader went away
}
