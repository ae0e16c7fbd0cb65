package handwritten

import (
	_ "embed"
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/cmd/standalone/bench/licence"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// LongName is the workflow type of Long.
const LongName = "bench.workshop-permit.handwritten"

// LongService is the service that Long is written for: two opinions beside each other, one of which may send back, and three time limits.
//
//go:embed long.yaml
var LongService []byte

// Long lets two officers give their opinions on a workshop.
func Long(ctx workflow.Context, start activity.Start) error {
	return serve(ctx, &permit{progress: begun(start)})
}

// permit is one application. Its two branches stand in the order in which they are asked.
type permit struct {
	progress
	branches [2]branch
	returned int
}

// branch is an opinion that is waited for, or the correction before it. Where its task is nil it has been given.
type branch struct {
	node  string // of the task
	visit int
	task  *activity.Task
	dueAt time.Time // of the clock that runs; zero = none
}

func (p *permit) state() *progress { return &p.progress }

func (p *permit) question() *activity.Lookup { return nil }

func (p *permit) answered(activity.Answer) {}

const (
	opinions  = "opinions"
	licensing = "transport:licensing-officer"
)

func (p *permit) begin() error {
	p.node, p.status = opinions, open
	p.effectAt(activity.Entered, opinions, 1)
	if err := errors.Join(p.askTechnical(), p.askLegal()); err != nil {
		return err
	}
	p.settle()
	return nil
}

// askTechnical asks for the technical opinion, also again behind a correction, with its whole time limit.
func (p *permit) askTechnical() (err error) {
	b := &p.branches[0]
	b.node, b.visit = "technical", p.returned+1
	if b.dueAt, err = licence.EndOfWorkingDay(p.at, 2, p.calendar); err == nil {
		p.open(b, &activity.Task{
			Kind: "review", Role: licensing, Actions: []string{"approve", "sendBack", "refuse"}, Comment: []string{"sendBack", "refuse"},
		})
	}
	return err
}

func (p *permit) askLegal() (err error) {
	b := &p.branches[1]
	b.node, b.visit = "legal", 1
	if b.dueAt, err = licence.EndOfWorkingDay(p.at, 5, p.calendar); err == nil {
		p.open(b, &activity.Task{Kind: "review", Role: licensing, Actions: []string{"approve", "refuse"}, Comment: []string{"refuse"}})
	}
	return err
}

func (p *permit) open(b *branch, t *activity.Task) {
	p.effectAt(activity.Entered, b.node, b.visit)
	due := b.dueAt
	t.Revision, t.DueAt = 1, &due
	b.task = t
	p.effectAt(activity.OpenTask, b.node, b.visit).Task = t
}

func (p *permit) close(b *branch, outcome, actor string) {
	for _, kind := range []activity.EffectKind{activity.CloseTask, activity.Done} {
		e := p.effectAt(kind, b.node, b.visit)
		e.Outcome, e.Actor = outcome, actor
	}
	b.task, b.dueAt = nil, time.Time{}
}

func (p *permit) act(act *activity.Act) (code string) {
	if p.status == ended {
		return "ended"
	}
	if act.Node == "" {
		return "unknown-action"
	}
	i := slices.IndexFunc(p.branches[:], func(b branch) bool { return b.task != nil && b.node == act.Node && b.visit == act.Visit })
	if i < 0 {
		return "closed"
	}
	b := &p.branches[i]
	action := act.Action
	switch {
	case act.Revision != b.task.Revision:
		return "revision"
	case !slices.Contains(act.Capacities, b.task.Role):
		return "forbidden"
	case !slices.Contains(b.task.Actions, action):
		return "unknown-action"
	case b.task.Kind == "review" && act.Actor == p.start.Applicant:
		return "own-application"
	}
	if action == "sendBack" && p.returned >= mostReturns {
		action = "refuse"
	}
	if slices.Contains(b.task.Comment, action) && !act.Comment {
		return "comment-required"
	}
	p.facts(act.Facts)
	p.close(b, action, act.Actor)
	switch action {
	case "sendBack":
		p.returned++
		b.node, b.visit, b.dueAt = "technical/sendBack", p.returned, licence.EndOfDay(p.at, 30)
		p.open(b, &activity.Task{Kind: "correct", Role: "applicant", Actions: []string{"submit"}})
	case "submit":
		if p.askTechnical() != nil {
			return "invalid" // a calendar that is too short; the engine asks an operator
		}
	case "refuse":
		p.refused()
		return ""
	}
	p.settle()
	return ""
}

// refused calls off what is still open and ends it.
func (p *permit) refused() {
	for i := range p.branches {
		if b := &p.branches[i]; b.task != nil {
			p.effectAt(activity.CloseTask, b.node, b.visit).Outcome = "calledOff"
			b.task, b.dueAt = nil, time.Time{}
		}
	}
	p.end("otherwise", "opinions/otherwise", "refused")
}

func (p *permit) end(joined, node, outcome string) {
	p.effectAt(activity.Done, opinions, 1).Outcome = joined
	p.node, p.status, p.outcome, p.dueAt = node, ended, outcome, time.Time{}
	p.effectAt(activity.Ended, node, 1).Outcome = outcome
}

// settle says where the application is after a step: at its end where both opinions were given, else at what is waited for, the applicant's turn
// first; and which clock is over first.
func (p *permit) settle() {
	p.node, p.status, p.dueAt = opinions, open, time.Time{}
	given := true
	for i := range p.branches {
		b := &p.branches[i]
		if b.task == nil {
			continue
		}
		given = false
		if b.task.Kind == "correct" {
			p.node, p.status = b.node, waiting
		}
		if !b.dueAt.IsZero() && (p.dueAt.IsZero() || b.dueAt.Before(p.dueAt)) {
			p.dueAt = b.dueAt
		}
	}
	if given {
		p.end("done", "end/completed", "completed")
	}
}

func (p *permit) due(at time.Time) {
	p.at = at
	i := slices.IndexFunc(p.branches[:], func(b branch) bool { return b.dueAt.Equal(p.dueAt) })
	b := &p.branches[i]
	b.dueAt = time.Time{}
	if b.task.Kind == "correct" {
		p.close(b, "refuse", "")
		p.refused()
		return
	}
	p.effectAt(activity.Escalate, b.node, b.visit)
	p.settle()
}
