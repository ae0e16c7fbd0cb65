package machine

import (
	"encoding/json"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Status is what an application does now.
type Status string

// The statuses. The zero State has none: it has not started.
const (
	Open    Status = "open"    // the authority, a registry or an operator is at work
	Waiting Status = "waiting" // the applicant is asked to pay or to correct
	Ended   Status = "ended"
)

// State is all that one application's run remembers: plain data whose JSON decodes to the same State, so that a run can be continued
// elsewhere. Step never changes a State that it was given, nor what hangs on it; nobody else may either.
//
// It holds personal data (Reads, Answers) and is never logged.
type State struct {
	Application string `json:"application,omitempty"`
	Applicant   string `json:"applicant,omitempty"`
	Status      Status `json:"status,omitempty"`
	Sequence    int    `json:"sequence,omitempty"` // steps that took effect
	Node        int    `json:"node,omitempty"`     // index in the plan's nodes
	Visits      []int  `json:"visits,omitempty"`   // how often each node was entered, by index
	Outcome     string `json:"outcome,omitempty"`  // of the application, when it has ended

	Submitted string `json:"submitted,omitempty"` // day of submission in the plan's zone, YYYY-MM-DD
	Decided   string `json:"decided,omitempty"`   // day of the last decision of a review

	Reads    map[string]json.RawMessage `json:"reads,omitempty"`
	Answers  []Answered                 `json:"answers,omitempty"`
	Tariff   *activity.Tariff           `json:"tariff,omitempty"`
	Calendar *activity.Calendar         `json:"calendar,omitempty"` // the latest that an event brought

	Task  *Task            `json:"task,omitempty"`  // the one open task or payment
	Clock *Clock           `json:"clock,omitempty"` // the one armed clock
	Asked *activity.Lookup `json:"asked,omitempty"` // the one lookup that is waited for

	Assessments []Assessment `json:"assessments,omitempty"`
	Rounds      []Round      `json:"rounds,omitempty"`
	Deciders    []Decider    `json:"deciders,omitempty"`

	// values are Reads, Answers and Tariff decoded; they follow from the rest and are made again after a round trip.
	values *values
}

// Answered is what a lookup found, as far as formulas read it. A later answer under the same name takes the place of an earlier one.
type Answered struct {
	Result string                     `json:"result"`
	Values map[string]json.RawMessage `json:"values,omitempty"`
}

// TaskKind is what is asked of a person or of the gateway.
type TaskKind string

// The kinds of task. A payment is no task of a list; it is opened by the effect Assess.
const (
	ReviewTask   TaskKind = "review"
	CorrectTask  TaskKind = "correct"
	IncidentTask TaskKind = "incident"
	PaymentTask  TaskKind = "payment"
)

// Task is what an act may answer.
type Task struct {
	Kind     TaskKind `json:"kind"`
	Visit    int      `json:"visit"` // of State.Node
	Revision int      `json:"revision"`
	Role     string   `json:"role"`
	Actions  []string `json:"actions"`
	Incident string   `json:"incident,omitempty"`
	// After is the outcome from which an incident found no way on: what has happened at the node (a payment, a document) is not done again
	// by retry.
	After string `json:"after,omitempty"`
}

// Clock is the armed clock of State.Node.
type Clock struct {
	DueAt time.Time `json:"dueAt"` // UTC
	Then  string    `json:"then"`
}

// Assessment is a frozen calculation and whether it was paid.
type Assessment struct {
	Node  int             `json:"node"`
	Visit int             `json:"visit"`
	Lines []activity.Line `json:"lines"`
	Total int64           `json:"total"` // minor units of the plan's currency
	Paid  bool            `json:"paid,omitempty"`
}

// Round counts how often a decision sent the application back.
type Round struct {
	Node   int    `json:"node"`
	Action string `json:"action"`
	Count  int    `json:"count"`
}

// Decider is who decided at a review.
type Decider struct {
	Node  int    `json:"node"`
	Visit int    `json:"visit"`
	Actor string `json:"actor"`
}

// Key is the key of the node at which s is, "" before the start.
func (p *Program) Key(s State) string {
	if s.Status == "" || s.Node < 0 || s.Node >= len(p.nodes) {
		return ""
	}
	return p.nodes[s.Node].Key
}
