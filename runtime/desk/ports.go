package desk

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/runtime/round"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Book is what the desk needs of an application.Book.
type Book interface {
	// Of any application: its ID by its number, and which texts are its service's.
	Referred(ctx context.Context, reference string) (uuid.UUID, error)
	TextsOf(ctx context.Context, id uuid.UUID) (digest string, err error)
	Path(ctx context.Context, capacities []string, application uuid.UUID) ([]application.Passed, error)
	Suspended(ctx context.Context, who application.Actor) ([]application.Standstill, error)
	Queue(ctx context.Context, who application.Actor, f application.QueueFilter, p application.Page) (application.Paged[application.QueueItem], error)
	QueueCounts(ctx context.Context, who application.Actor) ([]application.QueueCount, error)
	ForOfficer(ctx context.Context, capacities []string, id uuid.UUID) (*application.View, error)
	Corrections(ctx context.Context, capacities []string, id uuid.UUID) ([]application.FormVersion, error)
	Answers(ctx context.Context, capacities []string, id uuid.UUID) ([]application.RegistryAnswer, error)
	// OwnForm is what is filled in beside the decision on a task; nil where nothing is.
	OwnForm(ctx context.Context, v *application.View, t application.Task) (*application.OwnForm, error)
	Messages(ctx context.Context, r application.Reader, p application.Page) (application.Paged[application.Message], error)
	MarkRead(ctx context.Context, r application.Reader, messages []uuid.UUID) error
	// What the public says: what waits for a role of the actor, one of it, and all of an application; Triage gives the code of a refusal.
	ToTriage(ctx context.Context, actor application.Actor, p application.Page) (application.Paged[application.Statement], error)
	ToLookAt(ctx context.Context, actor application.Actor, id uuid.UUID) (*application.Statement, error)
	StatementsOf(ctx context.Context, capacities []string, id uuid.UUID, p application.Page) (application.Paged[application.Statement], error)
	Triage(ctx context.Context, actor application.Actor, statement uuid.UUID, take bool, reason string) (code string, err error)
	News(ctx context.Context, r application.Reader) (application.News, error)
	// Handle claims, releases or recuses; code says why not.
	Handle(ctx context.Context, actor application.Actor, id, task uuid.UUID, action, comment string) (code string, err error)
	// Counter lists the services whose forms a holder of the capacities may fill in for others.
	Counter(capacities []string) []*release.Live
	BeginFor(ctx context.Context, officer application.Actor, service, number, language string) (draft uuid.UUID, err error)
	Act(ctx context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error)
}

// People is what the desk needs of an identity.Guard.
type People interface {
	Named(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*identity.Person, error)
	Holders(ctx context.Context, capacity string) ([]*identity.Person, error)
	Colleagues(ctx context.Context, authority string) ([]*identity.Person, error)
	Delegate(ctx context.Context, d identity.Delegation) (uuid.UUID, error)
	EndDelegation(ctx context.Context, from, id uuid.UUID) error
	Delegations(ctx context.Context, person uuid.UUID) ([]identity.Delegation, error)
}

// Releases is what the desk needs of a release.Store.
type Releases interface {
	Service(code string) (*release.Live, bool)
	Services() []*release.Live
	Plan(digest string) (*plan.Plan, bool)
	Texts(digest string) (*plan.Texts, bool)
	Reference() *release.Reference
}

