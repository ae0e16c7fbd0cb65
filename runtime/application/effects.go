package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// taskSpace is the name space of task IDs.
var taskSpace = uuid.MustParse("3c1b7a56-3b0e-5f1d-9d38-0a7f5f3f0c11")

// TaskID is the ID of the task of (application, node, visit): whoever makes it again makes the same.
func TaskID(application uuid.UUID, node string, visit int) uuid.UUID {
	return uuid.NewSHA1(taskSpace, []byte(application.String()+" "+node+" "+strconv.Itoa(visit)))
}

// effect carries out one effect; statements that nobody waits for are queued.
func (s *step) effect(ctx context.Context, e *activity.Effect) error {
	switch e.Kind {
	case activity.Entered:
		s.event("entered", e, "")
	case activity.Done:
		kind := "done"
		if e.Outcome == "paid" && e.Actor == gateway {
			kind = "paid"
			if s.act != nil && strings.HasPrefix(s.act.key, Waived) {
				kind = "waived"
			}
		}
		said := s.comment(e)
		if panelOf(s.b.node(s.digest, e.Node), reviewTask) != nil {
			var err error
			if said, err = s.reasons(ctx, e); err != nil {
				return err
			}
		}
		s.event(kind, e, said)
		if n := s.b.node(s.digest, e.Node); n != nil && n.Kind == plan.Place && s.b.o.Rounds != nil {
			return s.b.o.Rounds.Left(ctx, s.tx, s.id, false, e.Outcome)
		}
	case activity.OpenTask:
		return s.openTask(e)
	case activity.CloseTask:
		s.batch.Queue(`UPDATE task SET closed_at = $4, outcome = $5 WHERE application = $1 AND node = $2 AND visit = $3 AND closed_at IS NULL`,
			s.id, e.Node, e.Visit, s.at, e.Outcome)
		if e.Outcome == Skip { // nothing was found, and what an earlier visit found counts no more
			s.batch.Queue("INSERT INTO answer (application, node, visit, found, body, at) VALUES ($1, $2, $3, false, '{}', $4) ON CONFLICT (application, node, visit) DO UPDATE SET found = false",
				s.id, e.Node, e.Visit, s.at)
		}
		if s.appoints(e.Node) {
			return s.settleSlot(ctx, e)
		}
	case activity.Escalate:
		s.batch.Queue("UPDATE task SET overdue = true WHERE application = $1 AND node = $2 AND visit = $3 AND closed_at IS NULL", s.id, e.Node, e.Visit)
		s.event("escalated", e, "")
	case activity.Remind:
		s.event("reminded", e, "")
	case activity.Voted:
		if n := s.b.node(s.digest, e.Node); n != nil && n.Invite != nil {
			return nil // thousands of the public may speak: what they said stands in a table of its own, and no reader's timeline ends
		}
		secret := *e // how a member has voted nobody reads before the panel has decided
		secret.Outcome = ""
		s.event("voted", &secret, "")
	case activity.Extended:
		s.event("extended", e, s.comment(e))
	case activity.Suspended:
		s.event("suspended", e, s.comment(e))
		by, _ := s.b.anytime(s.digest, Resume)
		s.batch.Queue("UPDATE application SET suspended_until = $2, suspended_by = $3 WHERE id = $1", s.id, e.Until, by)
		s.batch.Queue("UPDATE task SET due_at = NULL WHERE application = $1 AND closed_at IS NULL", s.id) // until it is resumed nothing is due
		return s.postpone(ctx, nil)
	case activity.Resumed:
		s.event("resumed", e, s.comment(e))
		s.batch.Queue("UPDATE application SET suspended_until = NULL, suspended_by = NULL WHERE id = $1", s.id)
		return s.due(ctx, e.Dues)
	case activity.Postponed:
		s.event("postponed", e, "")
		return s.due(ctx, e.Dues)
	case activity.Reopened:
		s.event("reopened", e, s.comment(e))
	case activity.Notice:
		return s.tell(e)
	case activity.Keep:
		return s.keep(e)
	case activity.Ranked:
		if s.b.o.Rounds == nil || e.Rank == nil {
			return errors.New("without a round")
		}
		return s.b.o.Rounds.Waits(ctx, s.tx, s.id, e.Node, e.Visit, *e.Rank)
	case activity.Await:
		return s.await(ctx, e.Awaits)
	case activity.Ended:
		s.event("ended", e, "")
		if pl, ok := s.b.o.Releases.Plan(s.digest); ok && pl.Round != nil && s.b.o.Rounds != nil {
			return s.b.o.Rounds.Left(ctx, s.tx, s.id, true, s.a.Outcome)
		}
	default:
		// The rest reads the rows that were queued, or is somebody else's.
		if err := s.flush(ctx); err != nil {
			return err
		}
		return s.byPort(ctx, e)
	}
	return nil
}

// postpone says of payments when they are due now: at no time, while the application stands still.
func (s *step) postpone(ctx context.Context, dues []activity.NewDue) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	return s.b.o.Payments.Postpone(ctx, s.tx, s.id, dues)
}

