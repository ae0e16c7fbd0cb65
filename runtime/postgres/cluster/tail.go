package cluster

import (
	"bytes"
	"strings"
	"sync"
)

// tail keeps the end of the server's log for error messages.
type tail struct {
	mu   sync.Mutex
	last []byte
}

const tailSize = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if extra := len(t.last) - tailSize; extra > 0 {
		t.last = append(t.last[:0], t.last[extra:]...)
	}
	return len(p), nil
}

// String gives the fatal lines if there are any, else the last line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var fatal []string
	for line := range bytes.Lines(t.last) {
		if bytes.Contains(line, []byte("FATAL:")) || bytes.Contains(line, []byte("HINT:")) {
			fatal = append(fatal, string(bytes.TrimSpace(line)))
		}
	}
	if fatal == nil {
		return lastLine(t.last)
	}
	return strings.Join(fatal, "; ")
}
