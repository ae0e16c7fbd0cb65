package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// searched fails the test unless an operator who searches Temporal for the licence finds all its applications and nothing else. This Temporal
// was not told of the attributes when its namespace was made: a worker has added them.
func (p *parts) searched(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	at := slices.IndexFunc(p.env, func(v string) bool { return strings.HasPrefix(v, temporalAt+"=") })
	c, err := client.Dial(client.Options{HostPort: strings.TrimPrefix(p.env[at], temporalAt+"="), Namespace: namespace, Logger: log.NewStructuredLogger(p.s.log)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	rows, err := conn.Query(t.Context(), "SELECT id::text FROM application WHERE service = $1", licence)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(want) == 0 {
		t.Fatal(want, err)
	}
	slices.Sort(want)
	var got []string
	err = eventually(func() (bool, error) { // a search follows what happens
		got, err = foundIn(t.Context(), c, licence)
		return slices.Equal(got, want), err
	})
	if err != nil {
		t.Errorf("a search shows %v, want %v: %v", got, want, err)
	}
	if other, err := foundIn(t.Context(), c, "transport.traffic-fines.enquiry"); err != nil || len(other) > 0 {
		t.Errorf("a service for which nobody has applied is found as %v (%v)", other, err)
	}
}

// foundIn are the IDs of the workflows of a service, each once.
func foundIn(ctx context.Context, c client.Client, service string) (ids []string, err error) {
	query := fmt.Sprintf("%s = '%s' AND %s = 'transport'", activity.SearchService, service, activity.SearchAuthority)
	found, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000, Query: query})
	if err != nil {
		return nil, err
	}
	for _, one := range found.Executions {
		ids = append(ids, one.Execution.WorkflowId)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
