package provider

import (
	"crypto/rand"
	"sync"
	"time"
)

// grant is what an authorization code stands for.
type grant struct {
	clientID, redirectURI, challenge, nonce, subject string
	ends                                             time.Time
}

// codes are the authorization codes that have not been used. They are not kept over a restart: a code lives for a
// minute, and the visitor then signs in again.
type codes struct {
	mu   sync.Mutex
	open map[string]grant
}

// maxCodes bounds the codes that nobody comes back for.
const maxCodes = 10_000

// add returns a code for the grant, or false when there are too many.
func (c *codes) add(g grant, now time.Time) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) >= maxCodes {
		for code, old := range c.open {
			if now.After(old.ends) {
				delete(c.open, code)
			}
		}
		if len(c.open) >= maxCodes {
			return "", false
		}
	}
	code := rand.Text()
	c.open[code] = g
	return code, true
}

// take uses a code up: a second use finds nothing, whatever the first one led to.
func (c *codes) take(code string, now time.Time) (grant, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, ok := c.open[code]
	delete(c.open, code)
	return g, ok && !now.After(g.ends)
}
