package application

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// ForApplicant gives a person's own application, or one that they have made for another; ErrNotFound for any other.
func (b *Book) ForApplicant(ctx context.Context, person, id uuid.UUID) (*View, error) {
	v, err := b.view(ctx, "a.id = $1", of("$2"), id, person)
	if err == nil {
		b.mayHappen(v, []string{string(Applicant)})
	}
	return v, err
}

// TextsOf is the digest of an application's texts, which are public. It tells nothing else of the application, so anybody may ask. ErrNotFound.
func (b *Book) TextsOf(ctx context.Context, id uuid.UUID) (digest string, err error) {
	err = b.o.Pool.QueryRow(ctx, "SELECT texts FROM application WHERE id = $1", id).Scan(&digest)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return digest, err
}

// Referred is the ID of the application of a number, however it is written. It tells nothing of the application, so anybody may ask who may take
// what is due of it. ErrNotFound.
func (b *Book) Referred(ctx context.Context, reference string) (id uuid.UUID, err error) {
	r, ok := ParseReference(reference)
	if !ok {
		return uuid.Nil, ErrNotFound
	}
	err = b.o.Pool.QueryRow(ctx, "SELECT id FROM application WHERE reference = $1", r).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return id, err
}

// readable is the rule by which officers read an application a: who holds any role of the service's authority, and who holds a role of another
// authority to which a task of it is or was addressed. $2 are the authorities and $3 the roles.
const readable = "(a.authority = ANY($2) OR EXISTS (SELECT FROM task r WHERE r.application = a.id AND r.role = ANY($3)))"

// ForOfficer gives an application to an officer who may read it: a holder of any role of the service's authority, or of a role of another one
// to which something in it is or was addressed. ErrNotFound to everybody else. The caller writes the read into the audit.
func (b *Book) ForOfficer(ctx context.Context, capacities []string, id uuid.UUID) (*View, error) {
	return b.office(ctx, "a.id = $1", id, capacities)
}

// office gives what officers know of an application beside what its applicant does.
func (b *Book) office(ctx context.Context, which string, id any, capacities []string) (*View, error) {
	v, err := b.view(ctx, which, readable, id, authorities(capacities), roles(capacities))
	if err != nil {
		return nil, err
	}
	b.mayHappen(v, roles(capacities))
	if err := b.votes(ctx, v); err != nil {
		return nil, err
	}
	return v, b.recusals(ctx, v)
}

// ByReference finds an application by its reference, however it is written, under the rule of ForOfficer.
func (b *Book) ByReference(ctx context.Context, capacities []string, reference string) (*View, error) {
	r, ok := ParseReference(reference)
	if !ok {
		return nil, ErrNotFound
	}
	return b.office(ctx, "a.reference = $1", r, capacities)
}

