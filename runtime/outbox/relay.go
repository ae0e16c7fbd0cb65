package outbox

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Handler delivers one message. nil means delivered, or not needed any more. After an error it is called again later, also in another
// process, also after it had in truth succeeded. Its context ends well before the lease does.
type Handler func(ctx context.Context, d Delivery) error

// Failed is an error with a code that may be stored and counted; the text of other errors is only logged.
type Failed struct {
	Code string
	Err  error
}

func (f *Failed) Error() string { return f.Code + ": " + f.Err.Error() }
func (f *Failed) Unwrap() error { return f.Err }

// Options of a Relay; zero fields take the defaults that stand beside them.
type Options struct {
	Parallel int           // 32: deliveries at once from the queue, and as many again by Deliver
	Lease    time.Duration // 30 s: how long a killed process's message waits
	Poll     time.Duration // 1 s: how often the queue is looked at without being woken
	Keep     time.Duration // 7 days: how long what was delivered is remembered
	Log      *slog.Logger
	Fault    Fault
}

// Relay delivers messages. Make one for each process with New, give it its handlers, then Run it.
type Relay struct {
	pool     *pgxpool.Pool
	options  Options
	owner    string
	handlers map[string]Handler
	wake     chan struct{}
	queue    chan struct{} // slots of the queue
	direct   chan struct{} // slots of Deliver

	delivered, failed atomic.Int64
}

// New makes a relay that handles nothing yet.
func New(pool *pgxpool.Pool, o Options) *Relay {
	if o.Parallel <= 0 {
		o.Parallel = 32
	}
	if o.Lease <= 0 {
		o.Lease = 30 * time.Second
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Keep <= 0 {
		o.Keep = 7 * 24 * time.Hour
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Relay{
		pool: pool, options: o, owner: uuid.NewString(), handlers: map[string]Handler{},
		wake: make(chan struct{}, 1), queue: make(chan struct{}, o.Parallel), direct: make(chan struct{}, o.Parallel),
	}
}

// Handle says what delivers messages of these kinds. Only before Run and Deliver.
func (r *Relay) Handle(handlers map[string]Handler) { maps.Copy(r.handlers, handlers) }

// Wake makes Run look at the queue now. Call it right after the commit.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it is awake already
	}
}

// Counts are deliveries and failed attempts since the process started.
func (r *Relay) Counts() (delivered, failed int64) { return r.delivered.Load(), r.failed.Load() }

