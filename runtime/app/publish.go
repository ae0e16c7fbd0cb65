package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Release brings the database to this version and makes the catalogue its current release, as publish does; without a catalogue it compiles what is live anew,
// as this version of the program does. Processes that run notice it; open applications stay on their plans. A catalogue with errors, or one that cannot be
// joined with what others have released, changes nothing and fails with a *Refused.
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
	if catalogue == nil {
		return recompile(ctx, a.Pool, keys)
	}
	var why error
	err = publish(ctx, a.Pool, keys, catalogue, func(r *Refused) { why = r })
	return errors.Join(err, why)
}

// publish makes the folder of a catalogue the current release, unless it is what was last released of a folder. What else was released since the folder was
// made stays: it is joined with it, by meaning. Where both have changed the same place, and where the folder is broken, nothing is released.
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
		why := &Refused{Findings: findings}
		if first {
			return why
		}
		refused(why)
		return nil
	}
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error { return publishIn(ctx, tx, keys, r, pulled(catalogue)) })
	if why := (*Refused)(nil); errors.As(err, &why) {
		refused(why)
		return nil
	}
	return err
}

// publishIn is publish of a folder that is sound; from is the release that it was pulled of, 0 where it does not say.
func publishIn(ctx context.Context, tx pgx.Tx, keys release.Keys, folder release.Release, from int64) error {
	id, err := release.Keep(ctx, tx, keys, folder)
	if err != nil {
		return err
	}
	base, err := release.LastFolder(ctx, tx)
	first := errors.Is(err, release.ErrNone)
	if base == id || err != nil && !first {
		return err
	}
	head := release.Head{}
	if !first {
		if head, err = release.Current(ctx, tx); err != nil {
			return err
		}
		newer, err := release.LiveSinceFolder(ctx, tx, from)
		if err != nil {
			return err
		}
		if newer {
			base = from
		}
	}
	joined := id
	if head.ID != base {
		if joined, err = join(ctx, tx, keys, base, folder, head.ID); err != nil {
			return err
		}
	}
	if err := release.KeepFolder(ctx, tx, id); err != nil || joined == head.ID {
		return err
	}
	_, err = release.Publish(ctx, tx, joined, release.Publication{Way: release.Folder, Actor: "operator", After: head.ID})
	if errors.Is(err, release.ErrComing) || errors.Is(err, release.ErrBase) {
		err = &Refused{Why: err}
	}
	return err
}

// join keeps what a folder has made of a release, joined with what is live. A *Refused says where both have changed the same place.
func join(ctx context.Context, tx pgx.Tx, keys release.Keys, base int64, folder release.Release, live int64) (int64, error) {
	was, err := release.Files(ctx, tx, base)
	if err != nil {
		return 0, err
	}
	is, err := release.Files(ctx, tx, live)
	if err != nil {
		return 0, err
	}
	files, conflicts := merge.Files(bodies(was), bodies(folder.Files), bodies(is), nil)
	if len(conflicts) > 0 {
		return 0, &Refused{Why: conflicting(conflicts)}
	}
	return keep(ctx, tx, keys, files)
}

// keep compiles definitions and keeps them as a release.
func keep(ctx context.Context, tx pgx.Tx, keys release.Keys, files map[string][]byte) (int64, error) {
	c, findings := catalog.Of(files)
	if findings.HasErrors() {
		return 0, &Refused{Findings: findings}
	}
	r, findings := release.Build(c)
	if findings.HasErrors() {
		return 0, &Refused{Findings: findings}
	}
	return release.Keep(ctx, tx, keys, r)
}

// recompile makes of what is live what this version of the program makes of its definitions.
func recompile(ctx context.Context, pool *pgxpool.Pool, keys release.Keys) error {
	return postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		head, err := release.Current(ctx, tx)
		if errors.Is(err, release.ErrNone) {
			return errNoRelease
		}
		if err != nil {
			return err
		}
		files, err := release.Files(ctx, tx, head.ID)
		if err != nil {
			return err
		}
		id, err := keep(ctx, tx, keys, bodies(files))
		if err != nil || id == head.ID {
			return err
		}
		folder, err := release.LastFolder(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := release.Publish(ctx, tx, id, release.Publication{Way: release.Folder, Actor: "operator", After: head.ID}); err != nil {
			return err
		}
		return release.KeepFolder(ctx, tx, folder) // no other folder was released
	})
}

func bodies(files map[string]string) map[string][]byte {
	out := make(map[string][]byte, len(files))
	for path, text := range files {
		out[path] = []byte(text)
	}
	return out
}

// mostConflicts is how many places a refusal names.
const mostConflicts = 20

// conflicting says where a folder and what is live have both changed the same place.
func conflicting(conflicts []merge.Conflict) error {
	said := "what was released since the folder was made has changed the same places; take it over into the folder (diwan pull), and release again:"
	for i, c := range conflicts {
		if i == mostConflicts {
			said += fmt.Sprintf("\n  and %d more", len(conflicts)-i)
			break
		}
		said += "\n  " + c.String()
	}
	return errors.New(said)
}

// releaseFile is where diwan pull writes of which release a folder was made.
const releaseFile = ".diwan-release"

// pulled is the release of which a folder was made; 0 where it does not say.
func pulled(catalogue fs.FS) int64 {
	b, err := fs.ReadFile(catalogue, releaseFile)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0
	}
	return n
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
