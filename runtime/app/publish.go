package app

import (
	"context"
	"errors"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Release brings the database to this version and makes the catalogue its current release, as publish does. Processes that run notice it;
// open applications stay on their plans. A catalogue with errors changes nothing and fails with a *Refused.
func Release(ctx context.Context, c Config, catalogue fs.FS) error {
	c.defaults()
	a := &App{config: c}
	defer a.Close()
	if err := a.database(ctx); err != nil {
		return err
	}
	keys, err := a.keys(ctx)
	if err != nil {
		return err
	}
	var why error
	err = publish(ctx, a.Pool, keys, catalogue, func(r *Refused) { why = r })
	return errors.Join(err, why)
}

// publish makes the folder of a catalogue the current release, unless it is what was last published of a folder: what else has been published since then stays
// live. A broken one is never released.
func publish(ctx context.Context, pool *pgxpool.Pool, keys release.Keys, catalogue fs.FS, refused func(*Refused)) error {
	_, err := release.Current(ctx, pool)
	first := errors.Is(err, release.ErrNone)
	if err != nil && !first {
		return err
	}
	if catalogue == nil {
		if first {
			return errNoRelease
		}
		return nil
	}
	r, findings := build(catalogue)
	if findings.HasErrors() {
		why := &Refused{findings}
		if first {
			return why
		}
		refused(why)
		return nil
	}
	return postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		id, err := release.Keep(ctx, tx, keys, r)
		if err != nil {
			return err
		}
		if last, err := release.LastOf(ctx, tx, release.Folder); err == nil && last.ID == id || err != nil && !errors.Is(err, release.ErrNone) {
			return err
		}
		_, err = release.Publish(ctx, tx, id, release.Publication{Way: release.Folder, Actor: "operator"})
		return err
	})
}

func build(catalogue fs.FS) (release.Release, diag.List) {
	c, findings := catalog.Load(catalogue)
	if findings.HasErrors() {
		// What could be read is checked all the same: whoever mends a file wants to hear everything at once.
		findings.Add(check.Check(c)...)
		findings.Sort()
		return release.Release{}, findings
	}
	r, more := release.Build(c)
	findings.Add(more...)
	findings.Sort()
	return r, findings
}