// Run delivers until ctx ends, then waits for the deliveries that are under way (each is bounded by the lease) and takes no more, not by
// Deliver either. Any number of processes may run at once; one relay runs once.
func (r *Relay) Run(ctx context.Context) {
	defer func() {
		for range r.options.Parallel {
			r.queue <- struct{}{}
			r.direct <- struct{}{}
		}
	}()
	kinds := slices.Sorted(maps.Keys(r.handlers))
	poll := time.NewTicker(r.options.Poll)
	defer poll.Stop()
	var sweep time.Time // when to prune next
	for ctx.Err() == nil {
		if now := time.Now(); !now.Before(sweep) {
			sweep = now.Add(r.prune(ctx))
		}
		more, err := r.round(ctx, kinds)
		if err != nil && ctx.Err() == nil {
			r.options.Log.Warn("outbox: cannot read the queue", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-poll.C:
		}
	}
}

// prune forgets a part of what was delivered long ago and says when to go on: soon while there is more, since a busy installation delivers
// hundreds of thousands an hour.
func (r *Relay) prune(ctx context.Context) (after time.Duration) {
	n, err := prune(ctx, r.pool, r.options.Keep)
	if err != nil && ctx.Err() == nil {
		r.options.Log.Warn("outbox: cannot prune", "error", err)
	}
	if n == pruneAtOnce {
		return r.options.Poll
	}
	return time.Hour
}

// round takes as many due messages as there are free slots. more says that the queue may hold others that fit.
func (r *Relay) round(ctx context.Context, kinds []string) (more bool, err error) {
	select {
	case r.queue <- struct{}{}: // at least one slot, waited for
	case <-ctx.Done():
		return false, ctx.Err()
	}
	slots := 1
	for free := true; free && slots < r.options.Parallel; {
		select {
		case r.queue <- struct{}{}:
			slots++
		default:
			free = false
		}
	}
	due, err := claimDue(ctx, r.pool, r.owner, r.options.Lease, kinds, slots)
	for range slots - len(due) {
		<-r.queue
	}
	for _, d := range due {
		go func() {
			defer func() { <-r.queue }()
			_ = r.handle(context.WithoutCancel(ctx), d)
		}()
	}
	return len(due) == slots, err
}

// ErrElsewhere is Deliver's answer when it cannot try: the message is done already, being delivered, not next in its lane, or there is no
// free slot. It will be, or was, delivered.
var ErrElsewhere = errors.New("outbox: not delivered by this call")

// Deliver tries one message at once and gives what its handler said; nil means delivered by this call. When ctx ends first, Deliver returns
// and the delivery goes on.
func (r *Relay) Deliver(ctx context.Context, kind, subject string) error {
	select {
	case r.direct <- struct{}{}:
	default:
		r.Wake()
		return ErrElsewhere
	}
	result := make(chan error, 1)
	go func() {
		defer func() { <-r.direct }()
		ctx := context.WithoutCancel(ctx)
		claim, cancel := context.WithTimeout(ctx, r.options.Lease/3)
		defer cancel()
		d, err := claimOne(claim, r.pool, r.owner, r.options.Lease, kind, subject)
		switch {
		case err != nil:
			result <- err
		case d == nil:
			r.Wake()
			result <- ErrElsewhere
		default:
			result <- r.handle(ctx, *d)
		}
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// handle delivers a claimed message and records what came of it.
func (r *Relay) handle(ctx context.Context, d Delivery) error {
	r.options.Fault.At("outbox:claimed")
	err := r.call(ctx, d)
	r.options.Fault.At("outbox:handled")
	code, after := "", time.Duration(0)
	if err != nil {
		code, after = codeOf(err), backoff(d.Attempt)
		r.failed.Add(1)
		r.options.Log.Warn("outbox: not delivered", "kind", d.Kind, "subject", d.Subject, "attempt", d.Attempt, "code", code)
	} else {
		r.delivered.Add(1)
	}
	ctx, cancel := context.WithTimeout(ctx, r.options.Lease/3)
	defer cancel()
	if stored := settle(ctx, r.pool, r.owner, d, code, after); stored != nil {
		r.options.Log.Warn("outbox: outcome not recorded", "kind", d.Kind, "subject", d.Subject, "error", stored)
		return errors.Join(err, stored)
	}
	r.options.Fault.At("outbox:done")
	if d.Lane != "" && err == nil {
		r.Wake() // the next of the lane may be due
	}
	return err
}

// call runs the handler. A panic is a failure like another: a message that brings a handler down must not bring down every process that
// takes it, one after the other.
func (r *Relay) call(ctx context.Context, d Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.options.Log.Error("outbox: a handler panicked", "kind", d.Kind, "subject", d.Subject, "stack", string(debug.Stack()))
			err = &Failed{Code: "panic", Err: errors.New("the handler panicked")}
		}
	}()
	h := r.handlers[d.Kind]
	if h == nil {
		return &Failed{Code: "no-handler", Err: errors.New("nothing here handles this kind")}
	}
	ctx, cancel := context.WithTimeout(ctx, r.options.Lease/2)
	defer cancel()
	return h(ctx, d)
}

// codeOf is what may be stored and logged of an error: its text may hold a value.
func codeOf(err error) string {
	var known *Failed
	var sql *pgconn.PgError
	switch {
	case errors.As(err, &known):
		return known.Code
	case errors.As(err, &sql):
		return "sql-" + sql.Code
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "failed"
}

// backoff grows from a quarter of a second to a minute, each with a random half.
func backoff(attempt int) time.Duration {
	const least, most = 250 * time.Millisecond, time.Minute
	wait := most
	if attempt < 9 {
		wait = min(most, least<<max(attempt-1, 0))
	}
	return wait/2 + rand.N(wait/2)
}
