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
func (a *Archive) photos(ctx context.Context, application uuid.UUID, uploads []string) (map[string]*pdf.Photo, error) {
	var out map[string]*pdf.Photo
	for _, name := range uploads {
		id, err := uuid.Parse(name)
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
		if photo := paper.Photo(up.Body); photo != nil {
			if out == nil {
				out = map[string]*pdf.Photo{}
			}
			out[name] = photo
		}
	}
	return out, nil
}
