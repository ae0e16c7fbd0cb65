package application

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	settleWait = 3 * time.Second

	// What other processes commit is asked for, soon at first and then ever more seldom: most waits are over at once, and where applications pile up
	// those who wait must not take the processor from those who work.
	settleFirst = 25 * time.Millisecond
	settleLast  = time.Second
)

// Progress is what Settle looks at: cheap to read.
type Progress struct {
	Status   Status
	Sequence int
	Node     string
	Outcome  string
	Asking   bool // a registry's answer is on its way
}

// Started holds once the first step of the workflow was applied.
func Started(p Progress) bool { return p.Sequence > 0 }

// Answered holds once the workflow has started and no registry's answer is on its way: the next move is somebody's, or it has ended.
func Answered(p Progress) bool { return Started(p) && !p.Asking }

// Beyond holds once more than these steps were applied; take them from a View.
func Beyond(sequence int) func(Progress) bool {
	return func(p Progress) bool { return p.Sequence > sequence }
}

// Settle waits, at most 3 s, until the application has come as far as until asks, so that what is read next shows it. It reports whether
// it has; not having is no error. It checks nobody's right to see the application: read it afterwards with a method that does.
func (b *Book) Settle(ctx context.Context, id uuid.UUID, until func(Progress) bool) (bool, error) {
	return b.wait(ctx, id, settleWait, func(told *change) (bool, error) {
		if told != nil {
			return until(told.now), nil
		}
		var p Progress
		var digest string
		err := b.o.Pool.QueryRow(ctx, "SELECT status, sequence, node, outcome, plan FROM application WHERE id = $1", id).
			Scan(&p.Status, &p.Sequence, &p.Node, &p.Outcome, &digest)
		if errors.Is(err, pgx.ErrNoRows) {
			return false, ErrNotFound
		}
		p.Asking = b.asking(digest, p.Node)
		return err == nil && until(p), err
	})
}

// asking tells the nodes at which a registry, or another part of the platform, is to answer.
func (b *Book) asking(digest, node string) bool {
	n := b.node(digest, node)
	return n != nil && (n.Kind == plan.Lookup || n.Kind == plan.Write || n.Kind == plan.Undo || n.Kind == plan.Draw || n.Kind == plan.Start && !n.Start.Wait)
}

// wait asks until the answer is yes, an error, or the time is over: at once, whenever this process has changed the application, and ever more
// seldom. What this process has committed it tells; otherwise told is nil, and the database knows.
func (b *Book) wait(ctx context.Context, id uuid.UUID, limit time.Duration, ask func(told *change) (bool, error)) (bool, error) {
	changed, leave := b.hub.join(id)
	defer leave()
	over := time.NewTimer(limit)
	defer over.Stop()
	every := settleFirst
	poll := time.NewTimer(every)
	defer poll.Stop()
	var told *change
	for {
		if yes, err := ask(told); yes || err != nil {
			return yes, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-over.C:
			return false, nil
		case told = <-changed:
		case <-poll.C:
			told, every = nil, min(2*every, settleLast)
			poll.Reset(every)
		}
	}
}

// change is a step that this process has committed.
type change struct {
	now Progress
	act uuid.UUID // that led to it, or none
}

// hub tells waiters of this process that an application has changed.
type hub struct {
	mu      sync.Mutex
	waiting map[uuid.UUID]map[chan *change]struct{}
}

func (h *hub) join(id uuid.UUID) (changed <-chan *change, leave func()) {
	c := make(chan *change, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting[id] == nil {
		h.waiting[id] = map[chan *change]struct{}{}
	}
	h.waiting[id][c] = struct{}{}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.waiting[id], c)
		if len(h.waiting[id]) == 0 {
			delete(h.waiting, id)
		}
	}
}

// changed tells of a step; nil is a change that is none.
func (h *hub) changed(id uuid.UUID, what *change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.waiting[id] {
		select {
		case <-c: // it has not looked yet; the database knows what both come to
			c <- nil
		default:
			c <- what
		}
	}
}
