package plan

// Kind of a node. The words are those of the language, where the language has one.
type Kind string

// The node kinds.
const (
	Lookup  Kind = "lookup"  // ask a registry; outcomes: found, notFound
	Gate    Kind = "gate"    // nothing but outgoing edges with guards
	Pay     Kind = "pay"     // assess fee lines and wait until they are paid; outcomes: paid, lapse
	Review  Kind = "review"  // wait for an officer's decision; outcomes: the decisions
	Correct Kind = "correct" // wait for the applicant's correction; outcomes: submit, lapse, exhausted
	Issue   Kind = "issue"   // issue a document; outcome: issued
	Answer  Kind = "answer"  // show the answer of an enquiry; outcome: answered
	End     Kind = "end"     // the application ends with Outcome

	Write       Kind = "write"       // write to a registry; outcome: written
	Fork        Kind = "fork"        // split into the branches of a region and wait for them; outcomes: done, otherwise
	Join        Kind = "join"        // a branch of a region ends here; leads nowhere
	Invite      Kind = "invite"      // wait for the answer of another person, of the applicant or of the public; outcomes: the decisions
	Appointment Kind = "appointment" // wait for a booking and for the day; outcomes: attended, missed
	Wait        Kind = "wait"        // wait for a day, a duration or an event; outcomes: over, happened
	Notify      Kind = "notify"      // tell somebody; outcome: notified
	Revoke      Kind = "revoke"      // a document that was issued is no longer valid; outcome: revoked
	Right       Kind = "right"       // grant or change a right; outcome: changed
	Start       Kind = "start"       // start another service; outcomes: started or, where it is waited for, ended
	Compute     Kind = "compute"     // freeze values; outcome: computed
	Draw        Kind = "draw"        // a recorded random draw; outcome: drawn
	PayOut      Kind = "pay-out"     // pay money to somebody; outcome: paidOut
	Settle      Kind = "settle"      // release or forfeit deposits; outcome: settled
	Undo        Kind = "undo"        // take back what a write has entered or a start has started; outcome: undone. No edge leads there or away from there
	Place       Kind = "place"       // wait for a place in the service's round; outcomes: placed, reserve, refused
)

// Node is one place at which an application can be.
type Node struct {
	Key  string `json:"key"`  // stable key: the step's code; synthesised nodes have step/suffix
	Step string `json:"step"` // code of the step it was compiled from
	Kind Kind   `json:"kind"`
	// When is the condition under which the step happens, "" = always. The gate before the node decides; here it only says what formulas
	// of the node may take as given.
	When string `json:"when,omitempty"`

	Lookup  *LookupNode  `json:"lookup,omitempty"`
	Pay     *PayNode     `json:"pay,omitempty"`
	Review  *ReviewNode  `json:"review,omitempty"`
	Correct *CorrectNode `json:"correct,omitempty"`
	Issue   *IssueNode   `json:"issue,omitempty"`
	Answer  *AnswerNode  `json:"answer,omitempty"`
	End     *EndNode     `json:"end,omitempty"`

	Fork        *ForkNode        `json:"fork,omitempty"`
	Join        *JoinNode        `json:"join,omitempty"`
	Invite      *InviteNode      `json:"invite,omitempty"`
	Appointment *AppointmentNode `json:"appointment,omitempty"`
	Wait        *WaitNode        `json:"wait,omitempty"`
	Notify      *NotifyNode      `json:"notify,omitempty"`
	Revoke      *RevokeNode      `json:"revoke,omitempty"`
	Right       *RightNode       `json:"right,omitempty"`
	Start       *StartNode       `json:"start,omitempty"`
	Withdraw    *WithdrawNode    `json:"withdraw,omitempty"` // kind undo
	Compute     *ComputeNode     `json:"compute,omitempty"`
	Draw        *DrawNode        `json:"draw,omitempty"`
	PayOut      *PayOutNode      `json:"payOut,omitempty"`
	Settle      *SettleNode      `json:"settle,omitempty"`
}

