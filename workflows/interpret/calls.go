package interpret

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Limits of the calls. A local call costs no round trip to Temporal, so it comes first; what does not succeed at once is left to an
// ordinary activity, which survives the worker.
const (
	applyLocally  = 5 * time.Second
	applyOnce     = 30 * time.Second
	applyPause    = time.Minute // longest pause between two tries of Apply
	lookupLocally = 3 * time.Second
	lookupOnce    = 30 * time.Second
	lookupPause   = 10 * time.Minute
	lookupWithin  = 24 * time.Hour // after that an operator is asked
)

// Unavailable is Answer.Failed of a registry that could not be asked within a day.
const Unavailable = machine.Unavailable

func locally(ctx workflow.Context, limit time.Duration) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: limit, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}

// apply has the effects of one step carried out, however long that takes: an application whose step is not written down must not go on.
func apply(ctx workflow.Context, a activity.Apply) { insist(ctx, activity.ApplyName, a, nil) }

// know asks what is known at an instant at which only time has passed: a limit that is counted in working time must not be counted on what was
// known long ago.
func know(ctx workflow.Context, k activity.Know) (facts activity.Facts) {
	insist(ctx, activity.KnowName, k, &facts)
	return facts
}

// insist calls an activity of our own until it has succeeded.
func insist(ctx workflow.Context, name string, in, out any) {
	if workflow.ExecuteLocalActivity(locally(ctx, applyLocally), name, in).Get(ctx, out) == nil {
		return
	}
	for {
		scope := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: applyOnce,
			RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: applyPause},
		})
		if workflow.ExecuteActivity(scope, name, in).Get(ctx, out) == nil {
			return
		}
		// Only an error that calls itself final comes here. It is a fault of the activity; somebody will mend it.
		if workflow.Sleep(ctx, lookupPause) != nil {
			return
		}
	}
}

// lookup is a question to a registry that is on its way.
type lookup struct {
	asked  *activity.Lookup
	future workflow.Future
	local  bool
	scope  workflow.Context
	cancel workflow.CancelFunc
}

// ask keeps one call for each lookup that the state waits for, and lets go of those that it waits for no more.
func (s *shell) ask(ctx workflow.Context) {
	var asked []*activity.Lookup
	for i := range s.state.Tokens {
		if l := s.state.Tokens[i].Asked; l != nil {
			asked = append(asked, l)
		}
	}
	s.lookups = slices.DeleteFunc(s.lookups, func(l *lookup) bool {
		gone := !slices.ContainsFunc(asked, l.of)
		if gone && l.asked.Do == activity.Ask { // what is done outside is never broken off half way
			l.cancel()
		}
		return gone
	})
	for _, a := range asked {
		if slices.ContainsFunc(s.lookups, func(l *lookup) bool { return l.of(a) }) {
			continue
		}
		l := &lookup{asked: a, local: true}
		l.scope, l.cancel = workflow.WithCancel(ctx)
		l.future = workflow.ExecuteLocalActivity(locally(l.scope, lookupLocally), activity.LookupName, *a)
		s.lookups = append(s.lookups, l)
	}
}

// of tells whether l is the call for a question.
func (l *lookup) of(a *activity.Lookup) bool {
	return l.asked.Node == a.Node && l.asked.Visit == a.Visit
}

// answered is the first call that has come back, or -1.
func (s *shell) answered() int { return slices.IndexFunc(s.lookups, (*lookup).ready) }

func (l *lookup) ready() bool { return l.future != nil && l.future.IsReady() }

// take gives the answer, or asks again by an ordinary activity where the local call has failed.
func (l *lookup) take(ctx workflow.Context) (machine.LookupAnswer, bool) {
	out := machine.LookupAnswer{Node: l.asked.Node, Visit: l.asked.Visit}
	err := l.future.Get(ctx, &out.Answer)
	if err != nil && l.local {
		l.local = false
		l.future = workflow.ExecuteActivity(workflow.WithActivityOptions(l.scope, workflow.ActivityOptions{
			StartToCloseTimeout: lookupOnce, ScheduleToCloseTimeout: lookupWithin,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumInterval: lookupPause},
		}), activity.LookupName, *l.asked)
		return out, false
	}
	l.future = nil
	if err != nil {
		out.Answer = activity.Answer{Failed: Unavailable}
	}
	if out.Answer.Facts.At.IsZero() {
		out.Answer.Facts.At = workflow.Now(ctx).UTC().Truncate(time.Millisecond)
	}
	return out, true
}
