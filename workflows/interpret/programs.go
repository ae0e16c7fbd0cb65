package interpret

import (
	"sync"
	"time"

	"github.com/diwan-gov/diwan/workflows/machine"
)

// patience is how long a workflow task waits for a plan that is not in memory; far below the second after which the SDK takes a workflow
// for deadlocked.
const patience = 500 * time.Millisecond

// Plans gives the program of a plan. It may wait up to half a second; false means that this worker does not have it, and the workflow task
// is then tried again, here or elsewhere. A digest always means the same program, so a replay sees what the first run saw.
type Plans interface {
	Program(digest string) (*machine.Program, bool)
}

// Programs are plans in memory, by digest. They are added before the worker polls and when a release is published; one that an open
// application uses is never removed. Safe for parallel use.
type Programs struct {
	mu       sync.Mutex
	byDigest map[string]*machine.Program
	added    chan struct{} // closed and replaced at each Add
}

// NewPrograms makes an empty set.
func NewPrograms() *Programs {
	return &Programs{byDigest: map[string]*machine.Program{}, added: make(chan struct{})}
}

// Add adds a program under the digest of its plan.
func (p *Programs) Add(digest string, program *machine.Program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byDigest[digest] = program
	close(p.added)
	p.added = make(chan struct{})
}

// Program waits a bounded moment for a plan that is just being loaded.
func (p *Programs) Program(digest string) (*machine.Program, bool) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		p.mu.Lock()
		program, added := p.byDigest[digest], p.added
		p.mu.Unlock()
		if program != nil {
			return program, true
		}
		select {
		case <-added:
		case <-deadline.C:
			return nil, false
		}
	}
}
