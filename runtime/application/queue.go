package application

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Queue lists the open tasks of the roles that somebody holds: overdue ones first, then the oldest. The role is the right: it names its
// authority, and no other task is ever listed; nor is one on which the officer has voted, or of an application on which they must not decide.
// One that somebody else works on is listed: see Task.ClaimedBy.
func (b *Book) Queue(ctx context.Context, who Actor, f QueueFilter, p Page) (out Paged[QueueItem], err error) {
	after, err := p.cursor()
	if err == nil && !postgres.Storable(f.Service, f.Role, f.Kind, f.Reference) {
		err = fmt.Errorf("%w: filter", ErrInvalid)
	}
	if err != nil {
		return out, err
	}
	// Each role is read in the order of its index, so that a page costs the same however long the queue is.
	rows, err := b.o.Pool.Query(ctx, `
		SELECT t.* FROM (SELECT DISTINCT unnest($1::text[]) AS role) r CROSS JOIN LATERAL (
			SELECT `+taskColumns+`, a.id AS application, a.reference, a.service, a.authority, a.texts, a.submitted_at, a.suspended_until IS NOT NULL AS suspended
			FROM task t JOIN application a ON a.id = t.application
			WHERE t.closed_at IS NULL AND t.role = r.role
				AND ($2 = '' OR a.service = $2) AND ($3 = '' OR t.role = $3) AND ($4 = '' OR t.kind = $4)
				AND (NOT $5 OR t.overdue) AND starts_with(a.reference, $6)
				AND (NOT t.overdue, t.opened_at, t.id) > ($7, $8::timestamptz, $9::uuid) AND `+forWho+`
			ORDER BY NOT t.overdue, t.opened_at, t.id LIMIT $11) t
		ORDER BY NOT t.overdue, t.opened_at, t.id LIMIT $11`,
		roles(who.Capacities), f.Service, f.Role, f.Kind, f.Overdue, prefix(f.Reference),
		after.given && !after.overdue, after.from(), after.id, who.Person, p.size()+1)
	if err != nil {
		return out, err
	}
	out.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (q QueueItem, err error) {
		t := &q.Task
		return q, row.Scan(append(t.columns(), &q.Application, &q.Reference, &q.Service, &q.Authority, &q.Texts, &q.SubmittedAt, &q.Suspended)...)
	})
	if n := p.size(); err == nil && len(out.Items) > n {
		out.Items = out.Items[:n]
		last := out.Items[n-1].Task
		out.Next = cursor{overdue: last.Overdue, at: last.OpenedAt, id: last.ID}.String()
	}
	return out, err
}

// mostSuspended bounds the list of what stands still.
const mostSuspended = 100

// Suspended lists the applications that stand still and that somebody may resume: what goes on by itself first comes first; at most a hundred.
func (b *Book) Suspended(ctx context.Context, who Actor) ([]Standstill, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT id, reference, service, texts, submitted_at, suspended_until FROM application
		WHERE suspended_by = ANY($1) AND applicant <> $2 ORDER BY suspended_until, id LIMIT $3`, roles(who.Capacities), who.Person, mostSuspended)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Standstill])
}

// forWho leaves out of a queue what is not for the officer $10 any more.
const forWho = `NOT EXISTS (SELECT FROM recusal r WHERE r.application = t.application AND r.person = $10)
	AND NOT EXISTS (SELECT FROM vote v JOIN act c ON c.id = v.act WHERE v.application = t.application AND v.node = t.node AND v.visit = t.visit
		AND (v.actor = $10::text OR c.on_behalf = $10))`

// prefix is the beginning of a reference as it is stored.
func prefix(s string) string {
	s = spelling.Replace(strings.ToUpper(s))
	if len(s) > 4 {
		s = s[:4] + "-" + s[4:]
	}
	return s
}

// QueueCounts counts the open tasks of the roles that somebody holds, by role and service.
func (b *Book) QueueCounts(ctx context.Context, who Actor) ([]QueueCount, error) {
	rows, err := b.o.Pool.Query(ctx, `
		SELECT t.role, a.service, count(*), count(*) FILTER (WHERE t.overdue)
		FROM task t JOIN application a ON a.id = t.application
		WHERE t.closed_at IS NULL AND t.role = ANY($1) AND `+strings.ReplaceAll(forWho, "$10", "$2")+`
		GROUP BY t.role, a.service ORDER BY t.role, a.service`, roles(who.Capacities), who.Person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[QueueCount])
}
