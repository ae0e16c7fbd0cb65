package app

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
)

// publish makes the catalogue of the configuration the current release, unless it already is. A broken one is never released.
func (a *App) publish(ctx context.Context, refused func(*Refused)) error {
	_, err := release.Current(ctx, a.Pool)
	first := errors.Is(err, release.ErrNone)
	if err != nil && !first {
		return err
	}
	if a.config.Catalogue == nil {
		if first {
			return errNoRelease
		}
		return nil
	}
	r, findings := build(a)
	if findings.HasErrors() {
		why := &Refused{findings}
		if first {
			return why
		}
		refused(why)
		return nil
	}
	return postgres.InTx(ctx, a.Pool, func(tx pgx.Tx) error {
		_, err := release.Publish(ctx, tx, r)
		return err
	})
}

func build(a *App) (release.Release, diag.List) {
	c, findings := catalog.Load(a.config.Catalogue)
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
