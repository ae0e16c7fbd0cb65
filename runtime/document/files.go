package document

import (
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

// Files keeps encrypted bodies of at most MaxUpload bytes. Implementations are safe for parallel use and never write to a body again.
type Files interface {
	// Put encrypts body under a key of its own and gives that key, wrapped. When it returns, the body is on stable storage.
	Put(ctx context.Context, id uuid.UUID, body []byte) (key []byte, err error)
	// Get gives the body back; ErrNotFound when it is not there or the key is empty. A body or key that was changed is an error.
	Get(ctx context.Context, id uuid.UUID, key []byte) ([]byte, error)
	// Remove removes a body; none is no error.
	Remove(ctx context.Context, id uuid.UUID) error
	// Older lists at most limit bodies that were put before an instant, in the order of their IDs from the one after the given on.
	Older(ctx context.Context, than time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error)
}

// Disk keeps bodies below a folder.
type Disk struct {
	dir     string
	masters masters
}

// NewDisk keeps bodies below dir, which it makes. The first master key wraps new keys; those after it still unwrap. Each has 32 bytes.
func NewDisk(dir string, masterKeys ...[]byte) (*Disk, error) {
	m, err := newMasters(masterKeys)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return &Disk{dir, m}, nil
}

const temporary = ".tmp-"

func (d *Disk) path(id uuid.UUID) string {
	name := id.String()
	return filepath.Join(d.dir, name[:2], name)
}

// Put writes beside and renames, so a body is there whole or not at all, also after a crash.
func (d *Disk) Put(_ context.Context, id uuid.UUID, body []byte) (key []byte, err error) {
	if len(body) > MaxUpload {
		return nil, ErrTooLarge
	}
	sealed, key, err := d.masters.encrypt(id, body)
	if err != nil {
		return nil, err
	}
	path := d.path(id)
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	f, err := os.CreateTemp(folder, temporary)
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	_, err = f.Write(sealed)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // Older finds what stays
		return nil, fmt.Errorf("document: %w", err)
	}
	return key, errors.Join(syncFolder(folder), syncFolder(d.dir))
}

// Get: see Files.
func (d *Disk) Get(_ context.Context, id uuid.UUID, key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, ErrNotFound
	}
	sealed, err := os.ReadFile(d.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return d.masters.decrypt(id, key, sealed)
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

// syncFolder makes a rename last.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
