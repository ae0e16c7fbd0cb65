package designer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed static
var staticFiles embed.FS

const staticPath = "/designer/static/"

// modules are the files of the modules that others import by a name.
var modules = map[string]string{
	"@codemirror/state": "state", "@codemirror/view": "view", "@codemirror/language": "language", "@codemirror/commands": "commands",
	"@codemirror/autocomplete": "autocomplete", "@codemirror/lint": "lint", "@codemirror/streamparser": "streamparser", "@codemirror/lang-yaml": "lang-yaml",
	"@lezer/common": "lezer-common", "@lezer/highlight": "lezer-highlight", "@lezer/lr": "lezer-lr", "@lezer/yaml": "lezer-yaml",
	"@marijn/find-cluster-break": "find-cluster-break", "crelt": "crelt", "style-mod": "style-mod", "w3c-keyname": "w3c-keyname",
}

var (
	importName = regexp.MustCompile(`(?m)^((?:import|export) .*? from )['"]([^'"./][^'"]*)['"]`)
	docComment = regexp.MustCompile(`(?ms)^[ \t]*/\*\*.*?\*/\n`)
	lineNote   = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)
)

type asset struct{ body, gzipped []byte }

// assets are the files that are served, below a folder that is named by their content: so they can be kept for ever.
var assets = sync.OnceValues(func() (folder string, out map[string]asset) {
	out = map[string]asset{}
	sum := sha256.New()
	_ = fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, _ error) error { // what is embedded can be read
		ext := path.Ext(name)
		if d.IsDir() || ext != ".js" && ext != ".css" {
			return nil
		}
		body, _ := staticFiles.ReadFile(name)
		if strings.HasPrefix(name, "static/vendor/codemirror/") {
			body = lineNote.ReplaceAll(docComment.ReplaceAll(body, nil), nil)
		}
		if ext == ".js" {
			body = importName.ReplaceAllFunc(body, func(match []byte) []byte {
				parts := importName.FindSubmatch(match)
				up := strings.Repeat("../", strings.Count(name, "/")-1)
				return []byte(string(parts[1]) + `"./` + up + "vendor/codemirror/" + modules[string(parts[2])] + `.js"`)
			})
		}
		sum.Write(body)
		var zipped bytes.Buffer
		w, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is valid
		_, _ = w.Write(body)                                       // a bytes.Buffer does not fail
		_ = w.Close()
		out[strings.TrimPrefix(name, "static/")] = asset{body, zipped.Bytes()}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)[:6]) + "/", out
})

// static is the address of a file.
func static(name string) string {
	folder, _ := assets()
	return staticPath + folder + name
}

func serveStatic(w http.ResponseWriter, r *http.Request) {
	folder, files := assets()
	found, ok := files[strings.TrimPrefix(r.URL.Path, staticPath+folder)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(r.URL.Path)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := found.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = found.gzipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the reader went away
}
