package change

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
)

// tries is how often a release is made anew because another one was published meanwhile.
const tries = 5

// Publish releases what was approved: the proposal with that digest, as it is, on what is live by its moment. A change that goes live before others
// that wait for theirs goes below them. Publishing again what is published changes nothing. ErrStatus where that proposal is not the one that
// reviewers were asked about; a *Moved where a file of it was released otherwise meanwhile; a *Broken where it does not go with what was.
func (c *Changes) Publish(ctx context.Context, number int64, digest string) (*Change, error) {
	for range tries {
		err := c.publish(ctx, number, digest)
		if errors.Is(err, release.ErrBase) || errors.Is(err, release.ErrComing) || errors.Is(err, release.ErrPast) {
			continue // another one was faster, or a moment is over
		}
		if err != nil {
			return nil, err
		}
		if err := c.o.Releases.Refresh(ctx); err != nil {
			c.o.Log.Warn("change: the release is published and not taken up yet", "error", err)
		}
		return find(ctx, c.o.Pool, number, "")
	}
	return nil, fmt.Errorf("change %d: others are published all the time", number)
}

func (c *Changes) publish(ctx context.Context, number int64, digest string) error {
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil {
		return err
	}
	all, err := proposals(ctx, c.o.Pool, number)
	if err != nil {
		return err
	}
	switch {
	case len(all) == 0 || all[0].Digest != digest:
		return ErrStatus
	case ch.Status == Approved:
		return nil
	case ch.Status != Proposed:
		return ErrStatus
	}
	p := all[0]
	order, err := c.order(ctx, p.Words.LiveFrom)
	if err != nil {
		return err
	}
	// Built before anything is locked: it takes its time, and Publish sees to it that it still fits.
	mine, err := c.built(ctx, p.Base, p.Files, order.after)
	if err != nil {
		return err
	}
	later := make([]release.Release, len(order.later))
	below := mine.Files
	for i, waiting := range order.later {
		if later[i], err = c.lifted(ctx, waiting, below); err != nil {
			return err
		}
		below = later[i].Files
	}
	return postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		locked, err := find(ctx, tx, number, "FOR UPDATE OF c")
		if err != nil {
			return err
		}
		if locked.Status != Proposed || !locked.ProposedAt.Equal(ch.ProposedAt) {
			return ErrStatus
		}
		for i := len(order.later) - 1; i >= 0; i-- {
			if err := release.CallOff(ctx, tx, order.later[i].Publication, actor(number)); err != nil {
				return err
			}
		}
		head, err := c.put(ctx, tx, mine, release.Publication{From: order.from, After: order.after, Way: release.Change, Actor: actor(number), Reason: p.Words.Title})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE change SET status = 'approved', publication = $2, ended_at = $3 WHERE id = $1", ch.ID, head.Publication, c.now()); err != nil {
			return err
		}
		after := head.ID
		for i, waiting := range order.later {
			moved, err := c.put(ctx, tx, later[i], release.Publication{From: waiting.LiveFrom, After: after, Way: waiting.Way, Actor: waiting.Actor, Reason: waiting.Reason})
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "UPDATE change SET publication = $2 WHERE publication = $1", waiting.Publication, moved.Publication); err != nil {
				return err
			}
			after = moved.ID
		}
		return audit.Record(ctx, tx, audit.Entry{Authority: ch.Authority, Actor: actor(number), Action: "release", Subject: ch.ID.String(),
			Detail: map[string]string{"change": fmt.Sprint(number), "release": fmt.Sprint(head.ID), "digest": head.Digest, "application": ch.Application.String()}})
	})
}

func actor(number int64) string { return fmt.Sprintf("change %d", number) }

func (c *Changes) put(ctx context.Context, tx pgx.Tx, r release.Release, p release.Publication) (release.Head, error) {
	id, err := release.Keep(ctx, tx, c.o.Keys, r)
	if err != nil {
		return release.Head{}, err
	}
	return release.Publish(ctx, tx, id, p)
}

// place is where a publication goes among the others.
type place struct {
	from  time.Time      // zero: at once
	after int64          // release that is live until then
	later []release.Head // that go live after it, the next one first
}

