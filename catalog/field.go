package catalog

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Section is a page or a group of the form.
type Section struct {
	source.Ranged
	Code   source.Text `diwan:"section,required" doc:"Code of the section."`
	Title  Text        `diwan:"title,required" doc:"Its heading."`
	Intro  Text        `diwan:"intro" doc:"A sentence under the heading."`
	When   source.Text `diwan:"when" doc:"Formula: the section is shown only when it is true."`
	Fields []Field     `diwan:"fields,required" doc:"Its fields, in order."`
}

// Field is one question of the form.
type Field struct {
	source.Ranged
	Code     source.Text   `diwan:"field,required" doc:"Code, read by formulas as form.code."`
	Type     FieldType     `diwan:"type,required" doc:"Kind of answer."`
	Label    Text          `diwan:"label,required" doc:"The question."`
	Hint     Text          `diwan:"hint" doc:"Help under the question."`
	Optional bool          `diwan:"optional" doc:"true where it may stay empty."`
	When     source.Text   `diwan:"when" doc:"Formula: the field is shown, and has a value, only when it is true."`
	Pattern  source.Text   `diwan:"pattern" doc:"Regular expression (RE2) that the whole text must match."`
	Message  Text          `diwan:"message" doc:"What to say when the pattern does not match."`
	Min      source.Text   `diwan:"min" doc:"Least number, or earliest date."`
	Max      source.Text   `diwan:"max" doc:"Greatest number, or latest date; today is allowed for a date."`
	MaxSize  source.Text   `diwan:"maxSize" doc:"Largest file, such as 5 MB."`
	MaxPages int           `diwan:"maxPages" doc:"Most pages of each PDF, from 1 to 1000."`
	Accept   []source.Text `diwan:"accept" doc:"Kinds of file: pdf, jpeg, png."`
	Options  []Option      `diwan:"options" doc:"Answers to choose from."`
	From     *OptionsFrom  `diwan:"optionsFrom" doc:"In place of options: the answers to choose from are what a registry gave."`
	Prefill  source.Text   `diwan:"prefill" doc:"Formula over applicant that fills the field before the applicant does."`

	Value       source.Text   `diwan:"value" doc:"Formula: the answer is worked out by it, shown and never asked."`
	Require     source.Text   `diwan:"require" doc:"Formula: the field must be filled in when it is true, and may stay empty otherwise."`
	ReadOnly    bool          `diwan:"readOnly" doc:"true: what prefill gives is shown and cannot be changed; the server works it out again when the form is sent."`
	Unit        source.Text   `diwan:"unit" doc:"Unit of the number, such as kg: one of the table of units."`
	AtLeast     int           `diwan:"atLeast" doc:"Fewest rows of a group, or answers of choices."`
	AtMost      int           `diwan:"atMost" doc:"Most rows of a group, or answers of choices."`
	Files       *Files        `diwan:"files" doc:"Several files in one field; formulas see a list."`
	Declaration Text          `diwan:"declaration" doc:"The text that is agreed to, above the box of a consent."`
	Row         Text          `diwan:"row" doc:"Name of one row of a group: a child."`
	Fields      []Field       `diwan:"fields" doc:"What is asked in each row of a group; their formulas read the row as row.code."`
	As          PersonRole    `diwan:"as" doc:"In which capacity a person stands in the form."`
	Parts       []source.Text `diwan:"parts" doc:"What is asked of an address or a person, where it is not the usual; with a question mark it may stay empty: 'street?'."`
}

// OptionsFrom makes the answers of a choice of the records that a registry gave. Nobody can choose what is not among them: they are read again
// when the form is sent.
type OptionsFrom struct {
	source.Ranged
	List  source.Text `diwan:"list,required" doc:"Formula of a list of records: owned.vehicles, or owned.vehicles.filter(v, v.kind == form.kind). Its first 500 records are offered."`
	Value source.Text `diwan:"value,required" doc:"Which text of a record is the answer, as formulas see it."`
	Label source.Text `diwan:"label" doc:"Which text of a record the applicant sees; the value where nothing is written."`
	None  Text        `diwan:"none,required" doc:"What is said where the list is empty: that there is nothing to choose, and what to do."`
}

