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
			if live.Plan.Triggers[i].Event != e.kind {
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
	f, err := b.forms.Form(live.PlanDigest, live.Plan)
	if err != nil {
		return "form", nil
	}
	data, err := values(e.data)
	if err != nil {
		return "", err
	}
	begun, starts, err := f.Begin(trigger, data)
	if err != nil {
		return "trigger: " + err.Error(), nil // it never says a value
	}
	if !starts {
		return "", nil
	}
	t := &live.Plan.Triggers[trigger]
	var person *identity.Person
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) (err error) {
		if person, err = identity.ByNumber(ctx, tx, form.Line(begun.For)); err != nil || t.Within == nil {
			return err
		}
		until, err := b.until(live.Plan, *t.Within, e.at)
		if err != nil {
			return err
		}
		return b.addDraft(ctx, tx, draftRow{id: uuid.New(), service: live.Service, applicant: person.ID, event: &e.id, trigger: trigger, form: begun.Form, until: until})
	})
	if errors.Is(err, identity.ErrNumber) {
		return "no-person", nil
	}
	if err != nil || t.Within != nil {
		return "", err
	}
	return b.sendBegun(ctx, e, live, trigger, Person{ID: person.ID, Facts: person.Facts()}, begun.Form)
}

// sendBegun sends what needs nobody's consent.
func (b *Book) sendBegun(ctx context.Context, e *storedEvent, live *release.Live, trigger int, p Person, given map[string]any) (refused string, err error) {
	if len(live.Lacks()) > 0 {
		return notOpen, nil
	}
	s, refused, err := b.filledIn(ctx, live, p, given)
	if err != nil || refused != "" {
		return refused, err
	}
	s.Key = events + " " + uuid.NewSHA1(taskSpace, []byte(e.id.String()+" "+live.Service+" "+strconv.Itoa(trigger))).String()
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
