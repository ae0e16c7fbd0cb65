package conformance

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Faults stand before a provider's server and spoil what passes. The zero Faults let everything pass. Safe for parallel use.
type Faults struct {
	mu   sync.Mutex
	down bool
	hang bool
	lose int
}

// Wrap puts them before a server.
func (f *Faults) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		down, hang, lost := f.down, f.hang, f.lose > 0 && r.Method == http.MethodPost
		if lost {
			f.lose--
		}
		f.mu.Unlock()
		switch {
		case hang:
			_, _ = io.Copy(io.Discard, r.Body) // a server notices that a caller has gone once it has read what they have said
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		case down:
			w.WriteHeader(http.StatusServiceUnavailable)
		case lost:
			next.ServeHTTP(httptest.NewRecorder(), r)
			// The connection breaks after the answer has begun: before that, a client may send the same again by itself.
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (f *Faults) set(down, hang bool, lose int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down, f.hang, f.lose = down, hang, lose
}
