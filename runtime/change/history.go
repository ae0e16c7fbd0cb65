package change

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Published is a publication by which a service became another than it was.
type Published struct {
	release.Head
	Change int64 // by which it came; 0: by none
	// Was and Is are the service with all that it is made of, before and after, and nothing else of the catalogue.
	Was, Is *catalog.Catalogue
}

// Origin is the change by which something was published.
type Origin struct {
	Number int64
	Title  string
	Author uuid.UUID
}

// Origins gives the changes of publications, by the publication; those that came by none are left out.
func (c *Changes) Origins(ctx context.Context, publications []int64) (map[int64]Origin, error) {
	rows, err := c.o.Pool.Query(ctx, "SELECT publication, number, title, author FROM change WHERE publication = any($1)", publications)
	if err != nil {
		return nil, err
	}
	out := map[int64]Origin{}
	var publication int64
	var from Origin
	_, err = pgx.ForEachRow(rows, []any{&publication, &from.Number, &from.Title, &from.Author}, func() error {
		out[publication] = from
		return nil
	})
	return out, err
}

// Editions gives of every file of the live release the publication by which it became what it is.
func (c *Changes) Editions(ctx context.Context) (map[string]release.Edition, error) {
	return release.Editions(ctx, c.o.Pool, c.now())
}

// historyPage is how many publications a history gives at once.
const historyPage = 10

// ServiceHistory gives the publications that changed a service, or what it is made of, the newest first, ten at most; below is a publication, 0 begins with
// the newest. What it is made of is read from the live release, where a service that was withdrawn is no longer: ErrNotFound.
func (c *Changes) ServiceHistory(ctx context.Context, code string, below int64) (s *catalog.Service, list []Published, more bool, err error) {
	head, err := release.Current(ctx, c.o.Pool)
	if err != nil {
		return nil, nil, false, err
	}
	live, err := c.base(ctx, head.ID)
	if err != nil {
		return nil, nil, false, err
	}
	if s = live.Service(code); s == nil {
		return nil, nil, false, ErrNotFound
	}
	paths := madeOf(live, s)
	heads, err := release.HistoryOf(ctx, c.o.Pool, paths, below, historyPage+1)
	if err != nil {
		return nil, nil, false, err
	}
	if more = len(heads) > historyPage; more {
		heads = heads[:historyPage]
	}
	with := append(slices.Clone(paths), catalog.SettingsFile)
	for _, h := range heads {
		p := Published{Head: h}
		if p.Is, err = c.some(ctx, h.ID, with); err != nil {
			return nil, nil, false, err
		}
		if p.Was, err = c.some(ctx, h.After, with); err != nil {
			return nil, nil, false, err
		}
		err = c.o.Pool.QueryRow(ctx, "SELECT number FROM change WHERE publication = $1", h.Publication).Scan(&p.Change)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, nil, false, err
		}
		list = append(list, p)
	}
	return s, list, more, nil
}

// madeOf are the files of which a service is made: its own, the blueprints and fragments in it, its tariff, and the documents that it issues.
func madeOf(c *catalog.Catalogue, s *catalog.Service) []string {
	paths := append([]string{s.File}, c.MadeOf(s.File)...)
	for file, declared := range c.Definitions() {
		switch d := declared.(type) {
		case *catalog.Tariff:
			if d.Code.Value == s.Tariff.Value {
				paths = append(paths, file)
			}
		case *catalog.Document:
			if issues(s, d.Code.Value) {
				paths = append(paths, file)
			}
		}
	}
	for file := range c.Files {
		if uses(c, s, file) {
			paths = append(paths, file)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// some reads a few files of a release as a catalogue; of none, where nothing was live before.
func (c *Changes) some(ctx context.Context, id int64, paths []string) (*catalog.Catalogue, error) {
	files, err := release.FilesOf(ctx, c.o.Pool, id, paths)
	if err != nil {
		return nil, err
	}
	out, _ := catalog.Of(files)
	return out, nil
}
