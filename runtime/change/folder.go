package change

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Taken is a catalogue as a folder has it, beside the release from which the folder was made.
type Taken struct {
	Words     Words
	Authority string
	Base      int64              // release; ErrNotFound where there is none
	Files     map[string]*string // that differ from it; nil: it is gone
}

// Take makes a draft of what somebody has changed in a folder, on the live release: what was released since the folder was made is joined with it by meaning.
// A *Moved says where both have changed the same place; then there is no draft. ErrForeign, ErrInvalid, ErrNothing.
func (c *Changes) Take(ctx context.Context, by *identity.Person, t Taken) (*Change, error) {
	if !IsAnalyst(by, t.Authority) {
		return nil, ErrForeign
	}
	if err := t.Words.valid(false); err != nil {
		return nil, err
	}
	if len(t.Files) > MostFiles {
		return nil, fmt.Errorf("%w: more than %d files", ErrInvalid, MostFiles)
	}
	base, err := c.base(ctx, t.Base)
	if errors.Is(err, release.ErrNone) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	head, err := release.Current(ctx, c.o.Pool)
	if err != nil {
		return nil, err
	}
	live, err := c.base(ctx, head.ID)
	if err != nil {
		return nil, err
	}
	bodies := map[string][]byte{}
	var conflicts []merge.Conflict
	for _, path := range slices.Sorted(maps.Keys(t.Files)) {
		var theirs []byte
		if text := t.Files[path]; text != nil {
			theirs = []byte(*text)
		}
		merged, open := merge.File(path, base.Files[path], live.Files[path], theirs, nil)
		conflicts = append(conflicts, open...)
		had, there := live.Files[path]
		if there != (merged != nil) || string(had) != string(merged) {
			bodies[path] = merged
		}
	}
	switch {
	case len(conflicts) > 0:
		return nil, &Moved{conflicts}
	case len(bodies) == 0:
		return nil, ErrNothing
	}
	var number int64
	err = postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		number, err = c.begin(ctx, tx, by, t.Words, t.Authority, head.ID)
		if err != nil {
			return err
		}
		ch, err := find(ctx, tx, number, "")
		if err != nil {
			return err
		}
		for _, path := range slices.Sorted(maps.Keys(bodies)) {
			if !isPath(path) {
				return fmt.Errorf("%w: %s is no file of a catalogue", ErrInvalid, path)
			}
			if owner := Owner(live, path); owner != "" && owner != t.Authority {
				return fmt.Errorf("%w: %s", ErrForeign, path)
			}
			was, there := live.Files[path]
			if _, err := c.write(ctx, tx, by.ID, ch, Text{Path: path, Body: was, There: there}, bodies[path], 0); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.Find(ctx, number)
}

// begin writes a new change down.
func (c *Changes) begin(ctx context.Context, tx pgx.Tx, by *identity.Person, w Words, authority string, base int64) (number int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO change (id, title, reason, basis, live_from, authority, author, base, started_at, edited_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING number`,
		uuid.New(), w.Title, w.Reason, w.Basis, instant(w.LiveFrom), authority, by.ID, base, c.now()).Scan(&number)
	return number, err
}

// Catalogued is a release as a folder takes it.
type Catalogued struct {
	Release int64
	Digest  string
	Files   map[string]string
}

// Pull gives the files of a release; zero is the live one. ErrNotFound.
func (c *Changes) Pull(ctx context.Context, id int64) (out Catalogued, err error) {
	head, err := release.Current(ctx, c.o.Pool)
	if id != 0 && err == nil {
		head = release.Head{ID: id}
	}
	if err == nil {
		out.Files, err = release.Files(ctx, c.o.Pool, head.ID)
	}
	if errors.Is(err, release.ErrNone) {
		err = ErrNotFound
	}
	out.Release, out.Digest = head.ID, head.Digest
	return out, err
}

// History gives publications, the newest first, fifty at most: what is to go live, is and was.
func (c *Changes) History(ctx context.Context) ([]release.Head, error) {
	return release.History(ctx, c.o.Pool, page)
}
