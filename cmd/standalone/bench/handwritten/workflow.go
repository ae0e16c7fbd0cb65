package handwritten

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Name is the workflow type under which it is registered.
const Name = "bench.driving-licence.handwritten"

// mostWaiting bounds the acts that wait for their turn.
const mostWaiting = 64

// message is an act that waits for its turn, and then its answer.
type message struct {
	act    activity.Act
	result activity.ActResult
	done   bool
}

// rules are those of one service: what follows from each event. Each step that changes something is written down by the caller.
type rules interface {
	state() *progress
	begin() error
	act(*activity.Act) (code string)
	question() *activity.Lookup // that is waited for; nil = none
	answered(activity.Answer)
	due(at time.Time)
}

// run is one application on Temporal.
type run struct {
	rules
	*progress
	waiting []*message
	timer   workflow.Future
	timerAt time.Time
	disarm  workflow.CancelFunc
	answer  workflow.Future
	local   bool
	drop    workflow.CancelFunc
}

// Workflow renews one licence.
func Workflow(ctx workflow.Context, start activity.Start) error {
	return serve(ctx, &application{progress: begun(start)})
}

// serve runs an application until it has ended.
func serve(ctx workflow.Context, of rules) error {
	r := &run{rules: of, progress: of.state()}
	err := workflow.SetUpdateHandlerWithOptions(ctx, activity.ActUpdate,
		func(ctx workflow.Context, act activity.Act) (activity.ActResult, error) {
			m := &message{act: act}
			r.waiting = append(r.waiting, m)
			err := workflow.Await(ctx, func() bool { return m.done })
			return m.result, err
		},
		workflow.UpdateHandlerOptions{Validator: func(act activity.Act) error {
			switch {
			case act.ID == "" || act.Action == "" || act.Facts.At.IsZero():
				return errors.New("an act needs its ID, its action and its instant")
			case len(r.waiting) >= mostWaiting:
				return errors.New("too many acts wait for this application")
			}
			return nil
		}})
	if err != nil {
		return err
	}
	if err := r.begin(); err != nil {
		return temporal.NewNonRetryableApplicationError("the start was refused", "bad-input", nil)
	}
	r.write(ctx, "")
	for {
		if r.status != ended { // else the server drops the timer
			r.arm(ctx)
			r.ask(ctx)
		}
		err := workflow.Await(ctx, func() bool {
			return len(r.waiting) > 0 || r.answer != nil && r.answer.IsReady() || r.timer != nil && r.timer.IsReady() ||
				r.status == ended && workflow.AllHandlersFinished(ctx)
		})
		if err != nil {
			return err
		}
		if !r.next(ctx) {
			return nil
		}
	}
}

// next takes one event; false when the application has ended and everybody is answered.
func (r *run) next(ctx workflow.Context) bool {
	switch {
	case len(r.waiting) > 0:
		m := r.waiting[0]
		r.waiting = r.waiting[1:]
		if m.result.Code = r.act(&m.act); m.result.Code == "" {
			r.write(ctx, m.act.ID)
		}
		m.done = true
	case r.answer != nil && r.answer.IsReady():
		r.take(ctx)
	case r.timer != nil && r.timer.IsReady():
		at := workflow.Now(ctx).UTC().Truncate(time.Millisecond)
		if at.Before(r.timerAt) {
			at = r.timerAt
		}
		r.timer = nil
		if r.status != ended {
			r.due(at)
			r.write(ctx, "")
		}
	default:
		return false
	}
	return true
}

// arm keeps the one timer at the instant that the application waits for.
func (r *run) arm(ctx workflow.Context) {
	if r.timer != nil && !r.dueAt.Equal(r.timerAt) {
		r.disarm()
		r.timer = nil
	}
	if r.dueAt.IsZero() || r.timer != nil {
		return
	}
	var scope workflow.Context
	scope, r.disarm = workflow.WithCancel(ctx)
	r.timerAt = r.dueAt
	r.timer = workflow.NewTimer(scope, max(r.dueAt.Sub(workflow.Now(ctx)), 0))
}

// ask asks a register while the application waits for it.
func (r *run) ask(ctx workflow.Context) {
	question := r.question()
	if question == nil {
		if r.answer != nil {
			r.drop()
			r.answer = nil
		}
		return
	}
	if r.answer != nil {
		return
	}
	var scope workflow.Context
	scope, r.drop = workflow.WithCancel(ctx)
	r.local = true
	r.answer = workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(scope, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 3 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	}), activity.LookupName, *question)
}

// take takes the register's answer, or asks again by an ordinary activity where the local call has failed.
func (r *run) take(ctx workflow.Context) {
	var answer activity.Answer
	err := r.answer.Get(ctx, &answer)
	if err != nil && r.local {
		r.local = false
		r.answer = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: 24 * time.Hour,
		}), activity.LookupName, *r.question())
		return
	}
	r.answer = nil
	if err != nil {
		answer = activity.Answer{Failed: "unavailable"}
	}
	if answer.Facts.At.IsZero() {
		answer.Facts.At = workflow.Now(ctx).UTC().Truncate(time.Millisecond)
	}
	r.answered(answer)
	r.write(ctx, "")
}
