package catalog

import (
	"io/fs"
	"path"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

const serviceFolder = "services"

// definition is one file that was read, with what it declares: *Settings, *Authority, *Registry, *Tariff, *Calendar, *Document, *Service,
// or nil for a script and for a file without a tree.
type definition struct {
	path     string
	content  []byte
	value    any
	findings diag.List
}

// maxFile is the most that is read of one file; the parser's own limit is lower, and says so.
const maxFile = 2 << 20

func readDefinition(fsys fs.FS, name string) *definition {
	info, err := fs.Stat(fsys, name)
	if err == nil && info.Size() > maxFile {
		return &definition{path: name, findings: diag.List{diag.New(diag.Error, "too-large", diag.Range{File: name}, "the file is too large to be a definition")}}
	}
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		return &definition{path: name, findings: diag.List{unreadable(name, err)}}
	}
	return decodeDefinition(name, content)
}

func decodeDefinition(name string, content []byte) *definition {
	d := &definition{path: name, content: content}
	if path.Ext(name) != ".yaml" {
		return d
	}
	root, list := source.Parse(name, content, source.Limits{})
	d.findings = list
	if root == nil {
		return d
	}
	if d.value = Declares(name); d.value == nil {
		return d
	}
	d.findings.Add(source.Decode(root, d.value)...)
	d.findings.Sort()
	return d
}
