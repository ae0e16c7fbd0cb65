package interpret

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// mostWaiting bounds the acts that wait for their turn; Temporal itself admits ten in flight.
const mostWaiting = 64

// shell is one run of one application. Everything in it belongs to the workflow's own coroutines, of which one runs at a time.
type shell struct {
	program *machine.Program
	in      Input
	state   machine.State

	waiting []*message // acts, in order of arrival

	timer  workflow.Future // of the armed clock
	dueAt  time.Time
	disarm workflow.CancelFunc

	lookups []*lookup // questions to registries that are on their way

	plans Plans
	moves []*move // wishes to go on by another plan, in order of arrival
	moved bool    // it goes on by another plan, and is to be continued as new
	over  bool    // it has ended, and can no longer be taken up again
}

// message is an act that waits for its turn, and then its result.
type message struct {
	act    activity.Act
	result activity.ActResult
	done   bool
}

// listen registers the handlers. It comes before anything that blocks, so that no message is lost.
func (s *shell) listen(ctx workflow.Context) error {
	err := workflow.SetUpdateHandlerWithOptions(ctx, activity.ActUpdate,
		func(ctx workflow.Context, act activity.Act) (activity.ActResult, error) {
			m := &message{act: act}
			s.waiting = append(s.waiting, m)
			err := workflow.Await(ctx, func() bool { return m.done })
			return m.result, err
		},
		workflow.UpdateHandlerOptions{Validator: func(act activity.Act) error {
			switch {
			case act.ID == "" || act.Action == "" || act.Facts.At.IsZero():
				return errors.New("an act needs its ID, its action and its instant")
			case len(s.waiting) >= mostWaiting:
				return errors.New("too many acts wait for this application")
			}
			return nil
		}})
	if err != nil {
		return err
	}
	if err := s.listenForMoves(ctx); err != nil {
		return err
	}
	return workflow.SetQueryHandler(ctx, StateQuery, func() (Progress, error) {
		return Progress{Node: s.program.Key(s.state), Status: s.state.Status, Sequence: s.state.Sequence}, nil
	})
}

// run takes one event after the other until the application has ended or the history has grown too long.
func (s *shell) run(ctx workflow.Context) error {
	if s.in.State != nil {
		s.state = *s.in.State
	} else if refused := s.round(ctx, machine.Event{Start: &s.in.Start}, s.in.Facts.At, ""); refused != "" {
		return temporal.NewNonRetryableApplicationError("the start was refused: "+string(refused), BadInput, nil)
	}
	for {
		s.arm(ctx)
		s.ask(ctx)
		if s.one(ctx) {
			continue
		}
		switch finished := workflow.AllHandlersFinished(ctx); {
		case finished && s.final():
			return nil
		case finished && s.renewable(ctx):
			return workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, s.next())
		}
		err := workflow.Await(ctx, func() bool {
			return s.due() >= 0 || s.answered() >= 0 || len(s.moves) > 0 || s.timer != nil && s.timer.IsReady() ||
				(s.final() || s.renewable(ctx)) && workflow.AllHandlersFinished(ctx)
		})
		if err != nil {
			return err
		}
	}
}

// final tells whether the application has ended for good.
func (s *shell) final() bool {
	_, open := s.state.ReopenedUntil()
	return s.state.Status == machine.Ended && (!open || s.over)
}

// due is the first act whose turn it is, or -1. When a worker is lost after a step was applied and before Temporal has recorded it, the
// workflow has that step still before it, while people have seen it and act on it already: their acts wait.
func (s *shell) due() int {
	return slices.IndexFunc(s.waiting, func(m *message) bool { return m.act.Sequence <= s.state.Sequence || s.state.Status == machine.Ended })
}

// one takes the next event, if there is one: acts first, then the answers of registries, then the clock, then wishes to go on by another plan.
func (s *shell) one(ctx workflow.Context) bool {
	switch {
	case s.due() >= 0:
		i := s.due()
		m := s.waiting[i]
		s.waiting = slices.Delete(s.waiting, i, i+1)
		m.result.Code = string(s.round(ctx, machine.Event{Act: &m.act}, m.act.Facts.At, m.act.ID))
		m.done = true
	case s.answered() >= 0:
		if answer, ok := s.lookups[s.answered()].take(ctx); ok {
			s.round(ctx, machine.Event{Answer: &answer}, answer.Answer.Facts.At, "")
		}
	case s.timer != nil && s.timer.IsReady():
		// The timer stands for its instant, whatever the clocks of the servers between say.
		at := workflow.Now(ctx).UTC().Truncate(time.Millisecond)
		if at.Before(s.dueAt) {
			at = s.dueAt
		}
		s.timer = nil
		if s.state.Status == machine.Ended {
			s.over = true
			return true
		}
		due := &machine.Due{At: at}
		if s.program.Knows() {
			facts := know(ctx, activity.Know{Application: s.in.Application, At: at})
			due.Calendar, due.Tariffs = facts.Calendar, facts.Tariffs
		}
		s.round(ctx, machine.Event{Due: due}, at, "")
	case len(s.moves) > 0:
		m := s.moves[0]
		s.moves = s.moves[1:]
		s.move(ctx, m)
	default:
		return false
	}
	return true
}

// round lets the machine take one event and has its effects carried out before anything else happens.
func (s *shell) round(ctx workflow.Context, e machine.Event, at time.Time, act string) machine.Refusal {
	// The check cannot see that JSON and CEL are pure; the machine's own tests prove that equal inputs give equal results.
	next, effects, refused := s.program.Step(s.state, e) //workflowcheck:ignore
	if refused != "" {
		return refused
	}
	apply(ctx, activity.Apply{
		Application: s.in.Application, Sequence: next.Sequence, At: at, Status: string(next.Status), Node: s.program.Key(next),
		Outcome: next.Outcome, Effects: effects, Act: act,
	})
	s.state = next
	return ""
}

// arm keeps one timer for the time limit that is over first, or for the time in which what has ended may be taken up again. At the end it is left as it is: the server drops it with the run.
func (s *shell) arm(ctx workflow.Context) {
	next, armed := s.state.DueAt()
	if until, open := s.state.ReopenedUntil(); open && !s.over {
		next, armed = machine.Moment{DueAt: until, Then: machine.Reopen}, true
	} else if s.state.Status == machine.Ended {
		return
	} else {
		s.over = false
	}
	if s.timer != nil && (!armed || !next.DueAt.Equal(s.dueAt)) {
		s.disarm()
		s.timer = nil
	}
	if !armed || s.timer != nil {
		return
	}
	var scope workflow.Context
	scope, s.disarm = workflow.WithCancel(ctx)
	s.dueAt = next.DueAt
	s.timer = workflow.NewTimerWithOptions(scope, max(next.DueAt.Sub(workflow.Now(ctx)), 0), workflow.TimerOptions{Summary: next.Then})
}

// renewable says that the history has grown long, or that another plan is followed, and that nothing is in flight.
func (s *shell) renewable(ctx workflow.Context) bool {
	return len(s.lookups) == 0 && len(s.waiting) == 0 && len(s.moves) == 0 && (s.moved || workflow.GetInfo(ctx).GetContinueAsNewSuggested())
}

// next is the input of the run that continues this one.
func (s *shell) next() Input {
	return Input{
		Start: activity.Start{Interpreter: activity.Interpreter, Plan: s.in.Plan, Application: s.in.Application, Applicant: s.in.Applicant},
		State: &s.state,
	}
}
