package interpret

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Limits of a round.
const (
	advanceOnce  = 2 * time.Minute // one part of the work, the ranking of all included
	advancePause = time.Minute     // longest pause between two tries
	roundLooks   = 24 * time.Hour  // a release may have moved the closing day meanwhile
)

// RegisterRounds lets w run the rounds of services. The activity activity.AdvanceName must be registered on the same worker.
func RegisterRounds(w interface {
	RegisterWorkflowWithOptions(any, workflow.RegisterOptions)
}) {
	w.RegisterWorkflowWithOptions(round, workflow.RegisterOptions{Name: activity.RoundName})
}

// round does what its activity says, part after part, and sleeps in between. A signal that a run leaves behind loses nothing: the next run
// begins by looking.
func round(ctx workflow.Context, key activity.RoundKey) error {
	wake := workflow.GetSignalChannel(ctx, activity.RoundWake)
	advance := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: advanceOnce,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: advancePause},
	})
	for {
		for wake.ReceiveAsync(nil) {
		}
		var next activity.RoundNext
		if err := workflow.ExecuteActivity(advance, activity.AdvanceName, key).Get(ctx, &next); err != nil {
			return err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() && !next.Over {
			return workflow.NewContinueAsNewError(ctx, activity.RoundName, key)
		}
		switch {
		case next.More || wake.Len() > 0:
			continue
		case next.Over:
			return nil
		}
		scope, stop := workflow.WithCancel(ctx)
		timer := workflow.NewTimer(scope, min(max(next.Wait, time.Second), roundLooks))
		workflow.NewSelector(ctx).AddFuture(timer, func(workflow.Future) {}).AddReceive(wake, func(workflow.ReceiveChannel, bool) {}).Select(ctx)
		stop()
	}
}
