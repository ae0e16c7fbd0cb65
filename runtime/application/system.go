package application

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
)

// gateway is the actor and the capacity of a payment gateway.
const gateway = "gateway"

// SystemAct is what another system says about a step that waits for it.
type SystemAct struct {
	Application uuid.UUID
	Node        string
	Visit       int
	Action      string // paid
	Capacity    string // gateway
	Reference   string // ID of the payment
	Key         string // the other system's own ID of what it says
}

// SystemAct stores an act in the caller's transaction and promises its delivery. The same key again changes nothing; with another content
// it is ErrKeyReused. After the commit call DeliverAct, or Relay.Wake.
func (b *Book) SystemAct(ctx context.Context, tx pgx.Tx, s SystemAct) (act uuid.UUID, err error) {
	if s.Capacity != gateway || s.Key == "" || len(s.Key) > mostKey || s.Node == "" || s.Action == "" {
		return uuid.Nil, fmt.Errorf("%w: system act", ErrInvalid)
	}
	request, err := requestHash(s)
	if err != nil {
		return uuid.Nil, err
	}
	row := actRow{
		id: uuid.New(), application: s.Application, actor: gateway, key: s.Key, request: request, node: s.Node, visit: s.Visit,
		action: s.Action, capacities: []string{s.Capacity}, reference: s.Reference, at: b.now(),
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
