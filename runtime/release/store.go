package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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

// current is one release in memory; immutable. A release that is published again is another one.
type current struct {
	head      Head
	reference *Reference
	services  []*Live // by code
	byCode    map[string]*Live
}

// Store keeps the current release, the next one that is to go live, and every plan that was asked for in memory. It is safe for parallel use.
type Store struct {
	pool     *pgxpool.Pool
	keys     Keys
	current  atomic.Pointer[current]
	coming   *current // read before its moment; under refresh
	woken    chan struct{}
	mu       sync.RWMutex
	programs map[string]*program
	texts    map[string]*plan.Texts
	misses   singleflight.Group
	refresh  sync.Mutex
}

// Open gives a store with the current release and the plans named, which are those that open applications use: call it before workers poll.
// Without any release it is empty and Refresh fills it.
func Open(ctx context.Context, pool *pgxpool.Pool, keys Keys, inUse []string) (*Store, error) {
	s := &Store{pool: pool, keys: keys, woken: make(chan struct{}, 1), programs: map[string]*program{}, texts: map[string]*plan.Texts{}}
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s, s.loadPlans(ctx, inUse)
}

// Run notices releases of other processes, and lets those that come go live at their moment, until ctx ends.
func (s *Store) Run(ctx context.Context, log *slog.Logger) {
	for wait := pollEvery; ; {
		select {
		case <-ctx.Done():
			return
		case <-s.woken:
		case <-time.After(wait):
		}
		next, err := s.take(ctx)
		if err != nil && ctx.Err() == nil {
			log.Warn("release: the last good one stays", "error", err)
		}
		wait = min(pollEvery, next)
	}
}

// Refresh takes up the release that is live, and reads the next one that is to be. When one of them cannot be read whole, or is not signed by the
// platform, the one in memory stays and an error is returned.
func (s *Store) Refresh(ctx context.Context) error {
	next, err := s.take(ctx)
	if next < pollEvery {
		select {
		case s.woken <- struct{}{}: // Run waits no longer than until then
		default:
		}
	}
	return err
}

// take is Refresh, and says how soon the next release goes live.
func (s *Store) take(ctx context.Context) (next time.Duration, err error) {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	next = pollEvery
	now, err := clock(ctx, s.pool)
	if err != nil {
		return next, err
	}
	head, err := liveAt(ctx, s.pool, now)
	if errors.Is(err, ErrNone) {
		return next, nil
	}
	if err != nil {
		return next, err
	}
	if c := s.current.Load(); c == nil || c.head.Publication != head.Publication {
		live := s.coming
		if live == nil || live.head.Publication != head.Publication {
			if live, err = s.read(ctx, head); err != nil {
				return next, fmt.Errorf("release %d: %w", head.ID, err)
			}
		}
		s.current.Store(live)
	}
	coming, err := Coming(ctx, s.pool)
	if err != nil {
		return next, err
	}
	if len(coming) == 0 {
		s.coming = nil
	} else {
		next = max(time.Millisecond, coming[0].LiveFrom.Sub(now))
		if s.coming == nil || s.coming.head.Publication != coming[0].Publication {
			if s.coming, err = s.read(ctx, coming[0]); err != nil {
				return next, fmt.Errorf("release %d, which is to go live: %w", coming[0].ID, err)
			}
		}
	}
	s.forget()
	return next, nil
}

func (s *Store) read(ctx context.Context, head Head) (*current, error) {
	next := &current{head: head, reference: &Reference{}, byCode: map[string]*Live{}}
	made, signature := statement{Release: head.Digest, Catalogue: head.Catalogue}, ""
	said := content{Catalogue: head.Catalogue}
	var reference []byte
	err := s.pool.QueryRow(ctx, "SELECT r.files, r.reference, r.made_at, r.signature, f.body FROM release r JOIN reference f ON f.digest = r.reference WHERE r.id = $1", head.ID).
		Scan(&said.Files, &said.Reference, &made.MadeAt, &signature, &reference)
	if err != nil {
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
	for _, l := range next.services {
		said.Services = append(said.Services, [3]string{l.Service, l.PlanDigest, l.TextsDigest})
	}
	if digest, err := said.digest(); err != nil || digest != head.Digest || bodyOf(reference).digest != said.Reference {
		return nil, errors.Join(ErrSignature, err)
	}
	if err := made.verify(s.keys, signature); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(reference, next.reference); err != nil {
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
func (s *Store) forget() {
	used := s.current.Load().services
	if s.coming != nil {
		used = slices.Concat(used, s.coming.services)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.programs) <= len(used)+spare {
		return
	}
	s.programs, s.texts = make(map[string]*program, len(used)), make(map[string]*plan.Texts, len(used))
	for _, l := range used {
		s.programs[l.PlanDigest], s.texts[l.TextsDigest] = l.program, l.Texts
	}
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
