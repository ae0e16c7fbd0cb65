package handwritten

import (
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

const (
	open    = "open"
	waiting = "waiting"
	ended   = "ended"
)

// progress is what is remembered of an application of any service. at and effects belong to the step under way.
type progress struct {
	start    activity.Start
	calendar *worktime.Calendar

	sequence              int
	status, node, outcome string
	dueAt                 time.Time // zero = no limit

	at      time.Time
	effects []activity.Effect
}

func begun(start activity.Start) progress {
	return progress{start: start, calendar: start.Facts.Calendar, at: start.Facts.At.UTC()}
}

func (p *progress) facts(f activity.Facts) {
	p.at = f.At.UTC()
	if f.Calendar != nil {
		p.calendar = f.Calendar
	}
}

// effectAt adds an effect at a node, whose step is what stands before the slash.
func (p *progress) effectAt(kind activity.EffectKind, node string, visit int) *activity.Effect {
	step, _, _ := strings.Cut(node, "/")
	if step == "end" {
		step = ""
	}
	if p.effects == nil {
		p.effects = make([]activity.Effect, 0, 6)
	}
	p.effects = append(p.effects, activity.Effect{Kind: kind, Node: node, Step: step, Visit: visit})
	return &p.effects[len(p.effects)-1]
}

// write has the step written, however long that takes.
func (p *progress) write(ctx workflow.Context, act string) {
	p.sequence++
	a := activity.Apply{
		Application: p.start.Application, Sequence: p.sequence, At: p.at, Status: p.status, Node: p.node, Outcome: p.outcome,
		Effects: p.effects, Act: act,
	}
	p.effects = nil
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 5 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	if workflow.ExecuteLocalActivity(local, activity.ApplyName, a).Get(ctx, nil) == nil {
		return
	}
	_ = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second}),
		activity.ApplyName, a).Get(ctx, nil) // tried without end
}