// Files says how many files a field takes.
type Files struct {
	source.Ranged
	AtLeast int `diwan:"atLeast" doc:"Fewest files; 1 where nothing is written, 0 where the field is optional."`
	AtMost  int `diwan:"atMost,required" doc:"Most files."`
}

// PersonRole is the capacity in which a person stands in somebody else's form.
type PersonRole string

// Values lists the set, in the order of the reference.
func (PersonRole) Values() []string {
	return []string{"spouse", "guardian", "representative", "child", "other"}
}

// FieldType is the closed set of answers that a field takes.
type FieldType string

// The field types.
const (
	TextField     FieldType = "text"
	LongTextField FieldType = "long-text"
	IntegerField  FieldType = "integer"
	DecimalField  FieldType = "decimal"
	MoneyField    FieldType = "money"
	DateField     FieldType = "date"
	YesNoField    FieldType = "yes-no"
	ChoiceField   FieldType = "choice"
	FileField     FieldType = "file"
	NationalField FieldType = "national-number"
	PhoneField    FieldType = "phone"
	EmailField    FieldType = "email"
	ConsentField  FieldType = "consent"
	ChoicesField  FieldType = "choices"
	IBANField     FieldType = "iban"
	AddressField  FieldType = "address"
	PersonField   FieldType = "person"
	PlaceField    FieldType = "place"
	GroupField    FieldType = "group"
)

// Values lists the set, in the order of the reference.
func (FieldType) Values() []string {
	return []string{
		"text", "long-text", "integer", "decimal", "money", "date", "yes-no", "choice", "choices", "file", "national-number", "phone", "email", "iban",
		"address", "person", "place", "group", "consent",
	}
}

// Synonym gives the type that another word for it means.
func (FieldType) Synonym(word string) string {
	switch strings.ToLower(word) {
	case "string", "short-text":
		return string(TextField)
	case "textarea", "multiline", "paragraph":
		return string(LongTextField)
	case "number", "int", "whole":
		return string(IntegerField)
	case "float", "real":
		return string(DecimalField)
	case "amount", "currency":
		return string(MoneyField)
	case "datetime", "day":
		return string(DateField)
	case "boolean", "bool", "yesno":
		return string(YesNoField)
	case "select", "list", "dropdown", "radio", "options", "enum":
		return string(ChoiceField)
	case "upload", "attachment", "image", "photo":
		return string(FileField)
	case "id", "id-number", "national-id":
		return string(NationalField)
	case "mobile", "tel", "telephone":
		return string(PhoneField)
	case "mail":
		return string(EmailField)
	case "checkbox", "declaration", "agree":
		return string(ConsentField)
	case "checkboxes", "multi-select", "multiselect", "multiple-choice":
		return string(ChoicesField)
	case "bank-account":
		return string(IBANField)
	case "location", "map", "geo", "coordinates", "point":
		return string(PlaceField)
	case "rows", "table", "repeat", "repeating", "repeating-group":
		return string(GroupField)
	}
	return ""
}

// Option is one answer of a choice or of choices. Its value is text, or a whole number when every value of the field is written as one.
type Option struct {
	source.Ranged
	Value source.Text `diwan:"value,required" doc:"What formulas see."`
	Label Text        `diwan:"label,required" doc:"What the applicant sees."`
	Hint  Text        `diwan:"hint" doc:"Help under the label."`
}

// Needed tells that an application cannot be sent without an answer of whoever fills the form in: where nothing fills the field by itself and
// nothing hides it.
func (f *Field) Needed() bool {
	return !f.Optional && f.When.IsZero() && f.Prefill.IsZero() && f.Value.IsZero() && f.Type != ConsentField
}
