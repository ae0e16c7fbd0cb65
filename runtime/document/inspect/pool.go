package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// Options of a pool; a zero field means its default.
type Options struct {
	Command []string      // how to start a child; this binary with Command
	Size    int           // children at once: 2
	Within  time.Duration // a child is killed after this: 15 s
	Wait    time.Duration // for a free place: 20 s
}

// Pool starts a child for each body, and few at once. Any number of goroutines may ask.
type Pool struct {
	o     Options
	slots chan struct{}
}

// New makes a pool; nothing runs yet.
func New(o Options) (*Pool, error) {
	if len(o.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("inspect: %w", err)
		}
		o.Command = []string{self, Command}
	}
	if o.Size <= 0 {
		o.Size = 2
	}
	if o.Within <= 0 {
		o.Within = 15 * time.Second
	}
	if o.Wait <= 0 {
		o.Wait = 20 * time.Second
	}
	return &Pool{o: o, slots: make(chan struct{}, o.Size)}, nil
}

// ErrBusy says that there was no free place in time.
var ErrBusy = errors.New("inspect: every place is taken")

// Look is Look in a child. A body at which the child dies, or is slower than Within, is Damaged; any other error is not the owner's.
func (p *Pool) Look(ctx context.Context, body []byte) (Found, error) {
	wait := time.NewTimer(p.o.Wait)
	defer wait.Stop()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return Found{}, ctx.Err()
	case <-wait.C:
		return Found{}, ErrBusy
	}
	within, cancel := context.WithTimeout(ctx, p.o.Within)
	defer cancel()
	cmd := exec.CommandContext(within, p.o.Command[0], p.o.Command[1:]...)
	cmd.Env = []string{"TZ=UTC", "GOMAXPROCS=2"} // it knows none of our secrets
	cmd.Dir = "/"
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(body)
	answer := &capped{}
	cmd.Stdout = answer
	if err := cmd.Start(); err != nil {
		return Found{}, fmt.Errorf("inspect: no child: %w", err)
	}
	err := cmd.Wait()
	if ctx.Err() != nil {
		return Found{}, ctx.Err()
	}
	if err != nil {
		return Found{}, Damaged
	}
	return answer.found()
}

// capped keeps an answer, and ends a child that says more than one can have.
type capped struct{ bytes.Buffer }

func (c *capped) Write(b []byte) (int, error) {
	if c.Len()+len(b) > mostBody+mostHead {
		return 0, io.ErrShortWrite
	}
	return c.Buffer.Write(b)
}

func (c *capped) found() (Found, error) {
	line, err := c.ReadBytes('\n')
	var h head
	if err == nil {
		err = json.Unmarshal(line, &h)
	}
	switch {
	case err != nil:
		return Found{}, fmt.Errorf("inspect: no answer: %w", err)
	case h.Refusal != "":
		return Found{}, h.Refusal
	}
	return Found{Kind: h.Kind, Pages: h.Pages, Body: c.Bytes()}, nil
}
