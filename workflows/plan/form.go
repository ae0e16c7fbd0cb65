package plan

import "encoding/json"

// Form is the compiled form.
type Form struct {
	// Schema is the JSON Schema that a normalised form, hidden values dropped, must satisfy. Fields with a condition are never required
	// in it: whether they are is decided after visibility.
	Schema  json.RawMessage `json:"schema"`
	Fields  []FormField     `json:"fields"`
	Rules   []Rule          `json:"rules"`
	Scripts []Script        `json:"scripts"`
}

// FormField is one field as validation needs it, in form order.
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
	MaxSize  int64    `json:"maxSize,omitempty"` // bytes
	Accept   []string `json:"accept,omitempty"`
	Options  []string `json:"options,omitempty"` // values as written; of kind int they are whole numbers
	Prefill  string   `json:"prefill,omitempty"`
}

// Rule is a formula that must be true; its message is in Texts under rule.<index>.
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
