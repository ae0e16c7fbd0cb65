// Package activity holds the names and types by which the engine and the runtime speak: the messages that the runtime sends to a running
// application (Start, Act), the effects that the machine asks for, and the activities that the runtime implements. Plain data only.
//
// Values of forms and answers travel as JSON (json.RawMessage) under their dotted path; the plan knows their types. Whatever is here may
// hold personal data: it passes through Temporal only behind the codec, and is never logged.
package activity

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/diwan-gov/diwan/workflows/worktime"
)

// Names under which the runtime registers its activities, and the updates and the query of every workflow.
const (
	ApplyName  = "diwan.apply"
	LookupName = "diwan.lookup"
	KnowName   = "diwan.know"
	ActUpdate  = "act"
	MoveUpdate = "move"    // Move: go on by another plan
	MoveQuery  = "movable" // Move: what would come of it
	TaskQueue  = "diwan"
)

// Interpreter is the version of the interpreter's behaviour that a new run is started with; it changes only at a new run.
const Interpreter = 1

// Facts are what every event brings beside its own content, so that the machine never asks the world.
type Facts struct {
	At       time.Time          `json:"at"` // UTC, truncated to milliseconds
	Calendar *worktime.Calendar `json:"calendar,omitempty"`
	// Tariffs are the versions of the plan's tariff as they are known at that instant, the oldest first, where another day than that of the
	// submission chooses among them.
	Tariffs []Tariff `json:"tariffs,omitempty"`
}

// Tariff is one version of a tariff, as far as an application uses it: amounts, numbers, and tables as lists of rows.
type Tariff struct {
	Version string                     `json:"version"`         // tariff code @ its first day
	Since   string                     `json:"since,omitempty"` // YYYY-MM-DD; "" = always
	Until   string                     `json:"until,omitempty"` // its last day; "" = until the next version begins
	Amounts map[string]json.RawMessage `json:"amounts"`
}

// TariffOn is the version of a day (YYYY-MM-DD), the last that had begun by then and is not over; nil where there is none.
func TariffOn(versions []Tariff, day string) *Tariff {
	for i := len(versions) - 1; i >= 0; i-- {
		if v := &versions[i]; v.Since <= day {
			if v.Until != "" && v.Until < day {
				return nil
			}
			return v
		}
	}
	return nil
}

// Start is the input of a workflow: what an application starts with. Its workflow type is the service's code and its workflow ID the
// application's ID.
type Start struct {
	Interpreter int                        `json:"interpreter"`
	Plan        string                     `json:"plan"` // digest
	Application string                     `json:"application"`
	Applicant   string                     `json:"applicant"` // opaque ID of the person
	Facts       Facts                      `json:"facts"`
	Reads       map[string]json.RawMessage `json:"reads"`            // the plan's read set; an absent path has no value
	Tariff      *Tariff                    `json:"tariff,omitempty"` // the version of the day of submission, unless the plan says another day
}

// Act is the one message to a running application.
type Act struct {
	ID         string                     `json:"id"`
	Facts      Facts                      `json:"facts"`
	Node       string                     `json:"node,omitempty"` // key of the task's node; empty for withdraw and what may happen at any time
	Visit      int                        `json:"visit,omitempty"`
	Revision   int                        `json:"revision,omitempty"` // expected revision of that task
	Action     string                     `json:"action"`
	Actor      string                     `json:"actor"`               // opaque ID of the person, or gateway
	Capacities []string                   `json:"capacities"`          // attested when it was sent: applicant, gateway, authority:role…
	Reads      map[string]json.RawMessage `json:"reads,omitempty"`     // form.field of a correction; root.field of what the node brings
	About      string                     `json:"about,omitempty"`     // what an event from outside is about
	Comment    bool                       `json:"comment,omitempty"`   // whether a comment was given; its text stays in Postgres
	Reference  string                     `json:"reference,omitempty"` // payload in Postgres, such as the payment or the corrected form
	Sequence   int                        `json:"sequence,omitempty"`  // steps that had been applied before it: it waits until the workflow has taken them
}

// ActResult is the answer to an Act. Code is empty when it took effect; otherwise closed, revision, forbidden, unknown-action,
// comment-required, own-application, same-officer, voted, too-early, frozen, being-undone, invalid or ended, and nothing has changed.
type ActResult struct {
	Code string `json:"code,omitempty"`
}

// Move asks that an application go on by another plan of its service, from where it is.
type Move struct {
	Plan   string                     `json:"plan"` // digest
	Facts  Facts                      `json:"facts"`
	Reads  map[string]json.RawMessage `json:"reads"`            // the read set of the other plan
	Tariff *Tariff                    `json:"tariff,omitempty"` // the version of the day of submission, as the other plan reads it
}

