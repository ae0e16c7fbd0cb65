package gateway

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// faults are what the gateway shall do wrong. They are not kept over a restart.
type faults struct {
	mu sync.Mutex
	faultsSet
}

// faultsSet counts down: each number is how many of the next ones go wrong. A set replaces the one before.
type faultsSet struct {
	RepeatCallbacks int    `json:"repeatCallbacks"` // each next callback is sent this many times more, until set to 0
	ForgeCallbacks  int    `json:"forgeCallbacks"`  // before the true one another is sent once with a wrong signature
	DropCallbacks   int    `json:"dropCallbacks"`   // the callback is never sent
	DelayCallbacks  string `json:"delayCallbacks"`  // such as 500ms; holds until another set
	FailCreates     int    `json:"failCreates"`     // POST /v1/checkouts answers 503
	RefuseRefunds   int    `json:"refuseRefunds"`   // POST /v1/checkouts/{id}/refunds answers 422, for good: the card is closed
	LosePayouts     int    `json:"losePayouts"`     // POST /v1/payouts is carried out and answers 503
	HoldPayouts     string `json:"holdPayouts"`     // such as 1h: how long payouts are pending; holds until another set

	delay, hold time.Duration
}

func (g *Gateway) setFaults(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "too-large", "the body cannot be read or is too large")
		return
	}
	var set faultsSet
	if problem := decode(body, &set); problem != "" {
		refuse(w, http.StatusBadRequest, "invalid", problem)
		return
	}
	if set.DelayCallbacks != "" {
		if set.delay, err = time.ParseDuration(set.DelayCallbacks); err != nil || set.delay < 0 {
			refuse(w, http.StatusBadRequest, "invalid", "delayCallbacks must be a duration such as 500ms")
			return
		}
	}
	if set.HoldPayouts != "" {
		if set.hold, err = time.ParseDuration(set.HoldPayouts); err != nil || set.hold < 0 {
			refuse(w, http.StatusBadRequest, "invalid", "holdPayouts must be a duration such as 1h")
			return
		}
	}
	if min(set.RefuseRefunds, set.LosePayouts, set.RepeatCallbacks, set.ForgeCallbacks, set.DropCallbacks, set.FailCreates) < 0 || set.RepeatCallbacks > 100 {
		refuse(w, http.StatusBadRequest, "invalid", "numbers must not be negative, and repeatCallbacks at most 100")
		return
	}
	g.faults.mu.Lock()
	g.faults.faultsSet = set
	g.faults.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// failCreate is whether the next checkout shall fail.
func (f *faults) failCreate() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return countDown(&f.FailCreates)
}

// refuseRefund is whether the next refund shall be refused.
func (f *faults) refuseRefund() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return countDown(&f.RefuseRefunds)
}

// payout is how long the next payout is pending, and whether its answer is lost.
func (f *faults) payout() (hold time.Duration, lost bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hold, countDown(&f.LosePayouts)
}

// apply turns the callback that should be sent into those that are.
func (f *faults) apply(c callback) []callback {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.due = c.due.Add(f.delay)
	var all []callback
	if countDown(&f.ForgeCallbacks) {
		forged := c
		forged.forged = true
		all = append(all, forged)
	}
	if countDown(&f.DropCallbacks) {
		return all
	}
	for range 1 + f.RepeatCallbacks {
		all = append(all, c)
	}
	return all
}

func countDown(n *int) bool {
	if *n == 0 {
		return false
	}
	*n--
	return true
}
