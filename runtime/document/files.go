package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Files keeps bodies that the archive has encrypted: it never sees what they say. Implementations are safe for parallel use and never write over a
// body; one suite holds each of them (runtime/document/conformance).
type Files interface {
	// Put keeps a body. When it returns, the body is on stable storage. Again with the same body changes nothing; ErrTaken where another is there.
	Put(ctx context.Context, id uuid.UUID, sealed []byte) error
	// Get gives the body back; ErrNotFound when it is not there.
	Get(ctx context.Context, id uuid.UUID) ([]byte, error)
	// Remove removes a body; none is no error.
	Remove(ctx context.Context, id uuid.UUID) error
	// Older lists at most limit bodies that were put before an instant, in the order of their IDs from the one after the given on.
	Older(ctx context.Context, than time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error)
}

// ErrTaken: another body has this ID.
var ErrTaken = errors.New("document: there is another body under this ID")

// Disk keeps bodies below a folder.
type Disk struct{ dir string }

// NewDisk keeps bodies below dir, which it makes.
func NewDisk(dir string) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return &Disk{dir}, nil
}

const (
	temporary     = ".tmp-"
	abandonedFrom = time.Hour // from this age on a half written body is one whose process has ended
)

func (d *Disk) path(id uuid.UUID) string {
	name := id.String()
	return filepath.Join(d.dir, name[:2], name)
}

// Put writes beside and links, so a body is there whole or not at all, also after a crash.
func (d *Disk) Put(ctx context.Context, id uuid.UUID, sealed []byte) error {
	path := d.path(id)
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("document: %w", err)
	}
	f, err := os.CreateTemp(folder, temporary)
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	_, err = f.Write(sealed)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Link(f.Name(), path) // not rename, which writes over what is there
	}
	_ = os.Remove(f.Name()) // Older finds what stays
	if errors.Is(err, fs.ErrExist) {
		var had []byte
		if had, err = d.Get(ctx, id); err == nil && !bytes.Equal(had, sealed) {
			return ErrTaken
		}
	}
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return errors.Join(syncFolder(folder), syncFolder(d.dir))
}

// Get: see Files.
func (d *Disk) Get(_ context.Context, id uuid.UUID) ([]byte, error) {
	sealed, err := os.ReadFile(d.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return sealed, nil
}

// Remove: see Files.
func (d *Disk) Remove(_ context.Context, id uuid.UUID) error {
	if err := os.Remove(d.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("document: %w", err)
	}
	return nil
}

// Older: see Files. It removes what a crash has left half written on its way.
func (d *Disk) Older(ctx context.Context, than time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	var out []uuid.UUID
	from := after.String()
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error { // by name, which is by ID
		if err != nil || e.IsDir() {
			if err == nil && path != d.dir && e.Name() < from[:2] {
				return fs.SkipDir
			}
			return errors.Join(err, ctx.Err())
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(than) {
			return nil
		}
		if err != nil {
			return err
		}
		id, notOurs := uuid.Parse(e.Name())
		switch {
		case strings.HasPrefix(e.Name(), temporary):
			if time.Since(info.ModTime()) < abandonedFrom {
				return nil
			}
			return os.Remove(path)
		case notOurs != nil || e.Name() <= from:
			return nil
		}
		if out = append(out, id); len(out) == limit {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return out, nil
}

// syncFolder makes a name last.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
