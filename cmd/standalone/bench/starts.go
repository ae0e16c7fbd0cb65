package bench

import (
	"context"
	"sync/atomic"

	"go.temporal.io/sdk/client"
)

// starts is Temporal as the book sees it. Where a workflow is set, every application starts that one in place of its service's: the one thing
// in which the variants differ.
type starts struct {
	client.Client
	workflow atomic.Pointer[string]
}

// ExecuteWorkflow starts what is measured now.
func (s *starts) ExecuteWorkflow(ctx context.Context, o client.StartWorkflowOptions, name any, args ...any) (client.WorkflowRun, error) {
	if instead := s.workflow.Load(); instead != nil && *instead != "" {
		name = *instead
	}
	return s.Client.ExecuteWorkflow(ctx, o, name, args...)
}