// LookupNode asks a registry, or writes to it (kind write); the answer is read by formulas as Result.field.
type LookupNode struct {
	Registry  string     `json:"registry"`
	Operation string     `json:"operation"`
	With      []Argument `json:"with"`
	Result    string     `json:"result"`
	// Keep are the fields of the answer that the machine needs (its read set of this answer); the whole answer is kept in Postgres.
	Keep []string `json:"keep"`
	// Undo is the key of the node (kind undo) that takes back what the write has entered, "" = nothing does. It lies outside of the graph, behind
	// all other nodes, and its arguments are worked out when the write is answered.
	Undo string `json:"undo,omitempty"`
}

// Argument is a named formula.
type Argument struct {
	Name    string `json:"name"`
	Formula string `json:"formula"`
	Kind    string `json:"kind"`
}

// PayNode freezes an assessment of the fee lines and waits for its payment. A total of zero passes at once with outcome paid.
type PayNode struct {
	Fees  []string `json:"fees"`
	Clock *Clock   `json:"clock,omitempty"`
	// Share is the part that is due now, in percent, 0 = all. Rest asks for what an earlier share of the same fees has left.
	Share       int          `json:"share,omitempty"`
	Rest        bool         `json:"rest,omitempty"`
	Instalments *Instalments `json:"instalments,omitempty"`
}

// Instalments splits an assessment into Count payments, the first at once and each next one Every later. A missed one lapses or escalates.
type Instalments struct {
	Count  int    `json:"count"`
	Every  Span   `json:"every"`
	Missed string `json:"missed"` // lapse, escalate
}

// ReviewNode opens a task for a role of the service's authority, of Authority, or of the one that Of gives.
type ReviewNode struct {
	Role      string     `json:"role"`
	Authority string     `json:"authority,omitempty"`
	Of        string     `json:"of,omitempty"` // formula of the code of an authority, worked out when the node is entered; Authority is "" then
	Decisions []Decision `json:"decisions"`
	Clock     *Clock     `json:"clock,omitempty"`
	// Form is the officer's own form; its root is Result, under which formulas read what was filled in.
	Form   *Form  `json:"form,omitempty"`
	Result string `json:"result,omitempty"`
	Panel  *Panel `json:"panel,omitempty"`
	// NotSame are steps whose deciders may not decide here (four eyes).
	NotSame []string `json:"notSame,omitempty"`
	// Assign is to whom of the role the task goes: load, turns, or "" = to nobody in particular.
	Assign string `json:"assign,omitempty"`
	// Inspect says that the review is done on site.
	Inspect bool `json:"inspect,omitempty"`
}

// Panel lets Members decide together: as soon as Quorum have voted and the outcome can no longer change, or all have voted, the decision
// with most votes is taken; Tie stands where two have as many.
type Panel struct {
	Members int    `json:"members"`
	Quorum  int    `json:"quorum"`
	Notice  *Span  `json:"notice,omitempty"` // nobody votes before it is over
	Minutes bool   `json:"minutes,omitempty"`
	Tie     string `json:"tie"`
}

// ForkNode splits into branches. The token that entered waits here until enough branches ended in favour (outcome done), or until that
// can no longer be (outcome otherwise); the branches that still run are then called off. A branch that is not entered counts for nothing:
// of what is then needed there is never more than there are branches, and where none is entered the outcome is done. The outcome otherwise
// needs an edge only where a join of the region goes against.
type ForkNode struct {
	Branches []Branch `json:"branches"`
	Each     *Each    `json:"each,omitempty"` // one branch for each item instead: Branches has one
	Need     int      `json:"need"`           // branches in favour; 0 = all
}

// Branch is one way of a region; it is not entered where When is false, and then counts for nothing.
type Branch struct {
	Key   string `json:"key"`
	Entry int    `json:"entry"` // index of its first node
	When  string `json:"when,omitempty"`
}