func (c *Changes) order(ctx context.Context, from time.Time) (place, error) {
	live, err := release.Current(ctx, c.o.Pool)
	if err != nil {
		return place{}, err
	}
	coming, err := release.Coming(ctx, c.o.Pool)
	if err != nil {
		return place{}, err
	}
	o := place{after: live.ID}
	if from.After(time.Now()) {
		o.from = from
	}
	for _, h := range coming {
		if o.from.IsZero() || h.LiveFrom.After(o.from) {
			o.later = append(o.later, h)
		} else {
			o.after = h.ID
		}
	}
	return o, nil
}

// built makes the release of files that were proposed on a base, above another release. A *Moved where one of them is not as the base had it there.
func (c *Changes) built(ctx context.Context, base int64, files map[string]*string, above int64) (release.Release, error) {
	had, err := release.Digests(ctx, c.o.Pool, base)
	if err != nil {
		return release.Release{}, err
	}
	has, err := release.Digests(ctx, c.o.Pool, above)
	if err != nil {
		return release.Release{}, err
	}
	cat, err := c.base(ctx, above)
	if err != nil {
		return release.Release{}, err
	}
	bodies := maps.Clone(cat.Files)
	for path, digest := range files {
		now, there := has[path]
		was, wasThere := had[path]
		switch {
		case digest != nil && there && now == *digest, digest == nil && !there:
			continue // as it is already
		case there != wasThere || now != was:
			return release.Release{}, &Moved{}
		case digest == nil:
			delete(bodies, path)
			continue
		}
		if bodies[path], err = release.Source(ctx, c.o.Pool, *digest); err != nil {
			return release.Release{}, err
		}
	}
	return build(bodies)
}

// lifted makes the release of a publication that waits for its moment anew, above other files than those on which it rested.
func (c *Changes) lifted(ctx context.Context, waiting release.Head, below map[string]string) (release.Release, error) {
	rested, err := c.base(ctx, waiting.After)
	if err != nil {
		return release.Release{}, err
	}
	made, err := c.base(ctx, waiting.ID)
	if err != nil {
		return release.Release{}, err
	}
	bodies := make(map[string][]byte, len(below))
	for path, content := range below {
		bodies[path] = []byte(content)
	}
	paths := map[string]bool{}
	for path := range rested.Files {
		paths[path] = true
	}
	for path := range made.Files {
		paths[path] = true
	}
	for path := range paths {
		was, wasThere := rested.Files[path]
		is, isThere := made.Files[path]
		if wasThere == isThere && string(was) == string(is) {
			continue
		}
		now, there := bodies[path]
		switch {
		case there == isThere && string(now) == string(is):
		case there != wasThere || string(now) != string(was):
			return release.Release{}, &Moved{}
		case isThere:
			bodies[path] = is
		default:
			delete(bodies, path)
		}
	}
	return build(bodies)
}

func build(files map[string][]byte) (release.Release, error) {
	cat, findings := catalog.Of(files)
	if findings.HasErrors() {
		return release.Release{}, &Broken{findings}
	}
	r, findings := release.Build(cat)
	if findings.HasErrors() {
		return release.Release{}, &Broken{findings}
	}
	return r, nil
}

// Rollback makes an earlier release live again at once, for everybody: whatever was published since is no longer live. Open applications stay on their
// plans. The caller sees to it that the person may. ErrNotFound; ErrComing while others wait for their moment: they rest on what is live.
func (c *Changes) Rollback(ctx context.Context, by uuid.UUID, to int64, reason string) (head release.Head, err error) {
	if reason == "" || len(reason) > MostReason || !postgres.Storable(reason) {
		return head, fmt.Errorf("%w: reason", ErrInvalid)
	}
	err = postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		if head, err = release.Publish(ctx, tx, to, release.Publication{Way: release.Rollback, Actor: by.String(), Reason: reason}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Authority: Platform, Actor: by.String(), Action: "rollback", Subject: head.Digest,
			Detail: map[string]string{"release": fmt.Sprint(to), "publication": fmt.Sprint(head.Publication)}})
	})
	switch {
	case errors.Is(err, release.ErrNone):
		return head, ErrNotFound
	case errors.Is(err, release.ErrComing):
		return head, ErrComing
	case err != nil:
		return head, err
	}
	return head, c.o.Releases.Refresh(ctx)
}
