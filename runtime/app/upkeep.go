package app

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// How often what might have been missed is looked for.
const (
	reconcileEvery = time.Minute
	sweepEvery     = time.Hour
	keysLive       = 30 * 24 * time.Hour
)

// upkeep compares applications with their workflows and payments with the gateway, and clears away what is no longer needed, until ctx ends.
func (a *App) upkeep(ctx context.Context) {
	reconcile, sweep := time.NewTicker(reconcileEvery), time.NewTicker(sweepEvery)
	defer reconcile.Stop()
	defer sweep.Stop()
	var after uuid.UUID
	for {
		select {
		case <-ctx.Done():
			return
		case <-reconcile.C:
			found, err := a.Book.Reconcile(ctx, after)
			after = found.Next
			for _, id := range found.Missing {
				a.config.Log.Error("application at work without a workflow", "application", id)
			}
			a.warn(ctx, "reconcile applications", err)
			_, err = a.Book.TakeDue(ctx)
			a.warn(ctx, "take statements", err)
			_, err = a.Payments.Reconcile(ctx)
			a.warn(ctx, "reconcile payments", err)
			_, err = a.Payments.ReconcilePayouts(ctx)
			a.warn(ctx, "reconcile payouts", err)
			_, err = a.Payments.SettleEnded(ctx)
			a.warn(ctx, "settle deposits", err)
		case <-sweep.C:
			_, err := a.Archive.Sweep(ctx)
			a.warn(ctx, "sweep files", err)
			a.warn(ctx, "forget keys", a.Book.ForgetKeys(ctx, keysLive))
			a.warn(ctx, "forget events", a.Book.ForgetEvents(ctx, keysLive))
			a.warn(ctx, "lapse drafts", a.Book.LapseDrafts(ctx))
		}
	}
}

func (a *App) warn(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		a.config.Log.Warn(what, "error", err)
	}
}
