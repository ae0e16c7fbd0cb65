package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// Bounds of a copy: how many bodies are listed at once, and how many are under way.
const (
	copyPage   = 1000
	copyAtOnce = 8
)

// Copied counts what a copy has done.
type Copied struct{ Copied, Had, Failed int }

// CopyFiles copies every body that from has and to has not, sealed as they are, and reads each back: only what is there in the same bytes counts. It
// removes nothing. One that fails does not hold up the others; the error is the first of them. Again it does what is left.
func CopyFiles(ctx context.Context, from, to Files) (done Copied, err error) {
	end := time.Now().AddDate(1, 0, 0) // however wrong the clock of a store goes
	for after := uuid.Nil; ; {
		page, listed := from.Older(ctx, end, after, copyPage)
		if listed != nil {
			return done, errors.Join(err, listed)
		}
		var lock sync.Mutex
		var all errgroup.Group
		all.SetLimit(copyAtOnce)
		for _, id := range page {
			all.Go(func() error {
				had, failed := copyFile(ctx, from, to, id)
				lock.Lock()
				defer lock.Unlock()
				switch {
				case failed != nil:
					done.Failed++
					if err == nil {
						err = fmt.Errorf("document: body %s: %w", id, failed)
					}
				case had:
					done.Had++
				default:
					done.Copied++
				}
				return nil
			})
		}
		_ = all.Wait() // each has said what failed
		if len(page) < copyPage || ctx.Err() != nil {
			return done, err
		}
		after = page[len(page)-1]
	}
}

func copyFile(ctx context.Context, from, to Files, id uuid.UUID) (had bool, err error) {
	body, err := from.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return true, nil // swept meanwhile
	}
	if err != nil {
		return false, err
	}
	there, err := to.Get(ctx, id)
	if had = err == nil; errors.Is(err, ErrNotFound) {
		if err = to.Put(ctx, id, body); err == nil {
			there, err = to.Get(ctx, id)
		}
	}
	if err == nil && !bytes.Equal(body, there) {
		err = ErrTaken
	}
	return had, err
}
