package application

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// beginBy lets an event begin what the services of the current release say: an offer to a person where their consent is needed, else an
// application that is sent at once. Each is made once for an event. What cannot be made is told to the operator and holds up nothing else.
func (b *Book) beginBy(ctx context.Context, e *storedEvent) error {
	for _, live := range b.o.Releases.Services() {
		for i := range live.Plan.Triggers {
			if live.Plan.Closed || live.Plan.Triggers[i].Event != e.kind {
				continue
			}
			refused, err := b.beginOne(ctx, e, live, i)
			if err != nil {
				return err
			}
			if refused != "" {
				b.o.Log.Error("application: an event did not begin what it should", "event", e.id, "service", live.Service, "trigger", i+1, "reason", refused)
			}
		}
	}
	return nil
}

func (b *Book) beginOne(ctx context.Context, e *storedEvent, live *release.Live, trigger int) (refused string, err error) {
	begun, starts, refused, err := b.worked(live, trigger, e.data)
	if err != nil || refused != "" || !starts {
		return refused, err
	}
	return b.beginWith(ctx, beginning{event: &e.id, at: e.at, key: e.id.String() + " " + live.Service + " " + strconv.Itoa(trigger)}, live, trigger, begun)
}

// worked is what a trigger makes of what an event or a right says.
func (b *Book) worked(live *release.Live, trigger int, says []byte) (begun form.Begun, starts bool, refused string, err error) {
	f, err := b.forms.Form(live.PlanDigest, live.Plan)
	if err != nil {
		return begun, false, "form", nil
	}
	data, err := values(says)
	if err != nil {
		return begun, false, "", err
	}
	begun, starts, err = f.Begin(trigger, data)
	if err != nil {
		return begun, false, "trigger: " + err.Error(), nil // it never says a value
	}
	return begun, starts, "", nil
}

// beginning is what begins something: an event, or a day of a right.
type beginning struct {
	event *uuid.UUID
	right *rightDay
	at    time.Time
	key   string // by which the same is begun once
}

// beginWith makes an offer where the person's consent is needed, else an application.
func (b *Book) beginWith(ctx context.Context, from beginning, live *release.Live, trigger int, begun form.Begun) (refused string, err error) {
	t := &live.Plan.Triggers[trigger]
	var person *identity.Person
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) (err error) {
		if person, err = identity.ByNumber(ctx, tx, form.Line(begun.For)); err != nil || t.Within == nil {
			return err
		}
		until, err := b.until(live.Plan, *t.Within, from.at)
		if err != nil {
			return err
		}
		return b.addDraft(ctx, tx, draftRow{
			id: uuid.New(), service: live.Service, applicant: person.ID, event: from.event, right: from.right, trigger: trigger, form: begun.Form, until: until,
		})
	})
	if errors.Is(err, identity.ErrNumber) {
		return "no-person", nil
	}
	if err != nil || t.Within != nil {
		return "", err
	}
	return b.sendBegun(ctx, from, live, Person{ID: person.ID, Facts: person.Facts()}, begun.Form)
}

// sendBegun sends what needs nobody's consent.
func (b *Book) sendBegun(ctx context.Context, from beginning, live *release.Live, p Person, given map[string]any) (refused string, err error) {
	s, refused, err := b.filledIn(ctx, live, p, given)
	if err != nil || refused != "" {
		return refused, err
	}
	s.Key = events + " " + uuid.NewSHA1(taskSpace, []byte(from.key)).String()
	s.Language = "en"
	if languages := b.o.Releases.Reference().Languages; len(languages) > 0 {
		s.Language = languages[0]
	}
	if _, err = b.put(ctx, s, origin{actor: "system"}); errors.Is(err, ErrKeyReused) {
		err = nil // begun before, when a registry or the day gave another form: that one stands
	}
	return "", err
}

// until is when a span from an instant on is over.
func (b *Book) until(pl *plan.Plan, span plan.Span, from time.Time) (time.Time, error) {
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		return time.Time{}, err
	}
	at, err := machine.After(span, from, zone, b.o.Releases.Reference().CalendarSlice(from))
	if err != nil {
		return at, fmt.Errorf("%w: no calendar", ErrUnavailable)
	}
	return at, nil
}
