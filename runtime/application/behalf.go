package application

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Behalf is who applies for the applicant: in which capacity of the service, and what was attested about them.
type Behalf struct {
	As    string
	ID    uuid.UUID
	Facts map[string]any
}

// Roots is what a form is given beside its own answers where somebody applies for the applicant: behalf are their facts, as Behalf.Given or
// View.Behalf has them. Nil where nobody does.
func Roots(behalf map[string]any) map[string]map[string]any {
	if behalf == nil {
		return nil
	}
	return map[string]map[string]any{catalog.RepresentativeRoot: behalf}
}

// Given is what formulas read as representative; nil where nobody applies for the applicant.
func (b *Behalf) Given() map[string]any {
	if b == nil {
		return nil
	}
	given := map[string]any{"as": b.As}
	for _, name := range []string{"nationalNumber", "name", "birthDate"} {
		if v, ok := b.Facts[name]; ok {
			given[name] = v
		}
	}
	return given
}

// person is who applies for the applicant, or nil.
func (b *Behalf) person() *uuid.UUID {
	if b == nil {
		return nil
	}
	return &b.ID
}

// of is the rule by which an application a is a person's own: theirs, or one that they have made for another. A parameter stands for the person.
func of(person string) string {
	return "(a.applicant = " + person + " OR a.representative = " + person + ")"
}

// notOf is the rule by which a person has no part in an application a as applicant or for the applicant.
func notOf(person string) string {
	return "(a.applicant <> " + person + " AND a.representative IS DISTINCT FROM " + person + ")"
}

// ofCaller is the rule for who asks, the parameter $1.
var ofCaller = of("$1")

// Bounds of what somebody begins for others: nobody finds out by trying whom the state knows by which number.
const (
	behalfTime = 12 * time.Hour // for filling in the form
	behalfDay  = 20             // forms begun in 24 hours by one person
)

// ErrTooMany: somebody has begun as many forms for others as one may in a day.
var ErrTooMany = errors.New("application: too many forms for others today")

// Principal is for whom somebody applies. Where a paper is to prove that they may, their birth date is asked too: whoever holds the paper knows it.
type Principal struct {
	NationalNumber string
	BirthDate      string // YYYY-MM-DD or ""
}

// Capacities are those in which somebody may apply for another, of the service's current plan; nothing where nobody may or it is not open.
func (b *Book) Capacities(service string) []plan.Representation {
	live, ok := b.o.Releases.Service(service)
	if !ok || !live.Plan.ByApplicant() {
		return nil
	}
	return live.Plan.Form.OnBehalf
}

// BeginOnBehalf opens the form of a service for somebody else, in a capacity that the service has; whether the person has that capacity is decided when
// the form is opened and again when it is sent (form.Form.Open). The principal need not have signed in ever. ErrNotOpen, ErrInvalid for what is no
// capacity, no number, or not the principal's birth date; ErrForbidden for oneself, and for somebody without an attested number; ErrTooMany. The same
// key again gives the same form, "" another one each time; ErrKeyReused where it was for somebody or something else.
func (b *Book) BeginOnBehalf(ctx context.Context, by Person, service, as string, of Principal, language, key string) (id uuid.UUID, err error) {
	capacities, authority := b.Capacities(service), ""
	if live, ok := b.o.Releases.Service(service); ok {
		authority = live.Authority
	}
	at := slices.IndexFunc(capacities, func(r plan.Representation) bool { return r.As == as })
	switch number, _ := by.Facts["nationalNumber"].(string); {
	case len(capacities) == 0:
		return id, ErrNotOpen
	case at < 0:
		return id, fmt.Errorf("%w: a capacity", ErrInvalid)
	case number == "" || form.Line(of.NationalNumber) == number:
		return id, ErrForbidden
	}
	if id = uuid.New(); key != "" {
		id = uuid.NewSHA1(taskSpace, []byte("behalf "+by.ID.String()+" "+key))
	}
	wrong := false
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		wrong = false
		if _, err := tx.Exec(ctx, "SELECT FROM person WHERE id = $1 FOR UPDATE", by.ID); err != nil {
			return err
		}
		again, err := behalfAgain(ctx, tx, id, service, as, of)
		if again || err != nil {
			return err
		}
		var begun int
		err = tx.QueryRow(ctx, "SELECT count(*) FROM draft WHERE representative = $1 AND made_at > $2", by.ID, b.now().Add(-24*time.Hour)).Scan(&begun)
		if err != nil {
			return err
		}
		if begun >= behalfDay {
			return ErrTooMany
		}
		p, err := somebodyElse(ctx, tx, of.NationalNumber, by.ID)
		if err != nil {
			return err
		}
		err = b.addDraft(ctx, tx, draftRow{id: id, service: service, applicant: p.ID, representative: &by.ID, capacity: as, language: language, until: b.now().Add(behalfTime)})
		if err != nil {
			return err
		}
		if capacities[at].Registry == "" && !of.knows(p) { // what was tried counts: it is kept, and nobody can open it
			wrong = true
			if _, err := tx.Exec(ctx, "UPDATE draft SET status = 'declined' WHERE id = $1", id); err != nil {
				return err
			}
		}
		return b.audited(ctx, tx, AuditedAct{Authority: authority, Actor: by.ID.String(), Application: id, Action: "begin-for", Capacities: []string{as}, At: b.now()})
	})
	if err == nil && wrong {
		err = errBirthDate
	}
	return id, err
}

var errBirthDate = fmt.Errorf("%w: a birth date", ErrInvalid)

// knows tells whether the principal's birth date is said, and is the one that the state knows, where it knows one.
func (of Principal) knows(p *identity.Person) bool {
	return of.BirthDate != "" && (p.BirthDate == "" || p.BirthDate == of.BirthDate)
}

// somebodyElse is the person with a national number, in any digits, for whom the caller begins something. ErrInvalid for what is no number,
// ErrForbidden for the caller's own.
func somebodyElse(ctx context.Context, tx pgx.Tx, number string, caller uuid.UUID) (*identity.Person, error) {
	p, err := identity.ByNumber(ctx, tx, form.Line(number))
	switch {
	case errors.Is(err, identity.ErrNumber):
		return nil, fmt.Errorf("%w: a national number", ErrInvalid)
	case err == nil && p.ID == caller:
		return nil, ErrForbidden
	}
	return p, err
}

// behalfAgain tells that a form was begun before, and for the same; ErrKeyReused where it was not, ErrInvalid where the birth date was wrong.
func behalfAgain(ctx context.Context, tx pgx.Tx, id uuid.UUID, service, as string, of Principal) (again bool, err error) {
	var wrong bool
	err = tx.QueryRow(ctx, `SELECT d.service = $2 AND d.capacity = $3 AND p.facts->>'nationalNumber' = $4, d.status = 'declined'
		FROM draft d JOIN person p ON p.id = d.applicant WHERE d.id = $1`, id, service, as, form.Line(of.NationalNumber)).Scan(&again, &wrong)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return false, nil
	case err == nil && !again:
		err = ErrKeyReused
	case err == nil && wrong:
		err = errBirthDate
	}
	return again, err
}
