package application

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Panel is how the members of a panel decide on a task.
type Panel struct {
	Members, Quorum int
	Tie             string // decision that stands where two have as many votes
	Minutes         bool   // who voted how is written down with the decision, for officers to read
}

// Vote is what a member of a panel has said. How is secret until the panel has decided, and then too where the definition wants no minutes.
type Vote struct {
	Node   string
	Visit  int
	Actor  uuid.UUID
	Seat   uuid.UUID // the member whose vote it is: the actor, or for whom the actor stood in
	At     time.Time
	Action string // "" while it is secret
	Remark string // what the member wrote, "" while it is secret
}

// panelOf is the panel that decides on a task of a kind at a node, or nil.
func panelOf(n *plan.Node, kind string) *Panel {
	if n == nil || n.Review == nil || n.Review.Panel == nil || kind != reviewTask {
		return nil
	}
	p := n.Review.Panel
	return &Panel{Members: p.Members, Quorum: p.Quorum, Tie: p.Tie, Minutes: p.Minutes}
}

// seatTaken tells whether the actor's seat in a panel has a vote, or one that is on its way: a member and whoever stands in for them have one
// between them, or a member could have as many votes as they name substitutes. The task is locked, so that two at once see each other.
func seatTaken(ctx context.Context, tx pgx.Tx, actor Actor, application, task uuid.UUID, t targeted) (taken bool, err error) {
	if _, err = tx.Exec(ctx, "SELECT FROM task WHERE id = $1 FOR UPDATE", task); err != nil {
		return false, err
	}
	seat := actor.Person
	if from := actor.behalf(t.role); from != uuid.Nil {
		seat = from
	}
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM act c WHERE c.application = $1 AND c.node = $2 AND c.visit = $3 AND c.action = ANY($4)
		AND coalesce(c.result, '') = '' AND (coalesce(c.on_behalf::text, c.actor) = $5::uuid::text OR c.actor = $6::uuid::text))`,
		application, t.node, t.visit, t.actions, seat, actor.Person).Scan(&taken)
	return taken, err
}

// recordVote notes that somebody has voted, if the act is a vote. The key of the table lets nobody vote twice.
func (s *step) recordVote(n *plan.Node) {
	if panelOf(n, reviewTask) == nil || !decides(n, s.act.action) {
		return
	}
	s.batch.Queue("INSERT INTO vote (application, node, visit, actor, act, at) VALUES ($1, $2, $3, $4, $5, $6)",
		s.id, s.act.node, s.act.visit, s.act.actor, s.act.id, s.at)
}

func decides(n *plan.Node, action string) bool {
	for _, d := range n.Review.Decisions {
		if d.Action == action {
			return true
		}
	}
	return false
}

// reasons are what those members of a panel wrote whose decision has carried: they are told to the applicant without a name.
func (s *step) reasons(ctx context.Context, e *activity.Effect) (string, error) {
	if err := s.flush(ctx); err != nil {
		return "", err
	}
	rows, err := s.tx.Query(ctx, `SELECT c.comment FROM vote v JOIN act c ON c.id = v.act
		WHERE v.application = $1 AND v.node = $2 AND v.visit = $3 AND c.action = $4 AND c.comment <> '' ORDER BY v.at, v.act`, s.id, e.Node, e.Visit, e.Outcome)
	if err != nil {
		return "", err
	}
	said, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(said, "\n"), err
}

// votes reads the votes of an application's panels, as far as officers may know them.
func (b *Book) votes(ctx context.Context, v *View) error {
	rows, err := b.o.Pool.Query(ctx, `SELECT v.node, v.visit, v.actor::uuid, coalesce(c.on_behalf, v.actor::uuid), v.at, c.action, c.comment, t.closed_at IS NOT NULL
		FROM vote v JOIN act c ON c.id = v.act JOIN task t ON t.application = v.application AND t.node = v.node AND t.visit = v.visit
		WHERE v.application = $1 ORDER BY v.at, v.act`, v.ID)
	if err != nil {
		return err
	}
	v.Votes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (vote Vote, err error) {
		var over bool
		err = row.Scan(&vote.Node, &vote.Visit, &vote.Actor, &vote.Seat, &vote.At, &vote.Action, &vote.Remark, &over)
		if p := panelOf(b.node(v.Plan, vote.Node), reviewTask); !over || p == nil {
			vote.Action, vote.Remark = "", ""
		} else if !p.Minutes {
			vote.Remark = ""
		}
		return vote, err
	})
	return err
}
