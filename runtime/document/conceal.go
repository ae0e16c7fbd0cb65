package document

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Conceal puts something short about an application under its key, in the caller's transaction. ErrNotFound where the application was erased.
func (a *Archive) Conceal(ctx context.Context, tx pgx.Tx, application uuid.UUID, body []byte) ([]byte, error) {
	fresh := make([]byte, keySize)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	wrapped, err := keepApplicationKey(ctx, tx, application, a.masters.wrap(application, fresh))
	if err != nil {
		return nil, err
	}
	by, err := a.keyring(application, wrapped)
	if err != nil {
		return nil, err
	}
	return by.wrap(application, body), nil
}

// Reveal gives back what Conceal has concealed. ErrNotFound where the application was erased.
func (a *Archive) Reveal(ctx context.Context, tx pgx.Tx, application uuid.UUID, sealed []byte) ([]byte, error) {
	wrapped, err := readApplicationKey(ctx, tx, application)
	if err != nil {
		return nil, err
	}
	by, err := a.keyring(application, wrapped)
	if err != nil {
		return nil, err
	}
	return by.unwrap(application, sealed)
}
