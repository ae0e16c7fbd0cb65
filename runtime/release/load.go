package release

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Program gives a plan ready to run, waiting less than a second when it has to be fetched. A digest is its content, so a replay sees what
// the first run saw. It is what interpret asks.
func (s *Store) Program(digest string) (*machine.Program, bool) {
	p := s.find(digest)
	if p == nil {
		return nil, false
	}
	loaded, err := p.load()
	return loaded, err == nil
}

// Plan gives a plan by digest without making it ready to run, waiting as Program does.
func (s *Store) Plan(digest string) (*plan.Plan, bool) {
	p := s.find(digest)
	if p == nil {
		return nil, false
	}
	return p.plan, true
}

// find gives the plan from memory or, within the bounded moment, from the database; nil when there is none.
func (s *Store) find(digest string) *program {
	if p := s.program(digest); p != nil {
		return p
	}
	if err := s.fetch("plan "+digest, func(ctx context.Context) error { return s.loadPlans(ctx, []string{digest}) }); err != nil {
		return nil
	}
	return s.program(digest)
}

func (s *Store) program(digest string) *program {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.programs[digest]
}

// Texts gives the words of a service by digest, waiting as Program does.
func (s *Store) Texts(digest string) (*plan.Texts, bool) {
	find := func() *plan.Texts {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.texts[digest]
	}
	t := find()
	if t == nil {
		err := s.fetch("texts "+digest, func(ctx context.Context) error { return s.loadTexts(ctx, []string{digest}) })
		if t = find(); err != nil || t == nil {
			return nil, false
		}
	}
	return t, true
}

// fetch runs one load for all that miss the same thing, and waits for it a bounded moment.
func (s *Store) fetch(key string, load func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), missWait)
	defer cancel()
	result := s.misses.DoChan(key, func() (any, error) {
		// Not bound to the first waiter's patience: those after it profit.
		ctx, cancel := context.WithTimeout(context.Background(), 5*missWait)
		defer cancel()
		return nil, load(ctx)
	})
	select {
	case r := <-result:
		return r.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// loadPlans brings plans into memory; those that are there already cost nothing. An unknown digest is left out.
func (s *Store) loadPlans(ctx context.Context, digests []string) error {
	loaded := map[string]*program{}
	err := s.bodies(ctx, "plan", digests, func(d string) bool { return s.program(d) != nil }, func(digest string, body []byte) (err error) {
		loaded[digest], err = newProgram(body)
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for d, p := range loaded {
		if s.programs[d] == nil {
			s.programs[d] = p
		}
	}
	return nil
}

func (s *Store) loadTexts(ctx context.Context, digests []string) error {
	loaded := map[string]*plan.Texts{}
	known := func(d string) bool {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.texts[d] != nil
	}
	err := s.bodies(ctx, "texts", digests, known, func(digest string, body []byte) (err error) {
		loaded[digest], err = plan.DecodeTexts(body)
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for d, t := range loaded {
		if s.texts[d] == nil {
			s.texts[d] = t
		}
	}
	return nil
}

// bodies reads what is addressed by digest and refuses a body that is not what its address says.
func (s *Store) bodies(ctx context.Context, table string, digests []string, known func(string) bool, take func(string, []byte) error) error {
	missing := make([]string, 0, len(digests))
	for _, d := range digests {
		if !known(d) {
			missing = append(missing, d)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	rows, err := s.pool.Query(ctx, "SELECT digest, body FROM "+pgx.Identifier{table}.Sanitize()+" WHERE digest = ANY($1)", missing)
	if err != nil {
		return err
	}
	var digest string
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&digest, &body}, func() error {
		if plan.DigestOf(body) != digest {
			return fmt.Errorf("%s %s: the stored bytes are not what the digest says", table, digest)
		}
		if err := take(digest, body); err != nil {
			return fmt.Errorf("%s %s: %w", table, digest, err)
		}
		return nil
	})
	return err
}
