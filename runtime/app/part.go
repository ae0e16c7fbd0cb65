package app

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/temporal"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
)

// Part is how much of Diwan a process is. Any number of each may run beside each other on the same database and the same Temporal: nothing of
// an application is in a process. What was promised is delivered by whoever is there, web or worker; a lease keeps it from being two.
type Part string

// The parts. The zero Part is everything in one process, which also makes its database and publishes its catalogue.
const (
	Whole  Part = ""
	Web    Part = "web"    // the pages and the API
	Worker Part = "worker" // the workflows, their effects, and what is looked after now and then
)

// database opens the pool. A process that is a part makes no tables: old and new ones run beside each other while a new version is brought in,
// so whoever does that says when (Release), and each only makes sure that its own version was brought in.
func (a *App) database(ctx context.Context) (err error) {
	if a.Pool, err = postgres.Open(ctx, a.config.Database); err != nil {
		return err
	}
	a.closers = append(a.closers, a.Pool.Close)
	if a.config.Part == Whole {
		return postgres.Migrate(ctx, a.Pool)
	}
	return postgres.Migrated(ctx, a.Pool)
}

// temporal gives the client. A part comes up while Temporal is away: the web takes applications in, and a worker waits.
func (a *App) temporal(ctx context.Context) (client.Client, error) {
	t := a.config.Temporal
	o := temporal.Options{HostPort: t.HostPort, Namespace: t.Namespace, Keys: t.Keys, TLS: t.TLS, Log: a.config.Log}
	if a.config.Part == Whole {
		return temporal.Dial(ctx, o)
	}
	return temporal.Lazy(o)
}

// offerSearch makes sure that Temporal knows the attributes by which workflows are found. It holds nothing up: what is open goes on, and what is
// received waits in the outbox for its start, as it does while Temporal is away.
func (a *App) offerSearch(ctx context.Context) {
	for said := ""; ; {
		once, cancel := context.WithTimeout(ctx, offerLimit)
		err := temporal.OfferSearch(once, a.client, a.config.Temporal.Namespace, interpret.SearchAttributes())
		cancel()
		if err == nil || ctx.Err() != nil {
			return
		}
		if err.Error() != said {
			said = err.Error()
			a.config.Log.Warn("search attributes", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(startAgain):
		}
	}
}

// offerLimit bounds one try to make workflows searchable.
const offerLimit = 10 * time.Second

// startAgain is how long a worker waits for a Temporal that is away.
const startAgain = time.Second

// work starts the worker. One that is a process of its own tries until Temporal is there or ctx ends.
func (a *App) work(ctx context.Context) (stop func(), err error) {
	for told := false; ; {
		stop, err = temporal.StartWorker(a.client, temporal.WorkerOptions{
			TaskQueue: activity.TaskQueue, Register: a.register, Fatal: func(err error) { a.fatal <- err },
		})
		if err == nil || a.config.Part == Whole {
			return stop, err
		}
		if !told {
			a.config.Log.Warn("worker: waits for Temporal", "error", err)
			told = true
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case err := <-a.fatal:
			return nil, fmt.Errorf("worker: %w", err)
		case <-time.After(startAgain):
		}
	}
}
