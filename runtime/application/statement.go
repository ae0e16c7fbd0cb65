package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// lastLook is how long before the end of a hearing what nobody has looked at is taken, so that it has reached the machine by then. What comes
// later is taken at once.
const lastLook = 5 * time.Minute

// Speak takes what one of the public says at a hearing, once of each person. Where the definition has a triage it waits for an officer, else
// it is on its way to the machine. code is "" when it was stored, or stands already as it was said; otherwise voted, closed, revision,
// own-application or unknown-action, and nothing has changed. ErrNotFound where there is no such hearing.
func (b *Book) Speak(ctx context.Context, actor Actor, task uuid.UUID, r ActRequest) (code string, err error) {
	if actor.Kind != Party || actor.Person == uuid.Nil || len(r.Comment) > mostComment || !postgres.Storable(r.Action, r.Comment) {
		return "", fmt.Errorf("%w: a statement of the public", ErrInvalid)
	}
	r.Task = task
	sent := false
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		code, sent, err = b.speak(ctx, tx, actor, r)
		return err
	})
	if err == nil && sent {
		b.o.Relay.Wake()
	}
	return code, err
}

func (b *Book) speak(ctx context.Context, tx pgx.Tx, actor Actor, r ActRequest) (code string, sent bool, err error) {
	var application uuid.UUID
	var digest string
	var due *time.Time
	err = tx.QueryRow(ctx, "SELECT a.id, a.plan, t.due_at FROM task t JOIN application a ON a.id = t.application WHERE t.id = $1 AND"+isHearing, r.Task).
		Scan(&application, &digest, &due)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, ErrNotFound
	}
	if err != nil {
		return "", false, err
	}
	t, err := b.target(ctx, tx, actor, application, r)
	if err != nil {
		return "", false, err
	}
	pl, ok := b.o.Releases.Plan(digest)
	if !ok {
		return "", false, fmt.Errorf("%w: plan %s", ErrUnavailable, digest)
	}
	var data []byte
	if n := b.node(digest, t.node); (r.Data != nil) != (n != nil && n.Invite != nil && n.Invite.Form != nil) {
		return "", false, fmt.Errorf("%w: what is said comes with the form that asks for it", ErrInvalid)
	}
	if r.Data != nil {
		if data, err = json.Marshal(r.Data); err != nil || len(data) > mostForm {
			return "", false, fmt.Errorf("%w: data", ErrInvalid)
		}
	}
	s := said{id: uuid.New(), application: application, task: r.Task, person: actor.Person, action: r.Action, data: data, comment: r.Comment}
	if code, err = s.before(ctx, tx); err != nil || code != "new" {
		return code, false, err
	}
	if code = t.refusal(actor, r); code == "" {
		role, now := triageOf(pl, b.node(digest, t.node)), b.now()
		waits := role != "" && (due == nil || now.Before(due.Add(-lastLook)))
		var fresh bool
		if fresh, err = s.insert(ctx, tx, now, role); err == nil && !fresh { // the same person has said something at the same time
			code, err = s.before(ctx, tx)
			return code, false, err
		}
		if err == nil && len(r.Uploads) > 0 {
			err = b.o.Documents.Claim(ctx, tx, actor.Person, application, r.Uploads)
		}
		if err == nil && !waits {
			sent, err = true, b.take(ctx, tx, s.id, uuid.Nil)
		}
	}
	if err == nil {
		err = b.audited(ctx, tx, AuditedAct{Authority: t.authority, Actor: actor.Person.String(), Application: application, Act: s.id, Task: r.Task,
			Action: r.Action, Capacities: []string{PublicRole}, Code: code, At: b.now()})
	}
	return code, sent, err
}

// said is one statement as it is stored.
type said struct {
	id, application, task, person uuid.UUID
	action                        string
	data                          []byte
	comment                       string
}

