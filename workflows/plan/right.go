package plan

import "slices"

// RightKind is what the runtime needs of a right's declaration. It is no part of any plan: a right outlives the plan that granted it, and what
// may become of it is what the catalogue says on the day on which it is to become that.
type RightKind struct {
	Code      string              `json:"code"`
	Title     Text                `json:"title"`
	Authority string              `json:"authority"`
	Holder    string              `json:"holder"`   // person, business, property
	Register  string              `json:"register"` // prefix of its numbers
	Terms     []Term              `json:"terms,omitempty"`
	Public    []string            `json:"public,omitempty"` // terms that anybody may look up who has the number
	May       map[string][]string `json:"may,omitempty"`    // services, by what becomes of it
	Reminders []Reminder          `json:"reminders,omitempty"`
}

// Term is one thing that a right says besides holder, status and days.
type Term struct {
	Field
	Label Text            `json:"label,omitempty"`
	Words map[string]Text `json:"words,omitempty"` // of the codes that its value can be
}

// Reminder is what the holder is told some time before the end.
type Reminder struct {
	Before Span `json:"before"`
	Text   Text `json:"text"`
}

// Term is the declaration of one term, or nil.
func (k *RightKind) Term(name string) *Term {
	for i := range k.Terms {
		if k.Terms[i].Name == name {
			return &k.Terms[i]
		}
	}
	return nil
}

// Lets tells whether a service may bring the change about.
func (k *RightKind) Lets(service, change string) bool { return slices.Contains(k.May[change], service) }
