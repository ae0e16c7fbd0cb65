package application

import (
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Status is where an application stands.
type Status string

// The statuses.
const (
	Received Status = "received" // stored, its workflow not yet heard of
	Open     Status = "open"     // at work: the next move is the authority's or the engine's
	Waiting  Status = "waiting"  // the next move is the applicant's
	Ended    Status = "ended"
)

// View is one application as somebody who may read it sees it. The words for Service, Step, Outcome and Reason are in the texts with the
// digest Texts (release.Store.Texts).
type View struct {
	ID             uuid.UUID
	Reference      string // what people say and write: D7K2-94QM
	Service        string
	Authority      string
	Applicant      uuid.UUID
	Plan           string // digest
	Texts          string // digest
	Language       string // of the applicant when it was submitted
	Status         Status
	Node           string            // key of the node at which it is
	Step           string            // code of that node's step
	Outcome        string            // "" until Ended
	Reason         string            // key into Texts.Reasons, or ""
	Sequence       int               // steps of the machine that were applied; grows with every change
	Form           map[string]any    // as last submitted or corrected; numbers are json.Number
	Labels         map[string]string // of answers of Form, and of those before a correction, that were chosen among records: form.LabelKey
	Facts          map[string]any    // of the applicant, at submission
	Behalf         map[string]any    // of who applies for them: as, nationalNumber, name, birthDate; nil where nobody does
	Representative *uuid.UUID        // who applies for them
	Answer         []Row             // of an enquiry
	Timeline       []Event           // in the order in which it happened
	Tasks          []Task            // open ones first, then closed ones by the time of closing
	Votes          []Vote            // of panels, in their order; for officers only
	Recused        []uuid.UUID       // officers who must not decide; for officers only
	Anytime        []string          // acts without a task that the reader may send now, beside withdraw; their titles are in Texts.Anytime
	Related        []Related         // that has started it, and that it has started, as far as the reader may see them
	Undoing        bool              // what was entered elsewhere is being taken back, before it ends or before it is entered anew
	Round          *Standing         // where it stands in the round of its service; nil where it takes part in none
	SuspendedUntil *time.Time        // it stands still, and goes on by itself then at the latest; nil where it does not
	Withdrawable   bool              // the applicant may send the act "withdraw" now
	SubmittedAt    time.Time
	EndedAt        *time.Time
	ErasedAt       *time.Time // everything personal of it is gone
	ErasedBy       string     // by which rule: 5 years after end
}

// Summary is one line of a list of applications.
type Summary struct {
	ID          uuid.UUID
	Reference   string
	Service     string
	Texts       string
	Status      Status
	Step        string
	Outcome     string
	Asked       string // kind of the open task that waits for the applicant, or ""
	SubmittedAt time.Time
	EndedAt     *time.Time
	For         string // name or number of the applicant, where whoever asks applies for them; else ""
}

// Event is one item of the timeline. Kind is submitted, entered, done, task, reminded, escalated, voted, extended, suspended, resumed, reopened, notice, paid, waived, issued, refunded or ended; Actor is
// applicant, officer, party, gateway or system. Comment is what the actor wrote, for the applicant to read.
type Event struct {
	At      time.Time
	Kind    string
	Step    string
	Visit   int
	Outcome string
	Actor   string
	Comment string
}

// Task is something that a person is, or was, asked to do. Act on it with its ID and Revision.
type Task struct {
	ID       uuid.UUID
	Node     string
	Step     string
	Visit    int
	Kind     string   // review, invite, correct, appointment, incident
	Role     string   // authority:role, applicant, InvitedRole or PublicRole
	Actions  []string // approve, sendBack, refuse… as the definition names them
	Comment  []string // actions that need a comment
	Frozen   []string // form fields that can no longer be changed (correct)
	Revision int
	OpenedAt time.Time
	DueAt    *time.Time
	Overdue  bool
	ClosedAt *time.Time
	Outcome  string
	Reason   string           // why an operator is asked, of an incident: no-row and the others of package machine
	Detail   string           // what of the definition or the tariff an incident is about, never of the case
	Skipping machine.Skipping // of an incident: what becomes of it when it is skipped, or why it cannot be
	Form     bool             // more than a decision is asked for: see Book.OwnForm
	From     *time.Time       // nobody may act before
	Panel    *Panel           // where several decide together
	Voted    int              // members of the panel who have

	Claimant     *uuid.UUID // who has claimed it, and until when: see ClaimedBy
	ClaimedUntil *time.Time
	Assigned     string // how it went to them: load or turns; "" where they have taken it
}

// ClaimedBy is who works on the task at an instant; false where nobody has claimed it, or the claim is over.
func (t Task) ClaimedBy(at time.Time) (uuid.UUID, bool) {
	if t.Claimant == nil || t.ClaimedUntil == nil || !t.ClaimedUntil.After(at) {
		return uuid.Nil, false
	}
	return *t.Claimant, true
}

// Open tells whether the task still waits.
func (t Task) Open() bool { return t.ClosedAt == nil }

// What is shown of an answer or a paper.
type (
	Row    = paper.Row
	Cell   = paper.Cell
	Column = paper.Column
)

// Standstill is one application that is suspended.
type Standstill struct {
	ID          uuid.UUID
	Reference   string
	Service     string
	Texts       string
	SubmittedAt time.Time
	Until       time.Time // then it goes on by itself
}

// QueueItem is one open task in an officer's queue; personal data is only in the application behind it.
type QueueItem struct {
	Task        Task
	Application uuid.UUID
	Reference   string
	Service     string
	Authority   string
	Texts       string
	SubmittedAt time.Time
	Suspended   bool // nothing can be done: the application stands still
}

// QueueFilter narrows a queue; zero fields do not.
type QueueFilter struct {
	Service   string
	Role      string // one of the officer's own
	Kind      string
	Reference string // beginning of a reference, however it is written
	Overdue   bool   // only those
}

// QueueCount is how many tasks wait for one role in one service.
type QueueCount struct {
	Role    string
	Service string
	Open    int
	Overdue int
}

// Page asks for a part of a list: at most Size items (1 to 100, 20 when zero) after the cursor ("" = from the beginning). A cursor is
// opaque and was given with the page before.
type Page struct {
	After string
	Size  int
}

// Paged is a part of a list. Next is the cursor of the next part, or "" at the end.
type Paged[T any] struct {
	Items []T
	Next  string
}
