package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// mostDelegated bounds for how long a capacity is given away at once.
const mostDelegated = 366 * 24 * time.Hour

// Errors of delegations, for errors.Is.
var (
	// ErrNotHeld: who gives a capacity away does not hold it themselves; one that was delegated cannot be passed on.
	ErrNotHeld = errors.New("identity: the capacity is not held")
	// ErrNoColleague: who is to take it over is unknown, the same person, or of another authority.
	ErrNoColleague = errors.New("identity: no colleague")
	// ErrPeriod: the period is empty, over, or longer than a year.
	ErrPeriod = errors.New("identity: no such period")
)

// Delegation lets To act in a capacity of From's, for a period. It counts while From holds the capacity.
type Delegation struct {
	ID       uuid.UUID
	Capacity string // authority:role
	From, To uuid.UUID
	Since    time.Time
	Until    time.Time
}

// Delegate gives a capacity to a colleague, who holds a role of the same authority, for a period: a planned one, or that of an absence.
func (g *Guard) Delegate(ctx context.Context, d Delegation) (uuid.UUID, error) {
	now := g.o.Now()
	if !d.Since.Before(d.Until) || !d.Until.After(now) || d.Until.Sub(d.Since) > mostDelegated {
		return uuid.Nil, ErrPeriod
	}
	people, err := g.Named(ctx, []uuid.UUID{d.From, d.To})
	if err != nil {
		return uuid.Nil, err
	}
	authority, _, _ := strings.Cut(d.Capacity, ":")
	from, to := people[d.From], people[d.To]
	switch {
	case from == nil || !slices.Contains(from.Capacities, d.Capacity):
		return uuid.Nil, ErrNotHeld
	case to == nil || d.From == d.To || !slices.ContainsFunc(to.Capacities, func(c string) bool { return strings.HasPrefix(c, authority+":") }):
		return uuid.Nil, ErrNoColleague
	}
	id := uuid.New()
	_, err = g.o.Pool.Exec(ctx, "INSERT INTO delegation (id, capacity, from_person, to_person, since, until) VALUES ($1, $2, $3, $4, $5, $6)",
		id, d.Capacity, d.From, d.To, d.Since, d.Until)
	if err != nil {
		return uuid.Nil, fmt.Errorf("identity: %w", err)
	}
	return id, nil
}

// EndDelegation takes back what a person has delegated, before its time. What is not theirs, or over, stays as it is.
func (g *Guard) EndDelegation(ctx context.Context, from, id uuid.UUID) error {
	_, err := g.o.Pool.Exec(ctx, "UPDATE delegation SET ended_at = $3 WHERE id = $1 AND from_person = $2 AND ended_at IS NULL", id, from, g.o.Now())
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// Delegations are those that a person has given or been given and that are not over, the soonest first.
func (g *Guard) Delegations(ctx context.Context, person uuid.UUID) ([]Delegation, error) {
	return g.delegations(ctx, `d.ended_at IS NULL AND d.until > $2 AND (d.from_person = $1 OR d.to_person = $1)`, person)
}

func (g *Guard) delegations(ctx context.Context, where string, person uuid.UUID) ([]Delegation, error) {
	rows, err := g.o.Pool.Query(ctx, fmt.Sprintf(`SELECT d.id, d.capacity, d.from_person, d.to_person, d.since, d.until
		FROM delegation d JOIN person p ON p.id = d.from_person WHERE %s ORDER BY d.since, d.id LIMIT %d`, where, mostPeople), person, g.o.Now())
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Delegation])
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return list, nil
}

// Entrusted is a person with the capacities that they hold now, delegated ones too, as Load puts it into the context.
func (g *Guard) Entrusted(ctx context.Context, id uuid.UUID) (*Person, error) {
	p, err := readPerson(ctx, g.o.Pool, id)
	if err == nil {
		err = g.entrust(ctx, p)
	}
	return p, err
}

// entrust adds to an officer's capacities those that are delegated to them now.
func (g *Guard) entrust(ctx context.Context, p *Person) error {
	if !p.Officer {
		return nil
	}
	given, err := g.delegations(ctx, `d.to_person = $1 AND d.ended_at IS NULL AND d.since <= $2 AND d.until > $2 AND d.capacity = ANY(p.capacities)`, p.ID)
	if err != nil {
		return err
	}
	for _, d := range given {
		if slices.Contains(p.Capacities, d.Capacity) {
			continue
		}
		if p.Delegated == nil {
			p.Delegated = map[string]uuid.UUID{}
		}
		p.Capacities = append(slices.Clip(p.Capacities), d.Capacity)
		p.Delegated[d.Capacity] = d.From
	}
	slices.Sort(p.Capacities)
	return nil
}