// view reads the application a which is meant; may is the rule by which it may be read, and so those to which it is tied. The first argument
// says which is meant, the others are those of the rule.
func (b *Book) view(ctx context.Context, which, may string, args ...any) (*View, error) {
	v := &View{}
	err := pgx.BeginTxFunc(ctx, b.o.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var form, labels, facts, behalf, answer []byte
		err := tx.QueryRow(ctx, `
			SELECT a.id, a.reference, a.service, a.authority, a.applicant, a.plan, a.texts, a.language, a.status, a.node, a.outcome, a.reason,
				a.sequence, a.form, a.labels, a.facts, a.behalf, a.representative, a.answer, a.submitted_at, a.ended_at, a.suspended_until, a.erased_at, a.erased_by
			FROM application a WHERE `+which+` AND `+may, args...).
			Scan(&v.ID, &v.Reference, &v.Service, &v.Authority, &v.Applicant, &v.Plan, &v.Texts, &v.Language, &v.Status, &v.Node, &v.Outcome, &v.Reason,
				&v.Sequence, &form, &labels, &facts, &behalf, &v.Representative, &answer, &v.SubmittedAt, &v.EndedAt, &v.SuspendedUntil, &v.ErasedAt, &v.ErasedBy)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if v.Form, err = values(form); err != nil {
			return err
		}
		if err := json.Unmarshal(labels, &v.Labels); err != nil {
			return err
		}
		if v.Facts, err = values(facts); err != nil {
			return err
		}
		if v.Behalf, err = values(behalf); err != nil {
			return err
		}
		if answer != nil {
			if err := json.Unmarshal(answer, &v.Answer); err != nil {
				return err
			}
		}
		if err := v.follow(ctx, tx); err != nil {
			return err
		}
		args[0] = v.ID
		return v.related(ctx, tx, may, args)
	})
	if err != nil {
		return nil, err
	}
	v.Step = b.step(v.Plan, v.Node)
	if pl, ok := b.o.Releases.Plan(v.Plan); ok {
		for i := range v.Tasks {
			t := &v.Tasks[i]
			n := nodeOf(pl, t.Node)
			t.Form, t.Panel = filledIn(n, t.Kind), panelOf(n, t.Kind)
			if t.Kind == incidentTask && t.Open() {
				if p, ok := b.o.Releases.Program(v.Plan); ok {
					t.Skipping = p.Skips(t.Node, t.Reason)
				}
			}
		}
		if pl.Round != nil && b.o.Rounds != nil {
			if s, err := b.o.Rounds.Standing(ctx, v.ID); err == nil {
				v.Round = &s
			} else if !errors.Is(err, ErrNotFound) {
				return nil, err
			}
		}
		n := nodeOf(pl, v.Node)
		v.Undoing = n != nil && n.Kind == plan.Undo && v.Status != Ended
		v.Withdrawable = pl.Withdraw >= 0 && v.Status != Ended && v.Status != Received && !v.Undoing
	}
	return v, nil
}

// step is the code of the step that a node was compiled from.
func (b *Book) step(digest, node string) string {
	if n := b.node(digest, node); n != nil {
		return n.Step
	}
	return ""
}

// node is the node of a plan at which an application is; nil before its start.
func (b *Book) node(digest, node string) *plan.Node {
	if pl, ok := b.o.Releases.Plan(digest); ok {
		return nodeOf(pl, node)
	}
	return nil
}

// follow reads the timeline and the tasks in one round trip.
func (v *View) follow(ctx context.Context, tx pgx.Tx) error {
	batch := &pgx.Batch{}
	batch.Queue("SELECT at, kind, step, visit, outcome, actor, comment FROM timeline WHERE application = $1 ORDER BY position", v.ID).
		Query(func(rows pgx.Rows) (err error) {
			v.Timeline, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Event])
			return err
		})
	batch.Queue("SELECT "+taskColumns+" FROM task t WHERE t.application = $1 ORDER BY t.closed_at NULLS FIRST, t.opened_at, t.id", v.ID).
		Query(func(rows pgx.Rows) (err error) {
			v.Tasks, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Task, err error) {
				return t, row.Scan(t.columns()...)
			})
			return err
		})
	return tx.SendBatch(ctx, batch).Close()
}

// taskColumns are the fields of Task, in their order.
const taskColumns = `t.id, t.node, t.step, t.visit, t.kind, t.role, t.actions, t.comment, t.frozen, t.revision, t.opened_at, t.due_at, t.overdue,
	t.closed_at, t.outcome, t.reason, t.detail, t.from_at, t.claimed_by, t.claimed_until, t.assigned,
	(SELECT count(*) FROM vote v WHERE v.application = t.application AND v.node = t.node AND v.visit = t.visit)`

// columns are where taskColumns are read to.
func (t *Task) columns() []any {
	return []any{&t.ID, &t.Node, &t.Step, &t.Visit, &t.Kind, &t.Role, &t.Actions, &t.Comment, &t.Frozen, &t.Revision, &t.OpenedAt, &t.DueAt, &t.Overdue,
		&t.ClosedAt, &t.Outcome, &t.Reason, &t.Detail, &t.From, &t.Claimant, &t.ClaimedUntil, &t.Assigned, &t.Voted}
}

