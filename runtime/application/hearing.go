package application

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Hearing is a task at which the public is heard, as anybody may read it.
type Hearing struct {
	Asked
	Mine *Statement // what whoever asks has said, or nil
	// Published is what the definition lets everybody read of what was taken, the newest first; who wrote it is not among it.
	Published []Published
}

// Published are the fields of a statement that everybody may read.
type Published struct {
	At     time.Time
	Values map[string]any
}

// States of a Statement.
const (
	StatementWaiting  = "waiting" // for an officer to look at it
	StatementTaken    = "taken"
	StatementSetAside = "setAside"
)

// Statement is what one of the public has said.
type Statement struct {
	ID          uuid.UUID
	Task        uuid.UUID
	Application uuid.UUID
	Reference   string // "" for who wrote it
	Service     string
	Plan        string // digest
	Texts       string // digest
	Node        string
	Step        string
	Role        string // authority:role that looks at it, "" where nobody has to
	Data        map[string]any
	Comment     string
	At          time.Time
	State       string
	Reason      string // why it was set aside
}

const statementColumns = `s.id, s.task, a.id, a.reference, a.service, a.plan, a.texts, t.node, t.step, s.role, s.data, s.comment, s.at, s.state, s.reason
	FROM statement s JOIN task t ON t.id = s.task JOIN application a ON a.id = t.application `

func scanStatement(row pgx.CollectableRow) (s Statement, err error) {
	var data []byte
	err = row.Scan(&s.ID, &s.Task, &s.Application, &s.Reference, &s.Service, &s.Plan, &s.Texts, &s.Node, &s.Step, &s.Role, &data, &s.Comment, &s.At, &s.State, &s.Reason)
	if err == nil {
		s.Data, err = values(data)
	}
	return s, err
}

// mostHearings and mostPublished bound what one page shows of hearings.
const (
	mostHearings  = 100
	mostPublished = 200
)

const isHearing = ` t.kind = 'invite' AND t.role = '` + PublicRole + `' `

// Hearings are the tasks at which the public is heard now, the one that ends first in front; at most a hundred.
func (b *Book) Hearings(ctx context.Context) ([]Asked, error) {
	rows, err := b.o.Pool.Query(ctx, "SELECT "+askedColumns+" WHERE"+isHearing+"AND t.closed_at IS NULL ORDER BY t.due_at NULLS LAST, t.id LIMIT $2", uuid.Nil, mostHearings)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanAsked)
}

// Hearing is one of them, also after its end; person is who asks, zero where nobody is signed in. ErrNotFound.
func (b *Book) Hearing(ctx context.Context, person, task uuid.UUID) (*Hearing, error) {
	rows, err := b.o.Pool.Query(ctx, "SELECT "+askedColumns+" WHERE"+isHearing+"AND t.id = $2", person, task)
	if err != nil {
		return nil, err
	}
	asked, err := pgx.CollectExactlyOneRow(rows, scanAsked)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	h := &Hearing{Asked: asked}
	if person != uuid.Nil {
		rows, err := b.o.Pool.Query(ctx, "SELECT "+statementColumns+" WHERE s.task = $1 AND s.person = $2", task, person)
		if err != nil {
			return nil, err
		}
		mine, err := pgx.CollectRows(rows, scanStatement)
		if err != nil {
			return nil, err
		}
		if len(mine) > 0 {
			h.Mine = &mine[0]
			h.Mine.Reference = ""
		}
	}
	h.Published, err = b.published(ctx, &asked)
	return h, err
}

// published reads what everybody may read: only the fields that the plan names leave the database's rows.
func (b *Book) published(ctx context.Context, q *Asked) ([]Published, error) {
	n := b.node(q.Plan, q.Task.Node)
	if n == nil || n.Invite == nil || n.Invite.Triage == nil || len(n.Invite.Triage.Publish) == 0 {
		return nil, nil
	}
	rows, err := b.o.Pool.Query(ctx, `SELECT s.at, (SELECT jsonb_object_agg(key, value) FROM jsonb_each(s.data) WHERE key = ANY($2)) FROM statement s
		WHERE s.task = $1 AND s.state = 'taken' ORDER BY s.at DESC, s.id LIMIT $3`, q.Task.ID, n.Invite.Triage.Publish, mostPublished)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Published, err error) {
		var data []byte
		if err = row.Scan(&p.At, &data); err == nil {
			p.Values, err = values(data)
		}
		return p, err
	})
	return slices.DeleteFunc(list, func(p Published) bool { return len(p.Values) == 0 }), err
}

// StatementsOf is what the public has said in an application, oldest first, for holders of a role of its authority; the caller has written that
// read into the audit.
func (b *Book) StatementsOf(ctx context.Context, capacities []string, application uuid.UUID, p Page) (out Paged[Statement], err error) {
	after, err := p.cursor()
	if err != nil {
		return out, err
	}
	rows, err := b.o.Pool.Query(ctx, "SELECT "+statementColumns+` WHERE a.id = $1 AND a.authority = ANY($2) AND (s.at, s.id) > ($3::timestamptz, $4::uuid)
		ORDER BY s.at, s.id LIMIT $5`, application, authorities(capacities), after.from(), after.id, p.size()+1)
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

// triageOf is the role that looks at what the public writes at a node, as a capacity, or "".
func triageOf(pl *plan.Plan, n *plan.Node) string {
	if n == nil || n.Invite == nil || n.Invite.Triage == nil {
		return ""
	}
	return pl.Authority + ":" + n.Invite.Triage.Role
}
