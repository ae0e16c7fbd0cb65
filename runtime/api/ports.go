package api

import (
	"context"
	"encoding/json"
	"io"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Book is what the API needs of an application.Book.
type Book interface {
	Submit(ctx context.Context, s application.Submission) (*application.View, error)
	// BeginOnBehalf opens the form for somebody else, which Draft reads and SendDraft sends.
	BeginOnBehalf(ctx context.Context, by application.Person, service, as string, of application.Principal, language, key string) (draft uuid.UUID, err error)
	Draft(ctx context.Context, caller, id uuid.UUID) (*application.Draft, error)
	SendDraft(ctx context.Context, caller, id uuid.UUID, s application.Submission) (application uuid.UUID, reference string, err error)
	Settle(ctx context.Context, id uuid.UUID, until func(application.Progress) bool) (bool, error)
	// Handle claims, releases or recuses; code says why not.
	Handle(ctx context.Context, actor application.Actor, id, task uuid.UUID, action, comment string) (code string, err error)
	Act(ctx context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error)
	// Ask asks a registry for a form; application.ErrUnavailable.
	Ask(ctx context.Context, registry, operation string, with map[string]json.RawMessage) (found bool, answer json.RawMessage, err error)
	Quote(ctx context.Context, p application.Person, service string, form map[string]any) (application.Quote, error)
	// OwnForm is what is filled in beside the decision on a task; nil where nothing is.
	OwnForm(ctx context.Context, v *application.View, t application.Task) (*application.OwnForm, error)
	Once(ctx context.Context, actor, key, route string, body []byte, do func(context.Context) (int, []byte, error)) (int, []byte, error)
	Tell(ctx context.Context, capacities []string, t application.Told) error
	ForApplicant(ctx context.Context, person, id uuid.UUID) (*application.View, error)
	ForOfficer(ctx context.Context, capacities []string, id uuid.UUID) (*application.View, error)
	// What others' applications ask of a person by national number; application.ErrNotFound for everybody else.
	AskedOf(ctx context.Context, person uuid.UUID, number string) ([]application.Asked, error)
	Asked(ctx context.Context, person uuid.UUID, number string, task uuid.UUID) (*application.Asked, error)
	AskedForm(ctx context.Context, q *application.Asked) (*application.OwnForm, error)
	OwnOf(ctx context.Context, person uuid.UUID) (map[uuid.UUID]application.Own, error)
	ListForApplicant(ctx context.Context, person uuid.UUID, p application.Page) (application.Paged[application.Summary], error)
	Queue(ctx context.Context, who application.Actor, f application.QueueFilter, p application.Page) (application.Paged[application.QueueItem], error)
}

// Releases is what the API needs of a release.Store.
type Releases interface {
	Service(code string) (*release.Live, bool)
	Services() []*release.Live
	Plan(digest string) (*plan.Plan, bool)
	Texts(digest string) (*plan.Texts, bool)
	Reference() *release.Reference
}

// Changes is what the API needs of change.Changes.
type Changes interface {
	Pull(ctx context.Context, release int64) (change.Catalogued, error)
	Take(ctx context.Context, by *identity.Person, t change.Taken) (*change.Change, error)
	Propose(ctx context.Context, by *identity.Person, number int64) (*change.Proposal, error)
	Withdraw(ctx context.Context, by *identity.Person, number int64) error
	Find(ctx context.Context, number int64) (*change.Change, error)
	List(ctx context.Context, f change.Filter) ([]*change.Change, error)
	Proposals(ctx context.Context, number int64) ([]change.Proposal, error)
	History(ctx context.Context) ([]release.Head, error)
	// Rollback: change.ErrNotFound, change.ErrComing.
	Rollback(ctx context.Context, by uuid.UUID, to int64, reason string) (release.Head, error)
}

// Payments is what the API needs of a payment.Desk.
type Payments interface {
	OfApplication(ctx context.Context, id uuid.UUID) ([]payment.View, error)
	PayoutsOf(ctx context.Context, id uuid.UUID) ([]payment.Payout, error)
	// DueOf is what can be paid now of applications, and of payments whosesoever they are.
	DueOf(ctx context.Context, applications, others []uuid.UUID) ([]payment.View, error)
}

// Documents is what the API needs of a document.Archive.
type Documents interface {
	Upload(ctx context.Context, owner uuid.UUID, name string, r io.Reader) (document.Upload, error)
	Stat(ctx context.Context, owner, id uuid.UUID) (document.Upload, error)
	// StatOf describes an upload that a form of the application names.
	StatOf(ctx context.Context, application, id uuid.UUID) (document.Upload, error)
	OfApplication(ctx context.Context, application uuid.UUID) ([]document.Issued, error)
	// ApplicationOf is the application in which a paper was issued; document.ErrNotFound. It says nothing of who may see it.
	ApplicationOf(ctx context.Context, id string) (uuid.UUID, error)
	Open(ctx context.Context, application uuid.UUID, id string) (*document.File, error)
	// Download opens a paper for its holder; document.ErrNotFound where it comes to them otherwise.
	Download(ctx context.Context, application uuid.UUID, id string) (*document.File, error)
}

// Rights is what the API needs of a right.Register.
type Rights interface {
	OfHolder(ctx context.Context, person uuid.UUID, nationalNumber string) ([]right.Entry, error)
	// Public is what anybody may see who has the number; right.ErrNotFound.
	Public(ctx context.Context, number string) (right.Entry, error)
}

// Delivery is what the API needs of delivery.Deliveries.
type Delivery interface {
	Of(ctx context.Context, application uuid.UUID) ([]delivery.Collection, error)
	PostOf(ctx context.Context, application uuid.UUID) ([]delivery.Posting, error)
	LinksOf(ctx context.Context, application uuid.UUID) ([]delivery.Emailed, error)
	// Track takes what a carrier tells, all or nothing; delivery.ErrTracking.
	Track(ctx context.Context, authorities []string, told []delivery.Tracked, by uuid.UUID) ([]delivery.Wrong, error)
}

// Appointments is what the API needs of an appointment.Diary.
type Appointments interface {
	// Free lists the times of a step that can be booked now.
	Free(ctx context.Context, service, node string) ([]appointment.Slot, error)
}
