package app

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// route is the service of the catalogue by which changes go, as changes see it.
type route struct {
	book     *application.Book
	releases *release.Store
}

// Begin is change.Route.
func (r route) Begin(ctx context.Context, person *identity.Person, number int64, key string) (uuid.UUID, error) {
	reference := r.releases.Reference()
	if reference.Changes == "" {
		return uuid.Nil, change.ErrNoRoute
	}
	p := application.Person{ID: person.ID, Facts: person.Facts()}
	return r.book.Begin(ctx, p, reference.Changes, map[string]json.RawMessage{"number": json.RawMessage(strconv.FormatInt(number, 10))}, reference.Languages[0], key)
}

// Again is change.Route.
func (r route) Again(ctx context.Context, person *identity.Person, id uuid.UUID, _ int64, key string) error {
	return r.book.Resend(ctx, person.ID, id, key)
}

// Recuse is change.Route.
func (r route) Recuse(ctx context.Context, id, person uuid.UUID) error {
	return r.book.Exclude(ctx, id, person, "has edited the change")
}

// withdrawAction ends an application in its applicant's name.
const withdrawAction = "withdraw"

// Withdraw is change.Route.
func (r route) Withdraw(ctx context.Context, person *identity.Person, id uuid.UUID, key string) error {
	a, err := r.book.Act(ctx, application.Actor{Person: person.ID, Kind: application.Applicant}, id, application.ActRequest{Action: withdrawAction}, key)
	if err == nil && a.Code != "" {
		err = change.ErrStatus
	}
	return err
}

// State is change.Route.
func (r route) State(ctx context.Context, id uuid.UUID) (change.RouteState, error) {
	s, err := r.book.Stands(ctx, id)
	return change.RouteState{Returned: s.SentBack, Ended: s.Ended, Outcome: s.Outcome}, err
}

// requoted is change.Options.Past.
func requoted(book *application.Book, now func() time.Time) func(ctx context.Context, r change.PastRequest) (change.Past, error) {
	return func(ctx context.Context, r change.PastRequest) (change.Past, error) {
		on := func(p *plan.Plan, ref *release.Reference, at time.Time) (application.Version, error) {
			zone, err := time.LoadLocation(p.Zone)
			if err != nil {
				return application.Version{}, err
			}
			return application.Version{Plan: p, Reference: ref, Day: at.In(zone).Format(time.DateOnly)}, nil
		}
		live, err := on(r.Live, r.LiveReference, now())
		if err != nil {
			return change.Past{}, err
		}
		proposed, err := on(r.Proposed, r.ProposedReference, r.From)
		if err != nil {
			return change.Past{}, err
		}
		q, err := book.Requote(ctx, r.Service, r.Since, r.Most, live, proposed)
		return change.Past{Looked: q.Looked, Unknown: q.Unknown, Left: q.Left, Less: q.Less, More: q.More, Before: q.Before, After: q.After}, err
	}
}

// Registers are the registries as applications see them: those of others, and the two that the platform answers for itself.
type Registers struct {
	application.Registry
	Rights  *right.Register
	Changes *change.Changes
}

// Ask is application.Registry.
func (r *Registers) Ask(ctx context.Context, registry, operation string, args map[string]json.RawMessage) (bool, json.RawMessage, error) {
	switch registry {
	case catalog.RightsRegistry:
		var number string
		if err := json.Unmarshal(args[catalog.NumberTerm], &number); err != nil {
			return false, nil, nil // nothing that is no text is the number of a right
		}
		return r.Rights.Ask(ctx, operation, number)
	case change.Registry:
		return r.Changes.Ask(ctx, operation, args)
	}
	return r.Registry.Ask(ctx, registry, operation, args)
}

// Write is application.Registry.
func (r *Registers) Write(ctx context.Context, registry, operation, key string, args map[string]json.RawMessage) (json.RawMessage, error) {
	if registry != change.Registry {
		return r.Registry.Write(ctx, registry, operation, key, args)
	}
	// The key begins with the application that writes: no other than the one that was begun for a change has it released.
	begun, _, _ := strings.Cut(key, "/")
	id, err := uuid.Parse(begun)
	if err != nil {
		return nil, errors.New("app: a key without an application")
	}
	return r.Changes.Write(ctx, id, operation, args)
}
