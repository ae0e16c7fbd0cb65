package application

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// How a task goes to somebody of its role, as the definition says.
const (
	byLoad  = "load"
	inTurns = "turns"
)

// assignedFor is how long a task is the officer's to whom it went. A task that nobody looks at is then free for the whole role, so that an absence
// that nobody has entered holds up nothing for longer.
const assignedFor = 3 * 24 * time.Hour

// assigning is a task that is to go to somebody.
type assigning struct {
	task    uuid.UUID
	role    string
	way     string
	notSame []string // nodes whose deciders do not decide here
}

// assigns notes that a task that was opened is to go to somebody.
func (s *step) assigns(e *activity.Effect, role, incident string) {
	n := s.b.node(s.digest, e.Node)
	if n == nil || n.Kind != plan.Review || n.Review.Assign == "" || incident != "" || e.Task.Kind != reviewTask {
		return
	}
	a := assigning{task: TaskID(s.id, e.Node, e.Visit), role: role, way: n.Review.Assign}
	if pl, ok := s.b.o.Releases.Plan(s.digest); ok {
		for i := range pl.Nodes {
			if slices.Contains(n.Review.NotSame, pl.Nodes[i].Step) {
				a.notSame = append(a.notSame, pl.Nodes[i].Key)
			}
		}
	}
	s.assigned = append(s.assigned, a)
}

// assignAll gives every task that was opened to an officer of its role who is present: to whoever has the fewest open tasks, or whose turn it is.
// Never to who has applied, or for somebody, has filled it in, was asked in it or must not decide on it, nor to who has decided where another has to. Where nobody is
// left it stays in the queue of the role. One task of a role is given at a time: so nobody is given two because two were counted at once.
func (s *step) assignAll(ctx context.Context) error {
	if len(s.assigned) == 0 {
		return nil
	}
	slices.SortFunc(s.assigned, func(a, b assigning) int { return cmp.Compare(a.role, b.role) }) // locks are taken in one order
	if err := s.flush(ctx); err != nil {
		return err
	}
	for _, a := range s.assigned {
		if err := s.give(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *step) give(ctx context.Context, a assigning) error {
	if _, err := s.tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('assign ' || $1, 0))", a.role); err != nil {
		return err
	}
	now := s.b.now()
	present, err := identity.PresentHolders(ctx, s.tx, a.role, now)
	if err != nil {
		return err
	}
	people, numbers := make([]uuid.UUID, 0, len(present)), make([]string, 0, len(present))
	for _, p := range present {
		if p.For.String() != s.applicant { // nor does anybody in the applicant's place
			people, numbers = append(people, p.Person), append(numbers, p.Number)
		}
	}
	notSame := a.notSame
	if notSame == nil {
		notSame = []string{}
	}
	var to uuid.UUID
	err = s.tx.QueryRow(ctx, `
		SELECT c.person FROM unnest($2::uuid[], $3::text[]) AS c(person, number)
			JOIN application a ON a.id = $1
			LEFT JOIN assignment g ON g.role = $4 AND g.person = c.person
		WHERE c.person <> a.applicant AND c.person IS DISTINCT FROM a.filled_by AND c.person IS DISTINCT FROM a.representative
			AND NOT EXISTS (SELECT FROM recusal r WHERE r.application = a.id AND r.person = c.person)
			AND NOT EXISTS (SELECT FROM task o JOIN invitation i ON i.task = o.id WHERE o.application = a.id AND i.number = nullif(c.number, ''))
			AND NOT EXISTS (SELECT FROM act x WHERE x.application = a.id AND x.actor = c.person::text AND x.result = '' AND x.node = ANY($5))
		ORDER BY CASE WHEN $6 = 'load' THEN (SELECT count(*) FROM task o WHERE o.claimed_by = c.person AND o.closed_at IS NULL AND o.claimed_until > $7) ELSE 0 END,
			g.turn NULLS FIRST, c.person LIMIT 1`, s.id, people, numbers, a.role, notSame, a.way, now).Scan(&to)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.tx.Exec(ctx, "UPDATE task SET claimed_by = $2, claimed_until = $3, assigned = $4 WHERE id = $1 AND closed_at IS NULL", a.task, to, now.Add(assignedFor), a.way); err != nil {
		return err
	}
	_, err = s.tx.Exec(ctx, `INSERT INTO assignment (role, person, turn) VALUES ($1, $2, nextval('assignment_turn'))
		ON CONFLICT (role, person) DO UPDATE SET turn = excluded.turn`, a.role, to)
	return err
}
