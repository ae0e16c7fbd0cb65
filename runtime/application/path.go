package application

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Passed is one item of the way of an application as operators see it: where in the plan, and who did it.
type Passed struct {
	Event
	Node   string    // key in the plan; "" where it belongs to none, and in what happened before nodes were kept
	By     uuid.UUID // the officer who did it; Nil for everybody else
	Behalf uuid.UUID // in whose place, or Nil
}

// Path is all that has happened to an application, in its order, under the rule of ForOfficer. The caller writes the read into the audit.
func (b *Book) Path(ctx context.Context, capacities []string, id uuid.UUID) ([]Passed, error) {
	rows, err := b.o.Pool.Query(ctx, `
		SELECT t.at, t.kind, t.step, t.visit, t.outcome, t.actor, t.comment, t.node, c.actor, c.on_behalf
		FROM application a JOIN timeline t ON t.application = a.id LEFT JOIN LATERAL (
			SELECT c.actor, c.on_behalf FROM act c
			WHERE t.actor = 'officer' AND c.application = t.application AND c.at = t.at AND c.result = '' AND (c.node = t.node AND c.visit = t.visit OR c.node = '')
			ORDER BY c.node DESC LIMIT 1) c ON true
		WHERE a.id = $1 AND `+readable+` ORDER BY t.position`, id, authorities(capacities), roles(capacities))
	if err != nil {
		return nil, err
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Passed, err error) {
		var by *string
		var behalf *uuid.UUID
		e := &p.Event
		if err = row.Scan(&e.At, &e.Kind, &e.Step, &e.Visit, &e.Outcome, &e.Actor, &e.Comment, &p.Node, &by, &behalf); err != nil {
			return p, err
		}
		if by != nil {
			if p.By, err = uuid.Parse(*by); err != nil {
				return p, errors.New("an act of an officer who is nobody")
			}
		}
		if behalf != nil {
			p.Behalf = *behalf
		}
		return p, nil
	})
	if err == nil && len(out) == 0 {
		err = ErrNotFound // whatever exists was submitted
	}
	return out, err
}
