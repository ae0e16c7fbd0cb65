package application

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Asked is what somebody is asked in an application: as the applicant, by their national number, or as one of the public. It holds nothing
// of what the applicant has written; what the definition shows of it stands in the task's own form.
type Asked struct {
	Task        Task
	Application uuid.UUID
	Service     string
	Authority   string
	Plan        string // digest
	Texts       string // digest
	Status      Status
	Own         bool // whoever asks is the applicant, or applies for them
	// By is the name of the applicant, as it was attested: of an invitation by name only. Whoever is invited was named by them.
	By          string
	SubmittedAt time.Time
	Answer      *Reply // what whoever asks has answered, or nil

	SuspendedUntil *time.Time // nobody can answer, since the application stands still, at the latest until then
}

// Reply is an answer that took effect, or is on its way.
type Reply struct {
	Action  string
	At      time.Time
	Pending bool
}

// mostAsked bounds the list of what somebody is asked: open ones first.
const mostAsked = 100

var askedColumns = taskColumns + `, a.id, a.service, a.authority, a.plan, a.texts, a.status, coalesce(` + ofCaller + `, false),
	CASE WHEN t.role = '` + InvitedRole + `' THEN coalesce(a.facts->>'name', '') ELSE '' END, a.submitted_at, a.suspended_until, c.action, c.at, c.result IS NULL
	FROM task t JOIN application a ON a.id = t.application LEFT JOIN LATERAL (
		SELECT action, at, result FROM act WHERE application = t.application AND node = t.node AND visit = t.visit AND actor = ($1::uuid)::text
			AND coalesce(result, '') = '' ORDER BY at DESC LIMIT 1) c ON true `

func scanAsked(row pgx.CollectableRow) (q Asked, err error) {
	var action *string
	var at *time.Time
	var pending *bool
	err = row.Scan(append(q.Task.columns(), &q.Application, &q.Service, &q.Authority, &q.Plan, &q.Texts, &q.Status, &q.Own, &q.By, &q.SubmittedAt, &q.SuspendedUntil,
		&action, &at, &pending)...)
	if action != nil {
		q.Answer = &Reply{Action: *action, At: *at, Pending: *pending}
	}
	return q, err
}

// AskedOf lists what a person is or was asked by their national number in applications of others: what is open first, then the newest; at
// most a hundred. Nothing for who has no attested number.
func (b *Book) AskedOf(ctx context.Context, person uuid.UUID, number string) ([]Asked, error) {
	if number == "" {
		return nil, nil
	}
	rows, err := b.o.Pool.Query(ctx, `SELECT `+askedColumns+` JOIN invitation i ON i.task = t.id
		WHERE i.number = $2 AND t.role = '`+InvitedRole+`' AND `+notOf("$1")+`
		ORDER BY t.closed_at IS NOT NULL, t.opened_at DESC, t.id LIMIT $3`, person, number, mostAsked)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanAsked)
}

// Asked is one task of the applicant, of somebody invited or of the public, for whoever is asked; ErrNotFound for everybody else. Corrections
// are not among them: their form is the applicant's own.
func (b *Book) Asked(ctx context.Context, person uuid.UUID, number string, task uuid.UUID) (*Asked, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT `+askedColumns+`
		WHERE t.id = $3 AND t.kind = 'invite' AND (t.role = 'applicant' AND `+ofCaller+` OR t.role <> '`+PublicRole+`' AND `+asked("$2")+`)`, person, number, task)
	if err != nil {
		return nil, err
	}
	q, err := pgx.CollectExactlyOneRow(rows, scanAsked)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	return &q, err
}

// Invitation is the task to which a link leads whoever was invited. ErrNotFound for everybody else, once the task is closed, and for a token
// that is none: the three are never told apart.
func (b *Book) Invitation(ctx context.Context, number, token string) (task uuid.UUID, err error) {
	err = b.o.Pool.QueryRow(ctx, `SELECT t.id FROM invitation i JOIN task t ON t.id = i.task
		WHERE i.token = $1 AND i.number = $2 AND $2 <> '' AND t.role = '`+InvitedRole+`' AND t.closed_at IS NULL`, token, number).Scan(&task)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return task, err
}

// Links are the tokens of the invitations of an application that still wait, by task, for its applicant to pass on.
func (b *Book) Links(ctx context.Context, person, application uuid.UUID) (map[uuid.UUID]string, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT t.id, i.token FROM invitation i JOIN task t ON t.id = i.task JOIN application a ON a.id = t.application
		WHERE a.id = $1 AND `+of("$2")+` AND t.role = '`+InvitedRole+`' AND t.closed_at IS NULL`, application, person)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]string{}
	var task uuid.UUID
	var token string
	_, err = pgx.ForEachRow(rows, []any{&task, &token}, func() error { out[task] = token; return nil })
	return out, err
}

// AskedForm opens what is filled in beside the answer to a task that the caller has read; nil where nothing is. What was answered at an earlier
// visit begins only the applicant's own: who is invited now need not be who was then.
func (b *Book) AskedForm(ctx context.Context, q *Asked) (*OwnForm, error) {
	v := &View{ID: q.Application, Plan: q.Plan, Texts: q.Texts, SubmittedAt: q.SubmittedAt}
	var form, labels, facts, behalf []byte
	err := b.o.Pool.QueryRow(ctx, "SELECT form, labels, facts, behalf FROM application WHERE id = $1", q.Application).Scan(&form, &labels, &facts, &behalf)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err == nil {
		v.Form, err = values(form)
	}
	if err == nil {
		v.Facts, err = values(facts)
	}
	if err == nil {
		v.Behalf, err = values(behalf)
	}
	if err == nil {
		err = json.Unmarshal(labels, &v.Labels)
	}
	if err != nil {
		return nil, err
	}
	own, err := b.OwnForm(ctx, v, q.Task)
	if own != nil && q.Task.Role != string(Applicant) {
		own.Before = nil
		delete(own.With.Given, b.node(q.Plan, q.Task.Node).Root())
	}
	return own, err
}
