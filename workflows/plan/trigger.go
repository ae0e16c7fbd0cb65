package plan

// Trigger is one way in which an application of the service comes about. A plan without triggers is started by the applicant alone.
type Trigger struct {
	By        string `json:"by,omitempty"`        // applicant, or a role that fills the form in for somebody
	Authority string `json:"authority,omitempty"` // whose role it is, where it is not the service's own
	Event     string `json:"event,omitempty"`
	Right     string `json:"right,omitempty"`

	// Brings is the one root that the formulas read, event or right, with what is there; nil for a trigger by somebody.
	Brings *Field `json:"brings,omitempty"`
	On     string `json:"on,omitempty"`   // formula of a day: it starts once for each right and day
	For    string `json:"for,omitempty"`  // formula of the national number of the person for whom it is started
	When   string `json:"when,omitempty"` // formula: it starts only when it holds
	Form   []Fill `json:"form,omitempty"`
	// Within is how long what is filled in waits for the person's consent; nil: none is needed, and it is sent at once.
	Within *Span `json:"within,omitempty"`
}

// Fill gives the value of a field. It may stay empty where Needed is false and something that the formula reads is not there.
type Fill struct {
	Field   string `json:"field"`
	Formula string `json:"formula"`
	Kind    string `json:"kind"`
	Needed  bool   `json:"needed,omitempty"`
}

// Counter tells that an officer fills the form in for somebody.
func (t *Trigger) Counter() bool { return t.Event == "" && t.Right == "" && t.By != applicantRole }

// applicantRole is By of a trigger by the applicant.
const applicantRole = "applicant"

// ByApplicant tells whether people can apply for the service themselves.
func (p *Plan) ByApplicant() bool {
	if p.Closed {
		return false
	}
	for i := range p.Triggers {
		if p.Triggers[i].By == applicantRole {
			return true
		}
	}
	return len(p.Triggers) == 0
}
