package document

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
)

// photos brings the photographs that a paper shows, each an upload of its application. One that was erased, or that cannot be read, leaves
// its place empty.
func (a *Archive) photos(ctx context.Context, application uuid.UUID, wanted []paper.Wanted) (map[paper.Wanted]*pdf.Photo, error) {
	var out map[paper.Wanted]*pdf.Photo
	for _, w := range wanted {
		id, err := uuid.Parse(w.Value)
		if err != nil {
			continue
		}
		up, err := a.OpenUploadOf(ctx, application, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if photo := paper.Photo(up.Body, w.Whole); photo != nil {
			if out == nil {
				out = map[paper.Wanted]*pdf.Photo{}
			}
			out[w] = photo
		}
	}
	return out, nil
}
