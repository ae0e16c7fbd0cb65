package application_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// engine stands for Temporal and the shell: it runs the real machine in memory and calls the real activities.
type engine struct {
	book    *application.Book
	store   *release.Store
	mu      sync.Mutex
	down    bool
	runs    map[string]*running
	started int // calls that began a workflow
	applied []activity.Apply
	starts  []activity.Start

	unreadable string // ID of a workflow that cannot be described
}

type running struct {
	program *machine.Program
	state   machine.State
	results map[string]activity.ActResult // by update
	before  map[string]machine.State      // by update: the state that it met

	terminated bool // by an operator
}

// over tells whether the workflow has completed: one that may be taken up again waits for that.
func (r *running) over() bool {
	_, open := r.state.ReopenedUntil()
	return r.state.Status == machine.Ended && !open
}

var errDown = errors.New("connection refused")

func (e *engine) setDown(down bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = down
}

func (e *engine) ExecuteWorkflow(ctx context.Context, o client.StartWorkflowOptions, name any, args ...any) (client.WorkflowRun, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		return nil, errDown
	}
	if e.runs[o.ID] != nil {
		return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("already started", "", "")
	}
	start := args[0].(activity.Start)
	program, ok := e.store.Program(start.Plan)
	if !ok || name != program.Plan().Service {
		return nil, fmt.Errorf("workflow type %v, plan %s", name, start.Plan)
	}
	r := &running{program: program, results: map[string]activity.ActResult{}, before: map[string]machine.State{}}
	e.runs[o.ID] = r
	e.started++
	e.starts = append(e.starts, start)
	_, err := e.step(ctx, r, machine.Event{Start: &start}, activity.Apply{Application: o.ID, At: start.Facts.At})
	return nil, err
}

// step takes an event and then asks registries until nothing is asked.
func (e *engine) step(ctx context.Context, r *running, event machine.Event, a activity.Apply) (machine.Refusal, error) {
	for {
		next, effects, refused := r.program.Step(r.state, event)
		if refused != "" {
			return refused, nil
		}
		a.Sequence, a.Status, a.Node, a.Outcome, a.Effects = next.Sequence, string(next.Status), r.program.Key(next), next.Outcome, effects
		if err := e.book.Apply(ctx, a); err != nil {
			return "", err
		}
		e.applied = append(e.applied, a)
		r.state = next
		waits := r.program.Waits(next)
		at := slices.IndexFunc(waits, func(w machine.Wait) bool { return w.Lookup != nil })
		if at < 0 {
			return "", nil
		}
		asked := *waits[at].Lookup
		answer, err := e.lookup(ctx, asked)
		if err != nil {
			return "", err
		}
		event = machine.Event{Answer: &machine.LookupAnswer{Node: asked.Node, Visit: asked.Visit, Answer: answer}}
		a = activity.Apply{Application: a.Application, At: answer.Facts.At}
	}
}

// lookup lets other workflows go on meanwhile where it waits for one of them; its own takes no act as long as something is withdrawn.
func (e *engine) lookup(ctx context.Context, asked activity.Lookup) (activity.Answer, error) {
	if asked.Do == activity.Withdraw {
		e.mu.Unlock()
		defer e.mu.Lock()
	}
	return e.book.Lookup(ctx, asked)
}

func (e *engine) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		return nil, errDown
	}
	r := e.runs[o.WorkflowID]
	if r == nil || r.over() {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	if wish, is := o.Args[0].(activity.Move); is {
		result, err := e.move(ctx, r, o.WorkflowID, wish)
		return updated{result}, err
	}
	act := o.Args[0].(activity.Act)
	result, before := r.results[o.UpdateID]
	if !before {
		r.before[o.UpdateID] = r.state
		refused, err := e.step(ctx, r, machine.Event{Act: &act}, activity.Apply{Application: o.WorkflowID, At: act.Facts.At, Act: act.ID})
		if err != nil {
			return nil, err
		}
		result = activity.ActResult{Code: string(refused)}
		r.results[o.UpdateID] = result
	}
	return updated{result}, nil
}

func (e *engine) DescribeWorkflowExecution(_ context.Context, id, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if id == e.unreadable {
		return nil, errDown
	}
	r := e.runs[id]
	if r == nil {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	status := enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	if r.over() || r.terminated {
		status = enums.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflow.WorkflowExecutionInfo{Status: status}}, nil
}

// move is what the shell does with a wish to go on by another plan.
func (e *engine) move(ctx context.Context, r *running, id string, wish activity.Move) (activity.MoveResult, error) {
	to, ok := e.store.Program(wish.Plan)
	if !ok {
		return activity.MoveResult{}, errors.New("no such plan")
	}
	next, effects, obstacles, notes := r.program.Migrate(r.state, to, wish)
	if len(obstacles) > 0 {
		return activity.MoveResult{Obstacles: obstacles, Notes: notes}, nil
	}
	a := activity.Apply{Application: id, Sequence: next.Sequence, At: wish.Facts.At, Status: string(next.Status), Node: to.Key(next), Effects: effects, Plan: wish.Plan}
	if err := e.book.Apply(ctx, a); err != nil {
		return activity.MoveResult{}, err
	}
	r.program, r.state = to, next
	return activity.MoveResult{Notes: notes}, nil
}

func (e *engine) QueryWorkflow(_ context.Context, id, _, kind string, args ...any) (converter.EncodedValue, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := e.runs[id]
	if r == nil || kind != activity.MoveQuery {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	wish := args[0].(activity.Move)
	to, ok := e.store.Program(wish.Plan)
	if !ok {
		return nil, errors.New("no such plan")
	}
	_, _, obstacles, notes := r.program.Migrate(r.state, to, wish)
	return answered{activity.MoveResult{Obstacles: obstacles, Notes: notes}}, nil
}

type answered struct{ result activity.MoveResult }

func (answered) HasValue() bool { return true }
func (a answered) Get(into any) error {
	*into.(*activity.MoveResult) = a.result
	return nil
}

// updated is the handle of an update that is done.
type updated struct{ result any }

func (u updated) Get(_ context.Context, value any) error {
	reflect.ValueOf(value).Elem().Set(reflect.ValueOf(u.result))
	return nil
}
func (updated) WorkflowID() string { return "" }
func (updated) RunID() string      { return "" }
func (updated) UpdateID() string   { return "" }
