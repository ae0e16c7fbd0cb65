package bench

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/temporal"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// isFound tells whether a search in Temporal shows the applications of the service and no other, and the round's workflow where there is one;
// and whether the last run names the plan that our own table names.
func (r *run) isFound() error {
	rows, err := r.database.pool.Query(r.ctx, "SELECT id::text FROM application WHERE service = $1", r.service)
	if err != nil {
		return err
	}
	want, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if r.opens != "" {
		want = append(want, r.round().ID())
	}
	slices.Sort(want)
	var got []string
	err = r.until("search", func() (bool, error) { // it follows what happens
		got, err = r.foundIn(r.ctx, fmt.Sprintf("%s = '%s' AND %s = 'town'", activity.SearchService, r.service, activity.SearchAuthority))
		return slices.Equal(got, want), err
	})
	if err != nil {
		return fmt.Errorf("found %v, want %v: %w", got, want, err)
	}
	var digest string
	if err := r.database.pool.QueryRow(r.ctx, "SELECT plan FROM application WHERE id = $1", r.id).Scan(&digest); err != nil {
		return err
	}
	last, err := r.temporal.DescribeWorkflow(r.ctx, r.id.String(), "")
	if err != nil {
		return err
	}
	if named, _ := last.TypedSearchAttributes.GetKeyword(sdk.NewSearchAttributeKeyKeyword(activity.SearchPlan)); named != digest {
		return fmt.Errorf("it goes on by the plan %s and is found by %q", digest, named)
	}
	return nil
}

// foundIn are the IDs of the workflows that a search shows, each once.
func (w *world) foundIn(ctx context.Context, query string) (ids []string, err error) {
	found, err := w.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, PageSize: 1000, Query: query})
	if err != nil {
		return nil, err
	}
	for _, one := range found.Executions {
		ids = append(ids, one.Execution.WorkflowId)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
