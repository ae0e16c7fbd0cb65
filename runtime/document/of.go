package document

import (
	"context"

	"github.com/google/uuid"
)

// ApplicationOf is the application in which a paper was issued. It says nothing of who may see it. ErrNotFound.
func (a *Archive) ApplicationOf(ctx context.Context, id string) (uuid.UUID, error) {
	id, ok := cleanID(id)
	if !ok {
		return uuid.Nil, ErrNotFound
	}
	return readApplicationOf(ctx, a.o.Pool, id)
}
