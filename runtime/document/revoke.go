package document

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Revoke says, in the caller's transaction, that the papers of that code that the application was issued are no longer valid, and why. Papers that
// were revoked before keep their day and their reason, so a repeat changes nothing. The file and its signature stay as they are: whoever
// verifies the paper is told.
func (a *Archive) Revoke(ctx context.Context, tx pgx.Tx, application uuid.UUID, code string, because plan.Text, at time.Time) error {
	var reason []byte
	if len(because) > 0 {
		var err error
		if reason, err = json.Marshal(because); err != nil {
			return err
		}
	}
	return revokeDocuments(ctx, tx, application, code, reason, at.UTC().Truncate(time.Millisecond))
}

// Revocation is since when a paper is no longer valid, and why; At is the zero time of one that is.
type Revocation struct {
	At      time.Time
	Because plan.Text // may be nil
}

func (d documentRow) revocation() (r Revocation) {
	if d.revokedAt != nil {
		r = Revocation{d.revokedAt.UTC(), d.because}
	}
	return r
}