// Each makes one branch for each item of a list; formulas of the branch read Item and the whole number Number. Both are roots of the plan's
// scope. What is answered or decided in a branch is known in that branch only.
type Each struct {
	Item   string `json:"item"`
	Number string `json:"number"`
	List   string `json:"list"` // formula
	AtMost int    `json:"atMost"`
}

// JoinNode is the end of a branch.
type JoinNode struct {
	Against bool `json:"against,omitempty"`
}

// InviteNode asks somebody who is no officer.
type InviteNode struct {
	Whom      string     `json:"whom"`             // applicant, person, public
	Person    string     `json:"person,omitempty"` // formula of the national number, where Whom is person
	Form      *Form      `json:"form,omitempty"`   // their own form; its root is Result
	Decisions []Decision `json:"decisions"`
	Result    string     `json:"result"`
	Triage    *Triage    `json:"triage,omitempty"` // of what the public writes: only what is taken reaches the machine
	// What silence means is the last rung of the clock: the decision that then stands.
	Clock *Clock `json:"clock,omitempty"`
}

// Triage is who looks at the public's submissions before they count, and which of their fields anybody may read then.
type Triage struct {
	Role    string   `json:"role"`
	Publish []string `json:"publish,omitempty"`
}

// AppointmentNode lets the applicant book a slot with officers of Role, who then say whether the applicant came. After a missed one the
// applicant may book again, AtMost times in all.
type AppointmentNode struct {
	Role     string `json:"role"`
	Capacity int    `json:"capacity"` // of one slot
	Minutes  int    `json:"minutes"`  // of one slot
	AtMost   int    `json:"atMost"`   // bookings, the first among them
	Clock    *Clock `json:"clock,omitempty"`
}

// WaitNode waits for what comes first: Until (a formula of a date), the clock, or an event.
type WaitNode struct {
	Until string `json:"until,omitempty"`
	For   *Span  `json:"for,omitempty"`
	Event string `json:"event,omitempty"`
	About string `json:"about,omitempty"` // formula of text that the event must be about
	// Result is the root under which formulas read what the event gives; Keep are the fields that the machine needs.
	Result string   `json:"result,omitempty"`
	Keep   []string `json:"keep,omitempty"`
	Clock  *Clock   `json:"clock,omitempty"`
}

// NotifyNode tells somebody; the words are in Texts.
type NotifyNode struct {
	Whom   string `json:"whom"` // applicant, person, role
	Person string `json:"person,omitempty"`
	Role   string `json:"role,omitempty"`
}

// RevokeNode takes the validity of the document that the application has issued.
type RevokeNode struct {
	Document string `json:"document"`
}

// RightNode grants a right or changes one that the application is about.
type RightNode struct {
	Right  string     `json:"right"`
	Change string     `json:"change"` // granted, renewed, suspended, resumed, transferred, replaced, revoked, expired
	Of     string     `json:"of,omitempty"`
	Terms  []Argument `json:"terms"`
	Result string     `json:"result"`
}

// StartNode starts an application of another service for About (a formula of a national number, "" = the same applicant).
type StartNode struct {
	Service string     `json:"service"`
	About   string     `json:"about,omitempty"`
	With    []Argument `json:"with"`
	Wait    bool       `json:"wait,omitempty"`
	Result  string     `json:"result"` // formulas read Result.outcome
	Clock   *Clock     `json:"clock,omitempty"`
	// Undo is the key of the node (kind undo) that withdraws what was started, "" = it goes on by itself.
	Undo string `json:"undo,omitempty"`
}

// WithdrawNode withdraws the application of Service that a step has started, where it has not ended.
type WithdrawNode struct {
	Service string `json:"service"`
}

