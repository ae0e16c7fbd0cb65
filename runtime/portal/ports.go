package portal

import (
	"context"
	"encoding/json"
	"io"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Releases is what the portal needs of *release.Store.
type Releases interface {
	Head() release.Head
	Service(code string) (*release.Live, bool)
	Services() []*release.Live
	Reference() *release.Reference
	Plan(digest string) (*plan.Plan, bool)
	Texts(digest string) (*plan.Texts, bool)
}

// Applications is what the portal needs of *application.Book.
type Applications interface {
	// Ask asks a registry for a form; application.ErrUnavailable.
	Ask(ctx context.Context, registry, operation string, with map[string]json.RawMessage) (found bool, answer json.RawMessage, err error)
	Quote(ctx context.Context, p application.Person, service string, form map[string]any) (application.Quote, error)
	Submit(ctx context.Context, s application.Submission) (*application.View, error)
	Settle(ctx context.Context, id uuid.UUID, until func(application.Progress) bool) (bool, error)
	Act(ctx context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error)
	ForApplicant(ctx context.Context, person, id uuid.UUID) (*application.View, error)
	// TextsOf is the digest of the texts of an application, which are public, whoever asks.
	TextsOf(ctx context.Context, id uuid.UUID) (digest string, err error)
	Offers(ctx context.Context, person uuid.UUID) ([]application.Draft, error)
	Draft(ctx context.Context, caller, id uuid.UUID) (*application.Draft, error)
	SendDraft(ctx context.Context, caller, id uuid.UUID, s application.Submission) (application uuid.UUID, reference string, err error)
	Decline(ctx context.Context, person, id uuid.UUID) error
	// Capacities are those in which one may apply for somebody else; BeginOnBehalf opens the form for them.
	Capacities(service string) []plan.Representation
	BeginOnBehalf(ctx context.Context, by application.Person, service, as string, of application.Principal, language, key string) (draft uuid.UUID, err error)
	// AskedOf lists what a person is asked by national number; Asked is one of it, or a task of their own; application.ErrNotFound.
	AskedOf(ctx context.Context, person uuid.UUID, number string) ([]application.Asked, error)
	Asked(ctx context.Context, person uuid.UUID, number string, task uuid.UUID) (*application.Asked, error)
	// AskedForm opens what is filled in beside an answer; nil where nothing is.
	AskedForm(ctx context.Context, q *application.Asked) (*application.OwnForm, error)
	// Hearings are where the public is heard now; Hearing is one of them, for a person or for nobody; Speak takes what one of the public says and
	// gives the code of a refusal.
	Hearings(ctx context.Context) ([]application.Asked, error)
	Hearing(ctx context.Context, person, task uuid.UUID) (*application.Hearing, error)
	Speak(ctx context.Context, actor application.Actor, task uuid.UUID, r application.ActRequest) (code string, err error)
	Invitation(ctx context.Context, number, token string) (task uuid.UUID, err error)
	Links(ctx context.Context, person, application uuid.UUID) (map[uuid.UUID]string, error)
	Messages(ctx context.Context, r application.Reader, p application.Page) (application.Paged[application.Message], error)
	MarkRead(ctx context.Context, r application.Reader, messages []uuid.UUID) error
	News(ctx context.Context, r application.Reader) (application.News, error)
	OwnOf(ctx context.Context, person uuid.UUID) (map[uuid.UUID]application.Own, error)
	ListForApplicant(ctx context.Context, person uuid.UUID, p application.Page) (application.Paged[application.Summary], error)
	// Counter lists the services whose forms a holder of the capacities may fill in for others.
	Counter(capacities []string) []*release.Live
}

// Payments is what the portal needs of *payment.Desk.
type Payments interface {
	OfApplication(ctx context.Context, application uuid.UUID) ([]payment.View, error)
	// ApplicationOf is the application to which a payment belongs; payment.ErrNotFound.
	ApplicationOf(ctx context.Context, payment uuid.UUID) (uuid.UUID, error)
	// Offered are the names of the providers at which can be paid.
	Offered() []string
	Checkout(ctx context.Context, r payment.CheckoutRequest) (url string, err error)
	Confirm(ctx context.Context, payment uuid.UUID) (payment.Status, error)
	// DueOf is what can be paid now of applications, and of payments whosesoever they are.
	DueOf(ctx context.Context, applications, others []uuid.UUID) ([]payment.View, error)
	// CheckoutJointly and ConfirmJointly are Checkout and Confirm for several payments at once; payment.ErrCurrencies, payment.ErrTooMany.
	CheckoutJointly(ctx context.Context, r payment.JointRequest) (url string, err error)
	ConfirmJointly(ctx context.Context, payments []uuid.UUID) ([]payment.View, error)
	// OfBill is the payment of a bill by its number; payment.ErrNotFound.
	OfBill(ctx context.Context, reference string) (payment uuid.UUID, err error)
	// Bill is by which a payment can be made at a bank; payment.ErrNoBills, payment.ErrNotDue, payment.ErrNotFound.
	Bill(ctx context.Context, payment uuid.UUID) (payment.Bill, error)
	PayoutsOf(ctx context.Context, application uuid.UUID) ([]payment.Payout, error)
	// GiveAccount says to which account a payout of an application goes; payment.ErrNotDue, payment.ErrNotFound.
	GiveAccount(ctx context.Context, application, payout uuid.UUID, account string) error
}

// Rights is what the portal needs of *right.Register.
type Rights interface {
	OfHolder(ctx context.Context, person uuid.UUID, nationalNumber string) ([]right.Entry, error)
	// Public is what anybody may see who has the number; right.ErrNotFound.
	Public(ctx context.Context, number string) (right.Entry, error)
}

// Appointments is what the portal needs of *appointment.Diary.
type Appointments interface {
	// Free lists the times of a step that can be booked now.
	Free(ctx context.Context, service, node string) ([]appointment.Slot, error)
	OfApplication(ctx context.Context, application uuid.UUID) ([]appointment.Booking, error)
}

// Audit keeps who fetched what: audit.Record on a pool.
type Audit func(ctx context.Context, e audit.Entry) error

// Wallets is what the portal needs of *credential.Office.
type Wallets interface {
	// Offer offers a paper of who asks; credential.ErrNotValid, credential.ErrTooMany.
	Offer(ctx context.Context, paper string) (credential.Offer, error)
	// Verify reads what a holder shows.
	Verify(ctx context.Context, text string) (credential.Shown, error)
}

// Delivery is what the portal needs of *delivery.Deliveries.
type Delivery interface {
	Of(ctx context.Context, application uuid.UUID) ([]delivery.Collection, error)
	// Choose asks an office for a paper; delivery.ErrState where it was handed over meanwhile.
	Choose(ctx context.Context, application uuid.UUID, paper, office string, other *delivery.Other) error
	// Papers that go by post: where they are and go to, and to ask for one; delivery.ErrState where it is packed, delivery.ErrPaper where it is not valid.
	PostOf(ctx context.Context, application uuid.UUID) ([]delivery.Posting, error)
	Address(ctx context.Context, application uuid.UUID, paper string) (delivery.Address, error)
	Send(ctx context.Context, application uuid.UUID, paper string, to delivery.Address) error
	// Papers of which a link is sent by e-mail, and to ask for one: delivery.ErrMailbox, delivery.ErrPaper, delivery.ErrTooOften.
	LinksOf(ctx context.Context, application uuid.UUID) ([]delivery.Emailed, error)
	AskLink(ctx context.Context, application uuid.UUID, paper string, by uuid.UUID, to, language string) error
	// Link is the paper of a link, whoever has it: delivery.ErrNotFound, delivery.ErrOver, delivery.ErrPaper. Used takes one download of it: delivery.ErrOver.
	Link(ctx context.Context, token string) (*delivery.Linked, error)
	Used(ctx context.Context, token string) error
}

// Documents is what the portal needs of *document.Archive.
type Documents interface {
	Upload(ctx context.Context, owner uuid.UUID, name string, body io.Reader) (document.Upload, error)
	Stat(ctx context.Context, owner, id uuid.UUID) (document.Upload, error)
	// StatOf describes an upload that a form of the application names.
	StatOf(ctx context.Context, application, id uuid.UUID) (document.Upload, error)
	OpenUploadOf(ctx context.Context, application, id uuid.UUID) (*document.File, error)
	OfApplication(ctx context.Context, application uuid.UUID) ([]document.Issued, error)
	// ApplicationOf is the application in which a paper was issued; document.ErrNotFound.
	ApplicationOf(ctx context.Context, id string) (uuid.UUID, error)
	Open(ctx context.Context, application uuid.UUID, id string) (*document.File, error)
	// Download opens a paper for its holder; document.ErrNotFound where it comes to them otherwise.
	Download(ctx context.Context, application uuid.UUID, id string) (*document.File, error)
	Verify(ctx context.Context, id string) (document.Verification, error)
	VerifyFile(ctx context.Context, body io.Reader) (document.Verification, error)
}
