package document

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
)

// photos brings the pictures that a paper shows, each an upload of its application, in the caller's transaction: another connection could be
// one that all who issue wait for. One that was erased, or that cannot be read, leaves its place empty; one that is not scanned yet is an
// error, and the paper is tried again.
func (a *Archive) photos(ctx context.Context, tx pgx.Tx, application uuid.UUID, wanted []paper.Wanted) (map[paper.Wanted]*pdf.Photo, error) {
	out := map[paper.Wanted]*pdf.Photo{}
	for _, w := range wanted {
		id, err := uuid.Parse(w.Value)
		if err != nil {
			continue
		}
		up, err := readUpload(ctx, tx, id, "u.application = $2", application)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return nil, err
		case up.State == Waiting:
			return nil, fmt.Errorf("document: picture %s waits for its scan", id)
		case !up.Readable():
			continue
		}
		body, err := a.bodyOf(ctx, tx, up)
		if err != nil {
			return nil, err
		}
		if photo := paper.Photo(body, w.Whole); photo != nil {
			out[w] = photo
		}
	}
	return out, nil
}
