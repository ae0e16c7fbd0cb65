package catalog

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Type is the declared type of a registry's argument or answer: a word (text, integer, decimal, money, date, yes-no), or
// {list: {key: type…}} for a list of rows, or {record: {key: type…}}, or {choice: {code: words…}} for a text of which every value is known.
// Each mapping may have a label, and {type: date, label: …} gives one to a word; a number may have a unit: {type: decimal, unit: kg}. A word with a question mark (date?) may be absent; YAML
// wants quotation marks round it inside braces.
type Type struct {
	source.Ranged
	Word     string // text, integer, decimal, money, date, yes-no, list, record, choice
	Optional bool
	Fields   source.Map[Type] // of list and record
	Options  source.Map[Text] // of choice: what each code is called
	Label    Text             // what the value is called where it is shown
	Unit     source.Text      // of a number
}

// ChoiceWord is the Word of a Type whose values are codes; formulas read them as text.
const ChoiceWord = "choice"

// TypeWords lists the words that a Type may be.
func TypeWords() []string {
	return []string{"text", "integer", "decimal", "money", "date", "yes-no"}
}

// DecodeNode takes a word or {list: …} or {record: …}.
func (t *Type) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind == source.Scalar {
		t.word(n, dec)
		return
	}
	var shape struct {
		source.Ranged
		Type     *source.Node     `diwan:"type"`
		List     source.Map[Type] `diwan:"list"`
		Record   source.Map[Type] `diwan:"record"`
		Choice   source.Map[Text] `diwan:"choice"`
		Label    Text             `diwan:"label"`
		Unit     source.Text      `diwan:"unit"`
		Optional bool             `diwan:"optional"`
	}
	dec.Decode(n, &shape)
	given := 0
	for _, is := range [...]bool{shape.Type != nil, shape.List.Len() > 0, shape.Record.Len() > 0, shape.Choice.Len() > 0} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		dec.Expected(n, "a type such as text, or one of {list: {…}}, {record: {…}}, {choice: {…}} and {type: text, label: …}")
	case shape.Type != nil:
		t.word(shape.Type, dec)
	case shape.List.Len() > 0:
		t.Word, t.Fields = "list", shape.List
	case shape.Record.Len() > 0:
		t.Word, t.Fields = "record", shape.Record
	default:
		t.Word, t.Options = ChoiceWord, shape.Choice
	}
	t.Ranged, t.Label, t.Unit, t.Optional = shape.Ranged, shape.Label, shape.Unit, t.Optional || shape.Optional
}

func (t *Type) word(n *source.Node, dec *source.Decoder) {
	var word source.Text
	dec.Decode(n, &word)
	t.Ranged = word.Ranged
	t.Word, t.Optional = strings.CutSuffix(n.Value, "?")
	if slices.Contains(TypeWords(), t.Word) {
		return
	}
	meant := FieldType("").Synonym(t.Word)
	if !slices.Contains(TypeWords(), meant) {
		meant = ""
	}
	dec.OneOf(n, TypeWords(), meant)
	t.Word = ""
}

// Describe names the shapes for the language reference.
func (*Type) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "choice", Values: TypeWords(), Doc: "With a question mark, in quotation marks where it stands in braces, it may be absent: 'date?'."},
		{Kind: "mapping", Doc: "{list: {…}} for rows, {record: {…}} for a group: both hold keys and their types. {choice: {open: {ar: …, en: …}}} for codes " +
			"and what each is called. Each may have a label and optional: true; {type: date, label: …} gives a label to a word, and {type: decimal, unit: kg} a unit to a number."},
	}}
}