// ListForApplicant lists a person's applications, those that they have made for others among them, the newest first.
func (b *Book) ListForApplicant(ctx context.Context, person uuid.UUID, p Page) (out Paged[Summary], err error) {
	after, err := p.cursor()
	if err != nil {
		return out, err
	}
	rows, err := b.o.Pool.Query(ctx, `
		SELECT a.id, a.reference, a.service, a.texts, a.status, a.plan, a.node, a.outcome,
			coalesce((SELECT t.kind FROM task t WHERE t.application = a.id AND t.role = 'applicant' AND t.closed_at IS NULL ORDER BY t.opened_at, t.id LIMIT 1), ''), a.submitted_at, a.ended_at,
			CASE WHEN a.representative = $1 THEN coalesce(a.facts->>'name', a.facts->>'nationalNumber', '') ELSE '' END
		FROM application a
		WHERE `+ofCaller+` AND (a.submitted_at, a.id) < ($2::timestamptz, $3::uuid)
		ORDER BY a.submitted_at DESC, a.id DESC LIMIT $4`, person, after.until(), after.id, p.size()+1)
	if err != nil {
		return out, err
	}
	out.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Summary, err error) {
		var digest, node string
		err = row.Scan(&s.ID, &s.Reference, &s.Service, &s.Texts, &s.Status, &digest, &node, &s.Outcome, &s.Asked, &s.SubmittedAt, &s.EndedAt, &s.For)
		s.Step = b.step(digest, node)
		return s, err
	})
	if n := p.size(); err == nil && len(out.Items) > n {
		out.Items = out.Items[:n]
		out.Next = cursor{at: out.Items[n-1].SubmittedAt, id: out.Items[n-1].ID}.String()
	}
	return out, err
}

// mostOwn bounds what OwnOf gives: the newest.
const mostOwn = 1000

// Own is what an application is called by whose it is.
type Own struct {
	Reference string
	Texts     string // digest
	For       string // as in Summary
}

// OwnOf are the applications of a person, also those that they have made for others.
func (b *Book) OwnOf(ctx context.Context, person uuid.UUID) (map[uuid.UUID]Own, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT a.id, a.reference, a.texts,
			CASE WHEN a.representative = $1 THEN coalesce(a.facts->>'name', a.facts->>'nationalNumber', '') ELSE '' END
		FROM application a WHERE `+ofCaller+` ORDER BY a.submitted_at DESC LIMIT $2`, person, mostOwn)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]Own{}
	var id uuid.UUID
	var own Own
	_, err = pgx.ForEachRow(rows, []any{&id, &own.Reference, &own.Texts, &own.For}, func() error { all[id] = own; return nil })
	return all, err
}

// Corrections are the forms of an application as they were submitted and corrected, oldest first, under the rule of ForOfficer.
func (b *Book) Corrections(ctx context.Context, capacities []string, id uuid.UUID) ([]FormVersion, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT f.version, f.form, f.at FROM application_form f JOIN application a ON a.id = f.application
		WHERE a.id = $1 AND `+readable+` ORDER BY f.version`, id, authorities(capacities), roles(capacities))
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v FormVersion, err error) {
		var form []byte
		if err := row.Scan(&v.Version, &form, &v.At); err != nil {
			return v, err
		}
		v.Form, err = values(form)
		return v, err
	})
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	return list, err
}

// FormVersion is a form as it was submitted or corrected.
type FormVersion struct {
	Version int // from 1
	Form    map[string]any
	At      time.Time
}

// Answers are the whole answers of registries to an application, oldest first, under the rule of ForOfficer.
func (b *Book) Answers(ctx context.Context, capacities []string, id uuid.UUID) ([]RegistryAnswer, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT w.node, w.visit, w.found, w.body, w.at, w.labels FROM answer w JOIN application a ON a.id = w.application
		WHERE a.id = $1 AND `+readable+` ORDER BY w.at, w.node, w.visit`, id, authorities(capacities), roles(capacities))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r RegistryAnswer, err error) {
		var body, labels []byte
		if err := row.Scan(&r.Node, &r.Visit, &r.Found, &body, &r.At, &labels); err != nil {
			return r, err
		}
		if err := json.Unmarshal(labels, &r.Labels); err != nil {
			return r, err
		}
		r.Values, err = values(body)
		return r, err
	})
}

// RegistryAnswer is what a registry said at a lookup, or what somebody filled in who decided.
type RegistryAnswer struct {
	Node   string
	Visit  int
	Found  bool
	Values map[string]any
	Labels map[string]string // of what was filled in, where it was chosen among records
	At     time.Time
}
