package change

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Rebase takes over into a draft what was released since it was begun, by meaning. Where both have changed the same place the conflicts that choice
// leaves open are given with ErrOverlap, and nothing is done. What it changes of a file is an edit of the caller's; Undo of any of them takes the whole
// back, with the release on which the change rested. ErrNothing where nothing was released meanwhile.
func (c *Changes) Rebase(ctx context.Context, by *identity.Person, number int64, choice merge.Choice) (open []merge.Conflict, err error) {
	err = c.editing(ctx, by, number, func(tx pgx.Tx, ch *Change) error {
		head, err := release.Current(ctx, tx)
		if err != nil {
			return err
		}
		if head.ID == ch.Base {
			return ErrNothing
		}
		files, conflicts, err := c.join(ctx, tx, ch, head.ID, choice)
		if err != nil {
			return err
		}
		if open = conflicts; len(open) > 0 {
			return ErrOverlap
		}
		live, err := c.base(ctx, head.ID)
		if err != nil {
			return err
		}
		before := ch.Base
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
			files = append(files, Joined{t, live.Files[path]})
		}
		taken := map[string]int64{}
		for _, f := range files {
			made, err := c.rest(ctx, tx, by, ch, f.Mine, f.Body)
			if err != nil {
				return err
			}
			if made.Version > 0 {
				taken[f.Mine.Path] = made.Version
			}
		}
		if len(taken) == 0 {
			return nil
		}
		_, err = tx.Exec(ctx, `INSERT INTO change_taking (change, number, before, base, files, author, at)
			SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 FROM change_taking WHERE change = $1`, ch.ID, before, ch.Base, taken, by.ID, c.now())
		return err
	})
	return open, err
}

// Joined is a file of a change beside what it becomes on another base.
type Joined struct {
	Mine Text
	Body []byte // nil: it is gone
}

// join works out what the files of a change become on the live release, and which conflicts choice leaves open.
func (c *Changes) join(ctx context.Context, q release.Querier, ch *Change, head int64, choice merge.Choice) (files []Joined, open []merge.Conflict, err error) {
	base, err := c.base(ctx, ch.Base)
	if err != nil {
		return nil, nil, err
	}
	live, err := c.base(ctx, head)
	if err != nil {
		return nil, nil, err
	}
	for _, path := range ch.Files {
		t, err := c.text(ctx, q, ch, path)
		if err != nil {
			return nil, nil, err
		}
		merged, conflicts := merge.File(path, base.Files[path], t.Body, live.Files[path], choice)
		open = append(open, conflicts...)
		files = append(files, Joined{t, merged})
	}
	return files, open, nil
}

// rest writes what a file has become on another base.
func (c *Changes) rest(ctx context.Context, tx pgx.Tx, by *identity.Person, ch *Change, was Text, body []byte) (Made, error) {
	made, err := c.write(ctx, tx, by.ID, ch, was, body, 0)
	if !errors.Is(err, ErrNothing) {
		return made, err
	}
	return Made{}, c.compared(ctx, tx, ch, was)
}

// compared writes down whether a file differs from the base.
func (c *Changes) compared(ctx context.Context, tx pgx.Tx, ch *Change, t Text) error {
	base, err := c.base(ctx, ch.Base)
	if err != nil {
		return err
	}
	had, there := base.Files[t.Path]
	_, err = tx.Exec(ctx, "UPDATE change_file SET differs = $3 WHERE change = $1 AND path = $2", ch.ID, t.Path, there != t.There || !bytes.Equal(had, t.Body))
	return err
}

// errTaken tells that an edit to be undone is part of a taking over, which is undone as a whole or not at all.
var errTaken = errors.New("change: an edit by which a release was taken over")

// taking is what was taken over at once.
type taking struct {
	Number int
	Before int64
	Base   int64
	Files  map[string]int64
	Back   bool
}

// takings are those that a file was part of, the newest first.
func (c *Changes) takings(ctx context.Context, q release.Querier, ch *Change, file string) ([]taking, error) {
	rows, err := q.Query(ctx, "SELECT number, before, base, files, back FROM change_taking WHERE change = $1 AND files ? $2 ORDER BY number DESC", ch.ID, file)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[taking])
}

