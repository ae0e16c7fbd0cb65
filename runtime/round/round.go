package round

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/round"
)

// Errors.
var (
	ErrNotFound = errors.New("round: not found")
	ErrClosed   = errors.New("round: nobody can take part now")
)

// Temporal is what rounds need of a client.Client.
type Temporal interface {
	SignalWithStartWorkflow(ctx context.Context, id, signal string, arg any, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

// Acts tells applications what they are given, once for (application, key), in the caller's transaction.
type Acts interface {
	Give(ctx context.Context, tx pgx.Tx, g Gift) error
}

// Gift is what an application is given at the visit of its step.
type Gift struct {
	Application uuid.UUID
	Node        string
	Visit       int
	Outcome     string
	Key         string
}

// Counts counts what was given.
type Counts interface {
	Placed(service, outcome string, n int)
}

// Options of Rounds. All but the last four must be given.
type Options struct {
	Pool     *pgxpool.Pool
	Acts     Acts
	Temporal Temporal
	Current  func(service string) (digest string, pl *plan.Plan, ok bool) // of the current release
	Plan     func(digest string) (*plan.Plan, bool)

	Wake   func() // the outbox has something new; none
	Counts Counts // none
	Now    func() time.Time
	Log    *slog.Logger
}

// Rounds is the capability. Its methods are safe for parallel use, also in several processes.
type Rounds struct{ o Options }

// New makes it. Give its Handlers to the relay and its Advance to the worker.
func New(o Options) *Rounds {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Counts == nil {
		o.Counts = uncounted{}
	}
	return &Rounds{o}
}

type uncounted struct{}

func (uncounted) Placed(string, string, int) {}

func (r *Rounds) now() time.Time { return r.o.Now().UTC().Truncate(time.Millisecond) }

// kind of the outbox: the workflow of a round is to look.
const wakeKind = "round"

// Handlers deliver what rounds promise; see outbox.Relay.Handle.
func (r *Rounds) Handlers() map[string]outbox.Handler {
	return map[string]outbox.Handler{wakeKind: r.deliver}
}

// wake promises that the workflow of a round looks after the commit; it is begun where there is none.
func wake(ctx context.Context, tx pgx.Tx, k activity.RoundKey) error {
	return outbox.Add(ctx, tx, outbox.Message{Kind: wakeKind, Subject: k.ID() + "/" + uuid.NewString()})
}

func (r *Rounds) deliver(ctx context.Context, d outbox.Delivery) error {
	k, err := keyOf(d.Subject)
	if err != nil {
		return &outbox.Failed{Code: "bad-subject", Err: err}
	}
	if err := r.signal(ctx, k); err != nil {
		return &outbox.Failed{Code: "temporal", Err: err}
	}
	return nil
}

func (r *Rounds) signal(ctx context.Context, k activity.RoundKey) error {
	found := []temporal.SearchAttributeUpdate{temporal.NewSearchAttributeKeyKeyword(activity.SearchService).ValueSet(k.Service)}
	if _, pl, ok := r.o.Current(k.Service); ok { // a service that is gone has no authority that could be asked for
		found = append(found, temporal.NewSearchAttributeKeyKeyword(activity.SearchAuthority).ValueSet(pl.Authority))
	}
	_, err := r.o.Temporal.SignalWithStartWorkflow(ctx, k.ID(), activity.RoundWake, nil, client.StartWorkflowOptions{
		ID: k.ID(), TaskQueue: activity.TaskQueue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(found...),
	}, activity.RoundName, k)
	return err
}

// terms are those by which a round goes: of the current release where that has the same round, else of the plan with which it began.
func (r *Rounds) terms(k activity.RoundKey, digest string) (*plan.Plan, string, error) {
	if current, pl, ok := r.o.Current(k.Service); ok && pl.Round != nil && pl.Round.Opens == k.Opens {
		return pl, current, nil
	}
	pl, ok := r.o.Plan(digest)
	if !ok || pl.Round == nil {
		return nil, "", errors.New("round: its plan is not loaded")
	}
	return pl, digest, nil
}

func termsOf(p *plan.Round) round.Terms {
	t := round.Terms{Places: p.Places, Reserve: p.Reserve}
	for _, q := range p.Quotas {
		t.Quotas = append(t.Quotas, round.Quota{Code: q.Code, Places: q.Places})
	}
	return t
}

// over is the first instant after a day in the zone of a plan.
func over(day, zone string) (time.Time, error) {
	at, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, err
	}
	d, err := time.ParseInLocation(time.DateOnly, day, at)
	return d.AddDate(0, 0, 1), err
}
