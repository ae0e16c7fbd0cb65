package application

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Temporal is what the book needs of a client.Client.
type Temporal interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
	UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error)
	QueryWorkflow(ctx context.Context, workflowID, runID, queryType string, args ...any) (converter.EncodedValue, error)
	DescribeWorkflowExecution(ctx context.Context, workflowID, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
}

// Options of a Book. All but the last seven must be given.
type Options struct {
	Pool      *pgxpool.Pool
	Releases  *release.Store
	Relay     *outbox.Relay
	Temporal  Temporal
	Payments  Payments
	Documents Documents
	Registry  Registry
	Rights    Rights

	Appointments Appointments

	Rounds  Rounds           // none: nobody can apply for a service that has a round
	Scripts form.Scripts     // runs the validation scripts of forms; none
	Audit   Audit            // none
	Counts  Counts           // none
	Now     func() time.Time // time.Now
	Log     *slog.Logger     // slog.Default()
	Fault   outbox.Fault     // none
}

// Book is the capability. All its methods are safe for parallel use.
type Book struct {
	o     Options
	hub   hub
	forms *form.Cache
}

// New makes a book. Give its Handlers to the relay, and its Apply and Lookup to the worker.
func New(o Options) *Book {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Counts == nil {
		o.Counts = uncounted{}
	}
	return &Book{o: o, forms: form.NewCache(o.Scripts), hub: hub{waiting: map[uuid.UUID]map[chan *change]struct{}{}}}
}

// Kinds of the outbox that the book handles.
const (
	startKind = "start" // subject: application
	actKind   = "act"   // subject: act
	eventKind = "event" // subject: event
)

// Handlers deliver what the book promises; see outbox.Relay.Handle.
func (b *Book) Handlers() map[string]outbox.Handler {
	return map[string]outbox.Handler{startKind: b.deliverStart, actKind: b.deliverAct, eventKind: b.deliverEvent}
}

// now is the instant of what happens now, as it is stored and sent: UTC, whole milliseconds.
func (b *Book) now() time.Time { return b.o.Now().UTC().Truncate(time.Millisecond) }
