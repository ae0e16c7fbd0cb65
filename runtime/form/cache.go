package form

import (
	"container/list"
	"errors"
	"sync"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// mostForms bounds how many compiled forms stay in memory: those of a whole catalogue, and of some plans that open applications are pinned to.
const mostForms = 3000

// Cache compiles a form of a plan when it is first needed and keeps those that were used last. It is safe for parallel use.
type Cache struct {
	scripts Scripts
	mu      sync.Mutex
	used    list.List // of *cached, the one used last in front
	byKey   map[cacheKey]*list.Element
}

// cacheKey is the digest of a plan, and the key of the node whose own form it is or "".
type cacheKey struct{ digest, node string }

type cached struct {
	key  cacheKey
	make func() (*Form, error)
}

// NewCache makes an empty cache; scripts runs the validation scripts of its forms and may be nil where there are none.
func NewCache(scripts Scripts) *Cache {
	return &Cache{scripts: scripts, byKey: map[cacheKey]*list.Element{}}
}

// Form is the form of a service, by the digest of its plan.
func (c *Cache) Form(digest string, p *plan.Plan) (*Form, error) {
	return c.entry(cacheKey{digest: digest}, func() (*Form, error) { return Compile(p, c.scripts) })()
}

// Own is the own form of a node of a plan: what whoever decides there fills in. The error says where there is none.
func (c *Cache) Own(digest string, p *plan.Plan, n *plan.Node) (*Form, error) {
	own := n.Own()
	if own == nil {
		return nil, errors.New("form: nothing is filled in at " + n.Key)
	}
	return c.entry(cacheKey{digest, n.Key}, func() (*Form, error) { return CompileFields(p, own, c.scripts) })()
}

func (c *Cache) entry(key cacheKey, compile func() (*Form, error)) func() (*Form, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		c.used.MoveToFront(e)
		return e.Value.(*cached).make
	}
	made := &cached{key, sync.OnceValues(compile)}
	c.byKey[key] = c.used.PushFront(made)
	if last := c.used.Back(); c.used.Len() > mostForms {
		delete(c.byKey, c.used.Remove(last).(*cached).key)
	}
	return made.make
}
