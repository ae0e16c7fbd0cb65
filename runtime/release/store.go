package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/singleflight"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	// missWait bounds how long Program waits for a plan that is not in memory; the workflow SDK takes a second of silence for a deadlock.
	missWait = 800 * time.Millisecond
	// pollEvery is how soon a process notices a release that another one published.
	pollEvery = 3 * time.Second
	// spare is how many plans beyond the current release's stay in memory; forgotten ones are loaded again when they are asked for.
	spare = 2000
)

// Live is a service of the current release.
type Live struct {
	Service     string
	Authority   string
	PlanDigest  string
	TextsDigest string
	Plan        *plan.Plan  // must not be changed
	Texts       *plan.Texts // must not be changed
	program     *program
}

// Program is the plan, ready to run; it is compiled at the first call.
func (l *Live) Program() (*machine.Program, error) { return l.program.load() }

// program is a plan in memory; its formulas are compiled when they are first needed.
type program struct {
	plan *plan.Plan
	load func() (*machine.Program, error)
}

func newProgram(body []byte) (*program, error) {
	p, err := plan.Decode(body)
	if err != nil {
		return nil, err
	}
	return &program{p, sync.OnceValues(func() (*machine.Program, error) { return machine.Load(p) })}, nil
}

// current is one release in memory; immutable.
type current struct {
	head      Head
	reference *Reference
	services  []*Live // by code
	byCode    map[string]*Live
}

// Store keeps the current release and every plan that was asked for in memory. It is safe for parallel use.
type Store struct {
	pool     *pgxpool.Pool
	current  atomic.Pointer[current]
	mu       sync.RWMutex
	programs map[string]*program
	texts    map[string]*plan.Texts
	misses   singleflight.Group
	refresh  sync.Mutex
}

// Open gives a store with the current release and the plans named, which are those that open applications use: call it before workers poll.
// Without any release it is empty and Refresh fills it.
func Open(ctx context.Context, pool *pgxpool.Pool, inUse []string) (*Store, error) {
	s := &Store{pool: pool, programs: map[string]*program{}, texts: map[string]*plan.Texts{}}
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s, s.loadPlans(ctx, inUse)
}

// Run notices releases of other processes until ctx ends.
func (s *Store) Run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
				log.Warn("release: the last good one stays", "error", err)
			}
		}
	}
}

// Refresh takes up the newest release. When it cannot be read whole, the one in memory stays and an error is returned.
func (s *Store) Refresh(ctx context.Context) error {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	head, err := Current(ctx, s.pool)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	if c := s.current.Load(); c != nil && c.head.ID == head.ID {
		return nil
	}
	next, err := s.read(ctx, head)
	if err != nil {
		return fmt.Errorf("release %d: %w", head.ID, err)
	}
	s.current.Store(next)
	s.forget(next)
	return nil
}

func (s *Store) read(ctx context.Context, head Head) (*current, error) {
	next := &current{head: head, reference: &Reference{}, byCode: map[string]*Live{}}
	var reference json.RawMessage
	if err := s.pool.QueryRow(ctx, "SELECT reference FROM release WHERE id = $1", head.ID).Scan(&reference); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(reference, next.reference); err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `SELECT service, plan, texts FROM release_service WHERE release = $1 ORDER BY service COLLATE "C"`, head.ID)
	if err != nil {
		return nil, err
	}
	next.services, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Live, error) {
		l := &Live{}
		return l, row.Scan(&l.Service, &l.PlanDigest, &l.TextsDigest)
	})
	if err != nil {
		return nil, err
	}
	plans, texts := make([]string, len(next.services)), make([]string, len(next.services))
	for i, l := range next.services {
		plans[i], texts[i] = l.PlanDigest, l.TextsDigest
	}
	if err := errors.Join(s.loadPlans(ctx, plans), s.loadTexts(ctx, texts)); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, l := range next.services {
		l.program, l.Texts = s.programs[l.PlanDigest], s.texts[l.TextsDigest]
		if l.program == nil || l.Texts == nil {
			return nil, fmt.Errorf("%s: its plan or its texts are missing", l.Service)
		}
		l.Plan, l.Authority = l.program.plan, l.program.plan.Authority
		next.byCode[l.Service] = l
	}
	return next, nil
}

// forget keeps the memory bounded over many releases.
func (s *Store) forget(c *current) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.programs) <= len(c.services)+spare {
		return
	}
	programs, texts := make(map[string]*program, len(c.services)), make(map[string]*plan.Texts, len(c.services))
	for _, l := range c.services {
		programs[l.PlanDigest], texts[l.TextsDigest] = l.program, l.Texts
	}
	s.programs, s.texts = programs, texts
}

// Service is the service of that code in the current release.
func (s *Store) Service(code string) (*Live, bool) {
	c := s.current.Load()
	if c == nil {
		return nil, false
	}
	l, ok := c.byCode[code]
	return l, ok
}

// Services are all services of the current release, by code. The list must not be changed.
func (s *Store) Services() []*Live {
	if c := s.current.Load(); c != nil {
		return c.services
	}
	return nil
}

// Reference is the reference data of the current release; empty before the first.
func (s *Store) Reference() *Reference {
	if c := s.current.Load(); c != nil {
		return c.reference
	}
	return &Reference{}
}

// Head says which release is current; the zero Head before the first.
func (s *Store) Head() Head {
	if c := s.current.Load(); c != nil {
		return c.head
	}
	return Head{}
}
