package designer

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
)

// thing is one part of a definition that has a line of its own in the outline: a section, a field, a step, a fee.
type thing struct {
	Path  edit.Path
	Type  reflect.Type
	Key   string // of the list, the mapping or the key in which it stands: fields, steps
	Of    edit.Path
	Index int // in its list; -1 where it stands in none
	Last  bool
	Node  *source.Node
	Start int // the byte at which it begins, with its name
	Below []thing
}

// kinds are the Go types of what a file may declare, by its first key.
var kinds = map[string]reflect.Type{
	"service": reflect.TypeFor[catalog.Service](), "tariff": reflect.TypeFor[catalog.Tariff](), "authority": reflect.TypeFor[catalog.Authority](),
	"registry": reflect.TypeFor[catalog.Registry](), "calendar": reflect.TypeFor[catalog.Calendar](), "document": reflect.TypeFor[catalog.Document](),
	"event": reflect.TypeFor[catalog.Event](), "right": reflect.TypeFor[catalog.Right](), "fragment": reflect.TypeFor[catalog.Fragment](),
	"languages": reflect.TypeFor[catalog.Settings](),
}

// kindOf is what a file declares; nil where it is none of those that have an outline. What is made of a blueprint is edited as text: most of it
// stands elsewhere.
func kindOf(root *source.Node) reflect.Type {
	if root == nil || root.Kind != source.Mapping {
		return nil
	}
	if blueprint, _ := root.Get("blueprint"); blueprint != nil {
		return nil
	}
	for _, word := range []string{"service", "tariff", "authority", "registry", "calendar", "document", "event", "right", "fragment", "languages"} {
		if key, _ := root.Get(word); key != nil {
			return kinds[word]
		}
	}
	return nil
}

// shape says how the value of a key is shown.
type shape int

const (
	scalarShape    shape = iota
	textShape            // words in each language
	listShape            // a list of things
	namedShape           // things by name
	thingShape           // one thing
	wordsShape           // a list of short texts
	rawShape             // anything else: as it is written
	choiceShape          // one of a closed set
	boolShape            // true or nothing
	formulaShape         // a scalar that is a formula
	codeShape            // the code of something that is declared elsewhere, or one of some words
	codesShape           // several of them
	entriesShape         // short texts by name
	limitsShape          // time limits, and what follows
	durationShape        // how long
	tableShape           // the rows of a table
	decisionsShape       // what may be decided, and where it leads
)

var textType = reflect.TypeFor[catalog.Text]()

// shapeOf says how a type is shown, and of which struct its things are.
func shapeOf(k source.Key) (shape, reflect.Type) {
	t := k.Type
	switch {
	case t.Go == textType:
		return textShape, nil
	case t.Kind == "text" && (k.Names == "formula" || isFormula(k.Doc)):
		return formulaShape, nil
	case t.Kind == "text", t.Kind == "whole number", t.Kind == "decimal number":
		return scalarShape, nil
	case t.Kind == "choice":
		return choiceShape, nil
	case t.Kind == "true or false":
		return boolShape, nil
	case t.Kind == "mapping":
		return thingShape, t.Go
	case t.Kind == "list" && t.Of != nil:
		if of := structOf(*t.Of); of != nil {
			return listShape, of
		}
		if t.Of.Kind == "text" || t.Of.Kind == "choice" {
			return wordsShape, nil
		}
	case t.Kind == "map" && t.Of != nil:
		if of := structOf(*t.Of); of != nil {
			return namedShape, of
		}
	case t.Kind == "one of":
		if of := structOf(t); of != nil {
			return thingShape, of
		}
	}
	return rawShape, nil
}

// structOf is the struct of a mapping, also of one among several shapes.
func structOf(t source.Type) reflect.Type {
	if t.Kind == "mapping" && t.Go != nil && len(source.Spec(t.Go)) > 0 {
		return t.Go
	}
	for _, s := range t.Shapes {
		if s.Kind == "mapping" && s.Go != nil && len(source.Spec(s.Go)) > 0 {
			return s.Go
		}
	}
	return nil
}

