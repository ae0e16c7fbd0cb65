package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress tells a person who waits what is being done: a line for each step when it begins to take long, and how long it took.
type progress struct {
	mu  sync.Mutex
	out io.Writer
}

// step runs do; after a moment of silence it says what is going on, and from then on once in five seconds.
func (p *progress) step(what string, do func() error) error {
	began := time.Now()
	done := make(chan struct{})
	var told sync.WaitGroup
	told.Add(1)
	go func() {
		defer told.Done()
		wait := time.NewTimer(300 * time.Millisecond)
		defer wait.Stop()
		for {
			select {
			case <-done:
				return
			case <-wait.C:
				p.say("%s … %s", what, time.Since(began).Round(100*time.Millisecond))
				wait.Reset(5 * time.Second)
			}
		}
	}()
	err := do()
	close(done)
	told.Wait()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	p.say("%s: %s", what, time.Since(began).Round(time.Millisecond))
	return nil
}

func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, format+"\n", args...)
}
