package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed static
var staticFiles embed.FS

// StaticPath is where Static must be mounted.
const StaticPath = "/static/"

type asset struct {
	body, gzipped []byte
	contentType   string
}

type assetTable struct {
	byPath map[string]asset  // name with hash
	hashed map[string]string // name to name with hash
}

// styles is the order in which the sheets become diwan.css.
var styles = []string{"fonts", "base", "layout", "forms", "content", "work", "print"}

// assets builds the table once: an asset's address holds the hash of its bytes, so it can be kept for ever.
var assets = sync.OnceValues(func() (*assetTable, error) {
	table := &assetTable{byPath: map[string]asset{}, hashed: map[string]string{}}
	for _, dir := range []string{"static/fonts", "static/htmx", "static"} {
		entries, err := fs.ReadDir(staticFiles, dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if entry.IsDir() {
				continue
			}
			body, err := fs.ReadFile(staticFiles, dir+"/"+entry.Name())
			if err != nil {
				return nil, err
			}
			table.add(entry.Name(), body)
		}
	}
	var sheet bytes.Buffer
	for _, name := range styles {
		body, err := fs.ReadFile(staticFiles, "static/css/"+name+".css")
		if err != nil {
			return nil, err
		}
		sheet.Write(body)
	}
	css, err := table.link(sheet.String())
	if err != nil {
		return nil, err
	}
	table.add("diwan.css", []byte(css))
	return table, nil
})

func (t *assetTable) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	made := asset{body: body, contentType: mime.TypeByExtension(ext)}
	switch ext {
	case ".woff2":
		made.contentType = "font/woff2" // compressed already
	case ".css", ".js", ".svg", ".txt":
		made.gzipped = compress(body)
	}
	t.byPath[hashed] = made
	t.hashed[name] = hashed
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s*\n\s*`)
	cssURL     = regexp.MustCompile(`url\(([^)]+)\)`)
)

// link replaces the files that a sheet names by their hashed names and drops comments and indentation.
func (t *assetTable) link(css string) (string, error) {
	css = cssSpace.ReplaceAllString(cssComment.ReplaceAllString(css, ""), "\n")
	var missing error
	css = cssURL.ReplaceAllStringFunc(css, func(match string) string {
		name := cssURL.FindStringSubmatch(match)[1]
		hashed, ok := t.hashed[name]
		if !ok {
			missing = fmt.Errorf("ui: the style sheet names %s, which is not an asset", name)
		}
		return "url(" + hashed + ")"
	})
	return css, missing
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	w.Write(body)                                           // a bytes.Buffer does not fail
	w.Close()
	return out.Bytes()
}

// Asset is the address of a file of static/ by its plain name, such as diwan.css.
func Asset(name string) (string, error) {
	table, err := assets()
	if err != nil {
		return "", err
	}
	hashed, ok := table.hashed[name]
	if !ok {
		return "", fmt.Errorf("ui: no asset %q", name)
	}
	return StaticPath + hashed, nil
}

// Static serves the assets under StaticPath, for ever fresh, gzipped where that helps. It panics when the
// embedded files do not fit together, which a test of this package would have shown.
func Static() http.Handler {
	table, err := assets()
	if err != nil {
		panic(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok := table.byPath[strings.TrimPrefix(r.URL.Path, StaticPath)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", found.contentType)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		body := found.body
		if found.gzipped != nil {
			h.Set("Vary", "Accept-Encoding")
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				h.Set("Content-Encoding", "gzip")
				body = found.gzipped
			}
		}
		h.Set("Content-Length", fmt.Sprint(len(body)))
		if r.Method == http.MethodGet {
			w.Write(body)
		}
	})
}
