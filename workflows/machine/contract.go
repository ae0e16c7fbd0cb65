// Package machine is the engine's heart: a pure and total function from a plan, a state and an event to a state and effects.
//
// It knows no time, no randomness, no I/O and no map order: every event carries the facts that it brings, and the same inputs always give
// the same outputs. An event that does not fit is refused with a code and changes nothing; what the machine itself cannot decide (a
// registry that failed, a formula without a value, gates that go round in circles) becomes an incident, a task for an operator who lets it be
// tried again, or skips what has failed outside where nothing behind it needs the answer. So an application that has not ended always waits for something: a task, a payment, a clock or a lookup. The Temporal
// shell round it is workflows/interpret; it can be run, tested and measured without Temporal.
//
//	p, err := machine.Load(plan)
//	s, effects, refused := p.Step(machine.State{}, machine.Event{Start: &start})
//	for _, w := range p.Waits(s) {
//		if w.Asked != nil { … } // ask the registry, then Event{Answer: …}
//	}
//	if at, ok := s.DueAt(); ok { … } // arm a timer, then Event{Due: …}
package machine

import (
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// Event is exactly one of its fields.
type Event struct {
	Start  *activity.Start
	Act    *activity.Act
	Answer *LookupAnswer
	Due    *Due // a time limit is over
}

// LookupAnswer is the answer to a lookup that the state waits for.
type LookupAnswer struct {
	Node   string
	Visit  int
	Answer activity.Answer
}

// Due says that the instant of State.DueAt has come. It takes one rung; another one that is over has an event of its own. A program that Knows is
// told what is known then.
type Due struct {
	At       time.Time
	Calendar *worktime.Calendar
	Tariffs  []activity.Tariff
}

// Refusal is why an event changed nothing; "" means that it took effect. Refusals of acts are what activity.ActResult carries.
type Refusal string

// The refusals.
const (
	Closed          Refusal = "closed"           // the task is not open (any more)
	Revision        Refusal = "revision"         // the task has changed since it was read
	Forbidden       Refusal = "forbidden"        // none of the capacities may act here
	UnknownAction   Refusal = "unknown-action"   // the task has no such action
	CommentRequired Refusal = "comment-required" // the decision needs a comment
	OwnApplication  Refusal = "own-application"  // nobody decides on their own application
	Frozen          Refusal = "frozen"           // a value that was already relied upon has changed
	Invalid         Refusal = "invalid"          // a value has another type than the plan declares, or the event is malformed
	SameOfficer     Refusal = "same-officer"     // who decided before may not decide here (four eyes)
	HasVoted        Refusal = "voted"            // everybody votes once
	TooEarly        Refusal = "too-early"        // the notice is not over, the appointment has not begun
	BeingUndone     Refusal = "being-undone"     // the application is about to end: what was entered elsewhere is being taken back
	Suspended       Refusal = "suspended"        // the application stands still
	Over            Refusal = "ended"            // the application has ended
	Late            Refusal = "late"             // an answer that is not waited for, a clock that is not due
)

// Names that the machine gives to what plans do not name.
const (
	Withdraw  = "withdraw"  // action of the applicant, or of the application that has started this one, without a task
	Paid      = "paid"      // action of the gateway
	PaidOut   = "paidOut"   // action of the gateway: money that is paid out has arrived
	Failed    = "failed"    // action of the gateway: it has not, and will not
	Submit    = "submit"    // action of a correction
	Retry     = "retry"     // action of an incident
	Skip      = "skip"      // action of an incident that has failed outside
	Gateway   = "gateway"   // capacity of the payment gateway
	Applicant = "applicant" // capacity of the applicant
	Events    = "events"    // capacity of what takes events from outside
	Child     = "service"   // capacity of a service that was started
	Parent    = "parent"    // capacity of the application that has started this one
	Rounds    = "round"     // capacity of the round that gives places
	Person    = "person"    // capacity of somebody who was invited: person:national number
	Public    = "public"    // capacity of everybody
	Operator  = "operator"  // role, in the service's authority, that looks after incidents
)

// The incidents: why an operator is asked. They stand in Effect.Reason as incident.<code>.
const (
	LookupFailed = "lookup-failed" // the registry failed for good, or answered what it does not declare
	ActionFailed = "action-failed" // something that was to be done outside failed for good, or came back otherwise than declared
	PayoutFailed = "payout-failed" // money could not be paid out, for instance to an account that is closed
	NoValue      = "no-value"      // a formula has no value
	NoWay        = "no-way"        // no edge of the node holds
	NoProgress   = "no-progress"   // a round of nodes without a wait
	BadFee       = "bad-fee"       // a fee line is negative, in another currency or too large
	TooMany      = "too-many"      // more items than there may be branches
	NoTariff     = "no-tariff"     // no version of the tariff holds on the day that chooses it
	NoAuthority  = "no-authority"  // the application names an authority that there is not
	NoRow        = "no-row"        // a table of the tariff has no row for the case
	NoCalendar   = "no-calendar"   // working days are to be counted and no event brought a calendar
)
