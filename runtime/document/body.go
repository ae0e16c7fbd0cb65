package document

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// put encrypts a body and keeps it, and gives its key, wrapped.
func (a *Archive) put(ctx context.Context, id uuid.UUID, body []byte) (key []byte, err error) {
	if len(body) > MaxUpload {
		return nil, ErrTooLarge
	}
	sealed, key, err := a.masters.encrypt(id, body)
	if err != nil {
		return nil, err
	}
	return key, a.o.Files.Put(ctx, id, sealed)
}

// get gives a body back whose key one of the master keys has wrapped; ErrNotFound where it was forgotten.
func (a *Archive) get(ctx context.Context, id uuid.UUID, key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, ErrNotFound
	}
	plain, err := a.masters.unwrap(id, key)
	if err != nil {
		return nil, err
	}
	return a.opened(ctx, id, plain)
}

// opened gives a body back by its key.
func (a *Archive) opened(ctx context.Context, id uuid.UUID, key []byte) ([]byte, error) {
	sealed, err := a.o.Files.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return open(id, key, sealed)
}

// keep stores an upload of owner. The same bytes of the same owner are one body; those of others are never compared, so that nobody learns what
// somebody else has.
func (a *Archive) keep(ctx context.Context, owner uuid.UUID, u uploadRow, body []byte) (uploadRow, error) {
	sum := sha256.Sum256(body)
	twin := false
	err := postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error {
		had, err := readTwin(ctx, tx, owner, sum[:], u.MediaType, a.o.Scanner != nil)
		if twin = err == nil; errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		key, err := a.keyOf(ctx, tx, had)
		if err != nil {
			return err
		}
		u.file, u.State, u.key = had.file, had.State, a.masters.wrap(had.file, key)
		return insertUpload(ctx, tx, owner, u)
	})
	if err != nil || twin {
		return u, err
	}
	u.file = u.ID
	if u.key, err = a.put(ctx, u.file, body); err != nil {
		return u, err
	}
	return u, postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error {
		if err := insertFile(ctx, tx, fileRow{
			id: u.file, sha256: sum[:], size: u.Size, mediaType: u.MediaType, pages: u.Pages, key: kept, state: u.State, scanAt: a.o.Now().Add(scanLease),
		}); err != nil {
			return err
		}
		return insertUpload(ctx, tx, owner, u)
	})
}

// keyOf is the key of an upload's body; ErrNotFound where it was erased.
func (a *Archive) keyOf(ctx context.Context, db querier, u uploadRow) ([]byte, error) {
	if len(u.key) == 0 {
		return nil, ErrNotFound
	}
	by := a.masters
	if !by.wrapped(u.key) && u.application != uuid.Nil {
		wrapped, err := readApplicationKey(ctx, db, u.application)
		if err != nil {
			return nil, err
		}
		if by, err = a.keyring(u.application, wrapped); err != nil {
			return nil, err
		}
	}
	return by.unwrap(u.file, u.key)
}

// keyring wraps by the key of an application.
func (a *Archive) keyring(application uuid.UUID, wrapped []byte) (masters, error) {
	if len(wrapped) == 0 {
		return masters{}, ErrNotFound
	}
	key, err := a.masters.unwrap(application, wrapped)
	if err != nil {
		return masters{}, err
	}
	return newMasters([][]byte{key})
}

func (a *Archive) bodyOf(ctx context.Context, db querier, u uploadRow) ([]byte, error) {
	key, err := a.keyOf(ctx, db, u)
	if err != nil {
		return nil, err
	}
	return a.opened(ctx, u.file, key)
}

// rekey puts what an application has claimed under its key.
func (a *Archive) rekey(ctx context.Context, tx pgx.Tx, application uuid.UUID, list []uploadRow) error {
	fresh := make([]byte, keySize)
	if _, err := rand.Read(fresh); err != nil {
		return fmt.Errorf("document: %w", err)
	}
	wrapped, err := keepApplicationKey(ctx, tx, application, a.masters.wrap(application, fresh))
	if err != nil {
		return err
	}
	by, err := a.keyring(application, wrapped)
	if err != nil {
		return err
	}
	for _, u := range list {
		if by.wrapped(u.key) {
			continue
		}
		key, err := a.keyOf(ctx, tx, u)
		if err != nil {
			return err
		}
		u.key = by.wrap(u.file, key)
		if err := setKey(ctx, tx, u); err != nil {
			return err
		}
	}
	return nil
}
