package plan

// Deadline is the clock of the whole application, over those of its nodes. It counts only while the application is at no step of Paused.
type Deadline struct {
	Clock  Clock    `json:"clock"`
	Paused []string `json:"paused,omitempty"` // step codes, and applicant for every wait for the applicant
	// NotBefore is a formula of the day from which it counts; "" = submission.
	NotBefore string     `json:"notBefore,omitempty"`
	Extension *Extension `json:"extension,omitempty"`
	// Ways are where the outcomes of its rungs lead.
	Ways []Way `json:"ways,omitempty"`
}

// Extension lets an officer of Role lengthen the deadline once, with a reason.
type Extension struct {
	By   Span   `json:"by"`
	Role string `json:"role"`
}

// Anytime is something that may happen at any place of the application: an act of By, or an event from outside.
type Anytime struct {
	Event string `json:"event"`
	By    string `json:"by,omitempty"`    // applicant or a role; "" = it comes as an event
	About string `json:"about,omitempty"` // of an event: formula of the text that it must be about
	When  string `json:"when,omitempty"`  // formula: it counts only when it holds
	To    int    `json:"to"`              // index of the node to which the application then goes; what runs is called off
}

// Suspend lets an officer of Role let an application stand still, with a reason, Times times at most. It goes on when such an officer resumes it,
// or by itself when For is over.
type Suspend struct {
	Role  string `json:"role"`
	For   Span   `json:"for"`
	Times int    `json:"times"`
}

// Reopen lets an officer of Role take up again, with a reason, an application that has ended with one of Outcomes: Times times at most, each time
// Within after its end, and only where it has been at the node To before, with which it goes on. From there everything is decided anew.
type Reopen struct {
	Role     string   `json:"role"`
	Within   Span     `json:"within"`
	Outcomes []string `json:"outcomes"`
	Times    int      `json:"times"`
	To       int      `json:"to"`
}

// Way leads from an outcome to a node.
type Way struct {
	On string `json:"on"`
	To int    `json:"to"`
}

// Round collects applications until Closes, ranks them and gives places; the node of kind place waits for its result.
type Round struct {
	Opens   string  `json:"opens"`  // YYYY-MM-DD
	Closes  string  `json:"closes"` // YYYY-MM-DD, the last day
	Rank    string  `json:"rank"`   // formula of a number: higher goes first
	Tie     string  `json:"tie,omitempty"`
	Places  int     `json:"places"`
	Reserve int     `json:"reserve"`
	Quotas  []Quota `json:"quotas,omitempty"`
	Accept  *Span   `json:"accept,omitempty"` // a place that is not accepted by then is handed on
}

// Quota keeps Places of the round's places for applications for which When holds.
type Quota struct {
	Code   string `json:"code"`
	When   string `json:"when"`
	Places int    `json:"places"`
}
