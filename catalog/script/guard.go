package script

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// guardStep is how often a running call is looked at; a call shorter than that costs one timer.
const guardStep = 5 * time.Millisecond

// guard watches one call at a time: it interrupts at the soft limit and ends the process when the
// heap grows too large, because the engine checks for interrupts between instructions only and one
// instruction can allocate gigabytes.
type guard struct {
	interrupt func(any)
	heavy     atomic.Bool

	mu      sync.Mutex // held while interrupting, so that a late tick never hits the next call
	running bool
	stopped bool
	since   time.Time
	limit   time.Duration
	timer   *time.Timer
}

func (g *guard) start(limit time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running, g.stopped, g.since, g.limit = true, false, time.Now(), limit
	if g.timer == nil {
		g.timer = time.AfterFunc(guardStep, g.tick)
	} else {
		g.timer.Reset(guardStep)
	}
}

// stop ends the watch and reports whether the call was interrupted.
func (g *guard) stop() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = false
	g.timer.Stop()
	return g.stopped
}

func (g *guard) tick() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.running {
		return
	}
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	switch heap := sample[0].Value.Uint64(); {
	case heap > heapLimit:
		os.Exit(exitMemory)
	case heap > heapTidy:
		g.heavy.Store(true)
	}
	if !g.stopped && time.Since(g.since) >= g.limit {
		g.stopped = true
		g.interrupt("time")
	}
	g.timer.Reset(guardStep)
}

// tidy runs between calls.
func (g *guard) tidy() {
	if g.heavy.Swap(false) {
		debug.FreeOSMemory()
	}
}