// before tells what this person has said here before: "new" for nothing, "" for the same, and voted for something else.
func (s said) before(ctx context.Context, tx pgx.Tx) (code string, err error) {
	var same bool
	err = tx.QueryRow(ctx, "SELECT action = $3 AND comment = $4 AND data IS NOT DISTINCT FROM $5::jsonb FROM statement WHERE task = $1 AND person = $2",
		s.task, s.person, s.action, s.comment, s.data).Scan(&same)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "new", nil
	case err != nil || same:
		return "", err
	}
	return "voted", nil
}

// insert stores the statement; fresh is false where this person has said something here before.
func (s said) insert(ctx context.Context, tx pgx.Tx, at time.Time, role string) (fresh bool, err error) {
	tag, err := tx.Exec(ctx, `INSERT INTO statement (id, task, person, action, data, comment, at, role, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting')
		ON CONFLICT (task, person) DO NOTHING`, s.id, s.task, s.person, s.action, s.data, s.comment, at, role)
	return tag.RowsAffected() == 1, err
}

// take sends a waiting statement to the machine as the act of who wrote it; by is the officer who has taken it, or zero.
func (b *Book) take(ctx context.Context, tx pgx.Tx, id, by uuid.UUID) error {
	now := b.now()
	row := actRow{id: uuid.New(), key: "statement " + id.String(), capacities: []string{PublicRole}, at: now}
	var person uuid.UUID
	err := tx.QueryRow(ctx, `UPDATE statement s SET state = 'taken', decided_by = $2, decided_at = $3 FROM task t
		WHERE s.id = $1 AND s.state = 'waiting' AND t.id = s.task
		RETURNING t.application, t.node, t.visit, t.revision, s.person, s.action, s.comment, s.data`, id, uuid.NullUUID{UUID: by, Valid: by != uuid.Nil}, now).
		Scan(&row.application, &row.node, &row.visit, &row.revision, &person, &row.action, &row.comment, &row.data)
	if err != nil {
		return err
	}
	row.actor = person.String()
	if row.request, err = requestHash(id); err != nil {
		return err
	}
	if _, _, err = row.insert(ctx, tx); err != nil {
		return err
	}
	return outbox.Add(ctx, tx, row.message())
}

// impartial is the rule by which a person may look at what is said in an application a: not the applicant, who applies for them or has filled it in, nor
// who must not decide on it.
func impartial(person string) string {
	return " " + notOf(person) + " AND a.filled_by IS DISTINCT FROM " + person + " AND NOT EXISTS (SELECT FROM recusal r WHERE r.application = a.id AND r.person = " + person + ") "
}

// looksAt is the rule by which an officer may look at a statement s that waits: $1 are the roles held, $2 the person, who looks at nothing of
// their own.
var looksAt = " s.role = ANY($1) AND s.state = 'waiting' AND t.closed_at IS NULL AND s.person <> $2 AND" + impartial("$2")

// ToTriage lists the statements of the public that wait for a role of the actor, the oldest first.
func (b *Book) ToTriage(ctx context.Context, actor Actor, p Page) (out Paged[Statement], err error) {
	after, err := p.cursor()
	if err != nil {
		return out, err
	}
	rows, err := b.o.Pool.Query(ctx, "SELECT "+statementColumns+" WHERE"+looksAt+"AND (s.at, s.id) > ($3::timestamptz, $4::uuid) ORDER BY s.at, s.id LIMIT $5",
		roles(actor.Capacities), actor.Person, after.from(), after.id, p.size()+1)
	if err != nil {
		return out, err
	}
	out.Items, err = pgx.CollectRows(rows, scanStatement)
	if n := p.size(); err == nil && len(out.Items) > n {
		out.Items = out.Items[:n]
		out.Next = cursor{at: out.Items[n-1].At, id: out.Items[n-1].ID}.String()
	}
	return out, err
}

