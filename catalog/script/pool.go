package script

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Options of a pool; a zero field means its default.
type Options struct {
	Command      []string      // how to start a worker; default this binary with "script-worker"
	Size         int           // workers; default 2
	Soft         time.Duration // the engine is told to stop after this; default 100 ms
	Hard         time.Duration // the worker is killed after this; default 300 ms
	QueueTimeout time.Duration // a caller waits at most this long for a worker; default 2 s
	MaxQueue     int           // callers that may wait; default 64 for each worker
	StartTimeout time.Duration // a worker must stand after this; default 10 s
}

func (o *Options) defaults() error {
	if len(o.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		o.Command = []string{self, "script-worker"}
	}
	o.Size = orDefault(o.Size, 2)
	o.Soft = orDefault(o.Soft, 100*time.Millisecond)
	o.Hard = orDefault(o.Hard, 300*time.Millisecond)
	o.QueueTimeout = orDefault(o.QueueTimeout, 2*time.Second)
	o.MaxQueue = orDefault(o.MaxQueue, 64*o.Size)
	o.StartTimeout = orDefault(o.StartTimeout, 10*time.Second)
	return nil
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// Result is what a script said of a value.
type Result struct {
	Valid bool
	Code  string // of an invalid value: the message's code, "" for the definition's own message
}

// Pool keeps Size workers, each serving one call at a time. Any number of goroutines may call.
type Pool struct {
	options Options
	idle    chan *process
	waiting atomic.Int64
	starter *starter
	closing chan struct{}
	repairs sync.WaitGroup

	mu     sync.Mutex // no repair begins once closed is set
	closed bool
}

// NewPool starts all workers and returns when they stand.
func NewPool(o Options) (*Pool, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	p := &Pool{options: o, idle: make(chan *process, o.Size), starter: newStarter(o), closing: make(chan struct{})}
	for range o.Size {
		w, err := p.starter.start()
		if err != nil {
			p.Close()
			return nil, err
		}
		p.idle <- w
	}
	return p, nil
}

// Close ends the workers. Calls that run fail with ErrKilled or finish; later ones get ErrUnavailable.
func (p *Pool) Close() {
	p.mu.Lock()
	again := p.closed
	p.closed = true
	p.mu.Unlock()
	if again {
		return
	}
	close(p.closing)
	p.starter.close()
	p.repairs.Wait()
}

// Call asks a script about a value. The form holds what Decode makes of JSON; of it only the fields that
// the script reads are sent. An error is an *Error of one of the kinds, or the context's own. The context
// bounds the wait for a worker; once running, a call is bounded by Hard.
func (p *Pool) Call(ctx context.Context, s *Script, value any, form map[string]any) (Result, error) {
	args, err := s.arguments(value, form)
	if err != nil {
		return Result{}, &Error{Kind: ErrInput, File: s.file}
	}
	res, err := p.do(ctx, s, request{task: taskCall, id: s.id, source: []byte(s.source), args: args})
	if err != nil {
		return Result{}, err
	}
	switch res.outcome {
	case outcomeTrue:
		return Result{Valid: true}, nil
	case outcomeFalse:
		return Result{}, nil
	case outcomeCode:
		return Result{Code: res.text}, nil
	}
	return Result{}, s.failed(res)
}

// Check compiles a script in a worker and returns what Parse could not find; an *Error means that the
// script can't even be compiled within the limits.
func (p *Pool) Check(ctx context.Context, s *Script) ([]Problem, error) {
	res, err := p.do(ctx, s, request{task: taskCheck, id: s.id, source: []byte(s.source)})
	if err != nil {
		return nil, err
	}
	switch res.outcome {
	case outcomeTrue:
		return nil, nil
	case outcomeSyntax:
		line, column := unwrapped(s.source, res.line, res.column)
		return []Problem{{Code: "script-syntax", Line: line, Column: column, Summary: "not valid JavaScript: {problem}",
			Help: "Check the brackets and the quotation marks before this place.", Args: diag.Args{"problem": res.text}}}, nil
	}
	return nil, s.failed(res)
}

func (s *Script) failed(res response) error {
	e := &Error{File: s.file, Class: res.text}
	if res.line > 0 {
		e.Line, e.Column = unwrapped(s.source, res.line, res.column)
	}
	switch res.outcome {
	case outcomeTime:
		e.Kind = ErrTime
	case outcomeStack:
		e.Kind = ErrMemory
	case outcomeOther:
		e.Kind = ErrResult
	case outcomeSyntax:
		e.Kind, e.Class = ErrSyntax, ""
	default:
		e.Kind = ErrThrown
	}
	return e
}

// do takes a worker, asks it and gives it back, or has it replaced.
func (p *Pool) do(ctx context.Context, s *Script, q request) (response, error) {
	q.soft = p.options.Soft
	frame := sealFrame(q.append(make([]byte, 4, 4+requestHead+len(q.source)+len(q.args))))
	if len(frame) > maxFrame {
		return response{}, &Error{Kind: ErrInput, File: s.file}
	}
	w, err := p.take(ctx)
	if err != nil {
		if errors.Is(err, ErrUnavailable) {
			err = &Error{Kind: ErrUnavailable, File: s.file}
		}
		return response{}, err
	}
	res, err := w.exchange(frame, p.options.Hard)
	switch {
	case err != nil:
		p.replace(w)
		return response{}, &Error{Kind: err, File: s.file}
	case res.outcome == outcomeTime || res.outcome == outcomeStack:
		// It answered, but what it was doing when it was stopped may weigh on the next call.
		p.replace(w)
	default:
		p.idle <- w
	}
	return res, nil
}

// take waits for a worker that lives, at most QueueTimeout and in a bounded queue.
func (p *Pool) take(ctx context.Context) (*process, error) {
	select {
	case <-p.closing:
		return nil, ErrUnavailable
	case w := <-p.idle:
		if w.alive() {
			return w, nil
		}
		p.replace(w)
	default:
	}
	if p.waiting.Add(1) > int64(p.options.MaxQueue) {
		p.waiting.Add(-1)
		return nil, ErrUnavailable
	}
	defer p.waiting.Add(-1)
	timeout := time.NewTimer(p.options.QueueTimeout)
	defer timeout.Stop()
	for {
		select {
		case w := <-p.idle:
			if w.alive() {
				return w, nil
			}
			p.replace(w)
		case <-timeout.C:
			return nil, ErrUnavailable
		case <-p.closing:
			return nil, ErrUnavailable
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// replace ends a worker and puts a new one in its place, out of the caller's way. It goes on trying,
// ever slower, until the pool is closed.
func (p *Pool) replace(w *process) {
	w.kill()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.repairs.Go(func() {
		for pause := 20 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
			fresh, err := p.starter.start()
			if err == nil {
				p.idle <- fresh
				return
			}
			select {
			case <-time.After(pause):
			case <-p.closing:
				return
			}
		}
	})
}
