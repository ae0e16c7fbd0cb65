package catalog

import (
	"strconv"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Blueprint is what a family of services has in common: a service with holes, $(subject), that each member fills with its parameters, and
// places into which a member may put items of its own.
type Blueprint struct {
	source.Ranged
	Code       source.Text   `diwan:"blueprint,required" doc:"Code of the blueprint."`
	Title      Text          `diwan:"title,required" doc:"Its name, in each language."`
	About      Text          `diwan:"about" doc:"For which services it is, and what a member has to decide."`
	Parameters []Parameter   `diwan:"parameters" doc:"What a member must, or may, give."`
	Places     []source.Text `diwan:"places" doc:"Names of places: an item {place: name} of a list stands for the items with which a member fills it, or for none."`
	Service    *source.Node  `diwan:"service,required" doc:"The service, as in services/, without its code. $(name) stands for a parameter."`
}

// Fragment is a list of items that definitions share: in any list, {use: code} stands for them.
type Fragment struct {
	source.Ranged
	Code       source.Text  `diwan:"fragment,required" doc:"Code of the fragment."`
	Title      Text         `diwan:"title" doc:"Its name, in each language."`
	Parameters []Parameter  `diwan:"parameters" doc:"What a use must, or may, give."`
	Items      *source.Node `diwan:"items,required" doc:"The items: fields, sections, options, steps, rows. $(name) stands for a parameter."`
}

// SharedTexts are texts that definitions share: wherever a text in each language is wanted, {text: code} stands for one of them.
type SharedTexts struct {
	source.Ranged
	Texts source.Map[Text] `diwan:"texts,required" doc:"Texts by code, each in every language."`
}

// Parameter is one thing that a member of a family gives.
type Parameter struct {
	source.Ranged
	Code    source.Text   `diwan:"parameter,required" doc:"Name, written $(name) in the blueprint."`
	Type    ParameterType `diwan:"type,required" doc:"What is given."`
	Title   Text          `diwan:"title" doc:"What it is, in each language; diwan new asks for it with these words."`
	Default *source.Node  `diwan:"default" doc:"What holds where nothing is given; without it the parameter must be given."`
}

// ParameterType is the closed set of what a parameter may be.
type ParameterType string

// The types of parameters.
const (
	TextParameter    ParameterType = "text"
	TextsParameter   ParameterType = "texts"
	IntegerParameter ParameterType = "integer"
	MoneyParameter   ParameterType = "money"
	DateParameter    ParameterType = "date"
	YesNoParameter   ParameterType = "yes-no"
	FormulaParameter ParameterType = "formula"
	ListParameter    ParameterType = "list"
	AnyParameter     ParameterType = "any"
)

// Values lists the set, in the order of the reference.
func (ParameterType) Values() []string {
	return []string{"text", "texts", "integer", "money", "date", "yes-no", "formula", "list", "any"}
}

// Synonym gives the type that another word for it means.
func (ParameterType) Synonym(word string) string {
	switch word {
	case "string", "code", "name", "role":
		return string(TextParameter)
	case "title", "label", "translations":
		return string(TextsParameter)
	case "number", "int":
		return string(IntegerParameter)
	case "amount":
		return string(MoneyParameter)
	case "boolean", "bool":
		return string(YesNoParameter)
	case "items", "fields":
		return string(ListParameter)
	}
	return ""
}

// want says in words what a value of the type is.
func (t ParameterType) want() diag.Phrase {
	switch t {
	case TextsParameter:
		return "a text in each language"
	case IntegerParameter:
		return "a whole number"
	case MoneyParameter:
		return "an amount such as 50.00 ILS"
	case DateParameter:
		return "a date such as 2026-01-31"
	case YesNoParameter:
		return "true or false"
	case FormulaParameter:
		return "a formula"
	case ListParameter:
		return "a list"
	}
	return "text"
}

// takes tells whether n may be given for a parameter of the type.
func (t ParameterType) takes(n *source.Node) bool {
	scalar := n.Kind == source.Scalar
	switch t {
	case TextsParameter:
		return n.Kind == source.Mapping
	case IntegerParameter:
		_, err := strconv.ParseInt(n.Value, 10, 64)
		return scalar && err == nil
	case MoneyParameter:
		_, err := formula.ParseMoney(n.Value)
		return scalar && err == nil
	case DateParameter:
		_, err := formula.ParseDate(n.Value)
		return scalar && err == nil
	case YesNoParameter:
		return scalar && (n.Value == "true" || n.Value == "false")
	case ListParameter:
		return n.Kind == source.List
	case AnyParameter:
		return true
	}
	return scalar
}

// Refuses says what a value, as it is written in YAML, would have to be, or nothing where the parameter takes it.
func (p *Parameter) Refuses(written string) diag.Phrase {
	n, list := source.Parse("", []byte(written), source.Limits{})
	if n == nil || list.HasErrors() || !p.Type.takes(n) {
		return p.Type.want()
	}
	return ""
}
