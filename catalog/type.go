package catalog

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Type is the declared type of a registry's argument or answer: a word (text, integer, decimal, money, date, yes-no), or
// {list: {key: type…}} for a list of rows, or {record: {key: type…}}. A word with a question mark (date?) may be absent; YAML wants quotation
// marks round it inside braces.
type Type struct {
	source.Ranged
	Word     string // text, integer, decimal, money, date, yes-no, list, record
	Optional bool
	Fields   source.Map[Type] // of list and record
}

// TypeWords lists the words that a Type may be.
func TypeWords() []string {
	return []string{"text", "integer", "decimal", "money", "date", "yes-no"}
}

// DecodeNode takes a word or {list: …} or {record: …}.
func (t *Type) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind == source.Scalar {
		var word source.Text
		dec.Decode(n, &word)
		t.Ranged = word.Ranged
		t.Word, t.Optional = strings.CutSuffix(n.Value, "?")
		if !slices.Contains(TypeWords(), t.Word) {
			want := "one of " + strings.Join(TypeWords(), ", ")
			if meant := FieldType("").Synonym(t.Word); slices.Contains(TypeWords(), meant) {
				dec.Meant(n, want, meant)
			} else {
				dec.Expected(n, want, TypeWords()...)
			}
			t.Word = ""
		}
		return
	}
	var shape struct {
		source.Ranged
		List   source.Map[Type] `diwan:"list"`
		Record source.Map[Type] `diwan:"record"`
	}
	dec.Decode(n, &shape)
	t.Ranged = shape.Ranged
	switch {
	case shape.List.Len() > 0 && shape.Record.Len() == 0:
		t.Word, t.Fields = "list", shape.List
	case shape.Record.Len() > 0 && shape.List.Len() == 0:
		t.Word, t.Fields = "record", shape.Record
	default:
		dec.Expected(n, "a type such as text, or {list: {…}} or {record: {…}}")
	}
}

// Describe names the shapes for the language reference.
func (*Type) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "choice", Values: TypeWords(), Doc: "With a question mark, in quotation marks where it stands in braces, it may be absent: 'date?'."},
		{Kind: "mapping", Doc: "{list: {…}} for rows, {record: {…}} for a group; both hold keys and their types."},
	}}
}
