package change

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Text is a file as a change has it.
type Text struct {
	Path    string
	Body    []byte
	There   bool  // false: the change has removed it, or it never was
	Version int64 // how many edits have made it; 0: as the base has it
}

// Made is an edit that was made.
type Made struct {
	Path     string
	Version  int64 // of the file, with the edit
	Revision int64 // of the change, with the edit; 0 where an edit is read again
	Splice   source.Splice
	Old      string // what stood in the place of the splice
	// Was and Is tell whether the file was there before, and is after.
	Was, Is bool
	By      uuid.UUID
	At      time.Time
	Undoes  int64 // version of the edit that this one takes back; 0: none
}

// inverse takes an edit back.
func (m Made) inverse() source.Splice {
	return source.Splice{Start: m.Splice.Start, End: m.Splice.Start + len(m.Splice.Text), Text: m.Old}
}

// Text gives a file as a change has it.
func (c *Changes) Text(ctx context.Context, number int64, file string) (Text, error) {
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil {
		return Text{}, err
	}
	return c.text(ctx, c.o.Pool, ch, file)
}

func (c *Changes) text(ctx context.Context, q release.Querier, ch *Change, file string) (Text, error) {
	t := Text{Path: file}
	err := q.QueryRow(ctx, "SELECT body, body IS NOT NULL, version FROM change_file WHERE change = $1 AND path = $2", ch.ID, file).Scan(&t.Body, &t.There, &t.Version)
	if !errors.Is(err, pgx.ErrNoRows) {
		return t, err
	}
	base, err := c.base(ctx, ch.Base)
	if err != nil {
		return t, err
	}
	t.Body, t.There = base.Files[file]
	return t, nil
}

// Edit makes one edit of one file: do gets the text as it stands, nil where the file is not there, and gives the text as it is to be, nil to remove the
// file. What is kept is the smallest splice between the two. An edit that changes nothing gives ErrNothing. ErrForeign, ErrStatus, ErrInvalid, and
// what do fails with.
func (c *Changes) Edit(ctx context.Context, by *identity.Person, number int64, file string, do func(now []byte) ([]byte, error)) (Made, error) {
	return c.edit(ctx, by, number, file, func(_ pgx.Tx, t Text) ([]byte, int64, error) {
		b, err := do(t.Body)
		return b, 0, err
	})
}

// Type makes an edit that rests on a version of a file: splices of its text, in order and beside each other. ErrStale where somebody has edited the
// file since; Since then tells what.
func (c *Changes) Type(ctx context.Context, by *identity.Person, number int64, file string, version int64, splices []source.Splice) (Made, error) {
	return c.edit(ctx, by, number, file, func(_ pgx.Tx, t Text) ([]byte, int64, error) {
		if t.Version != version {
			return nil, 0, ErrStale
		}
		body, at := []byte{}, 0
		for _, s := range splices {
			if s.Start < at || s.End < s.Start || s.End > len(t.Body) {
				return nil, 0, fmt.Errorf("%w: an edit outside of the text", ErrInvalid)
			}
			body = append(append(body, t.Body[at:s.Start]...), s.Text...)
			at = s.End
		}
		return append(body, t.Body[at:]...), 0, nil
	})
}

// Save makes of a file what somebody has written who saw it at a version. What others have edited since is joined with it by meaning; where that
// cannot be done nothing is saved, and the conflicts say why with ErrOverlap.
func (c *Changes) Save(ctx context.Context, by *identity.Person, number int64, file string, version int64, whole []byte) (made Made, conflicts []merge.Conflict, err error) {
	made, err = c.edit(ctx, by, number, file, func(tx pgx.Tx, t Text) ([]byte, int64, error) {
		if t.Version == version {
			return whole, 0, nil
		}
		since, err := c.since(ctx, tx, number, file, version)
		if err != nil {
			return nil, 0, err
		}
		seen := t.Body
		for i := len(since) - 1; i >= 0; i-- {
			seen = since[i].inverse().Apply(seen)
		}
		joined, open := merge.File(file, seen, t.Body, whole, nil)
		if conflicts = open; len(open) > 0 {
			return nil, 0, ErrOverlap
		}
		return joined, 0, nil
	})
	return made, conflicts, err
}

