package application

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// gateway is the actor and the capacity of a payment gateway; started that of a service that was started and has ended; rounds that of a round
// that gives places.
const (
	gateway = machine.Gateway
	started = machine.Child
	rounds  = machine.Rounds
)

// Parent is the actor, in timelines too, that the application is which has started this one.
const Parent = machine.Parent

// Waived begins the key of what a payment desk says when nothing is left to pay though nobody has paid: the applicant was let off.
const Waived = "waived:"

// others are the actors that are no people.
var others = []string{gateway, events, started, Parent, rounds}

// SystemAct is what another system says about a step that waits for it.
type SystemAct struct {
	Application uuid.UUID
	Node        string // "" where it is not aimed at a step
	Visit       int
	Action      string // paid, the code of an event, ended, placed…
	Capacity    string // gateway, events, service, parent, round
	Reference   string // ID of the payment, the event or the application that was started
	Key         string // the other system's own ID of what it says
	Data        map[string]json.RawMessage
}

// SystemAct stores an act of a payment gateway or of a round in the caller's transaction and promises its delivery. The same key again changes nothing; with
// another content it is ErrKeyReused. After the commit call DeliverAct, or Relay.Wake.
func (b *Book) SystemAct(ctx context.Context, tx pgx.Tx, s SystemAct) (act uuid.UUID, err error) {
	if s.Capacity != gateway && s.Capacity != rounds || s.Node == "" {
		return uuid.Nil, fmt.Errorf("%w: system act", ErrInvalid)
	}
	return b.systemAct(ctx, tx, s)
}

func (b *Book) systemAct(ctx context.Context, tx pgx.Tx, s SystemAct) (act uuid.UUID, err error) {
	if !slices.Contains(others, s.Capacity) || s.Key == "" || len(s.Key) > mostKey || s.Action == "" {
		return uuid.Nil, fmt.Errorf("%w: system act", ErrInvalid)
	}
	request, err := requestHash(s)
	if err != nil {
		return uuid.Nil, err
	}
	row := actRow{
		id: uuid.New(), application: s.Application, actor: s.Capacity, key: s.Key, request: request, node: s.Node, visit: s.Visit,
		action: s.Action, capacities: []string{s.Capacity}, reference: s.Reference, at: b.now(),
	}
	if s.Data != nil {
		if row.data, err = json.Marshal(s.Data); err != nil {
			return uuid.Nil, err
		}
	}
	a, fresh, err := row.insert(ctx, tx)
	if err != nil || !fresh {
		return a.Act, err
	}
	return a.Act, outbox.Add(ctx, tx, row.message())
}

// DeliverAct brings a committed act to its application now and waits, at most 10 s, for what comes of it.
func (b *Book) DeliverAct(ctx context.Context, application, act uuid.UUID) (ActAnswer, error) {
	return b.await(ctx, application, act)
}
