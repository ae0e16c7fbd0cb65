package application

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// deliverStart starts the workflow of an application that is still as it was received. That it has started already is a success: the
// workflow's ID is the application's. After Temporal has forgotten the ID, the application's own status is what prevents a second start.
func (b *Book) deliverStart(ctx context.Context, d outbox.Delivery) error {
	id, err := uuid.Parse(d.Subject)
	if err != nil {
		return &outbox.Failed{Code: "bad-subject", Err: err}
	}
	pl, start, err := b.start(ctx, id)
	if err != nil || start == nil {
		return err
	}
	b.o.Fault.At("start:before-call")
	_, err = b.o.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                                       id.String(),
		TaskQueue:                                activity.TaskQueue,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			temporal.NewSearchAttributeKeyKeyword(activity.SearchService).ValueSet(pl.Service),
			temporal.NewSearchAttributeKeyKeyword(activity.SearchAuthority).ValueSet(pl.Authority),
			temporal.NewSearchAttributeKeyKeyword(activity.SearchPlan).ValueSet(start.Plan),
		),
	}, pl.Service, *start)
	b.o.Fault.At("start:after-call")
	if already := (*serviceerror.WorkflowExecutionAlreadyStarted)(nil); errors.As(err, &already) {
		return nil
	}
	if err != nil {
		return &outbox.Failed{Code: "temporal", Err: err}
	}
	b.o.Counts.Started(pl.Service)
	return nil
}

// start builds the workflow's input, and gives the plan; nil when the application does not wait for its start any more.
func (b *Book) start(ctx context.Context, id uuid.UUID) (*plan.Plan, *activity.Start, error) {
	var status Status
	var digest string
	var applicant uuid.UUID
	var form, facts, behalf, tariff []byte
	var at time.Time
	err := b.o.Pool.QueryRow(ctx, `SELECT status, plan, applicant, form, facts, behalf, tariff, submitted_at FROM application WHERE id = $1`, id).
		Scan(&status, &digest, &applicant, &form, &facts, &behalf, &tariff, &at)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && status != Received {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	pl, ok := b.o.Releases.Plan(digest)
	if !ok {
		return nil, nil, &outbox.Failed{Code: "no-plan", Err: fmt.Errorf("%w: plan %s", ErrUnavailable, digest)}
	}
	f, err := raw(form)
	if err != nil {
		return nil, nil, err
	}
	a, err := raw(facts)
	if err != nil {
		return nil, nil, err
	}
	by, err := raw(behalf)
	if err != nil {
		return nil, nil, err
	}
	s := &activity.Start{
		Interpreter: activity.Interpreter,
		Plan:        digest,
		Application: id.String(),
		Applicant:   applicant.String(),
		Facts:       activity.Facts{At: at.UTC(), Calendar: b.o.Releases.Reference().CalendarSlice(at)},
		Reads:       reads(pl.Reads, f, a, by),
	}
	if s.Tariff, s.Facts.Tariffs, err = storedTariff(pl, tariff); err != nil {
		return nil, nil, err
	}
	return pl, s, nil
}
