package application

import (
	"github.com/google/uuid"
)

// Person is who applies: the identity and what was attested about it at the last sign-in (name, nationalNumber, birthDate, sex).
type Person struct {
	ID     uuid.UUID
	Facts  map[string]any
	Behalf *Behalf // who applies for them, nil where they do themselves
}

// Submission is a form that was normalised and validated by the caller, with hidden values dropped.
type Submission struct {
	Applicant Person
	Service   string
	Plan      string // digest of the plan against which the form was validated; "" = whichever is current
	Form      map[string]any
	Labels    map[string]string // of answers that were chosen among records, as form.Labels gives them
	Language  string
	Uploads   []uuid.UUID // files that the form names; they must belong to the applicant
	Key       string      // idempotency key of the caller, 1 to 128 characters
}

// Actor is who acts: a person with the capacities that identity attests now (authority:role…). Kind says in which role the person came.
type Actor struct {
	Person     uuid.UUID
	Capacities []string
	Kind       ActorKind
	// Delegated are those of Capacities that the person holds only because another officer has delegated them, with that officer.
	Delegated map[string]uuid.UUID
	// NationalNumber is what identity attests now, "" where it attests none: invitations go by it, and who was asked in an application does not
	// decide on it as an officer.
	NationalNumber string
}

// behalf is the officer for whom the actor acts in a role, zero where the role is the actor's own.
func (a Actor) behalf(role string) uuid.UUID { return a.Delegated[role] }

// ActorKind is in which role a person comes.
type ActorKind string

// The kinds of actor that send an ActRequest. What a gateway says comes by Book.SystemAct.
const (
	Applicant ActorKind = "applicant"
	Officer   ActorKind = "officer"
	Party     ActorKind = "party" // somebody who is asked in an application of another: by name, or as one of the public
)

// Actions that belong to no task, beside those that the plan names.
const (
	Withdraw = "withdraw" // of the applicant
	Skip     = "skip"     // of an operator, at a step that has failed outside; with the reason as its comment
	Suspend  = "suspend"  // of an officer, who lets the application stand still and says why
	Resume   = "resume"   // of an officer, who lets it go on
	Reopen   = "reopen"   // of an officer, who takes up again what has ended and says why
	Extend   = "extend"   // of an officer, who lengthens the deadline of the application and says why
)

// ActRequest is one thing that a person does to an application. Task is the zero UUID for what may happen at any time: Withdraw, Extend and what
// the plan names (View.Anytime). Data is what was filled in, whole, normalised and validated by the caller: the corrected form for the action
// "submit" of a correction, and the own form of a step (Task.Form) for whatever is decided there. It is given exactly where it is asked for.
// Labels belong to it as in a Submission.
type ActRequest struct {
	Task     uuid.UUID
	Action   string
	Revision int
	Data     map[string]any
	Labels   map[string]string
	Comment  string
	Uploads  []uuid.UUID
	Slot     uuid.UUID `json:",omitzero"` // that is booked, for the action "book" of an appointment and for no other
}

// ActAnswer is what came of an act. Code is empty when it took effect; otherwise it is one of the codes of activity.ActResult and nothing has
// changed. Pending means that the act is stored and will be delivered, but what comes of it is not known yet.
type ActAnswer struct {
	Act     uuid.UUID
	Code    string
	Pending bool
}

// TookEffect tells whether the act has changed the application.
func (a ActAnswer) TookEffect() bool { return a.Code == "" && !a.Pending }

// Conflict tells whether the act was refused because the application has moved on since the actor looked at it: show it again.
func (a ActAnswer) Conflict() bool {
	return a.Code == "closed" || a.Code == "revision" || a.Code == "ended"
}
