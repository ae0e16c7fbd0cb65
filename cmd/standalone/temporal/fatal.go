package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// errPortTaken means that another process took a picked port before the server did.
var errPortTaken = errors.New("port taken")

// fatalLog passes errors on and drops what is below. Once the server is being stopped it drops errors too: every request that is then cut off
// is one, and says nothing. A fatal message is remembered and does not return, which the
// server counts on, but does not end the whole process either: while the server is built it panics with the error, which
// the builder recovers, and later it ends the goroutine that logged it.
type fatalLog struct {
	to    *slog.Logger
	done  chan struct{}
	built atomic.Bool
	ended atomic.Bool // it is being stopped
	once  sync.Once
	mu    sync.Mutex
	e     error
}

var _ log.Logger = (*fatalLog)(nil)

func newFatalLog(to *slog.Logger) *fatalLog {
	return &fatalLog{to: to, done: make(chan struct{})}
}

func (l *fatalLog) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.e
}

func (l *fatalLog) Debug(string, ...tag.Tag) {}
func (l *fatalLog) Info(string, ...tag.Tag)  {}
func (l *fatalLog) Warn(string, ...tag.Tag)  {}

func (l *fatalLog) Error(message string, tags ...tag.Tag) {
	if l.ended.Load() {
		return
	}
	l.to.LogAttrs(context.Background(), slog.LevelError, "temporal: "+message, attributes(tags)...)
}

func (l *fatalLog) DPanic(message string, tags ...tag.Tag) { l.Error(message, tags...) }

func (l *fatalLog) Panic(message string, tags ...tag.Tag) {
	l.Error(message, tags...)
	panic(message)
}

func (l *fatalLog) Fatal(message string, tags ...tag.Tag) {
	var detail strings.Builder
	for _, t := range tags {
		fmt.Fprintf(&detail, " %s=%v", t.Key(), t.Value())
	}
	err := errors.New(message + detail.String())
	if strings.Contains(message, "gRPC listener") {
		err = fmt.Errorf("%w: %w", errPortTaken, err)
	}
	l.once.Do(func() {
		l.mu.Lock()
		l.e = err
		l.mu.Unlock()
		close(l.done)
	})
	if !l.built.Load() {
		panic(err) // the server builds its parts in functions that turn a mere exit into a panic without a value
	}
	runtime.Goexit()
}

func attributes(tags []tag.Tag) []slog.Attr {
	all := make([]slog.Attr, len(tags))
	for i, t := range tags {
		all[i] = slog.Any(t.Key(), t.Value())
	}
	return all
}
