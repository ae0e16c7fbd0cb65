package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/catalog/script"
)

// lazyPool runs validation scripts in workers that are started when the first is called: most commands and most catalogues need none. It is
// safe for parallel use.
type lazyPool struct {
	once sync.Once
	pool *script.Pool
	err  error
}

// patience is how long a script may take here: nobody waits at a page, and a busy machine must not make a scenario fail.
const patience = time.Second

// Call runs a script; the error is also that no worker could be started.
func (l *lazyPool) Call(ctx context.Context, s *script.Script, value any, form map[string]any) (script.Result, error) {
	l.once.Do(func() { l.pool, l.err = script.NewPool(script.Options{Soft: patience, Hard: 3 * patience}) })
	if l.err != nil {
		return script.Result{}, fmt.Errorf("workers for scripts: %w", l.err)
	}
	return l.pool.Call(ctx, s, value, form)
}

// Close ends the workers, if there are any.
func (l *lazyPool) Close() {
	l.once.Do(func() {})
	if l.pool != nil {
		l.pool.Close()
	}
}