// Payments is what the desk needs of a payment.Desk.
type Payments interface {
	OfApplication(ctx context.Context, application uuid.UUID) ([]payment.View, error)
	ByBill(ctx context.Context, reference string) (application uuid.UUID, err error)
	PayoutsOf(ctx context.Context, application uuid.UUID) ([]payment.Payout, error)
	// Money that waits for an operator of the authorities, and that of an application, also what was settled.
	Incidents(ctx context.Context, authorities []string, n int) ([]payment.Incident, error)
	CountIncidents(ctx context.Context, authorities []string) (int, error)
	IncidentsOf(ctx context.Context, application uuid.UUID) ([]payment.Incident, error)
	ActOnIncident(ctx context.Context, a payment.IncidentAct) error
	// To let the money of a lost dispute go: one operator asks, another answers.
	Forgo(ctx context.Context, authorities []string, application, incident uuid.UUID, reason string, by uuid.UUID) error
	DecideForgoing(ctx context.Context, authorities []string, application, id uuid.UUID, approve bool, by uuid.UUID) error
	// Waivers: of an application, those that wait, to propose one and to decide on it.
	Waivers(ctx context.Context, application uuid.UUID) ([]payment.Waiver, error)
	WaiversWaiting(ctx context.Context, authorities []string) ([]payment.Waiver, error)
	Waive(ctx context.Context, authorities []string, id uuid.UUID, lines []activity.Line, basis, reason string, by uuid.UUID) (uuid.UUID, error)
	DecideWaiver(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error
	// Refunds by request: what could go back, what was asked for, to ask for it and to decide on it.
	Refundable(ctx context.Context, application uuid.UUID) ([]payment.Refundable, error)
	RefundRequestsOf(ctx context.Context, application uuid.UUID) ([]payment.RefundRequest, error)
	RefundRequests(ctx context.Context, authorities []string) ([]payment.RefundRequest, error)
	RequestRefund(ctx context.Context, authorities []string, id uuid.UUID, fees []string, reason string, by uuid.UUID) (uuid.UUID, error)
	DecideRefund(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error
}

// Documents is what the desk needs of a document.Archive.
type Documents interface {
	Upload(ctx context.Context, owner uuid.UUID, name string, body io.Reader) (document.Upload, error)
	Stat(ctx context.Context, owner, id uuid.UUID) (document.Upload, error)
	// StatOf describes an upload that a form of the application names.
	StatOf(ctx context.Context, application, id uuid.UUID) (document.Upload, error)
	OfApplication(ctx context.Context, application uuid.UUID) ([]document.Issued, error)
	Open(ctx context.Context, application uuid.UUID, id string) (*document.File, error)
	OpenUploadOf(ctx context.Context, application, id uuid.UUID) (*document.File, error)
	// What officers ask for about papers: to suspend one, and to let it hold again.
	Holds(ctx context.Context, papers []document.Issued) ([]document.Hold, error)
	HoldsWaiting(ctx context.Context, authorities []string) ([]document.Hold, error)
	ProposeHold(ctx context.Context, authorities []string, application uuid.UUID, id string, kind proposal.Kind, reason string, by uuid.UUID) error
	DecideHold(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error
}

// Delivery is what the desk needs of delivery.Deliveries.
type Delivery interface {
	AtOffice(ctx context.Context, authorities []string, office string) ([]delivery.Collection, error)
	One(ctx context.Context, authorities []string, typed string) (*delivery.Collection, error)
	Have(ctx context.Context, authorities []string, code string, by uuid.UUID) error
	HandOver(ctx context.Context, authorities []string, code string, h delivery.Handed) error
	// Papers that go by post: whether there are any, what is to be packed, and what is handed to the carrier.
	Posts(ctx context.Context, authorities []string) (bool, error)
	ToPost(ctx context.Context, authorities []string) ([]delivery.Posting, error)
	OnePosting(ctx context.Context, authorities []string, paper string) (*delivery.Posting, error)
	Address(ctx context.Context, application uuid.UUID, paper string) (delivery.Address, error)
	Label(ctx context.Context, authorities []string, paper, number string) error
	Again(ctx context.Context, authorities []string, paper string) error
	CloseManifest(ctx context.Context, authority string, by uuid.UUID) (id string, err error)
	Manifests(ctx context.Context, authorities []string) ([]delivery.Manifest, error)
	OneManifest(ctx context.Context, authorities []string, id string) (*delivery.Manifest, []delivery.Line, error)
	ManifestFile(ctx context.Context, authorities []string, id string) ([]byte, error)
	HandToCarrier(ctx context.Context, authorities []string, id string, by uuid.UUID) error
	Track(ctx context.Context, authorities []string, told []delivery.Tracked, by uuid.UUID) ([]delivery.Wrong, error)
}

// Rights is what the desk needs of a right.Register.
type Rights interface {
	OfApplication(ctx context.Context, application uuid.UUID) ([]right.Entry, error)
}

// Appointments is what the desk needs of an appointment.Diary.
type Appointments interface {
	Open(ctx context.Context, o appointment.Opening) (opened int, err error)
	Close(ctx context.Context, capacities []string, slot uuid.UUID) error
	Day(ctx context.Context, capacities []string, day string) ([]appointment.Held, error)
}

// Rounds is what the desk needs of round.Rounds.
type Rounds interface {
	List(ctx context.Context, authorities []string) ([]round.Round, error)
	One(ctx context.Context, authorities []string, k activity.RoundKey) (*round.Round, error)
	Ranked(ctx context.Context, k activity.RoundKey, after, n int) ([]round.Line, error)
	OnTheWay(ctx context.Context, k activity.RoundKey, n int) ([]round.Line, error)
}

// Ledger is what the desk needs of a ledger.Book.
type Ledger interface {
	Authorities(ctx context.Context) ([]string, error)
	Trial(ctx context.Context, s ledger.Scope) ([]ledger.Balance, error)
	Entries(ctx context.Context, s ledger.Scope, before int64) (list []ledger.Written, more bool, err error)
	OfApplication(ctx context.Context, application uuid.UUID) ([]ledger.Written, error)
	One(ctx context.Context, id uuid.UUID) (*ledger.Written, error)
	Head(ctx context.Context) (ledger.Head, error)
	Link(ctx context.Context, number int64) (ledger.Head, error)
	VerifyNext(ctx context.Context, from ledger.Head) (to ledger.Head, more bool, err error)
	Periods(ctx context.Context, authority string, now time.Time) (closed []ledger.Period, next string, err error)
	ClosePeriod(ctx context.Context, c ledger.Closing) error
	Propose(ctx context.Context, authorities []string, entry uuid.UUID, reason string, by uuid.UUID, at time.Time) (uuid.UUID, error)
	Decide(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID, at time.Time) error
	Corrections(ctx context.Context, authorities []string) ([]proposal.Proposal, error)
	CorrectionOf(ctx context.Context, entry uuid.UUID) (*proposal.Proposal, error)
}

// Tills is what the desk needs of till.Tills.
type Tills interface {
	Open(ctx context.Context, o till.Opening) (uuid.UUID, error)
	Of(ctx context.Context, clerk uuid.UUID) (*till.Till, error)
	One(ctx context.Context, authorities []string, id uuid.UUID) (*till.Till, error)
	List(ctx context.Context, authorities []string) ([]till.Till, error)
	Take(ctx context.Context, k till.Taking) (till.Taken, error)
	Takings(ctx context.Context, till uuid.UUID) ([]till.Taken, error)
	ProposeVoid(ctx context.Context, clerk, taking uuid.UUID, reason string) error
	Count(ctx context.Context, c till.Count) (closed bool, err error)
	Proposals(ctx context.Context, till uuid.UUID) ([]proposal.Proposal, error)
	Decide(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error
	Deposit(ctx context.Context, authorities []string, id uuid.UUID, slip string, by uuid.UUID) error
	Differences(ctx context.Context, authorities []string, of uuid.UUID) ([]till.Difference, error)
	Explain(ctx context.Context, authorities []string, id uuid.UUID, reason string, by uuid.UUID) error
	Waits(ctx context.Context, authorities, books []string, by uuid.UUID) (int, error)
}

// Settlement is what the desk needs of settlement.Books.
type Settlement interface {
	Days(ctx context.Context, until string) (list []settlement.Day, more bool, err error)
	Day(ctx context.Context, provider, day string) (*settlement.Day, error)
	Differences(ctx context.Context, provider, day string) ([]settlement.Found, error)
	Difference(ctx context.Context, id uuid.UUID) (*settlement.Found, error)
	CountOpen(ctx context.Context) (int, error)
	Compare(ctx context.Context, provider, day string) error
	Explain(ctx context.Context, id, by uuid.UUID, reason string) error
	SignOff(ctx context.Context, provider, day string, by uuid.UUID) error
	Figures(ctx context.Context, from, until string) ([]settlement.Figure, error)
}

// Audit keeps who read what: audit.Record on a pool.
type Audit func(ctx context.Context, e audit.Entry) error
