package plain

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/cmd/standalone/bench/licence"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// application is what the workflow remembers. task is what an act may answer now; answer is the act that did.
type application struct {
	start    activity.Start
	calendar *worktime.Calendar
	at       time.Time
	sequence int
	status   string
	node     string
	visit    int
	outcome  string
	lines    []activity.Line
	paid     bool
	ended    bool
	task     *task
	answer   *activity.Act
}

// task is something that is waited for; an empty kind is the payment.
type task struct {
	kind, role, notBy        string
	actions, comment, frozen []string
}

// act is the update handler.
func (a *application) act(_ workflow.Context, act activity.Act) (activity.ActResult, error) {
	code := a.refusal(&act)
	if code == "" {
		a.answer, a.task, a.at = &act, nil, act.Facts.At
		if act.Facts.Calendar != nil {
			a.calendar = act.Facts.Calendar
		}
	}
	return activity.ActResult{Code: code}, nil
}

func (a *application) refusal(act *activity.Act) string {
	withdraw := act.Node == ""
	switch t := a.task; {
	case a.ended:
		return "ended"
	case t == nil:
		return "closed"
	case withdraw && act.Action != "withdraw":
		return "unknown-action"
	case withdraw && !slices.Contains(act.Capacities, "applicant"):
		return "forbidden"
	case withdraw:
		return ""
	case act.Node != a.node || act.Visit != a.visit:
		return "closed"
	case t.kind != "" && act.Revision != 1:
		return "revision"
	case !slices.Contains(act.Capacities, t.role):
		return "forbidden"
	case !slices.Contains(t.actions, act.Action):
		return "unknown-action"
	case t.notBy != "" && act.Actor == t.notBy:
		return "own-application"
	case slices.Contains(t.comment, act.Action) && !act.Comment:
		return "comment-required"
	case slices.ContainsFunc(t.frozen, func(field string) bool {
		return !bytes.Equal(a.start.Reads["form."+field], act.Reads["form."+field])
	}):
		return "frozen"
	}
	return ""
}

// expect lets an act answer the task from now on: whoever sees its row may be faster than the activity that wrote it comes back.
func (a *application) expect(t task) { a.task, a.answer = &t, nil }

// await waits for an act that answers the task; nil when the time is over first. A zero due is no limit.
func (a *application) await(ctx workflow.Context, due time.Time) (*activity.Act, error) {
	answered := func() bool { return a.answer != nil }
	if due.IsZero() {
		err := workflow.Await(ctx, answered)
		return a.answer, err
	}
	ok, err := workflow.AwaitWithTimeout(ctx, due.Sub(workflow.Now(ctx)), answered)
	if err != nil || ok {
		return a.answer, err
	}
	a.task, a.at = nil, due
	return nil, nil
}

// write has one effect written by one activity.
func (a *application) write(ctx workflow.Context, e activity.Effect, act *activity.Act) error {
	a.sequence++
	e.Node, e.Visit = a.node, a.visit
	if e.Step, _, _ = strings.Cut(a.node, "/"); e.Step == "end" {
		e.Step = ""
	}
	apply := activity.Apply{
		Application: a.start.Application, Sequence: a.sequence, At: a.at, Status: a.status, Node: a.node, Outcome: a.outcome,
		Effects: []activity.Effect{e},
	}
	if act != nil {
		apply.Act = act.ID
	}
	return workflow.ExecuteActivity(ctx, activity.ApplyName, apply).Get(ctx, nil)
}

func (a *application) enter(ctx workflow.Context, node string, visit int, status string) error {
	a.node, a.visit, a.status = node, visit, status
	return a.write(ctx, activity.Effect{Kind: activity.Entered}, nil)
}

// leave records the act that led to it: its comment belongs to the place that is left.
func (a *application) leave(ctx workflow.Context, outcome string, act *activity.Act) error {
	e := activity.Effect{Kind: activity.Done, Outcome: outcome}
	if act != nil {
		e.Actor = act.Actor
	}
	return a.write(ctx, e, act)
}

func (a *application) openTask(ctx workflow.Context, t task, due time.Time) error {
	a.expect(t)
	return a.write(ctx, activity.Effect{Kind: activity.OpenTask, Task: &activity.Task{
		Kind: t.kind, Role: t.role, Actions: t.actions, Comment: t.comment, Frozen: t.frozen, Revision: 1, DueAt: &due,
	}}, nil)
}

func (a *application) closeTask(ctx workflow.Context, outcome string, act *activity.Act) error {
	e := activity.Effect{Kind: activity.CloseTask, Outcome: outcome}
	if act != nil {
		e.Actor = act.Actor
	}
	if err := a.write(ctx, e, nil); err != nil {
		return err
	}
	return a.leave(ctx, outcome, act)
}

func (a *application) end(ctx workflow.Context, node, outcome, reason string) error {
	a.node, a.visit, a.status, a.outcome, a.ended = node, 1, "ended", outcome, true
	return a.write(ctx, activity.Effect{Kind: activity.Ended, Outcome: outcome, Reason: reason}, nil)
}

// endWithRefund gives the renewal fee back, not the fine.
func (a *application) endWithRefund(ctx workflow.Context, node, outcome string) error {
	var refunds []activity.LineRefund
	for _, line := range a.lines {
		what := "all"
		if line.Fee == "late" {
			what = "keep"
		}
		if line.Amount > 0 {
			refunds = append(refunds, activity.LineRefund{Fee: line.Fee, What: what})
		}
	}
	if a.paid && len(refunds) > 0 {
		a.node, a.visit, a.status, a.outcome, a.ended = node, 1, "ended", outcome, true
		if err := a.write(ctx, activity.Effect{Kind: activity.Refund, Refunds: refunds}, nil); err != nil {
			return err
		}
	}
	return a.end(ctx, node, outcome, "")
}

func (a *application) nationalNumber() (number string) {
	_ = json.Unmarshal(a.start.Reads["applicant.nationalNumber"], &number) // another number is refused
	return number
}

func (a *application) fees(l licence.Licence) ([]activity.Line, error) {
	var years int64
	if err := json.Unmarshal(a.start.Reads["form.years"], &years); err != nil {
		return nil, err
	}
	return licence.Fees(a.start.Tariff, years, l.ExpiresOn, licence.Day(a.start.Facts.At))
}
