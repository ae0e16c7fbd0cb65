package editor

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// A View is one file of a catalogue as it stands in an editor, finished or not. It is made by Of for one round of questions; it never
// changes and is safe for parallel use.
type View struct {
	file    string
	content []byte
	typ     reflect.Type // what the file declares; nil for a file that is no definition

	// catalogue has the file as it can be read: lines that are broken are put aside.
	catalogue *catalog.Catalogue
	root      *source.Node // nil where nothing can be read
}

// Of gives the view of a file. file is the path inside the catalogue; content is what stands in the editor, whatever c has of the file.
func Of(c *catalog.Catalogue, file string, content []byte) *View {
	v := &View{file: file, content: content, catalogue: c}
	value := catalog.Declares(file)
	if value == nil {
		return v
	}
	v.typ = reflect.TypeOf(value).Elem()
	if len(content) > 0 {
		var text []byte
		v.root, text = readable(file, content)
		if v.root != nil {
			v.catalogue = with(c, file, text)
		}
	}
	return v
}

// with is c with that content of the file.
func with(c *catalog.Catalogue, file string, content []byte) *catalog.Catalogue {
	if have, known := c.Files[file]; known && string(have) == string(content) {
		return c
	}
	changed, _ := c.WithFile(file, content)
	return changed
}

// spotAt is the innermost node at a byte, or nil.
func (v *View) spotAt(offset int) *spot {
	if v.root == nil || v.typ == nil || offset < 0 || offset > len(v.content) {
		return nil
	}
	return at(rootOf(v.root, v.typ), offset)
}

// service is the service that the file declares, or nil.
func serviceIn(c *catalog.Catalogue, file string) *catalog.Service {
	for _, s := range c.Services {
		if s.File == file {
			return s
		}
	}
	return nil
}

// language is the main language of the catalogue.
func language(c *catalog.Catalogue) string {
	if l := c.Settings.Languages; len(l) > 0 {
		return l[0].Value
	}
	return ""
}
