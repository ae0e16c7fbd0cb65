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
	Accept   []source.Text `diwan:"accept" doc:"Kinds of file: pdf, jpeg, png."`
	Options  []Option      `diwan:"options" doc:"Answers to choose from."`
	Prefill  source.Text   `diwan:"prefill" doc:"Formula over applicant that fills the field before the applicant does."`
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
)

// Values lists the set, in the order of the reference.
func (FieldType) Values() []string {
	return []string{"text", "long-text", "integer", "decimal", "money", "date", "yes-no", "choice", "file", "national-number", "phone", "email", "consent"}
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
	}
	return ""
}

// Option is one answer of a choice. Its value is text, or a whole number when every value of the field is written as one.
type Option struct {
	source.Ranged
	Value source.Text `diwan:"value,required" doc:"What formulas see."`
	Label Text        `diwan:"label,required" doc:"What the applicant sees."`
	Hint  Text        `diwan:"hint" doc:"Help under the label."`
}
