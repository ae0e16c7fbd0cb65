package catalog

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Evidence is something that must be proved (CPSV-AP: evidence), by any one of several papers or answers. A bar beats all of them.
type Evidence struct {
	source.Ranged
	Code  source.Text   `diwan:"evidence,required" doc:"Code of what is proved."`
	Title Text          `diwan:"title,required" doc:"What must be proved and by what, said so that it can stand beside the question where it is missing."`
	AnyOf []Alternative `diwan:"anyOf,required" doc:"The alternatives, of which one is enough: a field, or a list of fields that prove it together."`
	When  source.Text   `diwan:"when" doc:"Formula: it must be proved only when it is true."`
	Bars  []Bar         `diwan:"bars" doc:"What no proof can outweigh."`
}

// Bar is a condition under which nothing that is proved helps.
type Bar struct {
	source.Ranged
	When   source.Text `diwan:"when,required" doc:"Formula: the bar stands when it is true."`
	Reason Text        `diwan:"reason,required" doc:"The reason in the citizen's words, and what to do."`
}

// Alternative is fields of the form that prove something together.
type Alternative struct {
	source.Ranged
	Fields []source.Text
}

// DecodeNode takes a field, or a list of fields.
func (a *Alternative) DecodeNode(n *source.Node, dec *source.Decoder) {
	source.Take(n, &a.Ranged)
	if n.Kind == source.List {
		dec.Decode(n, &a.Fields)
		return
	}
	var one source.Text
	dec.Decode(n, &one)
	a.Fields = []source.Text{one}
}

// Describe names the shapes for the language reference.
func (*Alternative) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "text", Doc: "A field of the form."}, {Kind: "list", Of: &source.Type{Kind: "text"}, Doc: "Fields that prove it together."},
	}}
}

// Proves is the formula that holds when one of the alternatives is given.
func (e *Evidence) Proves(l FieldList) string {
	var any []string
	for i := range e.AnyOf {
		var all []string
		for _, name := range e.AnyOf[i].Fields {
			all = append(all, given(l, name.Value))
		}
		any = append(any, "("+strings.Join(all, " and ")+")")
	}
	return strings.Join(any, " or ")
}

// given is the formula that holds when a field has an answer.
func given(l FieldList, code string) string {
	path := l.Root + "." + code
	a, known := l.At(code)
	switch {
	case !known:
		return "false"
	case !a.Field.IsList():
		return "has(" + path + ")"
	case a.Field.When.Value == "" && a.Section.When.Value == "":
		return "size(" + path + ") > 0"
	}
	return "has(" + path + ") and size(" + path + ") > 0"
}

// Beside is the field beside which it is told that the proof is missing: the first that is always shown; nil where none is.
func (e *Evidence) Beside(l FieldList) *Field {
	for i := range e.AnyOf {
		for _, name := range e.AnyOf[i].Fields {
			if a, known := l.At(name.Value); known && a.Group == nil && a.Field.When.Value == "" && a.Section.When.Value == "" {
				return a.Field
			}
		}
	}
	return nil
}
