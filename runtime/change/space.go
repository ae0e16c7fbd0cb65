package change

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/release"
)

// How many catalogues stay in memory: those that drafts rest on, and those of drafts. A draft shares with its base whatever it has not changed.
const (
	mostBases  = 4
	mostSpaces = 64
)

// spaces are catalogues in memory.
type spaces struct {
	mu     sync.Mutex
	bases  map[int64]*base
	drafts map[int64]*space
	clock  int64 // goes up with every use
}

type base struct {
	used  int64
	ready chan struct{} // closed when it is read
	c     *catalog.Catalogue
	list  diag.List
	err   error
}

// space is the catalogue of one draft.
type space struct {
	used     int64
	mu       sync.Mutex // while it is brought to a revision
	base     int64
	revision int64
	versions map[string]int64
	c        *catalog.Catalogue
	findings map[string]diag.List // of reading, by file
}

// Base gives the catalogue on which a change rests. It must not be changed.
func (c *Changes) Base(ctx context.Context, number int64) (*catalog.Catalogue, error) {
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil {
		return nil, err
	}
	return c.base(ctx, ch.Base)
}

// base gives the catalogue of a release.
func (c *Changes) base(ctx context.Context, id int64) (*catalog.Catalogue, error) {
	s := &c.spaces
	s.mu.Lock()
	if s.bases == nil {
		s.bases, s.drafts = map[int64]*base{}, map[int64]*space{}
	}
	s.clock++
	b, there := s.bases[id]
	if !there {
		b = &base{ready: make(chan struct{})}
		s.bases[id] = b
		evict(s.bases, mostBases, func(b *base) int64 { return b.used }, id)
	}
	b.used = s.clock
	s.mu.Unlock()
	if !there {
		b.c, b.list, b.err = read(context.WithoutCancel(ctx), c.o.Pool, id)
		if b.err != nil {
			s.mu.Lock()
			delete(s.bases, id)
			s.mu.Unlock()
		}
		close(b.ready)
	}
	select {
	case <-b.ready:
		return b.c, b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func read(ctx context.Context, q release.Querier, id int64) (*catalog.Catalogue, diag.List, error) {
	files, err := release.Files(ctx, q, id)
	if err != nil {
		return nil, nil, err
	}
	bytes := make(map[string][]byte, len(files))
	for path, content := range files {
		bytes[path] = []byte(content)
	}
	cat, list := catalog.Of(bytes)
	return cat, list, nil
}

// evict lets go of the one that was used longest ago, where there are too many.
func evict[T any](m map[int64]T, most int, used func(T) int64, but int64) {
	if len(m) <= most {
		return
	}
	oldest, found := int64(0), false
	for k, v := range m {
		if k != but && (!found || used(v) < used(m[oldest])) {
			oldest, found = k, true
		}
	}
	delete(m, oldest)
}

// Catalogue gives the catalogue as a change has it, with what was found in reading the files that it changes, and the revision that it shows. It
// must not be changed.
func (c *Changes) Catalogue(ctx context.Context, number int64) (*catalog.Catalogue, diag.List, int64, error) {
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil {
		return nil, nil, 0, err
	}
	from, err := c.base(ctx, ch.Base)
	if err != nil {
		return nil, nil, 0, err
	}
	s := &c.spaces
	s.mu.Lock()
	s.clock++
	d := s.drafts[number]
	if d == nil {
		d = &space{}
		s.drafts[number] = d
		evict(s.drafts, mostSpaces, func(d *space) int64 { return d.used }, number)
	}
	d.used = s.clock
	s.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.base != ch.Base || d.c == nil {
		d.base, d.revision, d.versions, d.c, d.findings = ch.Base, 0, map[string]int64{}, from, map[string]diag.List{}
	}
	if d.revision < ch.Revision {
		if err := d.read(ctx, c.o.Pool, ch); err != nil {
			return nil, nil, 0, err
		}
	}
	var list diag.List
	for _, found := range d.findings {
		list.Add(found...)
	}
	list.Sort()
	return d.c, list, d.revision, nil
}

// read takes up what was edited since. A revision that is newer than ch may be read already; then ch's is what it is said to show.
func (d *space) read(ctx context.Context, q release.Querier, ch *Change) error {
	rows, err := q.Query(ctx, "SELECT path, body, version FROM change_file WHERE change = $1 ORDER BY path", ch.ID)
	if err != nil {
		return err
	}
	type file struct {
		path    string
		body    []byte
		version int64
	}
	files, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f file, err error) {
		return f, row.Scan(&f.path, &f.body, &f.version)
	})
	if err != nil {
		return err
	}
	for _, f := range files {
		if d.versions[f.path] == f.version {
			continue
		}
		var list diag.List
		d.c, list = d.c.WithFile(f.path, f.body)
		d.versions[f.path] = f.version
		delete(d.findings, f.path)
		for other := range d.findings {
			if slices.Contains(d.c.MadeOf(other), f.path) {
				delete(d.findings, other)
			}
		}
		for _, found := range list {
			at := cmp.Or(found.Range.File, f.path)
			d.findings[at] = append(d.findings[at], found)
		}
	}
	d.revision = ch.Revision
	return nil
}
