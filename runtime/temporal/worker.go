package temporal

import (
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

// WorkerOptions of StartWorker; zero numbers take the defaults that stand beside them.
type WorkerOptions struct {
	TaskQueue   string
	Register    func(worker.Worker) // workflows and activities
	Pollers     int                 // 8, for workflow tasks and for activities each
	Parallel    int                 // 64 activities at once, local ones as many again
	StopTimeout time.Duration       // 10 s for what is under way
	// Fatal is told when the worker cannot go on, at most once; nil ignores it.
	Fatal func(error)
}

// StartWorker starts a worker that polls at once: load the plans before. stop waits for what is under way and may be called again.
func StartWorker(c client.Client, o WorkerOptions) (stop func(), err error) {
	if o.Pollers <= 0 {
		o.Pollers = 8
	}
	if o.Parallel <= 0 {
		o.Parallel = 64
	}
	if o.StopTimeout <= 0 {
		o.StopTimeout = 10 * time.Second
	}
	w := worker.New(c, o.TaskQueue, worker.Options{
		MaxConcurrentWorkflowTaskPollers:        o.Pollers,
		MaxConcurrentActivityTaskPollers:        o.Pollers,
		MaxConcurrentActivityExecutionSize:      o.Parallel,
		MaxConcurrentLocalActivityExecutionSize: o.Parallel,
		WorkerStopTimeout:                       o.StopTimeout,
		OnFatalError:                            o.Fatal,
	})
	o.Register(w)
	if err := w.Start(); err != nil {
		return nil, fmt.Errorf("temporal worker: %w", err)
	}
	return sync.OnceFunc(w.Stop), nil
}
