package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// place is an argument: the catalogue that holds it, and where it lies in there.
type place struct {
	root   string // as the user wrote it
	from   string // the working folder from which findings lead there; "" where the user wrote a full path
	inside string // slash-separated; "." is the whole catalogue
	file   bool
}

// mostFoldersUp bounds the way up to catalogue.yaml.
const mostFoldersUp = 40

// placeOf finds the catalogue round a file or a folder.
func placeOf(name string) (place, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return place{}, usage("there is no %s", name)
	}
	if err != nil {
		return place{}, err
	}
	p := place{root: filepath.Clean(name), inside: ".", file: !info.IsDir()}
	if !filepath.IsAbs(name) {
		if p.from, err = os.Getwd(); err != nil {
			return place{}, err
		}
	}
	if p.file {
		p.root, p.inside = filepath.Dir(p.root), filepath.Base(p.root)
	}
	for range mostFoldersUp {
		_, err := os.Stat(filepath.Join(p.root, catalog.SettingsFile))
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return place{}, err
		}
		full, err := filepath.Abs(p.root)
		if err != nil {
			return place{}, err
		}
		if filepath.Dir(full) == full {
			break
		}
		p.inside = path.Join(filepath.Base(full), p.inside)
		p.root = filepath.Join(p.root, "..")
	}
	return place{}, usage("%s lies in no catalogue: no folder above it holds %s", name, catalog.SettingsFile)
}

// concerns tells whether a finding is shown for the place: it stands there, or something there is a cause of it.
func (p place) concerns(d diag.Diagnostic) bool {
	if p.inside == "." || p.holds(d.Range.File) {
		return true
	}
	for _, r := range d.Related {
		if p.holds(r.Range.File) {
			return true
		}
	}
	return false
}

func (p place) holds(file string) bool {
	return file == p.inside || !p.file && strings.HasPrefix(file, p.inside+"/")
}

// shown gives the findings with the file names that lead there from the working folder.
func (p place) shown(list diag.List) diag.List {
	out := make(diag.List, len(list))
	for i, d := range list {
		d.Range.File = p.path(d.Range.File)
		related := make([]diag.Related, len(d.Related))
		for j, r := range d.Related {
			r.Range.File = p.path(r.Range.File)
			related[j] = r
		}
		d.Related = related
		out[i] = d
	}
	return out
}

func (p place) path(file string) string {
	if file == "" {
		return ""
	}
	full := filepath.Join(p.root, filepath.FromSlash(file))
	if p.from != "" { // "../services/one.yaml", seen from services, is "one.yaml"
		if short, err := filepath.Rel(p.from, filepath.Join(p.from, full)); err == nil {
			full = short
		}
	}
	return filepath.ToSlash(full)
}
