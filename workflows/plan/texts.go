package plan

// Text is the same words in each language.
type Text map[string]string

// In gives the words in lang, else in one of the fallbacks, else "".
func (t Text) In(lang string, fallback ...string) string {
	if v := t[lang]; v != "" {
		return v
	}
	for _, f := range fallback {
		if v := t[f]; v != "" {
			return v
		}
	}
	return ""
}

// Texts are all words of a service, addressed by what they speak of; they hang beside a plan under a digest of their own.
type Texts struct {
	Service    string              `json:"service"`
	Languages  []string            `json:"languages"`
	Title      Text                `json:"title"`
	Summary    Text                `json:"summary"`
	Authority  Text                `json:"authority"`
	LegalBasis Text                `json:"legalBasis,omitempty"`
	Closed     Text                `json:"closed,omitempty"` // why no new applications are taken
	Promised   string              `json:"promised"`
	Keep       string              `json:"keep,omitempty"` // how long a case is kept; absent in texts of before
	Type       string              `json:"type"`
	LifeEvents []string            `json:"lifeEvents,omitempty"`
	Keywords   map[string][]string `json:"keywords,omitempty"`
	Sample     bool                `json:"sample,omitempty"`
	Sections   []SectionText       `json:"sections"`
	Fields     []FieldText         `json:"fields"`
	Fees       map[string]Text     `json:"fees"`
	// Facts are the facts in rows that have a title, by name.
	Facts map[string]FactText `json:"facts,omitempty"`
	Steps map[string]Text     `json:"steps"` // title of each step, by code
	// OnBehalf is what a capacity in which somebody applies for another is called here, where it has a name of its own.
	OnBehalf map[string]Text `json:"onBehalf,omitempty"`
	// Decisions holds the titles of decisions that have one of their own, by step/action.
	Decisions map[string]Text   `json:"decisions,omitempty"`
	Reasons   map[string]Text   `json:"reasons,omitempty"` // by key of an end node
	Rules     []Text            `json:"rules,omitempty"`   // in the order of Form.Rules
	Scripts   []Text            `json:"scripts,omitempty"` // in the order of Form.Scripts
	Answers   map[string][]Text `json:"answers,omitempty"` // labels of an answer node's rows, by key; columns of a list are in Columns
	// Columns names what registries answer by path, such as fines.list.date; absent ones are shown by their code.
	Columns map[string]Text `json:"columns,omitempty"`
	// Codes says what the codes that registries answer are called, by path and code.
	Codes     map[string]map[string]Text `json:"codes,omitempty"`
	Documents map[string]DocumentText    `json:"documents,omitempty"`
	// Messages are what a step tells: of notify its text, of revoke its reason; by step.
	Messages map[string]Text `json:"messages,omitempty"`
	// Branches are the titles of branches, by step/branch.
	Branches map[string]Text `json:"branches,omitempty"`
	// Anytime are the titles of what may happen anytime, by event.
	Anytime map[string]Text `json:"anytime,omitempty"`
	// Triggers are the titles of the events and rights that start the service, by code.
	Triggers map[string]Text `json:"triggers,omitempty"`
	// OwnFields are the words of what an officer or an invited person fills in, by step.
	OwnFields map[string][]FieldText `json:"ownFields,omitempty"`
}

// FactText is what a fact in rows is called, and the days on which each of its rows holds.
type FactText struct {
	Title Text      `json:"title"`
	Rows  []RowDays `json:"rows"`
}

// RowDays are the first and the last day on which a row holds (YYYY-MM-DD); "" is open.
type RowDays struct {
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
}

// Own are the texts with the words of the own form of a step in place of the applicant's.
func (t *Texts) Own(step string) *Texts {
	own := *t
	own.Sections, own.Fields, own.Rules, own.Scripts = nil, t.OwnFields[step], nil, nil
	return &own
}

// SectionText is the words of one section, in form order.
type SectionText struct {
	Code  string `json:"code"`
	Title Text   `json:"title"`
	Intro Text   `json:"intro,omitempty"`
}

// FieldText is the words of one field, in form order.
type FieldText struct {
	Code    string       `json:"code"`
	Label   Text         `json:"label"`
	Hint    Text         `json:"hint,omitempty"`
	Message Text         `json:"message,omitempty"`
	Options []OptionText `json:"options,omitempty"`

	None        Text        `json:"none,omitempty"` // said where a list of options is empty
	Declaration Text        `json:"declaration,omitempty"`
	Row         Text        `json:"row,omitempty"`    // name of one row of a group
	Fields      []FieldText `json:"fields,omitempty"` // of the rows of a group; parts of records are named by the interface
}

// OptionText is the words of one option, in the order of FormField.Options.
type OptionText struct {
	Label Text `json:"label"`
	Hint  Text `json:"hint,omitempty"`
}

// DocumentText is the words of one paper.
type DocumentText struct {
	Title  Text    `json:"title"`
	Body   Text    `json:"body,omitempty"`
	Rows   []Text  `json:"rows"` // labels, in the order of Document.Rows
	Layout *Layout `json:"layout,omitempty"`
}