func (s *step) byPort(ctx context.Context, e *activity.Effect) error {
	payments := s.b.o.Payments
	switch e.Kind {
	case activity.Assess:
		if e.Assessment == nil {
			return errors.New("without an assessment")
		}
		return payments.Assess(ctx, s.tx, AssessRequest{
			Application: s.id, Service: s.service, Authority: s.authority, Node: e.Node, Visit: e.Visit, Assessment: *e.Assessment, At: s.at,
		})
	case activity.Cancel:
		return payments.Cancel(ctx, s.tx, s.id, e.Node, e.Visit)
	case activity.Refund:
		s.event("refunded", e, "")
		return payments.Refund(ctx, s.tx, s.id, s.a.Outcome, e.Refunds, s.at)
	case activity.PayOut:
		if e.PayOut == nil {
			return errors.New("without a payout")
		}
		return payments.PayOut(ctx, s.tx, PayOutRequest{
			Application: s.id, Authority: s.authority, Node: e.Node, Step: e.Step, Visit: e.Visit, Person: e.PayOut.Person, Account: e.PayOut.Account,
			Amount: e.PayOut.Amount, Currency: e.PayOut.Currency, At: s.at,
		})
	case activity.Settle:
		if e.Settlement == nil {
			return errors.New("without a settlement")
		}
		return payments.Settle(ctx, s.tx, s.id, e.Node, e.Visit, *e.Settlement, s.at)
	case activity.Issue:
		return s.issue(ctx, e)
	case activity.Revoke:
		return s.revoke(ctx, e)
	case activity.ShowRows:
		return s.answer(ctx, e)
	}
	return fmt.Errorf("unknown kind %q", e.Kind)
}

// keep stores what formulas read of what a node brought. What somebody filled in is stored with their act, whole, whatever formulas read of it.
func (s *step) keep(e *activity.Effect) error {
	if n := s.b.node(s.digest, e.Node); s.act != nil && s.act.actor == events && n != nil && n.Kind == plan.Wait {
		s.batch.Queue(`INSERT INTO answer (application, node, visit, found, body, at)
			SELECT $1, $2, $3, true, v.data, $5 FROM event v WHERE v.id = (SELECT reference::uuid FROM act WHERE id = $4)
			ON CONFLICT (application, node, visit) DO UPDATE SET body = excluded.body, at = excluded.at`, s.id, e.Node, e.Visit, s.act.id, s.at)
		return nil
	}
	if s.act != nil && s.act.actor != started && s.act.node == e.Node && s.act.data != nil {
		return nil
	}
	body, err := json.Marshal(e.Values)
	if err != nil {
		return err
	}
	s.bring(e.Node, e.Visit, body, nil)
	return nil
}

// bring queues what a visit of a node brought; it stands where the answers of registries do. labels may be nil.
func (s *step) bring(node string, visit int, body, labels []byte) {
	s.batch.Queue(`INSERT INTO answer (application, node, visit, found, body, at, labels) VALUES ($1, $2, $3, true, $4, $5, coalesce($6::jsonb, '{}'))
		ON CONFLICT (application, node, visit) DO UPDATE SET body = excluded.body, at = excluded.at, labels = excluded.labels`,
		s.id, node, visit, body, s.at, labels)
}

func (s *step) openTask(e *activity.Effect) error {
	t := e.Task
	if t == nil {
		return errors.New("without a task")
	}
	role, number := roleOf(t.Role)
	incident, is := strings.CutPrefix(e.Reason, "incident.")
	if !is {
		incident = ""
	} else {
		s.incidents = append(s.incidents, incident)
		s.b.o.Log.Warn("application: incident", "application", s.id, "node", e.Node, "reason", incident, "detail", e.Detail)
	}
	// The same visit can ask twice: an incident takes the place of the task that could not be left.
	s.batch.Queue(`
		INSERT INTO task (id, application, node, step, visit, kind, role, actions, comment, frozen, revision, opened_at, due_at, reason, detail, from_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, '{}'::text[]), coalesce($9, '{}'::text[]), coalesce($10, '{}'::text[]), $11, $12, $13, $14, $15, $16)
		ON CONFLICT (application, node, visit) DO UPDATE SET kind = excluded.kind, role = excluded.role, actions = excluded.actions,
			comment = excluded.comment, frozen = excluded.frozen, reason = excluded.reason, detail = excluded.detail, revision = excluded.revision, opened_at = excluded.opened_at,
			due_at = excluded.due_at, from_at = excluded.from_at, claimed_by = NULL, claimed_until = NULL, assigned = '', overdue = false, closed_at = NULL, outcome = ''`,
		TaskID(s.id, e.Node, e.Visit), s.id, e.Node, e.Step, e.Visit, t.Kind, role, t.Actions, t.Comment, t.Frozen, t.Revision, s.at, t.DueAt, incident, e.Detail, t.From)
	s.assigns(e, role, incident)
	if number != "" {
		s.invite(TaskID(s.id, e.Node, e.Visit), number)
	}
	s.event("task", e, "")
	return nil
}

// due gives what is open another time at which it is due.
func (s *step) due(ctx context.Context, dues []activity.NewDue) error {
	for _, d := range dues {
		s.batch.Queue("UPDATE task SET due_at = $4 WHERE application = $1 AND node = $2 AND visit = $3 AND closed_at IS NULL", s.id, d.Node, d.Visit, d.DueAt)
	}
	return s.postpone(ctx, dues)
}

// event queues an item of the timeline.
func (s *step) event(kind string, e *activity.Effect, comment string) {
	s.position++
	s.batch.Queue(`INSERT INTO timeline (application, position, at, kind, node, step, visit, outcome, actor, comment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.id, s.position, s.at, kind, e.Node, e.Step, e.Visit, e.Outcome, s.actorKind(e.Actor), comment)
}

// comment is what the person wrote who left the step; it is shown once, where the step is left.
func (s *step) comment(e *activity.Effect) string {
	if s.act == nil || e.Actor == "" || e.Actor != s.act.actor {
		return ""
	}
	return s.act.comment
}

// actorKind says who did it without saying who it was.
func (s *step) actorKind(actor string) string {
	switch actor {
	case "":
		return "system"
	case gateway, Parent:
		return actor
	case events, started, rounds:
		return "system"
	case s.applicant:
		return string(Applicant)
	}
	if s.act != nil && s.act.party && s.act.actor == actor {
		return string(Party)
	}
	return string(Officer)
}
