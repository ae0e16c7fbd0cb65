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

// What triggers need of the runtime that carries them. They stand beside Plan.Needs, since a service whose applicants can apply is open to them
// whether or not its other ways are.
const (
	NeedsCounters  = "counters"  // an officer who fills a form in for somebody
	NeedsProactive = "proactive" // an application by an event, and a draft that waits for consent
	NeedsDated     = "dated"     // an application by a day of a right
)

// Needs is the name of what the trigger needs, "" for one by the applicant.
func (t *Trigger) Needs() string {
	switch {
	case t.Event != "":
		return NeedsProactive
	case t.Right != "":
		return NeedsDated
	case t.By != applicantRole:
		return NeedsCounters
	}
	return ""
}

// applicantRole is By of a trigger by the applicant.
const applicantRole = "applicant"

// ByApplicant tells whether people can apply for the service themselves.
func (p *Plan) ByApplicant() bool {
	for i := range p.Triggers {
		if p.Triggers[i].By == applicantRole {
			return true
		}
	}
	return len(p.Triggers) == 0
}
