package desk

import (
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

// upload gives a file that the application's form names, to be saved.
func (v *visit) upload() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	id, err := uuid.Parse(v.r.PathValue("upload"))
	if err != nil {
		return application.ErrNotFound
	}
	file, err := v.o.Documents.OpenUploadOf(v.ctx, a.ID, id)
	if err != nil {
		return err
	}
	if err := v.record("download", a, map[string]string{"upload": id.String()}); err != nil {
		return err
	}
	file.ServeHTTP(v.w, v.r)
	return nil
}

// document gives a paper that was issued, to be saved.
func (v *visit) document() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	id := v.r.PathValue("document")
	file, err := v.o.Documents.Open(v.ctx, a.ID, id)
	if err != nil {
		return err
	}
	if err := v.record("download", a, map[string]string{"document": id}); err != nil {
		return err
	}
	file.ServeHTTP(v.w, v.r)
	return nil
}