// MoveResult is the answer to a Move. With an obstacle nothing has changed, and the application goes on by its own plan.
type MoveResult struct {
	Obstacles []Obstacle `json:"obstacles,omitempty"`
	Notes     []Obstacle `json:"notes,omitempty"` // what it would miss, or has missed
}

// Obstacle is why an application cannot go on by another plan, or, as a note, what it would miss there. The codes are in package machine.
type Obstacle struct {
	Code string `json:"code"`
	At   string `json:"at,omitempty"` // node, branch, fee, value or answer; a code of the definition, never of the case
}

// Know asks what is known at an instant, for what time itself brings about.
type Know struct {
	Application string    `json:"application"`
	At          time.Time `json:"at"`
}

// Lookup asks a registry, or has something done outside whose answer is waited for. With holds arguments in the order of the plan. Whatever
// is done is done once for (Application, Node, Visit), however often it is asked for.
type Lookup struct {
	Application string     `json:"application"`
	Node        string     `json:"node"`
	Visit       int        `json:"visit"`
	Do          Doing      `json:"do,omitempty"`
	Registry    string     `json:"registry,omitempty"`
	Operation   string     `json:"operation,omitempty"`
	With        []Argument `json:"with"`
	Keep        []string   `json:"keep"`

	Subject  string    `json:"subject,omitempty"`  // code of the right that is changed, of the service that is started, or of the authority that is looked for
	Of       string    `json:"of,omitempty"`       // number of the right that is changed
	About    string    `json:"about,omitempty"`    // national number of the person for whom a service is started, "" = the applicant
	Channels []Channel `json:"channels,omitempty"` // of a draw
	Began    *Began    `json:"began,omitempty"`    // what has started the application that is withdrawn
}

// Began is the visit of a node that has started an application of another service.
type Began struct {
	Node  string `json:"node"`
	Visit int    `json:"visit"`
}

// Doing is what a Lookup is for.
type Doing string

// What is done. Operation is the operation of the registry, or the change of the right.
const (
	Ask    Doing = ""       // ask a registry
	Write  Doing = "write"  // write to a registry
	Draw   Doing = "draw"   // draw one of Channels; the answer is channel
	Change Doing = "change" // grant or change the right Subject; the answer is number
	Begin  Doing = "start"  // start an application of the service Subject; the answer is application
	// Withdraw withdraws the application of the service Subject that Began has started; where that has ended, there is nothing to do.
	Withdraw Doing = "withdraw"
	// Authority looks whether there is the authority Subject, to whose officers a task is to go.
	Authority Doing = "authority"
)

// Channel is one outcome of a draw.
type Channel struct {
	Name   string `json:"name"`
	Weight int    `json:"weight"`
}

// Argument is a named JSON value.
type Argument struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// Answer is what a registry said. Values holds only the fields of Lookup.Keep; the whole answer is in Postgres. The activity returns an
// error while trying again makes sense, and Failed (a code, no detail) when it does not.
type Answer struct {
	Facts  Facts                      `json:"facts"`
	Found  bool                       `json:"found"`
	Values map[string]json.RawMessage `json:"values,omitempty"`
	Failed string                     `json:"failed,omitempty"`
}

// Apply carries out the effects of one step of the machine in one transaction. It is idempotent by (Application, Run, Sequence): a repeat
// changes nothing and succeeds.
type Apply struct {
	Application string    `json:"application"`
	Sequence    int       `json:"sequence"` // counts the steps of the application, from 1, without gaps
	At          time.Time `json:"at"`
	Status      string    `json:"status"` // open, waiting, ended
	Node        string    `json:"node"`   // where the application now is
	Outcome     string    `json:"outcome,omitempty"`
	Effects     []Effect  `json:"effects"`
	Act         string    `json:"act,omitempty"`  // ID of the act that led to it; its result is recorded in the same transaction
	Plan        string    `json:"plan,omitempty"` // digest of the plan by which the application goes on from here, where that is another
}

// EffectKind is the closed set of effects that Apply carries out.
type EffectKind string

