package catalog

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

const serviceFolder = "services"

// definition is one file that was read, with what it declares: *Settings, *Authority, *Registry, *Tariff, *Calendar, *Document, *Event, *Service,
// *Blueprint and so on, or nil for a script, for a file without a tree and for one that is made of something broken.
type definition struct {
	path     string
	content  []byte
	root     *source.Node // as it is written, or nil
	parsed   diag.List    // what reading the tree found
	value    any
	findings diag.List
	// from are the files of which the definition is made besides its own: a blueprint, fragments, shared texts. misses says that it names one
	// that there was not.
	from   []string
	misses bool
}

// maxFile is the most that is read of one file; the parser's own limit is lower, and says so.
const maxFile = 2 << 20

func readDefinition(fsys fs.FS, name string) *definition {
	info, err := fs.Stat(fsys, name)
	if err == nil && info.Size() > maxFile {
		return broken(name, diag.New(diag.Error, "too-large", diag.Range{File: name}, "the file is too large to be a definition").
			WithHelp("Split the definition."))
	}
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		return broken(name, unreadable(name, err))
	}
	return parseDefinition(name, content)
}

func broken(name string, why diag.Diagnostic) *definition {
	return &definition{path: name, parsed: diag.List{why}, findings: diag.List{why}}
}

// parseDefinition reads the tree of a file. What is shared is decoded at once; all else when it is known what is shared.
func parseDefinition(name string, content []byte) *definition {
	d := &definition{path: name, content: content}
	if path.Ext(name) != ".yaml" {
		return d
	}
	d.root, d.parsed = source.Parse(name, content, source.Limits{})
	d.findings = d.parsed
	if d.shares() {
		d.decode(nil)
	}
	return d
}

// shares tells whether the file holds what other definitions are made of.
func (d *definition) shares() bool {
	switch folder, _, _ := strings.Cut(d.path, "/"); folder {
	case "blueprints", "fragments", "texts":
		return true
	}
	return false
}

// decode fills the value of d, of what it takes from others as well.
func (d *definition) decode(from *shared) {
	d.value, d.from, d.misses, d.findings = nil, nil, false, slices.Clone(d.parsed)
	if d.root == nil {
		return
	}
	value := Declares(d.path)
	if value == nil {
		return
	}
	root := d.root
	if from != nil {
		x := expansion{shared: from}
		root = x.expand(root)
		d.from, d.misses = x.from, x.broken
		d.findings.Add(x.list...)
		if x.broken {
			d.findings.Sort()
			return
		}
	}
	d.value = value
	d.findings.Add(source.Decode(root, value)...)
	d.findings.Sort()
}

// again is d decoded anew, with what is shared now.
func (d *definition) again(from *shared) *definition {
	out := *d
	out.decode(from)
	return &out
}
