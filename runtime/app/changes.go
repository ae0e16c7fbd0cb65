package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/designer/review"
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

// Asks is change.Route.
func (r route) Asks(ctx context.Context, person *identity.Person, id uuid.UUID) (bool, error) {
	a, err := r.book.ForOfficer(ctx, person.Capacities, id)
	if errors.Is(err, application.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if a.Applicant == person.ID || slices.Contains(a.Recused, person.ID) {
		return false, nil
	}
	return slices.ContainsFunc(a.Tasks, func(t application.Task) bool {
		return t.Open() && t.Kind == review.Task && slices.Contains(person.Capacities, t.Role)
	}), nil
}

// Asked is review.Route: who reads changes reads how they were decided, and no more of the application than that.
func (r route) Asked(ctx context.Context, id uuid.UUID) ([]review.Asked, error) {
	reference := r.releases.Reference()
	live, known := r.releases.Service(reference.Changes)
	if !known {
		return nil, nil
	}
	reader := []string{live.Authority + ":" + change.Reviewer}
	a, err := r.book.ForOfficer(ctx, reader, id)
	if errors.Is(err, application.ErrNotFound) { // it is by a route of another authority that the change went
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	passed, err := r.book.Path(ctx, reader, id)
	if err != nil {
		return nil, err
	}
	texts, known := r.releases.Texts(a.Texts)
	if !known {
		return nil, application.ErrUnavailable
	}
	var out []review.Asked
	for _, p := range passed {
		if p.Kind == "done" && p.Actor == string(application.Officer) {
			one := review.Asked{Step: p.Step, Title: texts.Steps[p.Step], At: p.At, By: p.By, Outcome: p.Outcome, Comment: p.Comment, Decisions: decisions(texts, p.Step)}
			if panel := slices.IndexFunc(a.Tasks, func(t application.Task) bool { return t.Step == p.Step && t.Panel != nil }); panel >= 0 { // whose vote was the last has not decided alone
				one.By, one.Role = uuid.Nil, r.role(a.Tasks[panel].Role)
			}
			out = append(out, one)
		}
	}
	for _, t := range a.Tasks {
		if !t.Open() || t.Role == string(application.Applicant) {
			continue
		}
		one := review.Asked{Step: t.Step, Title: texts.Steps[t.Step], Role: r.role(t.Role), Open: true, At: t.OpenedAt, Decisions: decisions(texts, t.Step)}
		if t.DueAt != nil {
			one.Due = *t.DueAt
		}
		out = append(out, one)
	}
	return out, nil
}

// decisions are what those of a step are called, by code, where the route names them itself.
func decisions(texts *plan.Texts, step string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for key, title := range texts.Decisions {
		if of, action, _ := strings.Cut(key, "/"); of == step {
			out[action] = title
		}
	}
	return out
}

// role is what a role of an authority is called, with the authority.
func (r route) role(capacity string) map[string]string {
	code, role, _ := strings.Cut(capacity, ":")
	a, known := r.releases.Reference().Authority(code)
	if !known {
		return map[string]string{"en": capacity}
	}
	for _, one := range a.Roles {
		if one.Code != role {
			continue
		}
		out := map[string]string{}
		for lang, title := range one.Title {
			out[lang] = title + " (" + a.Title[lang] + ")"
		}
		return out
	}
	return a.Title
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
		live, err := version(r.Live, r.LiveReference, now())
		if err != nil {
			return change.Past{}, err
		}
		proposed, err := version(r.Proposed, r.ProposedReference, r.From)
		if err != nil {
			return change.Past{}, err
		}
		q, err := book.Requote(ctx, r.Service, r.Since, r.Most, live, proposed)
		return change.Past{Looked: q.Looked, Unknown: q.Unknown, Left: q.Left, Less: q.Less, More: q.More, Before: q.Before, After: q.After}, err
	}
}

// version is a service by a plan, from a moment on.
func version(p *plan.Plan, ref *release.Reference, at time.Time) (application.Version, error) {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return application.Version{}, err
	}
	return application.Version{Plan: p, Reference: ref, Day: at.In(zone).Format(time.DateOnly)}, nil
}

// replayed is change.Options.Replay.
func replayed(book *application.Book) func(ctx context.Context, r change.PastRequest) (change.Replay, error) {
	return func(ctx context.Context, r change.PastRequest) (change.Replay, error) {
		proposed, err := version(r.Proposed, r.ProposedReference, r.From)
		if err != nil {
			return change.Replay{}, err
		}
		q, err := book.Replay(ctx, r.Service, r.Since, r.Most, proposed)
		out := change.Replay{Looked: q.Looked, Unknown: q.Unknown, Left: q.Left, Same: q.Same, Open: q.Open, Movable: q.Movable}
		for _, p := range q.Partings {
			out.Partings = append(out.Partings, change.Parting{Code: p.What.Code, Step: p.What.Step, To: p.What.To, Was: p.What.Was, Count: p.Count})
		}
		for _, o := range q.Obstacles {
			out.Obstacles = append(out.Obstacles, change.Obstacle{Code: o.What.Code, At: o.What.At, Count: o.Count})
		}
		return out, err
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
