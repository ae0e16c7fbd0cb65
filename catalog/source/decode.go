package source

import (
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Hook is implemented, on the pointer, by a type that decodes itself because it has several shapes: "14 days"
// or a mapping, "continue" or a mapping. To decode the usual shape, hand the Decoder a pointer to a type
// without the method:
//
//	func (e *End) DecodeNode(n *source.Node, d *source.Decoder) {
//		if n.Kind == source.Scalar {
//			e.Name = n.Value
//			return
//		}
//		type usual End
//		d.Decode(n, (*usual)(e))
//	}
//
// A struct that embeds a type with the method has the method too.
type Hook interface {
	DecodeNode(n *Node, d *Decoder)
}

// Enum is implemented by string types with a closed set of values.
type Enum interface {
	Values() []string
}

// Decode fills the value that into points to from n and returns every problem, sorted. A nil n, which Parse
// returns when it has reported why there is no tree, does nothing.
//
// The keys of a struct are its exported fields with a tag `diwan:"name"` or `diwan:"name,required"`; an
// embedded struct without a tag lends its keys; fields of type Ranged receive the node. Fields are string,
// bool, int, int64, string types that are an Enum, structs, pointers, slices, Text, Decimal, Map, *Node as it
// is, and types that are a Hook. Numbers and truth values are strict and never quoted. A key with no value is
// a problem for everything but a Hook and *Node. Go types that Decode does not know are a mistake in the
// program: it panics.
func Decode(n *Node, into any) diag.List {
	if n == nil {
		return nil
	}
	var d Decoder
	d.Decode(n, into)
	d.list.Sort()
	return d.list
}

// Decoder collects the problems of one Decode. Hooks use it; it must not outlive them.
type Decoder struct{ list diag.List }

// Decode fills the value that into, a pointer, points to.
func (d *Decoder) Decode(n *Node, into any) {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		panic("source: Decode needs a pointer to a value")
	}
	d.value(n, v.Elem())
}

// Add reports a problem.
func (d *Decoder) Add(p diag.Diagnostic) { d.list.Add(p) }

// Expected reports that n is not what was wanted, such as "a list" or "a duration such as 14 days". Near
// spellings are looked for among the candidates.
func (d *Decoder) Expected(n *Node, want diag.Phrase, candidates ...string) {
	meant := ""
	if n.Kind == Scalar {
		meant = diag.Near(n.Value, candidates)
	}
	d.Meant(n, want, meant)
}

// OneOf reports that n is none of the words. What was meant is known, or looked for among the words where it is "".
func (d *Decoder) OneOf(n *Node, words []string, meant string) {
	if n.Kind == Invalid {
		return
	}
	if meant == "" && n.Kind == Scalar {
		meant = diag.Near(n.Value, words)
	}
	d.Add(wrongKind(n, diag.Say("one of {words}", "words", strings.Join(words, ", "))).WithSuggestion(meant))
}

// Meant is Expected where it is known what was meant in place of n; "" is not known.
func (d *Decoder) Meant(n *Node, want diag.Phrase, meant string) {
	if n.Kind == Invalid {
		return
	}
	d.Add(wrongKind(n, diag.Say(want)).WithSuggestion(meant))
}

func wrongKind(n *Node, want diag.Message) diag.Diagnostic {
	if n.Kind == Scalar {
		have := diag.Phrase("expected {want}, have {value:q}")
		if n.Style == SingleQuoted || n.Style == DoubleQuoted {
			have = "expected {want}, have the text {value:q}"
		}
		return diag.New(diag.Error, "wrong-value", n.Range(), have, "want", want, "value", n.Value)
	}
	p := diag.New(diag.Error, "wrong-kind", n.Head(), "expected {want}, have {have}", "want", want, "have", n.Kind.Phrase())
	if n.Kind != Null {
		return p.WithHelp("Write {want}.")
	}
	if at := n.cutOff(); at >= 0 {
		p.Range = n.doc.span(at, int(n.start))
		return p.WithHelp("Inside { } a comma ends the text before it, and a key has a colon and a space behind it. " +
			"A text with a comma stands in quotation marks: {en: 'Wait, please'}.")
	}
	return p.WithHelp("Write a value, or remove the key.")
}

// expectedList reports a value that is no list and shows how one is written.
func (d *Decoder) expectedList(n *Node) {
	if n.Kind == Invalid {
		return
	}
	p := wrongKind(n, diag.Say("a list"))
	if n.Kind == Scalar && n.Style == Plain {
		p = p.WithHelp("Write it in square brackets: {list}.", "list", "["+n.Value+"]")
	}
	d.Add(p)
}

func (d *Decoder) value(n *Node, v reflect.Value) {
	if n.Kind == Invalid {
		return
	}
	p := planOf(v.Type())
	switch p.shape {
	case shapeHook:
		v.Addr().Interface().(Hook).DecodeNode(n, d)
	case shapeNode:
		v.Set(reflect.ValueOf(n))
	case shapePointer:
		// Absent stays nil; what is written and wrong is reported, and then it is not nil.
		v.Set(reflect.New(p.elem))
		d.value(n, v.Elem())
	case shapeStruct:
		d.structure(n, v, p)
	case shapeSlice:
		if n.Kind != List {
			d.expectedList(n)
			return
		}
		s := reflect.MakeSlice(v.Type(), len(n.children), len(n.children))
		for i, c := range n.children {
			d.value(c, s.Index(i))
		}
		v.Set(s)
	default:
		d.scalar(n, v, p)
	}
}

// structure decodes a mapping with fixed keys.
func (d *Decoder) structure(n *Node, v reflect.Value, p *plan) {
	if n.Kind != Mapping {
		want := diag.Say("keys with values")
		if len(p.names) <= mostNames {
			want = diag.Say("keys with values ({names})", "names", strings.Join(p.names, ", "))
		}
		if n.Kind != Invalid {
			d.Add(wrongKind(n, want))
		}
		return
	}
	for _, index := range p.ranged {
		v.FieldByIndex(index).Set(reflect.ValueOf(Ranged{n}))
	}
	var meant []string // keys that a misspelt one stands for: they are not missing too
	for i := 0; i+1 < len(n.children); i += 2 {
		k := n.children[i]
		f, ok := p.byName[k.Value]
		if !ok {
			near := diag.Near(k.Value, p.names)
			meant = append(meant, near)
			d.Add(unknownKey(k, p.names, near))
			continue
		}
		d.value(n.children[i+1], v.FieldByIndex(p.fields[f].index))
	}
	for _, f := range p.required {
		name := p.fields[f].name
		if k, _ := n.Get(name); k != nil || slices.Contains(meant, name) {
			continue
		}
		missing := diag.New(diag.Error, "missing-key", n.Head(), "required key {key:q} is missing", "key", name)
		if doc := p.fields[f].doc; doc != "" {
			missing = missing.WithHelp("{key}: {meaning}", "meaning", doc)
		}
		d.Add(missing)
	}
}

// mostNames is how many keys a help text lists; nobody reads more.
const mostNames = 16

func unknownKey(k *Node, names []string, near string) diag.Diagnostic {
	p := diag.New(diag.Error, "unknown-key", k.Range(), "unknown key {key:q}", "key", k.Value).WithSuggestion(near)
	if near == "" && len(names) > 0 && len(names) <= mostNames {
		return p.WithHelp("The keys here are {names}.", "names", strings.Join(names, ", "))
	}
	return p
}
