package application

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Apply is the activity activity.ApplyName: it carries out the effects of one step of the machine in one transaction. A step that was
// applied before changes nothing and succeeds. An error means that nothing was changed; trying again is right.
func (b *Book) Apply(ctx context.Context, a activity.Apply) error {
	id, err := uuid.Parse(a.Application)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	issues, tells := false, a.Status == string(Ended)
	for _, e := range a.Effects {
		issues = issues || e.Kind == activity.Issue
		tells = tells || e.Kind == activity.Await
	}
	at := func(moment string) {
		b.o.Fault.At("apply:" + moment)
		if issues {
			b.o.Fault.At("document:" + moment)
		}
	}
	var applied *step
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		applied = nil
		s, err := b.open(ctx, tx, id, a)
		if err != nil || s == nil {
			return err
		}
		if err := s.apply(ctx); err != nil {
			return err
		}
		at("before-commit")
		applied = s
		return nil
	})
	if err != nil {
		return fmt.Errorf("apply %s/%d: %w", a.Application, a.Sequence, err)
	}
	at("after-commit")
	var told *change
	if applied != nil {
		applied.count()
		told = applied.told()
	}
	b.hub.changed(id, told)
	if tells {
		b.o.Relay.Wake() // another application, or this one, may have been told of an end
	}
	return nil
}

// step is one Apply under way.
type step struct {
	b  *Book
	tx pgx.Tx
	a  activity.Apply
	at time.Time

	id                                              uuid.UUID
	reference, service, authority, language, digest string
	texts, applicant                                string
	representative                                  *string    // who applies for the applicant
	parent                                          *uuid.UUID // that has started it
	position                                        int        // of the last item of the timeline
	act                                             *appliedAct
	incidents                                       []string // reasons of those that are opened

	assigned []assigning // tasks that are to go to somebody

	batch *pgx.Batch // statements that are not sent yet
}

// appliedAct is the act that led to the step.
type appliedAct struct {
	id      uuid.UUID
	node    string
	visit   int
	actor   string
	key     string
	action  string
	party   bool // who did it came as somebody who was asked
	comment string
	data    []byte
	labels  []byte
}

// told is what those who wait for the application hear of the step.
func (s *step) told() *change {
	c := &change{now: Progress{
		Status: Status(s.a.Status), Sequence: s.a.Sequence, Node: s.a.Node, Outcome: s.a.Outcome, Asking: s.b.asking(s.digest, s.a.Node),
	}}
	if s.act != nil {
		c.act = s.act.id
	}
	return c
}

// open locks the application; nil when the step was applied before.
func (b *Book) open(ctx context.Context, tx pgx.Tx, id uuid.UUID, a activity.Apply) (*step, error) {
	s := &step{b: b, tx: tx, a: a, at: a.At.UTC(), id: id, batch: &pgx.Batch{}}
	var sequence int
	err := tx.QueryRow(ctx, `
		SELECT sequence, reference, service, authority, language, plan, texts, applicant::text, representative::text, parent,
			(SELECT coalesce(max(position), 0) FROM timeline WHERE application = $1)
		FROM application WHERE id = $1 FOR NO KEY UPDATE`, id).
		Scan(&sequence, &s.reference, &s.service, &s.authority, &s.language, &s.digest, &s.texts, &s.applicant, &s.representative, &s.parent, &s.position)
	switch {
	case err != nil:
		return nil, err
	case sequence >= a.Sequence:
		return nil, nil
	case sequence != a.Sequence-1:
		return nil, fmt.Errorf("%d steps were applied before it", sequence) // the database is older than the workflow
	}
	if a.Act == "" {
		return s, nil
	}
	s.act = &appliedAct{}
	err = tx.QueryRow(ctx, "SELECT id, node, visit, actor, key, action, capacities && $3, comment, data, labels FROM act WHERE id = $1 AND application = $2",
		a.Act, id, []string{InvitedRole, PublicRole}).
		Scan(&s.act.id, &s.act.node, &s.act.visit, &s.act.actor, &s.act.key, &s.act.action, &s.act.party, &s.act.comment, &s.act.data, &s.act.labels)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errors.New("its act is not stored")
	}
	return s, err
}

func (s *step) apply(ctx context.Context) error {
	if s.act != nil {
		s.recordAct()
	}
	if s.a.Plan != "" {
		if err := s.follow(ctx, s.a.Plan); err != nil {
			return err
		}
	}
	reason := ""
	for i := range s.a.Effects {
		e := &s.a.Effects[i]
		if e.Kind == activity.Ended {
			reason = e.Reason
		}
		if err := s.effect(ctx, e); err != nil {
			return fmt.Errorf("effect %s of %s: %w", e.Kind, e.Node, err)
		}
	}
	var ended *time.Time
	if s.a.Status == string(Ended) {
		ended = &s.at
		s.batch.Queue("DELETE FROM awaited WHERE application = $1", s.id)
		s.batch.Queue("UPDATE application SET suspended_until = NULL, suspended_by = NULL WHERE id = $1 AND suspended_until IS NOT NULL", s.id)
	}
	s.batch.Queue(`UPDATE application SET sequence = $2, status = $3, node = $4, outcome = $5, reason = $6, ended_at = $7 WHERE id = $1`,
		s.id, s.a.Sequence, s.a.Status, s.a.Node, s.a.Outcome, reason, ended)
	if err := s.assignAll(ctx); err != nil {
		return err
	}
	if err := s.flush(ctx); err != nil || ended == nil || s.parent == nil {
		return err
	}
	return s.tellParent(ctx)
}

// recordAct writes what the act brings, before the effects that build on it.
func (s *step) recordAct() {
	s.batch.Queue("UPDATE act SET result = '', sequence = $2 WHERE id = $1", s.act.id, s.a.Sequence)
	n := s.b.node(s.digest, s.act.node)
	if n != nil {
		s.recordVote(n)
	}
	if n == nil || s.act.data == nil {
		return
	}
	if n.Own() != nil && (n.Invite == nil || n.Invite.Whom != PublicRole) { // what each of the public says stands in a table of its own
		s.bring(s.act.node, s.act.visit, s.act.data, s.act.labels)
	}
	if n.Kind != plan.Correct {
		return
	}
	// Labels of answers that were given before stay: what an answer was is shown beside what it is now.
	s.batch.Queue("UPDATE application SET form = $2, labels = labels || (SELECT labels FROM act WHERE id = $3) WHERE id = $1", s.id, s.act.data, s.act.id)
	s.batch.Queue(`INSERT INTO application_form (application, version, act, form, at)
		SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM application_form WHERE application = $1`, s.id, s.act.id, s.act.data, s.at)
}

// flush sends what is queued, so that what comes next sees it.
func (s *step) flush(ctx context.Context) error {
	if s.batch.Len() == 0 {
		return nil
	}
	batch := s.batch
	s.batch = &pgx.Batch{}
	return s.tx.SendBatch(ctx, batch).Close()
}
