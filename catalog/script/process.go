package script

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// process is one worker, seen from the parent.
type process struct {
	cmd     *exec.Cmd
	in, out *os.File
	reader  *bufio.Reader
	buf     []byte
	ended   chan struct{} // closed when the process has been waited for
}

func (w *process) alive() bool {
	select {
	case <-w.ended:
		return false
	default:
		return true
	}
}

func (w *process) kill() {
	_ = w.cmd.Process.Kill() // an error means that it is gone already
	_ = w.in.Close()
	_ = w.out.Close()
}

// exchange sends one frame and waits for the answer until the limit. The error is one of the kinds.
func (w *process) exchange(frame []byte, limit time.Duration) (response, error) {
	deadline := time.Now().Add(limit)
	err := errors.Join(w.in.SetWriteDeadline(deadline), w.out.SetReadDeadline(deadline))
	if err == nil {
		_, err = w.in.Write(frame)
	}
	if err == nil {
		w.buf, err = readFrame(w.reader, w.buf)
	}
	var res response
	if err == nil {
		res, err = parseResponse(w.buf)
	}
	switch {
	case err == nil:
		return res, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return res, ErrTime
	}
	return res, w.reason()
}

// reason says why a worker that broke off has ended, if it is known soon.
func (w *process) reason() error {
	select {
	case <-w.ended:
		switch w.cmd.ProcessState.ExitCode() {
		case exitMemory, 2: // 2 is how Go ends when memory or stack are out
			return ErrMemory
		}
	case <-time.After(100 * time.Millisecond):
	}
	return ErrKilled
}

// starter starts workers from one operating system thread that lives as long as the pool: the kernel
// kills a worker when the thread that started it ends, and Go ends threads as it likes.
type starter struct {
	options Options
	asks    chan chan started
	done    chan struct{}

	mu  sync.Mutex
	all map[*process]bool
	end bool
}

type started struct {
	w   *process
	err error
}

var errClosed = errors.New("script: pool is closed")

func newStarter(o Options) *starter {
	s := &starter{options: o, asks: make(chan chan started), done: make(chan struct{}), all: map[*process]bool{}}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine, after its workers
		for {
			select {
			case answer := <-s.asks:
				w, err := s.fork()
				answer <- started{w, err}
			case <-s.done:
				return
			}
		}
	}()
	return s
}

// start gives a worker that stands, or an error within StartTimeout.
func (s *starter) start() (*process, error) {
	answer := make(chan started, 1)
	select {
	case s.asks <- answer:
	case <-s.done:
		return nil, errClosed
	}
	a := <-answer
	if a.err != nil {
		return nil, a.err
	}
	w := a.w
	if err := w.out.SetReadDeadline(time.Now().Add(s.options.StartTimeout)); err != nil {
		w.kill()
		return nil, err
	}
	b, err := readFrame(w.reader, nil)
	if err != nil || len(b) == 0 || outcome(b[0]) != outcomeReady {
		w.kill()
		return nil, fmt.Errorf("script: worker doesn't stand: %w", errors.Join(err, errFrame))
	}
	return w, nil
}

// fork runs on the starter's thread.
func (s *starter) fork() (*process, error) {
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, childIn.Close(), in.Close())
	}
	cmd := exec.Command(s.options.Command[0], s.options.Command[1:]...)
	cmd.Stdin, cmd.Stdout = childIn, childOut
	cmd.Env = []string{"TZ=UTC", "GOMAXPROCS=2"} // two, so that the guard runs beside the script
	cmd.Dir = "/"
	cmd.SysProcAttr = childAttributes()
	w := &process{cmd: cmd, in: in, out: out, reader: bufio.NewReader(out), ended: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	err = errClosed
	if !s.end {
		err = cmd.Start()
	}
	_, _ = childIn.Close(), childOut.Close()
	if err != nil {
		_, _ = in.Close(), out.Close()
		return nil, err
	}
	s.all[w] = true
	go func() {
		_ = cmd.Wait() // its outcome is read from ProcessState
		close(w.ended)
		s.mu.Lock()
		delete(s.all, w)
		s.mu.Unlock()
	}()
	return w, nil
}

// close ends every worker and waits until they are gone.
func (s *starter) close() {
	s.mu.Lock()
	s.end = true
	var left []*process
	for w := range s.all {
		left = append(left, w)
	}
	s.mu.Unlock()
	for _, w := range left {
		w.kill()
		<-w.ended
	}
	close(s.done)
}
