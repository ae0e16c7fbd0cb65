package interpret

import (
	"fmt"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Input is what a run starts with: an application's start, or, in a run that continues another, where that one stood. An activity.Start
// is a valid Input as it is.
type Input struct {
	activity.Start
	State *machine.State `json:"state,omitempty"`
}

// Progress is the answer to the query StateQuery; nothing in it is personal.
type Progress struct {
	Node     string         `json:"node"`
	Status   machine.Status `json:"status"`
	Sequence int            `json:"sequence"`
}

// StateQuery is the name of the query that tells where an application is.
const StateQuery = "state"

// Failures of a workflow that no retry can mend; they are types of temporal.ApplicationError.
const (
	BadInput     = "bad-input"
	WrongService = "wrong-service"
)

// Register lets w run every service whose plan plans gives. w is a worker, a replayer or a test environment. The activities
// activity.ApplyName, activity.LookupName and activity.KnowName must be registered on the same worker, since they are called locally first.
func Register(w interface {
	RegisterDynamicWorkflow(any, workflow.DynamicRegisterOptions)
}, plans Plans) {
	w.RegisterDynamicWorkflow(func(ctx workflow.Context, args converter.EncodedValues) error {
		var in Input
		if err := args.Get(&in); err != nil {
			return temporal.NewNonRetryableApplicationError("the input cannot be read", BadInput, nil)
		}
		return run(ctx, plans, in)
	}, workflow.DynamicRegisterOptions{})
}

// run finds the program and hands over to the shell.
func run(ctx workflow.Context, plans Plans, in Input) error {
	if in.Interpreter > activity.Interpreter {
		// A newer worker started it. The task fails and is tried again until such a worker takes it.
		panic(fmt.Sprintf("the run needs interpreter %d, this worker has %d", in.Interpreter, activity.Interpreter))
	}
	program, ok := plans.Program(in.Plan)
	if !ok {
		panic("plan " + in.Plan + " is not loaded")
	}
	if service := workflow.GetInfo(ctx).WorkflowType.Name; service != program.Plan().Service {
		return temporal.NewNonRetryableApplicationError("the plan is of another service than the workflow", WrongService, nil)
	}
	uncancelled, _ := workflow.NewDisconnectedContext(ctx)
	s := &shell{program: program, in: in, plans: plans}
	if err := s.listen(uncancelled); err != nil {
		return err
	}
	return s.run(uncancelled)
}
