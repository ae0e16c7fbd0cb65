package application

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Kinds of tasks.
const (
	reviewTask   = "review"
	inviteTask   = "invite"
	correctTask  = "correct"
	incidentTask = "incident"
)

// submitAction is what a correction is sent with.
const submitAction = "submit"

// OwnForm is what whoever acts on a task fills in beside the decision, opened as things stand now.
type OwnForm struct {
	Form *form.Form
	// With is what the form reads beside its own answers. Whose uploads count is for the caller to say.
	With  form.Context
	Texts *plan.Texts // the service's, with the words of this form's fields
	// Before are the answers that were given here at the last visit, nil where there were none: whoever is asked again begins with them.
	Before map[string]any
}

// OwnForm opens the own form of a task of v, which the caller has read under one of the rules for reading; nil where nothing is filled in.
func (b *Book) OwnForm(ctx context.Context, v *View, t Task) (*OwnForm, error) {
	pl, known := b.o.Releases.Plan(v.Plan)
	texts, said := b.o.Releases.Texts(v.Texts)
	if !known || !said {
		return nil, fmt.Errorf("%w: plan %s", ErrUnavailable, v.Plan)
	}
	n := nodeOf(pl, t.Node)
	if !filledIn(n, t.Kind) {
		return nil, nil
	}
	out := &OwnForm{Texts: texts.Own(n.Step)}
	var err error
	if out.Form, err = b.forms.Own(v.Plan, pl, n); err != nil {
		return nil, err
	}
	if out.With, err = b.formContext(ctx, v, pl); err != nil {
		return nil, err
	}
	if n.Review == nil || n.Review.Panel == nil { // what one member of a panel wrote is not the next one's
		out.Before = out.With.Given[n.Root()]
	}
	return out, nil
}

// filledIn tells whether a task of a kind at a node asks for more than a decision.
func filledIn(n *plan.Node, kind string) bool {
	return n != nil && n.Own() != nil && (kind == reviewTask || kind == inviteTask)
}

// formContext is what the own forms of an application's steps may read: what was sent and attested, and what its nodes have brought so far.
func (b *Book) formContext(ctx context.Context, v *View, pl *plan.Plan) (with form.Context, err error) {
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		return with, err
	}
	var stored []byte
	var brought map[string]map[string]json.RawMessage
	err = pgx.BeginTxFunc(ctx, b.o.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT tariff FROM application WHERE id = $1", v.ID).Scan(&stored); err != nil {
			return err
		}
		brought, err = answers(ctx, tx, v.ID, pl)
		return err
	})
	if err != nil {
		return with, err
	}
	tariff, _, err := storedTariff(pl, stored)
	if err != nil {
		return with, err
	}
	if tariff != nil {
		with.Tariff = tariff.Amounts
	}
	on := v.SubmittedAt.In(zone)
	with.Submitted.Year, with.Submitted.Month, with.Submitted.Day = on.Year(), int(on.Month()), on.Day()
	with.Applicant = v.Facts
	with.Given = map[string]map[string]any{catalog.FormRoot: v.Form}
	if v.Behalf != nil {
		with.Given[catalog.RepresentativeRoot] = v.Behalf
	}
	for root, fields := range brought {
		given := make(map[string]any, len(fields))
		for name, value := range fields {
			if given[name], err = decoded(value); err != nil {
				return with, err
			}
		}
		with.Given[root] = given
	}
	return with, nil
}

// querier is a transaction or a pool.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// answers gives the latest answer under each result's name; one that found nothing takes an earlier one away.
func answers(ctx context.Context, q querier, application uuid.UUID, pl *plan.Plan) (map[string]map[string]json.RawMessage, error) {
	results := map[string]string{}
	for _, n := range pl.Nodes {
		if root := n.Root(); root != "" {
			results[n.Key] = root
		}
	}
	out := map[string]map[string]json.RawMessage{}
	rows, err := q.Query(ctx, "SELECT node, found, body FROM answer WHERE application = $1 ORDER BY at, visit", application)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var node string
		var found bool
		var body []byte
		if err := rows.Scan(&node, &found, &body); err != nil {
			return nil, err
		}
		result := results[node]
		if result == "" {
			continue
		}
		delete(out, result)
		if !found {
			continue
		}
		if out[result], err = raw(body); err != nil {
			return nil, err
		}
	}
	return out, rows.Err()
}

// ownReads are the answers of a node's own form that formulas read, as the machine takes them: root.field.
func ownReads(pl *plan.Plan, n *plan.Node, filled map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, root := range pl.Scope {
		if root.Name != n.Root() {
			continue
		}
		for _, f := range root.Fields {
			if v, ok := filled[f.Name]; ok && string(v) != "null" {
				out[root.Name+"."+f.Name] = v
			}
		}
	}
	return out
}

// nodeOf is a node of a plan by its key, or nil.
func nodeOf(pl *plan.Plan, key string) *plan.Node {
	for i := range pl.Nodes {
		if pl.Nodes[i].Key == key && key != "" {
			return &pl.Nodes[i]
		}
	}
	return nil
}
