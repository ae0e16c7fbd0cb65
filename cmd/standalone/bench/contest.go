package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

// What the contests beside the licence ask for.
const (
	shortService = "transport.traffic-fines.enquiry"
	longService  = "transport.workshop.permit"
)

var workshop = map[string]any{"place": "نابلس", "area": "40"}

// enquire is one enquiry until its answer is there.
func (w *world) enquire(ctx context.Context, applicant application.Person) (life, error) {
	return w.oneOf(ctx, applicant, shortService, fines, time.Now())
}

// permitted is one permit: an opinion in favour, the other after a return.
func (w *world) permitted(ctx context.Context, applicant application.Person) (l life, err error) {
	began := time.Now()
	v, err := w.submit(ctx, applicant, longService, workshop)
	if err != nil {
		return l, fmt.Errorf("submit: %w", err)
	}
	l.id, l.submit = v.ID, time.Since(began)
	me := application.Actor{Person: applicant.ID, Kind: application.Applicant}
	for _, one := range []struct {
		actor        application.Actor
		node, action string
	}{
		{officer, "legal", "approve"}, {officer, "technical", "sendBack"}, {me, "technical/sendBack", "submit"}, {officer, "technical", "approve"},
	} {
		r := application.ActRequest{Action: one.action, Comment: "so it is"}
		if one.actor.Kind == application.Applicant {
			r.Data, r.Comment = v.Form, ""
		}
		if r.Task, r.Revision, err = w.openTask(ctx, v.ID, one.node); err != nil {
			return l, fmt.Errorf("%s: %w", one.node, err)
		}
		began = time.Now()
		if err := w.act(ctx, one.actor, v.ID, r); err != nil {
			return l, fmt.Errorf("%s: %w", one.action, err)
		}
	}
	if err := w.ended(ctx, v.ID); err != nil {
		return l, fmt.Errorf("end: %w", err)
	}
	l.decide = time.Since(began)
	return l, nil
}

// openTask waits for the open task of a node, also where others are open beside it.
func (w *world) openTask(ctx context.Context, id uuid.UUID, node string) (task uuid.UUID, revision int, err error) {
	err = w.when(ctx, id, func(application.Progress) (bool, error) {
		v, err := w.book.ForOfficer(ctx, officer.Capacities, id)
		if err != nil {
			return false, err
		}
		for _, t := range v.Tasks {
			if t.Node == node && t.Open() {
				task, revision = t.ID, t.Revision
			}
		}
		return task != uuid.Nil, nil
	})
	return task, revision, err
}

// endedAs checks that each application has ended so.
func endedAs(outcome string) func(*world, context.Context, []uuid.UUID) error {
	return func(w *world, ctx context.Context, ids []uuid.UUID) error {
		var others int
		err := w.database.pool.QueryRow(ctx, "SELECT count(*) FROM unnest($1::uuid[]) i WHERE NOT EXISTS (SELECT FROM application WHERE id = i AND status = 'ended' AND outcome = $2)", ids, outcome).Scan(&others)
		if err == nil && others > 0 {
			err = fmt.Errorf("%d of %d have not ended as %s", others, len(ids), outcome)
		}
		return err
	}
}
