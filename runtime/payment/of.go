package payment

import (
	"context"

	"github.com/google/uuid"
)

// ApplicationOf is the application to which a payment belongs. It says nothing of who may see it. ErrNotFound.
func (d *Desk) ApplicationOf(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	p, err := readPayment(ctx, d.Pool, id)
	return p.application, err
}
