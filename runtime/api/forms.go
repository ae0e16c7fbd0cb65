package api

import (
	"container/list"
	"sync"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// mostForms bounds how many compiled forms stay in memory: those of a whole catalogue, and of some plans that open applications are pinned to.
const mostForms = 2000

// forms compiles the form of a plan when it is first needed and keeps those that were used last. It is safe for parallel use.
type forms struct {
	scripts form.Scripts
	mu      sync.Mutex
	used    list.List // of *compiled, the one used last in front
	byPlan  map[string]*list.Element
}

type compiled struct {
	digest string
	make   func() (*form.Form, error)
}

func newForms(scripts form.Scripts) *forms {
	return &forms{scripts: scripts, byPlan: map[string]*list.Element{}}
}

func (f *forms) form(digest string, p *plan.Plan) (*form.Form, error) {
	return f.entry(digest, p).make()
}

func (f *forms) entry(digest string, p *plan.Plan) *compiled {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.byPlan[digest]; ok {
		f.used.MoveToFront(e)
		return e.Value.(*compiled)
	}
	c := &compiled{digest, sync.OnceValues(func() (*form.Form, error) { return form.Compile(p, f.scripts) })}
	f.byPlan[digest] = f.used.PushFront(c)
	if last := f.used.Back(); f.used.Len() > mostForms {
		delete(f.byPlan, f.used.Remove(last).(*compiled).digest)
	}
	return c
}
