package plan

import "encoding/json"

// Form is a compiled list of fields: the form of the service, or the own form of a step.
type Form struct {
	// Root is the name under which formulas read the answers, "" = form.
	Root string `json:"root,omitempty"`
	// Schema is the JSON Schema that a normalised form, hidden values dropped, must satisfy. Fields with a condition are never required
	// in it: whether they are is decided after visibility.
	Schema  json.RawMessage `json:"schema"`
	Fields  []FormField     `json:"fields"`
	Rules   []Rule          `json:"rules"`
	Scripts []Script        `json:"scripts"`

	// Before are the lookups that are made when the form is opened, in order; Eligible is who may then fill it in. Both stand at the beginning
	// of the graph too, as lookups and gates: the machine decides, and the form only says it early.
	Before   []BeforeLookup `json:"before,omitempty"`
	Eligible []Eligible     `json:"eligible,omitempty"`
	// OnBehalf is who may apply for the applicant; nobody where it is empty. What a registry proves is a lookup at the beginning of the graph too.
	OnBehalf []Representation `json:"onBehalf,omitempty"`
}

// BeforeLookup is a question to a registry before the form. Where it knows no such thing and the lookup is not Optional, nobody can apply; why
// stands in Texts under reasons.<End>.
type BeforeLookup struct {
	Registry  string     `json:"registry"`
	Operation string     `json:"operation"`
	With      []Argument `json:"with"`
	Result    string     `json:"result"`
	Optional  bool       `json:"optional,omitempty"`
	End       string     `json:"end,omitempty"` // key of the end
}

// Representation is a capacity in which somebody may apply for the applicant. A registry proves it: where it knows no such mandate nobody can apply,
// and why stands in Texts under reasons.<End>. Or a paper does, in the field Evidence, which the form asks for then.
type Representation struct {
	As        string     `json:"as"`
	Registry  string     `json:"registry,omitempty"`
	Operation string     `json:"operation,omitempty"`
	With      []Argument `json:"with,omitempty"`
	End       string     `json:"end,omitempty"` // key of the end
	Evidence  string     `json:"evidence,omitempty"`
}

// Eligible is a condition that must hold; why it does not stands in Texts under reasons.<End>.
type Eligible struct {
	Must string `json:"must"`
	End  string `json:"end"`
}

// FormField is one field as validation needs it, in form order. The conditions of the fields in a group may read row.
type FormField struct {
	Code     string   `json:"code"`
	Section  string   `json:"section"`
	Type     string   `json:"type"` // the language's field type
	Kind     string   `json:"kind"` // the kind of its value in formulas
	Optional bool     `json:"optional,omitempty"`
	When     string   `json:"when,omitempty"` // the section's and the field's conditions joined
	Pattern  string   `json:"pattern,omitempty"`
	Min      string   `json:"min,omitempty"`
	Max      string   `json:"max,omitempty"`
	MaxSize  int64    `json:"maxSize,omitempty"`  // bytes
	MaxPages int      `json:"maxPages,omitempty"` // of each PDF
	Accept   []string `json:"accept,omitempty"`
	Options  []string `json:"options,omitempty"` // values as written; of kind int they are whole numbers
	Prefill  string   `json:"prefill,omitempty"`

	From *OptionsFrom `json:"optionsFrom,omitempty"` // in place of Options

	Of       string      `json:"of,omitempty"`       // kind of the items of choices and of several files
	Value    string      `json:"value,omitempty"`    // formula: the answer is worked out
	Require  string      `json:"require,omitempty"`  // formula: must be filled in when it holds
	ReadOnly bool        `json:"readOnly,omitempty"` // what Prefill gives stands
	Unit     string      `json:"unit,omitempty"`
	AtLeast  int         `json:"atLeast,omitempty"` // rows, answers or files
	AtMost   int         `json:"atMost,omitempty"`
	As       string      `json:"as,omitempty"`     // capacity of a person
	Fields   []FormField `json:"fields,omitempty"` // of the rows of a group, or the parts of a record
}

// OptionsFrom are answers that are made of the records of a list: Value and Label name texts of a record.
type OptionsFrom struct {
	List  string `json:"list"` // formula
	Value string `json:"value"`
	Label string `json:"label"`
}

// Rule is a formula that must be true; its message is in Texts under rule.<index>. A Field in a group is written group.field: the rule is
// then tried for each row, and may read row.
type Rule struct {
	Field   string `json:"field"`
	When    string `json:"when,omitempty"`
	Formula string `json:"formula"`
}

// Script is a validation script; its message is in Texts under script.<index>.
type Script struct {
	Field  string `json:"field"`
	When   string `json:"when,omitempty"`
	File   string `json:"file"`
	Source string `json:"source"`
}
