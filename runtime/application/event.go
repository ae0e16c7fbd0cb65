package application

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// events is the actor and the capacity of what other systems tell. As a capacity of a caller it is written events:authority, and lets a system
// tell the events of that authority.
const events = machine.Events

// Bounds of an event.
const (
	mostEventName = 512
	mostEvent     = 64 << 10 // bytes of its data
)

// Told is an event as another system tells it: CloudEvents' source, id, type and data.
type Told struct {
	Source, ID, Type string
	Data             []byte // JSON
}

// BadEvent is an event that is not what its declaration in the catalogue says. Field is where, "" for the data as a whole; it never holds a value.
type BadEvent struct {
	Field string
	why   string
}

func (b *BadEvent) Error() string { return "application: event: " + b.Field + ": " + b.why }

// Tell stores an event and promises that whomever it concerns hears of it: every open application that waits for it, and every service that it
// begins. Of one authority's events the same source and ID again changes nothing; with another content it is ErrKeyReused. ErrNotFound where
// the catalogue has no such event; ErrForbidden where the capacities are not those of the authority that tells it; *BadEvent. Nothing is stored
// with an error.
func (b *Book) Tell(ctx context.Context, capacities []string, t Told) error {
	if t.Source == "" || t.ID == "" || len(t.Source) > mostEventName || len(t.ID) > mostEventName || !postgres.Storable(t.Source, t.ID, t.Type) {
		return fmt.Errorf("%w: an event needs a source and an id of at most %d characters", ErrInvalid, mostEventName)
	}
	declared, ok := b.o.Releases.Reference().Event(t.Type)
	switch {
	case !ok:
		return fmt.Errorf("%w: event", ErrNotFound)
	case declared.Authority == "" || !slices.Contains(capacities, events+":"+declared.Authority):
		return ErrForbidden
	case len(t.Data) > mostEvent:
		return &BadEvent{why: "too large"}
	}
	data, err := registry.Declared(declared.Gives, t.Data)
	if wrong := (*registry.Undeclared)(nil); errors.As(err, &wrong) {
		return &BadEvent{Field: wrong.Field, why: "not as it is declared"}
	}
	if err != nil {
		return &BadEvent{why: err.Error()}
	}
	about, err := subject(declared.About, data)
	if err != nil {
		return err
	}
	request, err := requestHash(t.Type, json.RawMessage(data))
	if err != nil {
		return err
	}
	id := uuid.New()
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO event (id, authority, source, event, type, about, raw, data, request, received_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (authority, source, event) DO NOTHING`,
			id, declared.Authority, t.Source, t.ID, t.Type, about, t.Data, data, request, b.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			var before []byte
			err := tx.QueryRow(ctx, "SELECT request FROM event WHERE authority = $1 AND source = $2 AND event = $3", declared.Authority, t.Source, t.ID).Scan(&before)
			if err == nil && !bytes.Equal(before, request) {
				err = ErrKeyReused
			}
			return err
		}
		// What one source tells is passed on in the order in which it came.
		return outbox.Add(ctx, tx, outbox.Message{Kind: eventKind, Subject: id.String(), Lane: "event " + declared.Authority + " " + t.Source})
	})
	if err != nil {
		return err
	}
	b.o.Relay.Wake()
	return nil
}

// subject is whom or what an event is about.
func subject(field string, data []byte) (string, error) {
	if field == "" {
		return "", nil
	}
	fields, err := raw(data)
	if err != nil {
		return "", err
	}
	var about string
	if json.Unmarshal(fields[field], &about) != nil || about == "" {
		return "", &BadEvent{Field: field, why: "it must say whom or what the event is about"}
	}
	return about, nil
}

// storedEvent is an event that is being passed on.
type storedEvent struct {
	id          uuid.UUID
	kind, about string
	data        json.RawMessage
	through     uuid.UUID
	at          time.Time
}

func (b *Book) event(ctx context.Context, id string) (*storedEvent, error) {
	e := &storedEvent{}
	err := b.o.Pool.QueryRow(ctx, "SELECT id, type, about, data, through, received_at FROM event WHERE id = $1", id).
		Scan(&e.id, &e.kind, &e.about, &e.data, &e.through, &e.at)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return e, err
}

// passAtOnce is how many applications hear of an event in one transaction.
const passAtOnce = 500

// deliverEvent passes an event on: first to the applications that wait for it, then to the services that it begins. How far it has come is kept,
// and each application hears of it once, so that it may begin again anywhere.
func (b *Book) deliverEvent(ctx context.Context, d outbox.Delivery) error {
	e, err := b.event(ctx, d.Subject)
	if err != nil || e == nil {
		return err
	}
	for more := true; more; {
		var through uuid.UUID
		err := postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) (err error) {
			through, more, err = b.pass(ctx, tx, e)
			return err
		})
		if err != nil {
			return err
		}
		e.through = through
	}
	if err := b.beginBy(ctx, e); err != nil {
		return err
	}
	_, err = b.o.Pool.Exec(ctx, "UPDATE event SET done_at = $2 WHERE id = $1", e.id, b.now())
	b.o.Relay.Wake()
	return err
}

// pass stores an act for each of the next applications that wait for the event, and gives the last of them; more says that there may be others.
// It changes nothing of the event in memory: the transaction may be repeated.
func (b *Book) pass(ctx context.Context, tx pgx.Tx, e *storedEvent) (through uuid.UUID, more bool, err error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT application FROM awaited WHERE event = $1 AND about = ANY($2) AND application > $3 ORDER BY application LIMIT $4`,
		e.kind, []string{"", e.about}, e.through, passAtOnce)
	if err != nil {
		return through, false, err
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(waiting) == 0 {
		return e.through, false, err
	}
	for _, application := range waiting {
		_, err := b.systemAct(ctx, tx, SystemAct{Application: application, Action: e.kind, Capacity: events, Reference: e.id.String(), Key: events + " " + e.id.String()})
		if err != nil {
			return through, false, err
		}
		through = application
	}
	_, err = tx.Exec(ctx, "UPDATE event SET through = $2 WHERE id = $1", e.id, through)
	return through, len(waiting) == passAtOnce, err
}

// heard is what an event brings to the nodes of a plan that wait for it.
func heard(pl *plan.Plan, event string, data map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for i := range pl.Nodes {
		w := pl.Nodes[i].Wait
		if w == nil || w.Event != event || w.Result == "" {
			continue
		}
		for _, name := range w.Keep {
			if v, ok := data[name]; ok {
				out[w.Result+"."+name] = v
			}
		}
	}
	return out
}

// ForgetEvents drops what was told and passed on longer ago than age, a bounded number at a time. The same event is known as a repeat until then.
func (b *Book) ForgetEvents(ctx context.Context, age time.Duration) error {
	for {
		done, err := b.o.Pool.Exec(ctx, `DELETE FROM event WHERE id IN (SELECT id FROM event WHERE done_at < $1 ORDER BY done_at LIMIT $2)`, b.now().Add(-age), forgetAtOnce)
		if err != nil || done.RowsAffected() < forgetAtOnce {
			return err
		}
	}
}
