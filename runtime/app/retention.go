package app

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Bounds of a round of erasing, and how long somebody is known who has signed in and of whom nothing is kept.
const (
	eraseWithin   = 5 * time.Minute
	erasePage     = 200
	forgetAtOnce  = 5000
	unseenAtLeast = 90 * 24 * time.Hour
)

// Erase erases every application whose time is over by the definition of its service, each in a transaction of its own with an entry in the audit, and
// whoever nobody needs to know any more. What it does not reach within its time, the next round does.
func (a *App) Erase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, eraseWithin)
	defer cancel()
	for after := (application.Expired{}); ; {
		page, err := a.Book.Expired(ctx, after, erasePage)
		if err != nil {
			return err
		}
		for _, e := range page {
			if e.Rule == "" {
				continue // it may be reopened still
			}
			if err := a.erase(ctx, e); err != nil {
				return err
			}
		}
		if len(page) < erasePage {
			break
		}
		after = page[len(page)-1]
	}
	if _, err := a.Archive.EraseOver(ctx); err != nil {
		return err
	}
	return a.forget(ctx)
}

// errStays takes back what was begun of an application that is not erased yet: it was taken up again, or money is on its way.
var errStays = errors.New("it stays")

// erase erases an application wholly or not at all.
func (a *App) erase(ctx context.Context, e application.Expired) error {
	now := a.config.Now()
	err := postgres.InTx(ctx, a.Pool, func(tx pgx.Tx) error {
		erased, err := a.Book.Erase(ctx, tx, e, now) // first, since it locks the application
		if err == nil && erased {
			erased, err = a.Payments.Erase(ctx, tx, e.ID)
		}
		if err != nil || !erased {
			return cmp.Or(err, errStays)
		}
		if err := errors.Join(a.Archive.Erase(ctx, tx, e.ID), a.Delivery.Erase(ctx, tx, e.ID), a.Tills.Erase(ctx, tx, e.ID)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Authority: e.Authority, Actor: "retention", Action: "erase", Subject: e.ID.String(), Detail: map[string]string{"rule": e.Rule}})
	})
	if errors.Is(err, errStays) {
		return nil
	}
	if err == nil {
		a.counts.Erased(e.Service)
	}
	return err
}

// forget goes through the people who have not been seen for long, a bounded number, and goes on from there the next time.
func (a *App) forget(ctx context.Context) error {
	since := a.config.Now().Add(-unseenAtLeast)
	people, err := identity.Unseen(ctx, a.Pool, since, a.forgotten, forgetAtOnce)
	if err != nil {
		return err
	}
	unneeded, err := a.Book.Unneeded(ctx, people)
	if err != nil {
		return err
	}
	if unneeded, err = a.Rights.Unneeded(ctx, unneeded); err != nil {
		return err
	}
	err = postgres.InTx(ctx, a.Pool, func(tx pgx.Tx) error {
		_, err := identity.Forget(ctx, tx, unneeded, since)
		return err
	})
	if err != nil {
		return err
	}
	if a.forgotten = uuid.Nil; len(people) == forgetAtOnce {
		a.forgotten = people[len(people)-1]
	}
	return nil
}
