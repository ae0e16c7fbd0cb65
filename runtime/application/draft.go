package application

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Draft is what is filled in for somebody and not sent yet: an offer that an event has begun and that waits for the person's consent, or the form
// that an officer fills in at the counter, or that somebody fills in who applies for them. Whoever may read it may send it.
type Draft struct {
	ID          uuid.UUID
	Service     string
	Applicant   Person
	Name        map[string]string // of the applicant, by language; none where they have never signed in
	Officer     bool              // an officer fills it in; where somebody applies for the applicant, Applicant.Behalf says who
	Form        map[string]any    // answers as they would be typed
	MadeAt      time.Time
	Until       time.Time
	Application *uuid.UUID // that came of it, under Reference
	Reference   string
}

// counterTime is how long a form at the counter may be filled in.
const counterTime = 12 * time.Hour

// Offers are what waits for a person's consent, the one that ends first in front.
func (b *Book) Offers(ctx context.Context, person uuid.UUID) ([]Draft, error) {
	return b.drafts(ctx, "d.applicant = $1 AND d.officer IS NULL AND d.representative IS NULL AND d.status = 'open' AND d.until > $2", person, b.now())
}

// Draft gives one that the caller may send, or has sent; ErrNotFound for every other one and for one whose time is over.
func (b *Book) Draft(ctx context.Context, caller, id uuid.UUID) (*Draft, error) {
	list, err := b.drafts(ctx, "d.id = $1 AND coalesce(d.officer, d.representative, d.applicant) = $2 AND (d.status = 'sent' OR d.status = 'open' AND d.until > $3)", id, caller, b.now())
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func (b *Book) drafts(ctx context.Context, which string, args ...any) (out []Draft, err error) {
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT d.id, d.service, d.applicant, d.officer IS NOT NULL, d.representative, coalesce(d.capacity, ''), d.form, d.made_at, d.until, d.application,
			coalesce((SELECT reference FROM application WHERE id = d.application), '') FROM draft d WHERE `+which+" ORDER BY d.until, d.made_at, d.id LIMIT 100", args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Draft, err error) {
			var form []byte
			var by *uuid.UUID
			var as string
			if err = row.Scan(&d.ID, &d.Service, &d.Applicant.ID, &d.Officer, &by, &as, &form, &d.MadeAt, &d.Until, &d.Application, &d.Reference); err == nil {
				d.Form, err = values(form)
			}
			if by != nil {
				d.Applicant.Behalf = &Behalf{As: as, ID: *by}
			}
			return d, err
		})
		for i := range out {
			p, err := identity.ByID(ctx, tx, out[i].Applicant.ID)
			if err != nil {
				return err
			}
			out[i].Applicant.Facts, out[i].Name = p.Facts(), p.Name
			if by := out[i].Applicant.Behalf; by != nil {
				if p, err = identity.ByID(ctx, tx, by.ID); err != nil {
					return err
				}
				by.Facts = p.Facts()
			}
		}
		return err
	})
	return out, err
}

// SendDraft submits what has become of a draft, once: s is its form, filled in, judged and of its service. The applicant is the draft's. ErrNotFound
// where the caller has no such draft, or its time is over; the others are those of Submit.
func (b *Book) SendDraft(ctx context.Context, caller, id uuid.UUID, s Submission) (application uuid.UUID, reference string, err error) {
	d, err := b.Draft(ctx, caller, id)
	if err != nil {
		return application, "", err
	}
	if d.Service != s.Service {
		return application, "", fmt.Errorf("%w: a draft of another service", ErrInvalid)
	}
	s.Applicant, s.Key = d.Applicant, draftKey+id.String()
	from := origin{draft: &id}
	if d.Officer {
		from.officer, from.actor = &caller, string(Officer)
	}
	if application, err = b.put(ctx, s, from); err != nil {
		return application, "", err
	}
	err = b.o.Pool.QueryRow(ctx, "SELECT reference FROM application WHERE id = $1", application).Scan(&reference)
	return application, reference, err
}

// closeDraft says what came of a draft and forgets what was filled in.
func closeDraft(ctx context.Context, tx pgx.Tx, id, application uuid.UUID, at time.Time) error {
	tag, err := tx.Exec(ctx, "UPDATE draft SET status = 'sent', application = $2, form = '{}' WHERE id = $1 AND status = 'open' AND until > $3", id, application, at)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return err
}

// Decline ends an offer: nothing is sent, and what was filled in is forgotten. Declining again changes nothing; ErrNotFound for what is not an
// open offer of the person.
func (b *Book) Decline(ctx context.Context, person, id uuid.UUID) error {
	tag, err := b.o.Pool.Exec(ctx, `UPDATE draft SET status = 'declined', form = '{}'
		WHERE id = $1 AND applicant = $2 AND officer IS NULL AND representative IS NULL AND (status = 'declined' OR status = 'open' AND until > $3)`, id, person, b.now())
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return err
}

// LapseDrafts forgets what nobody has agreed to in time, a bounded number at a time.
func (b *Book) LapseDrafts(ctx context.Context) error {
	for {
		done, err := b.o.Pool.Exec(ctx, `UPDATE draft SET status = 'lapsed', form = '{}'
			WHERE id IN (SELECT id FROM draft WHERE status = 'open' AND until <= $1 LIMIT $2)`, b.now(), forgetAtOnce)
		if err != nil || done.RowsAffected() < forgetAtOnce {
			return err
		}
	}
}

// Counter lists the services whose forms a holder of the capacities may fill in for others.
func (b *Book) Counter(capacities []string) []*release.Live {
	return slices.DeleteFunc(slices.Clone(b.o.Releases.Services()), func(l *release.Live) bool {
		return counter(l.Plan, capacities) < 0
	})
}

// counter is the trigger by which a holder of the capacities fills the form in for others, or -1.
func counter(pl *plan.Plan, capacities []string) int {
	for i, t := range pl.Triggers {
		if !pl.Closed && t.Counter() && slices.Contains(capacities, counterRole(pl, i)) {
			return i
		}
	}
	return -1
}

// counterRole is the capacity that a trigger lets fill the form in for others.
func counterRole(pl *plan.Plan, trigger int) string {
	t := pl.Triggers[trigger]
	return cmp.Or(t.Authority, pl.Authority) + ":" + t.By
}

// BeginFor opens the form of a service for somebody whom an officer names by national number, in any digits; they need not have signed in ever. It
// shows the officer what is known of that person, and so it is audited, by the ID of the draft. ErrForbidden
// where the officer's roles do not fill that form in, ErrInvalid for what is no number; nobody applies for themselves here.
func (b *Book) BeginFor(ctx context.Context, officer Actor, service, number, language string) (id uuid.UUID, err error) {
	live, ok := b.o.Releases.Service(service)
	if !ok {
		return id, fmt.Errorf("%w: service", ErrNotFound)
	}
	trigger := counter(live.Plan, officer.Capacities)
	if trigger < 0 {
		return id, ErrForbidden
	}
	id = uuid.New()
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		p, err := somebodyElse(ctx, tx, number, officer.Person)
		if err != nil {
			return err
		}
		err = b.addDraft(ctx, tx, draftRow{id: id, service: service, applicant: p.ID, officer: &officer.Person, trigger: trigger, language: language, until: b.now().Add(counterTime)})
		if err != nil {
			return err
		}
		role := counterRole(live.Plan, trigger)
		return b.audited(ctx, tx, AuditedAct{
			Authority: live.Authority, Actor: officer.Person.String(), Application: id, Action: "begin-for", Capacities: []string{role}, OnBehalf: officer.behalf(role), At: b.now(),
		})
	})
	return id, err
}

// draftRow is a draft as it is made.
type draftRow struct {
	id, applicant     uuid.UUID
	service, language string
	officer, event    *uuid.UUID
	representative    *uuid.UUID
	capacity          string // of the representative
	trigger           int
	right             *rightDay // that has begun it
	form              map[string]any
	until             time.Time
}

// addDraft writes a draft, once for its event, or for the day of its right.
func (b *Book) addDraft(ctx context.Context, tx pgx.Tx, d draftRow) error {
	if d.form == nil {
		d.form = map[string]any{}
	}
	form, err := json.Marshal(d.form)
	if err != nil {
		return err
	}
	var number, trigger, day *string
	if d.right != nil {
		number, trigger, day = &d.right.number, &d.right.trigger, &d.right.day
	}
	_, err = tx.Exec(ctx, `INSERT INTO draft (id, service, applicant, officer, trigger, event, form, language, made_at, until, representative, capacity,
			right_number, right_trigger, right_day)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12, ''), $13, $14, $15) ON CONFLICT DO NOTHING`,
		d.id, d.service, d.applicant, d.officer, d.trigger, d.event, form, d.language, b.now(), d.until, d.representative, d.capacity, number, trigger, day)
	return err
}
