// Package plan is the executable form of a service: a flat graph of nodes, edges, clocks and formulas in ordered arrays, plain data
// that imports nothing of ours.
//
// A plan is immutable and addressed by the SHA-256 of its canonical bytes. It holds what decides and nothing that only speaks: texts,
// comments and source positions hang beside it (Texts), so that a translation never makes a new plan.
//
//	b := p.Canonical()
//	digest := plan.DigestOf(b)
//	p, err := plan.Decode(b)
package plan

import "encoding/json"

// Format is the version of this package's data shape; a machine refuses a plan of a format that it does not know.
const Format = 1

// Plan is one service as it runs.
type Plan struct {
	Format    int    `json:"format"`
	Service   string `json:"service"`
	Authority string `json:"authority"`
	Currency  string `json:"currency"`
	Zone      string `json:"zone"`
	Tariff    string `json:"tariff,omitempty"`

	// Scope is what formulas may read: the root variables form, applicant, facts, tariff, asOf and one for each lookup.
	Scope []Field `json:"scope"`
	// Reads is the read set: the paths of form and applicant that the machine needs. They travel in the encrypted input; nothing else
	// of the form does.
	Reads []string `json:"reads"`
	// TariffReads are the tariff entries that the machine needs; their values and version are brought by the event that starts the
	// application and frozen in its state.
	TariffReads []string `json:"tariffReads"`

	Facts     []Fact     `json:"facts"`
	Fees      []Fee      `json:"fees"`
	Nodes     []Node     `json:"nodes"`
	Edges     []Edge     `json:"edges"`
	Documents []Document `json:"documents"`
	// Withdraw is the index of the end node to which the applicant's withdrawal leads, or -1 where it is not allowed.
	Withdraw int `json:"withdraw"`

	// Form is the compiled form: fields with types and visibility, in order, and the JSON Schema that a normalised form must satisfy.
	Form Form `json:"form"`
}

// Field is a typed name. Kind is one of bool, int, decimal, money, text, date, list, record.
type Field struct {
	Name     string  `json:"name"`
	Kind     string  `json:"kind"`
	Fields   []Field `json:"fields,omitempty"` // of record and list
	Optional bool    `json:"optional,omitempty"`
	When     string  `json:"when,omitempty"` // formula under which it is present
}

// Fact is a named formula. Facts come in an order in which each reads only those before it.
type Fact struct {
	Name    string `json:"name"`
	Formula string `json:"formula"`
	Kind    string `json:"kind"`
}

// Fee is one fee line.
type Fee struct {
	Code   string `json:"code"`
	When   string `json:"when,omitempty"`
	Amount string `json:"amount"`
}

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
}

// LookupNode asks a registry; the answer is read by formulas as Result.field.
type LookupNode struct {
	Registry  string     `json:"registry"`
	Operation string     `json:"operation"`
	With      []Argument `json:"with"`
	Result    string     `json:"result"`
	// Keep are the fields of the answer that the machine needs (its read set of this answer); the whole answer is kept in Postgres.
	Keep []string `json:"keep"`
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
}

// ReviewNode opens a task for a role of the service's authority.
type ReviewNode struct {
	Role      string     `json:"role"`
	Decisions []Decision `json:"decisions"`
	Clock     *Clock     `json:"clock,omitempty"`
}

// Decision is one that the officer may take. Comment says whether a comment is required.
type Decision struct {
	Action  string `json:"action"`
	Comment bool   `json:"comment,omitempty"`
	// AtMost bounds how often the application may go back by this decision; after that Then stands for it. 0 = not a return.
	AtMost int    `json:"atMost,omitempty"`
	Then   string `json:"then,omitempty"`
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
}

// Document is what decides about a paper; its words are in Texts under document.<code>.
type Document struct {
	Code     string `json:"code"`
	Register string `json:"register"`
	Rows     []Row  `json:"rows"`
	Valid    string `json:"valid,omitempty"` // formula of the last day of validity
	Sample   bool   `json:"sample,omitempty"`
}

// Row is one labelled value of a paper or of an answer; its label is in Texts. Kind is the type of the value.
type Row struct {
	Formula string  `json:"formula"`
	Kind    string  `json:"kind"`
	Fields  []Field `json:"fields,omitempty"` // columns, where Kind is list
	When    string  `json:"when,omitempty"`
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
}

// Refund is what happens to a paid fee line at an end.
type Refund struct {
	Fee  string `json:"fee"`
	What string `json:"what"` // all, keep
}

// Clock is a time limit of a node, armed when the node is entered.
type Clock struct {
	Count int    `json:"count"`
	Unit  string `json:"unit"` // minutes, hours, days, working days, weeks, months, years
	Then  string `json:"then"` // escalate: mark the task and go on waiting; anything else is the outcome at expiry (lapse, refuse)
}

// Edge leads from one node to another when the node's outcome is On and Guard (a formula, "" = always) is true. The edges of a node are
// tried in their order; the compiler proves that one always holds. A gate's edges have On "".
type Edge struct {
	From  int    `json:"from"`
	To    int    `json:"to"`
	On    string `json:"on,omitempty"`
	Guard string `json:"guard,omitempty"`
}

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
