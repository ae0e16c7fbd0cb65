package machine

import (
	"encoding/json"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// Status is what an application does now.
type Status string

// The statuses. The zero State has none: it has not started.
const (
	Open    Status = "open"    // the authority, a registry or an operator is at work
	Waiting Status = "waiting" // the applicant is asked to pay or to correct, whatever else goes on
	Ended   Status = "ended"
)

// State is all that one application's run remembers: plain data whose JSON decodes to the same State, so that a run can be continued
// elsewhere. Step never changes a State that it was given, nor what hangs on it; nobody else may either.
//
// It holds personal data (Reads, Answers) and is never logged. What an application waits for is read by Program.Waits.
type State struct {
	Application string `json:"application,omitempty"`
	Applicant   string `json:"applicant,omitempty"`
	Status      Status `json:"status,omitempty"`
	Sequence    int    `json:"sequence,omitempty"` // steps that took effect
	Node        int    `json:"node,omitempty"`     // index of the node that is shown as the application's place
	Visits      []int  `json:"visits,omitempty"`   // how often each node was entered, by index
	Outcome     string `json:"outcome,omitempty"`  // of the application, when it has ended

	// Tokens are the places at which the application is: one, or one for each branch that runs beside the one that waits at the fork.
	// None when it has ended. A token stands before those that it has forked.
	Tokens []Token `json:"tokens,omitempty"`

	Until    *time.Time `json:"until,omitempty"`    // when it has ended: until when it may be taken up again
	Reopened int        `json:"reopened,omitempty"` // how often it was

	Suspended   *Suspension `json:"suspended,omitempty"`   // while it stands still
	Suspensions int         `json:"suspensions,omitempty"` // how often it did

	Submitted string `json:"submitted,omitempty"` // day of submission in the plan's zone, YYYY-MM-DD
	Decided   string `json:"decided,omitempty"`   // day of the last decision of a review

	Reads    map[string]json.RawMessage `json:"reads,omitempty"`
	Answers  []Answered                 `json:"answers,omitempty"`
	Tariff   *activity.Tariff           `json:"tariff,omitempty"`
	Tariffs  []activity.Tariff          `json:"tariffs,omitempty"`  // the latest that an event brought, where another day than that of submission chooses
	Calendar *worktime.Calendar         `json:"calendar,omitempty"` // the latest that an event brought

	Assessments []Assessment       `json:"assessments,omitempty"`
	Rounds      []Round            `json:"rounds,omitempty"`
	Deciders    []Decider          `json:"deciders,omitempty"`
	Taken       []Taken            `json:"taken,omitempty"`
	Settled     []string           `json:"settled,omitempty"`  // fees whose deposits have gone back or are kept
	Case        *Case              `json:"case,omitempty"`     // the clock of the whole application, where the plan has one
	Awaits      []activity.Awaited `json:"awaits,omitempty"`   // from outside, as it was last told
	Left        []Left             `json:"left,omitempty"`     // kept where the plan has an edge back
	Written     []Written          `json:"written,omitempty"`  // what would be taken back, in the order in which it was entered
	Standing    []Left             `json:"standing,omitempty"` // of Left, what carries the application on when it comes there again

	// values are Reads, Answers and Tariff decoded; they follow from the rest and are made again after a round trip.
	values *values
}

// Token is one place at which the application is, and what it waits for there.
type Token struct {
	ID    int `json:"id"` // 1 is the first one
	Node  int `json:"node,omitempty"`
	Visit int `json:"visit,omitempty"`

	Task  *Task            `json:"task,omitempty"`  // the open task or payment
	Clock []Moment         `json:"clock,omitempty"` // the rungs that are still to come, the earliest first
	Asked *activity.Lookup `json:"asked,omitempty"` // the lookup that is waited for

	Undoing *Undoing `json:"undoing,omitempty"` // what is taken back before it goes on

	// HeldAt is since when the clock stands still, and Next the node to which the token goes on, both of an application that is suspended.
	HeldAt *time.Time `json:"heldAt,omitempty"`
	Next   *int       `json:"next,omitempty"`

	// Region says of a token that waits at a fork how its branches stand.
	Region *Region `json:"region,omitempty"`

	// Whole, Part, Parts and Since are of a payment by instalments: what is owed, how many have been paid of how many, and when the first was.
	Whole []activity.Line `json:"whole,omitempty"`
	Part  int             `json:"part,omitempty"`
	Parts int             `json:"parts,omitempty"`
	Since *time.Time      `json:"since,omitempty"`

	// Of is the token at the fork of which this one is a branch. Scope is the nearest branch of a region with an item for each branch, this
	// token or one above it, 0 = none: what happens in its steps is known in them only.
	Of     int             `json:"of,omitempty"`
	Branch int             `json:"branch,omitempty"` // which of them: the index among the fork's branches, or of the item
	Scope  int             `json:"scope,omitempty"`
	Number int             `json:"number,omitempty"` // of the item, from 1
	Item   json.RawMessage `json:"item,omitempty"`
}

// Region is how the branches of a fork stand.
type Region struct {
	Need  int      `json:"need"` // branches in favour that are needed
	Live  int      `json:"live"` // branches that still run
	Ended []Branch `json:"ended,omitempty"`
}

// Branch is one that has ended, and how.
type Branch struct {
	Index   int  `json:"index"` // among the fork's branches, or of the item
	Against bool `json:"against,omitempty"`
}

// inFavour is how many branches have ended in favour.
func (g *Region) inFavour() (n int) {
	for _, b := range g.Ended {
		if !b.Against {
			n++
		}
	}
	return n
}

// Answered is what a lookup found, or a person filled in, as far as formulas read it. A later answer under the same name takes the place of
// an earlier one.
type Answered struct {
	Result string                     `json:"result"`
	Values map[string]json.RawMessage `json:"values,omitempty"`
	In     int                        `json:"in,omitempty"` // Token.Scope in which it is known
}

// TaskKind is what is asked of a person or of the gateway.
type TaskKind string

// The kinds of task. A payment is no task of a list; it is opened by the effect Assess.
const (
	ReviewTask   TaskKind = "review"
	CorrectTask  TaskKind = "correct"
	IncidentTask TaskKind = "incident"
	PaymentTask  TaskKind = "payment"

	InviteTask      TaskKind = "invite"
	AppointmentTask TaskKind = "appointment"
	EventTask       TaskKind = "event"  // what is waited for happens outside
	ChildTask       TaskKind = "child"  // a service that was started is to end
	PlaceTask       TaskKind = "place"  // the round is to give places
	PayoutTask      TaskKind = "payout" // the gateway is to say what became of money that is paid out
)

// Task is what an act may answer.
type Task struct {
	Kind     TaskKind `json:"kind"`
	Revision int      `json:"revision"`
	Role     string   `json:"role"`
	Actions  []string `json:"actions"`
	Incident string   `json:"incident,omitempty"`
	// After is the outcome from which an incident found no way on: what has happened at the node (a payment, a document) is not done again
	// by retry.
	After string `json:"after,omitempty"`

	From   *time.Time `json:"from,omitempty"`   // nobody may act before
	Votes  []Vote     `json:"votes,omitempty"`  // of a panel
	Heard  int        `json:"heard,omitempty"`  // how many of the public have said something
	Booked int        `json:"booked,omitempty"` // appointments so far
}

// Vote is what one member of a panel has said.
type Vote struct {
	Actor  string `json:"actor"`
	Action string `json:"action"`
}

// Moment is a rung of an armed clock.
type Moment struct {
	DueAt time.Time `json:"dueAt"` // UTC
	Then  string    `json:"then"`
	Rung  int       `json:"rung,omitempty"` // of the deadline: its index in the plan
	In    string    `json:"in,omitempty"`   // how it counts on after it stood still
}

// Assessment is a frozen calculation and whether it was paid.
type Assessment struct {
	Node   int             `json:"node"`
	Visit  int             `json:"visit"`
	Lines  []activity.Line `json:"lines"`
	Sums   []activity.Sum  `json:"sums,omitempty"`
	Tariff string          `json:"tariff,omitempty"` // version that was used
	Total  int64           `json:"total"`            // minor units of the plan's currency
	Paid   bool            `json:"paid,omitempty"`
	// Superseded says that the payment is invalidated: what was paid counts when the step is come to again.
	Superseded bool `json:"superseded,omitempty"`
	// Less is what goes back of assessments before this one, whether it is paid or not.
	Less []Less `json:"less,omitempty"`
}

// Round counts how often a decision sent the application back.
type Round struct {
	Node   int    `json:"node"`
	Action string `json:"action"`
	Count  int    `json:"count"`
	In     int    `json:"in,omitempty"`
}

// Decider is who decided at a review.
type Decider struct {
	Node  int    `json:"node"`
	Visit int    `json:"visit"`
	Actor string `json:"actor"`
	In    int    `json:"in,omitempty"`
}

// Taken counts how often an edge with a limit was taken.
type Taken struct {
	Edge  int `json:"edge"` // index in the plan's edges
	Count int `json:"count"`
	In    int `json:"in,omitempty"`
}

// Left is the outcome by which a node was last left.
type Left struct {
	Node    int    `json:"node"`
	Outcome string `json:"outcome"`
	In      int    `json:"in,omitempty"`
}

// Key is the key of the node at which s is shown, "" before the start.
func (p *Program) Key(s State) string {
	if s.Status == "" || s.Node < 0 || s.Node >= len(p.nodes) {
		return ""
	}
	return p.nodes[s.Node].Key
}