// The effects.
const (
	Entered   EffectKind = "entered"   // a node was entered: timeline
	Done      EffectKind = "done"      // a node was left with Outcome: timeline
	OpenTask  EffectKind = "open-task" // Task
	CloseTask EffectKind = "close-task"
	Escalate  EffectKind = "escalate"  // the node's open task is overdue
	Assess    EffectKind = "assess"    // Assessment: freeze fee lines and open a payment
	Cancel    EffectKind = "cancel"    // the node's unpaid payment is no longer due, or its payout that has not been sent is not to be paid
	Issue     EffectKind = "issue"     // Document
	Remind    EffectKind = "remind"    // whoever is waited for at the node is told again
	Voted     EffectKind = "voted"     // a member of a panel has voted; the task is still open
	Keep      EffectKind = "keep"      // Values, or the data of the act, are what the node brings
	Notice    EffectKind = "notice"    // Notice: somebody is told
	Revoke    EffectKind = "revoke"    // Document is no longer valid
	PayOut    EffectKind = "pay-out"   // PayOut
	Settle    EffectKind = "settle"    // Settlement: deposits go back or are kept
	Extended  EffectKind = "extended"  // the deadline of the application was lengthened
	Suspended EffectKind = "suspended" // the application stands still, Until it is resumed
	Postponed EffectKind = "postponed" // a day off was published late: Dues are when what is open is due now
	Resumed   EffectKind = "resumed"   // it goes on; Dues are what is due at another time than before
	Reopened  EffectKind = "reopened"  // what had ended is taken up again
	ShowRows  EffectKind = "answer"    // the rows of an answer node
	Refund    EffectKind = "refund"    // Refunds: what goes back and what stays
	Ranked    EffectKind = "ranked"    // Rank: the application takes part in the round of its service
	Await     EffectKind = "await"     // Awaits: all that other systems are waited for from now on, in place of what was told before
	Ended     EffectKind = "ended"     // Outcome, Reason
)

// Effect is one effect, keyed by (Node, Visit).
type Effect struct {
	Kind       EffectKind                 `json:"kind"`
	Node       string                     `json:"node"`
	Step       string                     `json:"step"`
	Visit      int                        `json:"visit"`
	Item       int                        `json:"item,omitempty"` // number of the item, in a branch for each item
	Outcome    string                     `json:"outcome,omitempty"`
	Task       *Task                      `json:"task,omitempty"`
	Assessment *Assessment                `json:"assessment,omitempty"`
	Document   string                     `json:"document,omitempty"`
	Deliver    []string                   `json:"deliver,omitempty"`
	Refunds    []LineRefund               `json:"refunds,omitempty"`
	Notice     *Notified                  `json:"notice,omitempty"`
	PayOut     *Payout                    `json:"payOut,omitempty"`
	Settlement *Settlement                `json:"settlement,omitempty"`
	Rank       *Rank                      `json:"rank,omitempty"`
	Awaits     []Awaited                  `json:"awaits,omitempty"`
	Values     map[string]json.RawMessage `json:"values,omitempty"`
	Reason     string                     `json:"reason,omitempty"` // key of a text
	Detail     string                     `json:"detail,omitempty"` // of an incident, for an operator: what is missing of which kind, never a value of the case
	Actor      string                     `json:"actor,omitempty"`  // who did it; empty = the system
	Until      *time.Time                 `json:"until,omitempty"`
	Dues       []NewDue                   `json:"dues,omitempty"`
}

// NewDue says that the open task or payment of a visit is due at another time than was said when it was opened.
type NewDue struct {
	Node  string    `json:"node"`
	Visit int       `json:"visit"`
	DueAt time.Time `json:"dueAt"`
}

// Awaited is one thing that is waited for from outside: an event, at a node or wherever the application is (Node is empty), or the end of
// the service that the node has started (Event is empty).
type Awaited struct {
	Node  string `json:"node,omitempty"`
	Visit int    `json:"visit,omitempty"`
	Event string `json:"event,omitempty"`
	About string `json:"about,omitempty"` // what the event must be about; "" = whatever it is about
}

// Task is something that a person is asked to do.
type Task struct {
	Kind     string     `json:"kind"` // review, correct, invite, appointment, incident
	Role     string     `json:"role"` // capacity that may act: authority:role, applicant, person:number or public
	Actions  []string   `json:"actions"`
	Comment  []string   `json:"comment,omitempty"` // actions that need a comment
	Frozen   []string   `json:"frozen,omitempty"`  // form fields that can no longer be changed
	Revision int        `json:"revision"`
	From     *time.Time `json:"from,omitempty"` // nobody may act before
	DueAt    *time.Time `json:"dueAt,omitempty"`
}

// Notified is who is told; the words are in the texts, under the node's key.
type Notified struct {
	Whom   string `json:"whom"`             // applicant, person, role
	Person string `json:"person,omitempty"` // national number
	Role   string `json:"role,omitempty"`   // authority:role
}

