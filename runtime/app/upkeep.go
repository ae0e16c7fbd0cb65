package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/ledger"
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
	var verified ledger.Head
	verifying := true
	a.warn(ctx, "look after rounds", a.Rounds.Look(ctx)) // a release may just have moved a closing day
	a.warn(ctx, "days of rights", a.days(ctx))           // or have brought a trigger
	a.warn(ctx, "erase what is kept no longer", a.Erase(ctx))
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
			a.warn(ctx, "look after rounds", a.Rounds.Look(ctx))
			a.warn(ctx, "days of rights", a.days(ctx))
			_, err = a.Payments.Reconcile(ctx)
			a.warn(ctx, "reconcile payments", err)
			_, err = a.Payments.ReconcilePayouts(ctx)
			a.warn(ctx, "reconcile payouts", err)
			_, err = a.Payments.ReconcileDisputes(ctx)
			a.warn(ctx, "reconcile disputes", err)
			_, err = a.Payments.SettleEnded(ctx)
			a.warn(ctx, "settle deposits", err)
			a.warn(ctx, "compare with what providers settle", a.settle(ctx))
			a.warn(ctx, "stamp papers", a.stamp(ctx))
			_, err = a.Delivery.Return(ctx)
			a.warn(ctx, "take back what nobody has collected", err)
			_, err = a.Delivery.Remind(ctx)
			a.warn(ctx, "remind of what is to be collected", err)
			if verifying {
				verified, verifying = a.verify(ctx, verified)
			}
		case <-sweep.C:
			verifying = true
			_, err := a.Archive.Sweep(ctx)
			a.warn(ctx, "sweep files", err)
			a.warn(ctx, "forget keys", a.Book.ForgetKeys(ctx, keysLive))
			a.warn(ctx, "forget events", a.Book.ForgetEvents(ctx, keysLive))
			a.warn(ctx, "lapse drafts", a.Book.LapseDrafts(ctx))
			a.warn(ctx, "erase what is kept no longer", a.Erase(ctx))
		}
	}
}

// verifyAtOnce bounds how many parts of the ledger's chain are verified in one round; the next goes on.
const verifyAtOnce = 10

// verify recomputes the next parts of the ledger's chain and says whether there are more. Where it does not hold the operator is told, each
// time; it begins again with the next sweep.
func (a *App) verify(ctx context.Context, from ledger.Head) (to ledger.Head, more bool) {
	book := ledger.New(a.Pool)
	for range verifyAtOnce {
		var err error
		if from, more, err = book.VerifyNext(ctx, from); err != nil {
			if ctx.Err() == nil {
				a.config.Log.Error("the ledger does not verify", "error", err)
			}
			return ledger.Head{}, false
		}
		if !more {
			return ledger.Head{}, false
		}
	}
	return from, true
}

// days begins what the days of rights begin. The days lie in an index of the database, so looking costs nothing while none is due: a schedule of
// its own at Temporal would be one more thing that can be lost, and could begin nothing that the database does not say. Whoever holds the lease
// of the upkeep does it, and each right and day begins a service once, whoever does.
func (a *App) days(ctx context.Context) error {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = a.Book.LookAtRights(ctx); err != nil {
			return err
		}
	}
	_, err := a.Book.BeginDue(ctx)
	return err
}

// settleWithin bounds how long one round compares days: the rest of the upkeep goes on.
const settleWithin = 30 * time.Second

// settle compares the days that are over with what providers have settled. It is a matter of the upkeep and not of a schedule at Temporal for
// the reason that days is: which days are due stands in the database, also after Temporal was away or was begun anew, and a day that was missed
// is made up for whenever somebody looks.
func (a *App) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	return a.Settled.Look(ctx)
}

// scanEvery is how soon an upload is tried again whose scanner was away; what it waits for itself grows with each try.
const scanEvery = 5 * time.Second

// scanUploads scans what waits in quarantine, until ctx ends. Every worker does: each takes its own.
func (a *App) scanUploads(ctx context.Context) {
	if a.config.Clamd == "" {
		return
	}
	again := time.NewTicker(scanEvery)
	defer again.Stop()
	for {
		_, err := a.Archive.ScanWaiting(ctx)
		a.warn(ctx, "scan uploads", err)
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// stampWithin bounds how long one round stamps papers.
const stampWithin = 30 * time.Second

// stamp gives papers their time-stamps that nobody has opened yet, or that were opened while the authority was away.
func (a *App) stamp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stampWithin)
	defer cancel()
	return a.Archive.Stamp(ctx)
}

func (a *App) warn(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		a.config.Log.Warn(what, "error", err)
	}
}
