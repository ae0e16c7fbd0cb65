package interpret

import (
	"fmt"
	"io"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

// Replay runs a stored history (JSON, as Temporal exports it) against this build; the error says where it would do something else. The
// options must hold the data converter that wrote the history.
func Replay(historyJSON io.Reader, plans Plans, options worker.WorkflowReplayerOptions) error {
	history, err := client.HistoryFromJSON(historyJSON, client.HistoryJSONOptions{})
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	r, err := worker.NewWorkflowReplayerWithOptions(options)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	Register(r, plans)
	RegisterRounds(r)
	if err := r.ReplayWorkflowHistory(nil, history); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return nil
}
