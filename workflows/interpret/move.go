package interpret

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// mostMoves bounds the wishes to go on by another plan that wait for their turn.
const mostMoves = 4

// move is a wish to go on by another plan, and then its result.
type move struct {
	activity.Move
	result activity.MoveResult
	done   bool
}

// listenForMoves registers the update by which an application goes on by another plan, and the query that says what would come of it.
func (s *shell) listenForMoves(ctx workflow.Context) error {
	err := workflow.SetUpdateHandlerWithOptions(ctx, activity.MoveUpdate,
		func(ctx workflow.Context, wish activity.Move) (activity.MoveResult, error) {
			m := &move{Move: wish}
			s.moves = append(s.moves, m)
			err := workflow.Await(ctx, func() bool { return m.done })
			return m.result, err
		},
		workflow.UpdateHandlerOptions{Validator: func(wish activity.Move) error {
			switch {
			case wish.Plan == "" || wish.Facts.At.IsZero():
				return errors.New("a move needs the digest of the plan and its instant")
			case len(s.moves) >= mostMoves:
				return errors.New("too many wait for this application")
			}
			return nil
		}})
	if err != nil {
		return err
	}
	return workflow.SetQueryHandler(ctx, activity.MoveQuery, func(wish activity.Move) (activity.MoveResult, error) {
		to, ok := s.plans.Program(wish.Plan)
		if !ok {
			return activity.MoveResult{}, errors.New("this worker does not have the plan")
		}
		_, _, obstacles, notes := s.program.Migrate(s.state, to, wish) //workflowcheck:ignore
		return activity.MoveResult{Obstacles: obstacles, Notes: notes}, nil
	})
}

// move lets the application go on by another plan, where it can. What follows is the next run's: a run has one plan, or two where it ends.
func (s *shell) move(ctx workflow.Context, m *move) {
	defer func() { m.done = true }()
	if m.Plan == s.in.Plan {
		return // it has been moved already
	}
	to, ok := s.plans.Program(m.Plan)
	if !ok {
		panic("plan " + m.Plan + " is not loaded") // the task is tried again, here or elsewhere
	}
	// As with Step, the machine's tests prove that equal inputs give equal results.
	next, effects, obstacles, notes := s.program.Migrate(s.state, to, m.Move) //workflowcheck:ignore
	m.result = activity.MoveResult{Obstacles: obstacles, Notes: notes}
	if len(obstacles) > 0 {
		return
	}
	apply(ctx, activity.Apply{
		Application: s.in.Application, Sequence: next.Sequence, At: m.Facts.At.UTC().Truncate(time.Millisecond), Status: string(next.Status),
		Node: to.Key(next), Effects: effects, Plan: m.Plan,
	})
	foundByPlan(ctx, m.Plan)
	s.program, s.in.Plan, s.state, s.moved = to, m.Plan, next, true
}