// Payout is money that is paid out. What becomes of it the gateway says by an act: paidOut or failed.
type Payout struct {
	Person   string `json:"person,omitempty"`  // national number, "" = the applicant
	Account  string `json:"account,omitempty"` // an IBAN; "" = the card by which the application was paid for, or what the applicant says
	Amount   int64  `json:"amount"`            // minor units of Currency
	Currency string `json:"currency"`
}

// Settlement says what becomes of deposits.
type Settlement struct {
	Fees []string `json:"fees"`
	What string   `json:"what"` // release, forfeit
}

// Rank is with what an application takes part in a round, as it stands when it comes there.
type Rank struct {
	Rank   string   `json:"rank"`             // a decimal: who has more goes first
	Tie    string   `json:"tie,omitempty"`    // a decimal that decides between equals
	Quotas []string `json:"quotas,omitempty"` // codes of those for which it counts
}

// Assessment is a frozen calculation of fee lines in minor units of Currency.
type Assessment struct {
	Currency string     `json:"currency"`
	Lines    []Line     `json:"lines"`
	Sums     []Sum      `json:"sums,omitempty"` // subtotals of these lines
	Total    int64      `json:"total"`
	Tariff   string     `json:"tariff,omitempty"` // version of the tariff that was used
	DueAt    *time.Time `json:"dueAt,omitempty"`
	Late     bool       `json:"late,omitempty"` // it can still be paid after DueAt
	// Part, Parts and Coming are of a payment by instalments: which of how many it is, from 1, and those that come after it.
	Part   int      `json:"part,omitempty"`
	Parts  int      `json:"parts,omitempty"`
	Coming []Coming `json:"coming,omitempty"`
	// Less is what has become less than was paid since an earlier visit: it goes back. Total is without it.
	Less []Less `json:"less,omitempty"`
}

// Less are lines that take back a part of what was paid at a visit: below zero, but for the line rounding, which may be above. Who has shared a line
// gives it back as they have it.
type Less struct {
	Node  string `json:"node"`
	Visit int    `json:"visit"`
	Lines []Line `json:"lines"`
	Whole bool   `json:"whole,omitempty"` // every fee of it goes back: what is kept of it has a reason of its own, such as the rounding of the new total
}

// Coming is an instalment that is not asked for yet.
type Coming struct {
	Amount int64     `json:"amount"` // minor units
	DueAt  time.Time `json:"dueAt"`
}

// Line is one fee line, and how it came about. Full and the changes sum to Amount.
type Line struct {
	Fee     string       `json:"fee"`
	Amount  int64        `json:"amount"`            // minor units; below zero only for the line rounding, and in Less
	Full    int64        `json:"full,omitempty"`    // before the changes, where there are any
	Changes []Adjustment `json:"changes,omitempty"` // in order
	Shares  []Share      `json:"shares,omitempty"`  // who receives it, where that is not the service's authority alone; they sum to Amount
	Head    string       `json:"head,omitempty"`    // revenue head under which it is earned; none = Fee
	Deposit bool         `json:"deposit,omitempty"` // held, not earned
	// HeldWith is the code of the right as long as which a deposit is held: its end releases it, its revocation forfeits it.
	HeldWith string    `json:"heldWith,omitempty"`
	Rows     []FactRow `json:"rows,omitempty"` // of the facts in rows that its formulas read, in the plan's order
}

// FactRow is the row that held of a fact that is written in rows, from 1.
type FactRow struct {
	Fact string `json:"fact"`
	Row  int    `json:"row"`
}

// RoundingLine is the line that shows what rounding has added or taken off.
const RoundingLine = "rounding"

// Adjustment is what an exemption, a rebate, a bound or rounding has made of a line. Its reason is in the texts under fee/exempt/index or
// fee/rebate/index.
type Adjustment struct {
	Kind  string `json:"kind"` // exempt, rebate, atLeast, atMost, round, part
	Index int    `json:"index,omitempty"`
	By    int64  `json:"by"` // minor units, below zero where it takes off
}

// TextKey is the key of its reason in plan.Texts.Fees; there is a text for an exemption and a rebate only.
func (a Adjustment) TextKey(fee string) string {
	return fee + "/" + a.Kind + "/" + strconv.Itoa(a.Index)
}

// Share is the part of a line that an authority receives.
type Share struct {
	Authority string `json:"authority"`
	Amount    int64  `json:"amount"`
}

// Sum is a subtotal: the sum of its lines, and what it is rounded to.
type Sum struct {
	Code    string `json:"code"`
	Exact   int64  `json:"exact"`
	Rounded int64  `json:"rounded"`
}

// LineRefund says what happens to a paid fee line: all goes back, or it is kept.
type LineRefund struct {
	Fee  string `json:"fee"`
	What string `json:"what"` // all, keep
}