// listOf is the struct of the things of a list, also where the list is one of several shapes; nil where the key has none.
func listOf(k source.Key) reflect.Type {
	switch s, of := shapeOf(k); s {
	case listShape:
		return of
	case thingShape:
		return itemsOf(k.Type)
	}
	return nil
}

// itemsOf is the struct of the items where a value of one of several shapes may be a list, as together is.
func itemsOf(t source.Type) reflect.Type {
	for _, s := range t.Shapes {
		if s.Kind == "list" && s.Of != nil {
			return structOf(*s.Of)
		}
	}
	return nil
}

func isFormula(doc string) bool { return len(doc) >= 7 && doc[:7] == "Formula" }

// mostDeep bounds how deep an outline goes; a file is never deeper.
const mostDeep = 32

// outline lists the things below a node under some of its keys; nil is all keys.
func outline(n *source.Node, t reflect.Type, at edit.Path, keys []string) (out []thing) {
	if n == nil || n.Kind != source.Mapping || len(at) > mostDeep {
		return nil
	}
	for _, k := range source.Spec(t) {
		if keys != nil && !slices.Contains(keys, k.Name) {
			continue
		}
		key, value := n.Get(k.Name)
		if value == nil {
			continue
		}
		here := at.To(k.Name)
		switch s, of := shapeOf(k); {
		case value.Kind == source.List && listOf(k) != nil:
			of = listOf(k)
			for i, item := range value.Items() {
				one := thing{Path: here.To(i), Type: of, Key: k.Name, Of: here, Index: i, Last: i == value.Len()-1, Node: item, Start: item.Range().Start.Offset}
				one.Below = outline(item, of, one.Path, nil)
				out = append(out, one)
			}
		case s == namedShape && value.Kind == source.Mapping:
			for name, item := range value.Pairs() {
				one := thing{Path: here.To(name.Value), Type: of, Key: k.Name, Of: here, Index: -1, Node: item, Start: name.Range().Start.Offset}
				one.Below = outline(item, of, one.Path, nil)
				out = append(out, one)
			}
		case s == thingShape && value.Kind == source.Mapping:
			one := thing{Path: here, Type: of, Key: k.Name, Of: at, Index: -1, Node: value, Start: key.Range().Start.Offset}
			one.Below = outline(value, of, one.Path, nil)
			out = append(out, one)
		}
	}
	return out
}

// typeAt is the type of the thing at a path, nil where none is there.
func typeAt(root *source.Node, t reflect.Type, at edit.Path) (*source.Node, reflect.Type) {
	if len(at) == 0 {
		return root, t
	}
	for _, one := range outline(root, t, nil, []string{first(at)}) {
		if found := one.find(at.String()); found != nil {
			return found.Node, found.Type
		}
	}
	return nil, nil
}

func (x *thing) find(path string) *thing {
	if x.Path.String() == path {
		return x
	}
	for i := range x.Below {
		if found := x.Below[i].find(path); found != nil {
			return found
		}
	}
	return nil
}

func first(p edit.Path) string {
	if len(p) == 0 {
		return ""
	}
	name, _ := p[0].(string)
	return name
}

// titled is what a thing is called in a language: its title or label, else its code, else the name of the key in which it stands.
func (x *thing) titled(pick func(map[string]string) string) string {
	for _, key := range []string{"title", "label", "refuse", "text"} {
		if _, n := x.Node.Get(key); n != nil && n.Kind == source.Mapping {
			if said := pick(languagesOf(n)); said != "" {
				return said
			}
		}
	}
	if code := x.code(); code != "" {
		return code
	}
	if name, is := x.Path[len(x.Path)-1].(string); is {
		return name
	}
	return strconv.Itoa(x.Index + 1)
}

// code is the value of the first key of a thing, which is its code where it has one.
func (x *thing) code() string {
	for _, k := range source.Spec(x.Type) {
		if _, n := x.Node.Get(k.Name); n != nil && n.Kind == source.Scalar && k.Required {
			return n.Value
		}
		break
	}
	return ""
}

// languagesOf are the words of a text by language.
func languagesOf(n *source.Node) map[string]string {
	out := map[string]string{}
	for key, value := range n.Pairs() {
		if value.Kind == source.Scalar {
			out[key.Value] = value.Value
		}
	}
	return out
}