// Undo is the key of the node that takes back what this one has done, "" = it stands.
func (n *Node) Undo() string {
	switch {
	case n.Kind == Write && n.Lookup != nil:
		return n.Lookup.Undo
	case n.Kind == Start && n.Start != nil:
		return n.Start.Undo
	}
	return ""
}

// ComputeNode evaluates Values once; formulas read them as Result.name.
type ComputeNode struct {
	Result string     `json:"result"`
	Values []Argument `json:"values"`
}

// DrawNode draws one of the channels by weight; formulas read Result.channel.
type DrawNode struct {
	Result   string    `json:"result"`
	Channels []Channel `json:"channels"`
}

// Channel is one outcome of a draw.
type Channel struct {
	Name   string `json:"name"`
	Weight int    `json:"weight"`
}

// PayOutNode pays Amount (a formula of money) to the applicant or to a person, on Account (a formula of text), on the card by which the
// application was paid for, or on an account that the applicant is asked for. It waits until the money has arrived.
type PayOutNode struct {
	Person  string `json:"person,omitempty"`
	Amount  string `json:"amount"`
	Account string `json:"account,omitempty"`
}

// SettleNode decides about deposits that are held.
type SettleNode struct {
	Fees []string `json:"fees"`
	What string   `json:"what"` // release, forfeit
}

// Decision is one that the officer may take. Comment says whether a comment is required.
type Decision struct {
	Action  string `json:"action"`
	Comment bool   `json:"comment,omitempty"`
	// AtMost bounds how often the application may go back by this decision; after that Then stands for it. 0 = not a return.
	AtMost int    `json:"atMost,omitempty"`
	Then   string `json:"then,omitempty"`
	When   string `json:"when,omitempty"` // formula: offered only when it holds
}

// CorrectNode opens a task for the applicant: the form, to be corrected and submitted again.
type CorrectNode struct {
	// Frozen are the form fields that earlier fees, lookups and guards have read: they can no longer be changed.
	Frozen []string `json:"frozen"`
	Clock  *Clock   `json:"clock,omitempty"`
}

// IssueNode issues the document Documents[code].
type IssueNode struct {
	Document string   `json:"document"`
	Deliver  []string `json:"deliver,omitempty"`
	Kept     *Span    `json:"kept,omitempty"` // by the office at which it is collected; nil = until somebody comes
}

// Document is what decides about a paper; its words are in Texts under document.<code>.
type Document struct {
	Code     string `json:"code"`
	Register string `json:"register"`
	Rows     []Row  `json:"rows"`
	Valid    string `json:"valid,omitempty"` // formula of the last day of validity
	Sample   bool   `json:"sample,omitempty"`
	Proves   string `json:"proves,omitempty"` // right that the paper follows
}

// Row is one labelled value of a paper or of an answer; its label is in Texts. Kind is the type of the value.
type Row struct {
	Code    string  `json:"code,omitempty"`  // of a paper: under which its layout speaks of it
	Claim   string  `json:"claim,omitempty"` // of a paper: under which a wallet keeps it
	Formula string  `json:"formula"`
	Kind    string  `json:"kind"`
	Fields  []Field `json:"fields,omitempty"` // columns, where Kind is list
	When    string  `json:"when,omitempty"`
	Unit    string  `json:"unit,omitempty"` // code of the unit of a number
}

// AnswerNode shows rows at once.
type AnswerNode struct {
	Rows []Row `json:"rows"`
}

// EndNode ends the application. Refund says, for each fee line, whether what was paid goes back (all) or stays (keep).
type EndNode struct {
	Outcome string   `json:"outcome"`
	Reason  bool     `json:"reason,omitempty"` // a reason text stands in Texts under end.<key>
	Refund  []Refund `json:"refund,omitempty"`
	// Undo says that what writes have entered is taken back before, the last of them first.
	Undo bool `json:"undo,omitempty"`
}

// Refund is what happens to a paid fee line at an end.
type Refund struct {
	Fee  string `json:"fee"`
	What string `json:"what"` // all, keep
}
