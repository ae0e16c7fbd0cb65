package catalog

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Service is one public service (CPSV-AP), declared in one file of services/.
type Service struct {
	source.Ranged
	Code       source.Text             `diwan:"service,required" doc:"Code, in dotted words: authority.subject.action."`
	Title      Text                    `diwan:"title,required" doc:"Name by which a citizen looks for it."`
	Summary    Text                    `diwan:"summary,required" doc:"One or two sentences: what one gets, for whom."`
	Keywords   Keywords                `diwan:"keywords" doc:"Other words by which people look for it, in each language."`
	Authority  source.Text             `diwan:"authority,required" doc:"Competent authority."`
	Type       source.Text             `diwan:"type,required" doc:"Kind of service: enquiry, certificate, licence.renew, registration, insurance and others."`
	LifeEvents []source.Text           `diwan:"lifeEvents" doc:"Life events in which people need it."`
	Promised   source.Text             `diwan:"promised,required" doc:"Promised time: at once, or a duration such as 3 working days."`
	Keep       source.Text             `diwan:"keep,required" doc:"How long the case is kept, such as 5 years after end."`
	LegalBasis Text                    `diwan:"legalBasis" doc:"Law or decision on which it rests."`
	Sample     bool                    `diwan:"sample" doc:"true marks what is our completion and not a sourced fact."`
	Tariff     source.Text             `diwan:"tariff" doc:"Tariff that its formulas read."`
	Form       []Section               `diwan:"form,required" doc:"What the applicant fills in."`
	Validate   []Validation            `diwan:"validate" doc:"Rules across fields, and scripts."`
	Facts      source.Map[source.Text] `diwan:"facts" doc:"Named formulas that other formulas read as facts.name."`
	Fees       []Fee                   `diwan:"fees" doc:"Lines of what it costs (CPSV-AP: cost)."`
	Steps      []Step                  `diwan:"steps,required" doc:"What happens, in order."`
	Withdraw   *Withdrawal             `diwan:"withdraw" doc:"Where given, the applicant may withdraw until the end; what then goes back."`
	Scenarios  []Scenario              `diwan:"scenarios" doc:"Examples that must come out as they say."`

	// File is the path of the definition inside the catalogue.
	File string
}

// Withdrawal says what happens to what was paid when the applicant withdraws.
type Withdrawal struct {
	source.Ranged
	Refund source.Map[source.Text] `diwan:"refund" doc:"For each fee line: all or keep."`
}

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

// Validation is a rule across fields (a formula that must be true) or a script.
type Validation struct {
	source.Ranged
	Rule    source.Text `diwan:"rule" doc:"Formula that must be true."`
	Script  source.Text `diwan:"script" doc:"File beside the definition with function validate(value, form)."`
	Field   source.Text `diwan:"field,required" doc:"Field beside which the message stands."`
	When    source.Text `diwan:"when" doc:"Formula: checked only when it is true."`
	Message Text        `diwan:"message,required" doc:"What to say, and what to do."`
}

// Fee is one line of what the service costs.
type Fee struct {
	source.Ranged
	Code   source.Text `diwan:"fee,required" doc:"Code of the line."`
	Title  Text        `diwan:"title,required" doc:"What it is for."`
	When   source.Text `diwan:"when" doc:"Formula: the line is due only when it is true."`
	Amount source.Text `diwan:"amount,required" doc:"Formula of money."`
}

// Scenario is an example inside the definition: an input, what others answer, and what must come out.
type Scenario struct {
	source.Ranged
	Title   source.Text             `diwan:"scenario,required" doc:"What it shows."`
	On      source.Text             `diwan:"on" doc:"Day of submission (YYYY-MM-DD), the scenario's today; needed."`
	Form    *source.Node            `diwan:"form" doc:"Answers of the applicant."`
	Person  *source.Node            `diwan:"applicant" doc:"Facts of the applicant that differ from the usual sample person."`
	Answers *source.Node            `diwan:"answers" doc:"Answers of the registries, by registry/operation."`
	Decide  source.Map[source.Text] `diwan:"decide" doc:"Decision of each review, by step."`
	Expect  Expectation             `diwan:"expect,required" doc:"What must come out."`
}

// Expectation is what a scenario must come out as.
type Expectation struct {
	source.Ranged
	Path []source.Text           `diwan:"path" doc:"Steps that were reached, in order."`
	Fees source.Map[source.Text] `diwan:"fees" doc:"Fee lines and their amounts; all that are due."`
	End  source.Text             `diwan:"end,required" doc:"Outcome of the application."`
}