// Triage takes a statement, or sets it aside with a reason that whoever wrote it reads. code is "" when it did, closed when somebody else
// has decided or the hearing is over, and comment-required without a reason. ErrNotFound where the actor may not look at it.
func (b *Book) Triage(ctx context.Context, actor Actor, statement uuid.UUID, take bool, reason string) (code string, err error) {
	if actor.Kind != Officer || len(reason) > mostComment || !postgres.Storable(reason) {
		return "", fmt.Errorf("%w: triage", ErrInvalid)
	}
	action := StatementTaken
	if !take {
		if action = StatementSetAside; strings.TrimSpace(reason) == "" {
			return "comment-required", nil
		}
	}
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		code = ""
		var application, task, applicant uuid.UUID
		var authority, role string
		var open bool
		err := tx.QueryRow(ctx, `SELECT a.id, t.id, a.applicant, a.authority, s.role, s.state = 'waiting' AND t.closed_at IS NULL
			FROM statement s JOIN task t ON t.id = s.task JOIN application a ON a.id = t.application
			WHERE s.id = $1 AND s.role = ANY($2) AND s.person <> $3 AND`+impartial("$3")+`FOR UPDATE OF s`, statement, roles(actor.Capacities), actor.Person).
			Scan(&application, &task, &applicant, &authority, &role, &open)
		switch {
		case errors.Is(err, pgx.ErrNoRows), err == nil && actor.behalf(role) == applicant: // nor does anybody in the applicant's place
			return ErrNotFound
		case err != nil:
			return err
		case !open:
			code = "closed"
		case take:
			err = b.take(ctx, tx, statement, actor.Person)
		default:
			_, err = tx.Exec(ctx, "UPDATE statement SET state = 'setAside', reason = $2, decided_by = $3, decided_at = $4 WHERE id = $1",
				statement, strings.TrimSpace(reason), actor.Person, b.now())
		}
		if err == nil {
			err = b.audited(ctx, tx, AuditedAct{Authority: authority, Actor: actor.Person.String(), Application: application, Act: statement, Task: task,
				Action: action, Capacities: attestedCapacities(actor, ""), Code: code, At: b.now()})
		}
		return err
	})
	if err == nil && code == "" && take {
		b.o.Relay.Wake()
	}
	return code, err
}

// mostTaken bounds one question of TakeDue.
const mostTaken = 1000

// TakeDue takes what nobody has looked at in hearings that end in a few minutes, so that it counts, however much it is: silence of an officer is
// nobody's loss.
func (b *Book) TakeDue(ctx context.Context) (taken int, err error) {
	for {
		n, err := b.takeDue(ctx)
		if taken += n; err != nil || n < mostTaken {
			return taken, err
		}
	}
}

func (b *Book) takeDue(ctx context.Context) (taken int, err error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT s.id FROM statement s JOIN task t ON t.id = s.task
		WHERE s.state = 'waiting' AND t.closed_at IS NULL AND t.due_at < $1 ORDER BY t.due_at, s.id LIMIT $2`, b.now().Add(lastLook), mostTaken)
	if err != nil {
		return 0, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	for _, id := range ids {
		one := postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error { return b.take(ctx, tx, id, uuid.Nil) })
		switch {
		case one == nil:
			taken++
		case !errors.Is(one, pgx.ErrNoRows): // an officer was faster
			err = errors.Join(err, one)
		}
	}
	if taken > 0 {
		b.o.Relay.Wake()
	}
	return taken, err
}

// ToLookAt is one statement that waits for a role of the actor; ErrNotFound for everybody else, and once it is decided.
func (b *Book) ToLookAt(ctx context.Context, actor Actor, id uuid.UUID) (*Statement, error) {
	rows, err := b.o.Pool.Query(ctx, "SELECT "+statementColumns+" WHERE"+looksAt+"AND s.id = $3", roles(actor.Capacities), actor.Person, id)
	if err != nil {
		return nil, err
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanStatement)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	return &s, err
}