// edit is an edit, which may take back the one of the version that do gives.
func (c *Changes) edit(ctx context.Context, by *identity.Person, number int64, file string, do func(tx pgx.Tx, t Text) (body []byte, undoes int64, err error)) (made Made, err error) {
	if !isPath(file) {
		return Made{}, fmt.Errorf("%w: not a file of a catalogue", ErrInvalid)
	}
	err = c.editing(ctx, by, number, func(tx pgx.Tx, ch *Change) error {
		base, err := c.base(ctx, ch.Base)
		if err != nil {
			return err
		}
		if owner := Owner(base, file); owner != "" && owner != ch.Authority {
			return ErrForeign
		}
		t, err := c.text(ctx, tx, ch, file)
		if err != nil {
			return err
		}
		body, undoes, err := do(tx, t)
		if err != nil {
			return err
		}
		made, err = c.write(ctx, tx, by.ID, ch, t, body, undoes)
		return err
	})
	return made, err
}

// write makes a text of a file, with the edit that does so.
func (c *Changes) write(ctx context.Context, tx pgx.Tx, by uuid.UUID, ch *Change, t Text, body []byte, undoes int64) (Made, error) {
	switch {
	case t.There == (body != nil) && bytes.Equal(t.Body, body):
		return Made{}, ErrNothing
	case len(body) > MostFile:
		return Made{}, fmt.Errorf("%w: a file of more than %d bytes", ErrInvalid, MostFile)
	case t.Version == 0 && len(ch.Files) >= MostFiles:
		return Made{}, fmt.Errorf("%w: more than %d files", ErrInvalid, MostFiles)
	case ch.Revision >= mostEdits:
		return Made{}, fmt.Errorf("%w: more than %d edits", ErrInvalid, mostEdits)
	}
	s := between(t.Body, body)
	made := Made{Path: t.Path, Version: t.Version + 1, Revision: ch.Revision + 1, Splice: s, Old: string(t.Body[s.Start:s.End]), Was: t.There, Is: body != nil,
		By: by, At: c.now(), Undoes: undoes}
	base, err := c.base(ctx, ch.Base)
	if err != nil {
		return Made{}, err
	}
	had, was := base.Files[t.Path]
	if _, err := tx.Exec(ctx, `INSERT INTO change_file (change, path, body, version, differs) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (change, path) DO UPDATE SET body = $3, version = $4, differs = $5`,
		ch.ID, t.Path, body, made.Version, was != made.Is || !bytes.Equal(had, body)); err != nil {
		return Made{}, err
	}
	// Texts are kept as bytes: a draft may be of any.
	if _, err := tx.Exec(ctx, `INSERT INTO change_edit (change, path, version, start_at, old, new, was, is_there, author, at, undoes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		ch.ID, t.Path, made.Version, s.Start, []byte(made.Old), []byte(s.Text), made.Was, made.Is, by, made.At, undoes); err != nil {
		return Made{}, err
	}
	ch.Revision = made.Revision
	_, err = tx.Exec(ctx, "UPDATE change SET revision = $2, edited_at = $3 WHERE id = $1", ch.ID, made.Revision, made.At)
	return made, err
}

// between is the smallest splice that makes b of a, and cuts no letter apart.
func between(a, b []byte) source.Splice {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	for start > 0 && (start < len(a) && !utf8.RuneStart(a[start]) || start < len(b) && !utf8.RuneStart(b[start])) {
		start--
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	for end > 0 && (!utf8.RuneStart(a[len(a)-end])) {
		end--
	}
	return source.Splice{Start: start, End: len(a) - end, Text: string(b[start : len(b)-end])}
}

// isPath tells whether a file of a catalogue may be called so.
func isPath(file string) bool {
	return catalog.IsFile(file) && len(file) <= 200 && path.Clean(file) == file && !path.IsAbs(file) && !strings.HasPrefix(file, "..") && !strings.HasPrefix(file, ".") &&
		!strings.Contains(file, "/.") && !strings.ContainsFunc(file, func(r rune) bool {
		return r != '/' && r != '.' && r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// Since gives the edits of a file after a version, oldest first.
func (c *Changes) Since(ctx context.Context, number int64, file string, version int64) ([]Made, error) {
	return c.since(ctx, c.o.Pool, number, file, version)
}

func (c *Changes) since(ctx context.Context, q release.Querier, number int64, file string, version int64) ([]Made, error) {
	rows, err := q.Query(ctx, `SELECT e.version, e.start_at, e.old, e.new, e.was, e.is_there, e.author, e.at, e.undoes FROM change_edit e JOIN change c ON c.id = e.change
		WHERE c.number = $1 AND e.path = $2 AND e.version > $3 ORDER BY e.version`, number, file, version)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Made, error) {
		m := Made{Path: file}
		var old, text []byte
		err := row.Scan(&m.Version, &m.Splice.Start, &old, &text, &m.Was, &m.Is, &m.By, &m.At, &m.Undoes)
		m.Old, m.Splice.Text, m.Splice.End, m.At = string(old), string(text), m.Splice.Start+len(old), m.At.UTC()
		return m, err
	})
}

// Undo takes back the caller's last edit of a file that is not taken back yet, also where others have edited elsewhere in it since. Where that is one by which
// a release was taken over, all that was taken over with it is. ErrNothing, ErrOverlap.
func (c *Changes) Undo(ctx context.Context, by *identity.Person, number int64, file string) (Made, error) {
	made, err := c.takeBack(ctx, by, number, file, func(edits []Made) int {
		return lastOf(edits, by.ID, func(m Made) bool { return m.Undoes == 0 || undoesUndo(edits, m) })
	})
	if errors.Is(err, errTaken) {
		return c.untake(ctx, by, number, file)
	}
	return made, err
}

// Redo takes back the caller's last Undo of a file, unless they have edited it since. What was taken over of a release is taken over again by Rebase only.
func (c *Changes) Redo(ctx context.Context, by *identity.Person, number int64, file string) (Made, error) {
	return c.takeBack(ctx, by, number, file, func(edits []Made) int {
		at := lastOf(edits, by.ID, func(m Made) bool { return m.Undoes != 0 && !undoesUndo(edits, m) })
		for i := at + 1; at >= 0 && i < len(edits); i++ {
			if edits[i].By == by.ID && edits[i].Undoes == 0 {
				return -1
			}
		}
		return at
	})
}

// undoesUndo tells a redo from an undo.
func undoesUndo(edits []Made, m Made) bool {
	for m.Undoes != 0 {
		undone := at(edits, m.Undoes)
		if undone == nil || undone.Undoes == 0 {
			return false
		}
		if inner := at(edits, undone.Undoes); inner == nil || inner.Undoes == 0 {
			return true
		}
		m = *at(edits, undone.Undoes)
	}
	return false
}

func at(edits []Made, version int64) *Made {
	for i := range edits {
		if edits[i].Version == version {
			return &edits[i]
		}
	}
	return nil
}

// lastOf is the index of the last edit of a person that fits and is not taken back, or -1.
func lastOf(edits []Made, by uuid.UUID, fits func(Made) bool) int {
	back := map[int64]bool{}
	for i := len(edits) - 1; i >= 0; i-- {
		m := edits[i]
		if m.Undoes != 0 && !back[m.Version] {
			back[m.Undoes] = true
		}
		if m.By == by && !back[m.Version] && fits(m) {
			return i
		}
	}
	return -1
}

// mostBack is how many edits of a file are looked at for what can be taken back.
const mostBack = 2000

func (c *Changes) takeBack(ctx context.Context, by *identity.Person, number int64, file string, pick func([]Made) int) (Made, error) {
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil {
		return Made{}, err
	}
	return c.edit(ctx, by, number, file, func(tx pgx.Tx, t Text) ([]byte, int64, error) {
		edits, err := c.since(ctx, tx, number, file, max(0, t.Version-mostBack))
		if err != nil {
			return nil, 0, err
		}
		i := pick(edits)
		if i < 0 {
			return nil, 0, ErrNothing
		}
		m := edits[i]
		takings, err := c.takings(ctx, tx, ch, file)
		if err != nil {
			return nil, 0, err
		}
		for _, taken := range takings {
			switch taken.Files[file] {
			case m.Version:
				return nil, 0, errTaken
			case m.Undoes:
				return nil, 0, ErrNothing
			}
		}
		back, ok := over(m, edits[i+1:])
		if !ok || m.Was != m.Is && i < len(edits)-1 && !quiet(edits[i+1:]) {
			return nil, 0, ErrOverlap
		}
		body := back.Apply(t.Body)
		if !m.Was {
			body = nil
		}
		return body, m.Version, nil
	})
}

// quiet tells whether all of some edits are taken back among themselves.
func quiet(edits []Made) bool { return len(standing(edits)) == 0 }

// over is the inverse of an edit as it reads behind those made since; false where one of them has changed the same place.
func over(m Made, since []Made) (source.Splice, bool) {
	back := m.inverse()
	for _, s := range standing(since) {
		var ok bool
		if back, ok = back.Over(s); !ok {
			return back, false
		}
	}
	return back, true
}

// standing are the splices of edits without those that were taken back among them, as if these had never been.
func standing(edits []Made) []source.Splice {
	type entry struct {
		splice  source.Splice
		old     string
		version int64
	}
	var list []entry
	for _, m := range edits {
		at := -1
		for i := range list {
			if m.Undoes != 0 && list[i].version == m.Undoes {
				at = i
			}
		}
		if at < 0 {
			list = append(list, entry{m.Splice, m.Old, m.Version})
			continue
		}
		// Those between read as if the edit had not been made, which is what its inverse could be carried over.
		gone := source.Splice{Start: list[at].splice.Start, End: list[at].splice.Start + len(list[at].splice.Text), Text: list[at].old}
		rest := append([]entry{}, list[at+1:]...)
		fits := true
		for i := range rest {
			next := gone
			moved, ok := rest[i].splice.Over(next)
			gone, fits = mustOver(gone, rest[i].splice, fits && ok)
			rest[i].splice = moved
		}
		if !fits { // cannot be: the inverse was carried over them when it was made
			list = append(list, entry{m.Splice, m.Old, m.Version})
			continue
		}
		list = append(list[:at], rest...)
	}
	out := make([]source.Splice, len(list))
	for i, e := range list {
		out[i] = e.splice
	}
	return out
}

func mustOver(a, b source.Splice, fits bool) (source.Splice, bool) {
	moved, ok := a.Over(b)
	return moved, fits && ok
}

// Presence is somebody who is in a change now.
type Presence struct {
	Person uuid.UUID
	Path   string
	At     time.Time
}

// presentFor is how long somebody counts as there who says nothing more.
const presentFor = 30 * time.Second

// Here says that somebody looks at a file of a change, and gives who else was there in the last half minute.
func (c *Changes) Here(ctx context.Context, by *identity.Person, number int64, file string) (others []Presence, err error) {
	if !IsReader(by) {
		return nil, ErrForeign
	}
	if !isPath(file) && file != "" {
		return nil, fmt.Errorf("%w: not a file of a catalogue", ErrInvalid)
	}
	err = postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		ch, err := find(ctx, tx, number, "")
		if err != nil {
			return err
		}
		now := c.now()
		if _, err := tx.Exec(ctx, `INSERT INTO change_presence (change, person, path, at) VALUES ($1, $2, $3, $4) ON CONFLICT (change, person) DO UPDATE SET path = $3, at = $4`,
			ch.ID, by.ID, file, now); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT person, path, at FROM change_presence WHERE change = $1 AND person <> $2 AND at > $3 ORDER BY at DESC LIMIT 20", ch.ID, by.ID, now.Add(-presentFor))
		if err != nil {
			return err
		}
		others, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Presence])
		return err
	})
	return others, err
}
