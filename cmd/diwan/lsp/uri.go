package lsp

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
)

// pathOf is the file that a URI names, or "" for another scheme.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Path == "" {
		return ""
	}
	p := u.Path
	if len(p) > 2 && p[0] == '/' && p[2] == ':' { // /C:/folder
		p = p[1:]
	}
	return filepath.Clean(filepath.FromSlash(p))
}

// uriOf names a file.
func uriOf(file string) string {
	p := filepath.ToSlash(file)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}

// mostFoldersUp bounds the way up to catalogue.yaml.
const mostFoldersUp = 40

// rootOf is the folder of the catalogue in which a file lies, and its path in there; "" where it lies in none. The file need not exist yet.
func rootOf(file string) (root, inside string) {
	folder := filepath.Dir(file)
	for range mostFoldersUp {
		if info, err := os.Stat(filepath.Join(folder, catalog.SettingsFile)); err == nil && !info.IsDir() {
			inside, err := filepath.Rel(folder, file)
			if err != nil {
				return "", ""
			}
			return folder, filepath.ToSlash(inside)
		}
		up := filepath.Dir(folder)
		if up == folder {
			break
		}
		folder = up
	}
	return "", ""
}
