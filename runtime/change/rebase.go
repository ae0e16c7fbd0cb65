package change

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Rebase takes over into a draft what was released since it was begun, by meaning. Where both have changed the same place the conflicts that choice
// leaves open are given with ErrOverlap, and nothing is done. What it changes of a file is an edit of the caller's. ErrNothing where nothing was
// released meanwhile.
func (c *Changes) Rebase(ctx context.Context, by *identity.Person, number int64, choice merge.Choice) (open []merge.Conflict, err error) {
	err = c.editing(ctx, by, number, func(tx pgx.Tx, ch *Change) error {
		head, err := release.Current(ctx, tx)
		if err != nil {
			return err
		}
		if head.ID == ch.Base {
			return ErrNothing
		}
		base, err := c.base(ctx, ch.Base)
		if err != nil {
			return err
		}
		live, err := c.base(ctx, head.ID)
		if err != nil {
			return err
		}
		type joined struct {
			was    Text
			merged []byte
		}
		var files []joined
		for _, path := range ch.Files {
			t, err := c.text(ctx, tx, ch, path)
			if err != nil {
				return err
			}
			merged, conflicts := merge.File(path, base.Files[path], t.Body, live.Files[path], choice)
			open = append(open, conflicts...)
			files = append(files, joined{t, merged})
		}
		if len(open) > 0 {
			return ErrOverlap
		}
		ch.Base = head.ID
		// Files that differ no longer, and those that did not, are as the live release has them.
		if _, err := tx.Exec(ctx, "UPDATE change SET base = $2 WHERE id = $1", ch.ID, head.ID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT path FROM change_file WHERE change = $1 AND NOT differs", ch.ID)
		if err != nil {
			return err
		}
		same, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, path := range same {
			t, err := c.text(ctx, tx, ch, path)
			if err != nil {
				return err
			}
			files = append(files, joined{t, live.Files[path]})
		}
		for _, f := range files {
			if err := c.rest(ctx, tx, by, ch, f.was, f.merged); err != nil {
				return err
			}
		}
		return nil
	})
	return open, err
}

// rest writes what a file has become on another base.
func (c *Changes) rest(ctx context.Context, tx pgx.Tx, by *identity.Person, ch *Change, was Text, body []byte) error {
	_, err := c.write(ctx, tx, by.ID, ch, was, body, 0)
	if err != ErrNothing {
		return err
	}
	base, err := c.base(ctx, ch.Base)
	if err != nil {
		return err
	}
	had, there := base.Files[was.Path]
	_, err = tx.Exec(ctx, "UPDATE change_file SET differs = $3 WHERE change = $1 AND path = $2", ch.ID, was.Path, there != was.There || string(had) != string(was.Body))
	return err
}
