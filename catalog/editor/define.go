package editor

import (
	"path"
	"reflect"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Define gives the places where what is named at a byte is declared: usually one, none where nothing is named there. A document that several
// services issue reads a field of each of them.
func (v *View) Define(offset int) []diag.Range {
	var out []diag.Range
	if file := v.script(offset); file != "" {
		return []diag.Range{{File: file, Start: diag.Position{Line: 1, Column: 1}, End: diag.Position{Line: 1, Column: 1}}}
	}
	for _, m := range v.mentionsAt(offset) {
		for _, other := range v.everywhere(m.symbol) {
			if other.declares {
				out = append(out, other.at)
			}
		}
	}
	return sorted(out)
}

// References gives every place of the catalogue that names what is named at a byte, with or without its declaration.
func (v *View) References(offset int, declaration bool) []diag.Range {
	var out []diag.Range
	for _, m := range v.mentionsAt(offset) {
		for _, other := range v.everywhere(m.symbol) {
			if declaration || !other.declares {
				out = append(out, other.at)
			}
		}
	}
	return sorted(out)
}

// script is the file of the script that is named at a byte, or "".
func (v *View) script(offset int) string {
	s := v.spotAt(offset)
	if s == nil || s.key == nil || s.isKey || s.key.Name != scriptSense || s.node.Kind != source.Scalar {
		return ""
	}
	file := path.Join(path.Dir(v.file), s.node.Value)
	if path.Dir(file) != path.Dir(v.file) || v.catalogue.Files[file] == nil {
		return ""
	}
	return file
}

// mentionsAt lists what is named at a byte, once for each service from which the file is read.
func (v *View) mentionsAt(offset int) []mention {
	var out []mention
	for _, list := range v.readings() {
		for _, m := range list {
			if m.at.Start.Offset <= offset && offset <= m.at.End.Offset {
				out = append(out, m)
				break // of two that meet, as in registry/operation, the left one
			}
		}
	}
	return out
}

// readings are the names in the file, once for each service from which it is read.
func (v *View) readings() [][]mention {
	if v.root == nil || v.typ == nil {
		return nil
	}
	if v.typ == serviceType {
		return [][]mention{v.mentions(v.file, v.root, v.typ, v.file, v.root)}
	}
	var out [][]mention
	if v.typ == documentType {
		_, code := v.root.Get("document")
		for _, s := range v.catalogue.Services {
			if code != nil && issues(s.Node(), code.Value) {
				out = append(out, v.mentions(v.file, v.root, v.typ, s.File, s.Node()))
			}
		}
	}
	if out == nil {
		out = append(out, v.mentions(v.file, v.root, v.typ, v.file, nil))
	}
	return out
}

// mentions are those in a definition. A role that an authority does not declare and every authority has is one symbol wherever it is named.
func (v *View) mentions(file string, root *source.Node, t reflect.Type, serviceFile string, service *source.Node) []mention {
	found := mentions(file, root, t, serviceFile, service)
	for i := range found {
		s := &found[i].symbol
		if s.Kind == "role" && v.catalogue.CommonRole(s.Name) != nil && !found[i].declares {
			s.Scope = ""
		}
	}
	return found
}

// issues tells whether a service names that document.
func issues(service *source.Node, document string) bool {
	if service == nil {
		return false
	}
	found := false
	walk(rootOf(service, serviceType), func(s *spot) bool {
		found = !s.isKey && s.node.Kind == source.Scalar && s.node.Value == document && textSense(s) == "document"
		return !found
	})
	return found
}

// everywhere lists the mentions of a symbol: in one service and its documents, or in the whole catalogue.
func (v *View) everywhere(symbol Symbol) []mention {
	var out []mention
	keep := func(list []mention) {
		for _, m := range list {
			if m.symbol == symbol {
				out = append(out, m)
			}
		}
	}
	if file := localTo(symbol); file != "" {
		service := serviceIn(v.catalogue, file)
		if service == nil && file == v.file && v.root != nil { // a blueprint or a fragment, or a service that is not whole
			keep(v.mentions(file, v.root, v.typ, file, nil))
		}
		if service == nil || service.Node() == nil {
			return out
		}
		list := v.mentions(file, service.Node(), serviceType, file, service.Node())
		keep(list)
		seen := map[string]bool{}
		for _, m := range list {
			if m.symbol.Kind != "document" || seen[m.symbol.Name] {
				continue
			}
			seen[m.symbol.Name] = true
			if d := v.catalogue.Document(m.symbol.Name); d != nil && d.Node() != nil {
				keep(v.mentions(d.Node().File(), d.Node(), documentType, file, service.Node()))
			}
		}
		return out
	}
	for file, value := range v.catalogue.Definitions() {
		node := nodeOf(value)
		var service *source.Node
		serviceFile := file
		if _, ok := value.(*catalog.Service); ok {
			service = node
		}
		keep(v.mentions(file, node, reflect.TypeOf(value).Elem(), serviceFile, service))
	}
	return out
}

// localTo is the file of the service to which the symbol belongs, or "".
func localTo(s Symbol) string {
	file, _, _ := cut(s.Scope)
	if catalog.Declares(file) == nil {
		return ""
	}
	return file
}

// nodeOf is the root of a definition, or nil.
func nodeOf(value any) *source.Node {
	if v, ok := value.(interface{ Node() *source.Node }); ok {
		return v.Node()
	}
	return nil
}
