package application

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// await writes down what the application waits for from outside from now on. A service that it has started may have ended already.
func (s *step) await(ctx context.Context, list []activity.Awaited) error {
	s.batch.Queue("DELETE FROM awaited WHERE application = $1", s.id)
	for _, a := range list {
		s.batch.Queue("INSERT INTO awaited (application, node, visit, event, about) VALUES ($1, $2, $3, $4, $5)", s.id, a.Node, a.Visit, a.Event, a.About)
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	for _, a := range list {
		if a.Event != "" {
			continue
		}
		child, outcome, err := s.endedChild(ctx, a)
		if err != nil {
			return err
		}
		if outcome == "" {
			continue
		}
		if err := s.b.endOfChild(ctx, s.tx, s.id, child, a.Node, a.Visit, outcome); err != nil {
			return err
		}
	}
	return nil
}

// endedChild is how the application that a node has started has ended, "" while it has not. The child's own end and this look never miss each
// other: both hold the child's lock until they are written.
func (s *step) endedChild(ctx context.Context, a activity.Awaited) (child uuid.UUID, outcome string, err error) {
	err = s.tx.QueryRow(ctx, "SELECT id FROM application WHERE parent = $1 AND parent_node = $2 AND parent_visit = $3", s.id, a.Node, a.Visit).Scan(&child)
	if errors.Is(err, pgx.ErrNoRows) {
		return child, "", errors.New("the application that it waits for was not started")
	}
	if err != nil {
		return child, "", err
	}
	if err := lockChild(ctx, s.tx, child); err != nil {
		return child, "", err
	}
	err = s.tx.QueryRow(ctx, "SELECT outcome FROM application WHERE id = $1", child).Scan(&outcome)
	return child, outcome, err
}

func lockChild(ctx context.Context, tx pgx.Tx, child uuid.UUID) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('child ' || $1, 0))", child.String())
	return err
}

// tellParent lets the application that has started this one know that it has ended, where that is waited for.
func (s *step) tellParent(ctx context.Context) error {
	if err := lockChild(ctx, s.tx, s.id); err != nil {
		return err
	}
	var node string
	var visit int
	err := s.tx.QueryRow(ctx, `SELECT w.node, w.visit FROM application a
		JOIN awaited w ON w.application = a.parent AND w.event = '' AND w.node = a.parent_node AND w.visit = a.parent_visit WHERE a.id = $1`, s.id).Scan(&node, &visit)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // it does not wait, or not yet: then it will look itself
	}
	if err != nil {
		return err
	}
	return s.b.endOfChild(ctx, s.tx, *s.parent, s.id, node, visit, s.a.Outcome)
}

// endOfChild stores the act by which an application hears that the one that it has started has ended.
func (b *Book) endOfChild(ctx context.Context, tx pgx.Tx, parent, child uuid.UUID, node string, visit int, outcome string) error {
	said, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	_, err = b.systemAct(ctx, tx, SystemAct{
		Application: parent, Node: node, Visit: visit, Action: "ended", Capacity: started, Reference: child.String(), Key: started + " " + child.String(),
		Data: map[string]json.RawMessage{"outcome": said},
	})
	return err
}

// brought is what the end of a service that was started brings to the node that waits for it.
func brought(pl *plan.Plan, node string, data map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for i := range pl.Nodes {
		if n := &pl.Nodes[i]; n.Key == node && n.Start != nil && n.Start.Result != "" {
			for name, v := range data {
				out[n.Start.Result+"."+name] = v
			}
		}
	}
	return out
}
