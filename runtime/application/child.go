package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// mostDeep is how many services may have started one another, one inside the other.
const mostDeep = 8

// begin starts an application of another service for a step, once for (application, node, visit): it is in the book with a reference of its own
// and goes on by itself. failed is the code of why it cannot be: an operator is asked, who tries again once that is put right.
func (b *Book) begin(ctx context.Context, parent uuid.UUID, l activity.Lookup) (body json.RawMessage, failed string, err error) {
	reference, err := b.child(ctx, parent, l)
	if errors.Is(err, pgx.ErrNoRows) {
		reference, failed, err = b.beginNew(ctx, parent, l)
	}
	if err != nil || failed != "" {
		return nil, failed, err
	}
	body, err = json.Marshal(map[string]string{"application": reference})
	return body, "", err
}

// child is the reference of the application that the step has started before; pgx.ErrNoRows.
func (b *Book) child(ctx context.Context, parent uuid.UUID, l activity.Lookup) (reference string, err error) {
	err = b.o.Pool.QueryRow(ctx, "SELECT reference FROM application WHERE parent = $1 AND parent_node = $2 AND parent_visit = $3", parent, l.Node, l.Visit).Scan(&reference)
	return reference, err
}

func (b *Book) beginNew(ctx context.Context, parent uuid.UUID, l activity.Lookup) (reference, failed string, err error) {
	live, ok := b.o.Releases.Service(l.Subject)
	if !ok || live.Plan.Closed {
		return "", noService, nil
	}
	var applicant uuid.UUID
	var language string
	var deep int
	err = b.o.Pool.QueryRow(ctx, `
		WITH RECURSIVE up AS (
			SELECT a.id, a.parent, 1 AS deep FROM application a WHERE a.id = $1
			UNION ALL SELECT a.id, a.parent, up.deep + 1 FROM application a JOIN up ON a.id = up.parent WHERE up.deep <= $2)
		SELECT applicant, language, (SELECT max(deep) FROM up) FROM application WHERE id = $1`, parent, mostDeep).Scan(&applicant, &language, &deep)
	if err != nil {
		return "", "", err
	}
	if deep > mostDeep {
		return "", tooDeep, nil
	}
	person, err := b.forWhom(ctx, applicant, l.About)
	if err != nil {
		return "", "", err
	}
	given, err := b.typed(live, arguments(l))
	if err != nil {
		return "", "", err
	}
	s, refused, err := b.filledIn(ctx, live, person, given)
	if err != nil || refused != "" {
		if refused != "" {
			b.o.Log.Warn("application: a service could not be started", "application", parent, "node", l.Node, "service", l.Subject, "reason", refused)
		}
		return "", refused, err
	}
	s.Language, s.Key = language, childKey+l.Application+"/"+l.Node+"/"+strconv.Itoa(l.Visit)
	if len(s.Key) > mostKey {
		s.Key = childKey + TaskID(parent, l.Node, l.Visit).String()
	}
	_, err = b.put(ctx, s, origin{parent: &parent, node: l.Node, visit: l.Visit, actor: "system"})
	if err != nil && !postgres.Unique(err, "application_child") { // somebody else was first
		return "", "", fmt.Errorf("start %s: %w", l.Subject, err)
	}
	reference, err = b.child(ctx, parent, l)
	return reference, "", err
}

// recall withdraws the application that a step has started, once, and waits until that has taken effect. One that has ended, or is about to,
// stays as it is, and is not found. failed is why it cannot be withdrawn: an operator is asked.
func (b *Book) recall(ctx context.Context, l activity.Lookup) (found bool, failed string, err error) {
	if l.Began == nil {
		return false, notCarried, nil
	}
	var child, act uuid.UUID
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, "SELECT id FROM application WHERE parent = $1 AND parent_node = $2 AND parent_visit = $3", l.Application, l.Began.Node, l.Began.Visit).Scan(&child)
		if err != nil {
			return err
		}
		var refused int // what an operator tries again is asked for anew
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM act WHERE application = $1 AND actor = $2 AND result <> ''", child, Parent).Scan(&refused); err != nil {
			return err
		}
		act, err = b.systemAct(ctx, tx, SystemAct{
			Application: child, Action: Withdraw, Capacity: Parent, Reference: l.Application, Key: Parent + " " + strconv.Itoa(refused+1),
		})
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return false, "", nil // it was never started, and will not be: what asks for it has been answered
	}
	if err != nil {
		return false, "", err
	}
	answer, err := b.await(ctx, child, act)
	switch {
	case err != nil:
		return false, "", err
	case answer.Pending:
		return false, "", errors.New("the application that was started has not been withdrawn yet")
	case answer.Code == string(machine.BeingUndone) || answer.Code == "ended":
		return false, "", nil
	}
	return answer.Code == "", answer.Code, nil
}

// forWhom is the applicant of what is started: the same person, or the one with a national number, who may never have signed in.
func (b *Book) forWhom(ctx context.Context, applicant uuid.UUID, number string) (p Person, err error) {
	var found *identity.Person
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) (err error) {
		if number == "" {
			found, err = identity.ByID(ctx, tx, applicant)
		} else {
			found, err = identity.ByNumber(ctx, tx, form.Line(number))
		}
		return err
	})
	if err != nil {
		return p, err
	}
	return Person{ID: found.ID, Facts: found.Facts()}, nil
}

// Related is another application to which one is tied: the one that has started it, or one that it has started.
type Related struct {
	ID        uuid.UUID
	Reference string
	Service   string
	Texts     string
	Status    Status
	Outcome   string
	Parent    bool // it has started this one
}

// related reads those that the reader may see too; may is the rule by which an application a may be read.
func (v *View) related(ctx context.Context, tx pgx.Tx, may string, args []any) error {
	rows, err := tx.Query(ctx, `
		SELECT a.id, a.reference, a.service, a.texts, a.status, a.outcome, a.id = (SELECT parent FROM application WHERE id = $1)
		FROM application a
		WHERE (a.parent = $1 OR a.id = (SELECT parent FROM application WHERE id = $1)) AND `+may+`
		ORDER BY a.submitted_at, a.id LIMIT 100`, args...)
	if err != nil {
		return err
	}
	v.Related, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Related, err error) {
		var parent *bool
		err = row.Scan(&r.ID, &r.Reference, &r.Service, &r.Texts, &r.Status, &r.Outcome, &parent)
		r.Parent = parent != nil && *parent
		return r, err
	})
	return err
}