// untake undoes the last taking over, in which a file had a part: its files read as they did, and the change rests where it did. ErrOverlap where one of
// them was edited since.
func (c *Changes) untake(ctx context.Context, by *identity.Person, number int64, file string) (made Made, err error) {
	err = c.editing(ctx, by, number, func(tx pgx.Tx, ch *Change) error {
		list, err := c.takings(ctx, tx, ch, file)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(t taking) bool { return !t.Back })
		if i < 0 {
			return ErrNothing
		}
		t := list[i]
		if ch.Base != t.Base {
			return ErrOverlap
		}
		ch.Base = t.Before
		if _, err := tx.Exec(ctx, "UPDATE change SET base = $2 WHERE id = $1", ch.ID, ch.Base); err != nil {
			return err
		}
		for _, path := range slices.Sorted(maps.Keys(t.Files)) {
			edits, err := c.since(ctx, tx, number, path, t.Files[path]-1)
			if err != nil {
				return err
			}
			if len(edits) == 0 || !quiet(edits[1:]) {
				return ErrOverlap
			}
			now, err := c.text(ctx, tx, ch, path)
			if err != nil {
				return err
			}
			body := edits[0].inverse().Apply(now.Body)
			if !edits[0].Was {
				body = nil
			}
			one, err := c.write(ctx, tx, by.ID, ch, now, body, t.Files[path])
			if err != nil {
				return err
			}
			if path == file {
				made = one
			}
		}
		rows, err := tx.Query(ctx, "SELECT path FROM change_file WHERE change = $1", ch.ID)
		if err != nil {
			return err
		}
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, path := range all {
			now, err := c.text(ctx, tx, ch, path)
			if err != nil {
				return err
			}
			if err := c.compared(ctx, tx, ch, now); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, "UPDATE change_taking SET back = true WHERE change = $1 AND number = $2", ch.ID, t.Number)
		return err
	})
	return made, err
}

// Meanwhile is what was released since a change was begun, and what the change becomes with it.
type Meanwhile struct {
	// Files are those of the change, with what they become by the choices made.
	Files []Joined
	// Conflicts are all there are, whatever was chosen, and Open those that the choices leave.
	Conflicts, Open []merge.Conflict
	// Released are the publications, the newest first; of those before, Older.
	Released []Published
	Older    bool
	// Was and Is are the files that they changed, as catalogues of nothing else: at the most mostMeanwhile of them, those of the change first. Left are
	// not among them.
	Was, Is *catalog.Catalogue
	Left    int
}

// How many publications, and how many files of what they changed, are told.
const (
	mostPublications = 20
	mostMeanwhile    = 200
)

// Behind tells whether something was released since a change was begun that it has not taken over.
func (c *Changes) Behind(ctx context.Context, ch *Change) (bool, error) {
	head, err := release.Current(ctx, c.o.Pool)
	return head.ID != ch.Base, err
}

// Meanwhile tells what Rebase would do. ErrNothing where nothing was released since.
func (c *Changes) Meanwhile(ctx context.Context, number int64, choice merge.Choice) (*Meanwhile, error) {
	ch, err := c.Find(ctx, number)
	if err != nil {
		return nil, err
	}
	head, err := release.Current(ctx, c.o.Pool)
	if err != nil {
		return nil, err
	}
	if head.ID == ch.Base {
		return nil, ErrNothing
	}
	base, err := c.base(ctx, ch.Base)
	if err != nil {
		return nil, err
	}
	live, err := c.base(ctx, head.ID)
	if err != nil {
		return nil, err
	}
	m := &Meanwhile{}
	if m.Files, m.Open, err = c.join(ctx, c.o.Pool, ch, head.ID, choice); err != nil {
		return nil, err
	}
	if _, m.Conflicts, err = c.join(ctx, c.o.Pool, ch, head.ID, nil); err != nil {
		return nil, err
	}
	m.Was, m.Is, m.Left = apart(base, live, ch.Files)
	history, err := release.History(ctx, c.o.Pool, 2*mostPublications)
	if err != nil {
		return nil, err
	}
	for i := slices.IndexFunc(history, func(h release.Head) bool { return h.Publication == head.Publication }); i >= 0 && i < len(history) && history[i].ID != ch.Base; i++ {
		if m.Older = len(m.Released) == mostPublications; m.Older {
			break
		}
		p := Published{Head: history[i]}
		err := c.o.Pool.QueryRow(ctx, "SELECT number FROM change WHERE publication = $1", p.Publication).Scan(&p.Change)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, err
		}
		m.Released = append(m.Released, p)
	}
	return m, nil
}

// apart are the files in which two catalogues differ, as catalogues of nothing else but the settings; those named first, and left is how many are too many.
func apart(was, is *catalog.Catalogue, first []string) (a, b *catalog.Catalogue, left int) {
	paths := slices.Clone(first)
	for path, now := range is.Files {
		if before, there := was.Files[path]; !there || !bytes.Equal(before, now) {
			paths = append(paths, path)
		}
	}
	for path := range was.Files {
		if _, there := is.Files[path]; !there {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths[len(first):])
	seen := map[string]bool{}
	paths = slices.DeleteFunc(paths, func(path string) bool {
		twice := seen[path]
		seen[path] = true
		return twice || bytes.Equal(was.Files[path], is.Files[path]) && (was.Files[path] == nil) == (is.Files[path] == nil)
	})
	left = max(0, len(paths)-mostMeanwhile)
	paths = append(paths[:len(paths)-left:len(paths)-left], catalog.SettingsFile)
	only := func(c *catalog.Catalogue) *catalog.Catalogue {
		files := map[string][]byte{}
		for _, path := range paths {
			if body, there := c.Files[path]; there {
				files[path] = body
			}
		}
		out, _ := catalog.Of(files)
		return out
	}
	return only(was), only(is), left
}
