package document

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Upload is a file that an applicant has given.
type Upload struct {
	ID        uuid.UUID
	Name      string // cleaned
	MediaType string // by content
	Size      int64  // as it was given: a picture that is encoded anew has another
	Pages     int    // of a PDF
	State     State
}

// Readable tells whether it can be opened.
func (u Upload) Readable() bool { return u.State == Clean || u.State == Unscanned }

const (
	// maxUnclaimed bounds the uploads of one owner that no submitted form names.
	maxUnclaimed = 60
	// unclaimedFor is how long an upload waits for its form.
	unclaimedFor = 48 * time.Hour
)

// Upload stores a file of owner under a cleaned name, in quarantine until the scanner says that it is clean, which is mostly before Upload
// returns. Where the scanner is away the upload is taken all the same, and Waits. ErrTooLarge, ErrEmpty,
// ErrTooMany, ErrUnclean and a Refusal are the owner's to put right.
func (a *Archive) Upload(ctx context.Context, owner uuid.UUID, name string, r io.Reader) (Upload, error) {
	body, err := io.ReadAll(io.LimitReader(r, a.o.MaxUpload+1))
	if err != nil {
		return Upload{}, fmt.Errorf("document: upload: %w", err)
	}
	switch {
	case len(body) == 0:
		return Upload{}, ErrEmpty
	case int64(len(body)) > a.o.MaxUpload:
		return Upload{}, ErrTooLarge
	}
	waiting, err := countUnclaimed(ctx, a.o.Pool, owner)
	if err != nil {
		return Upload{}, err
	}
	if waiting >= maxUnclaimed {
		return Upload{}, ErrTooMany
	}
	found, err := a.o.Look(ctx, body)
	if err != nil {
		return Upload{}, fmt.Errorf("document: upload: %w", err)
	}
	up := Upload{
		ID: uuid.New(), Name: cleanName(name, extensions[found.Kind]), MediaType: string(found.Kind), Size: int64(len(body)), Pages: found.Pages, State: Unscanned,
	}
	body = found.Body
	if a.o.Scanner != nil {
		up.State = Waiting // first of all: whatever happens from here on, nobody reads it
	}
	row := uploadRow{Upload: up}
	if row, err = a.keep(ctx, owner, row, body); err != nil {
		return Upload{}, err
	}
	up = row.Upload
	if up.State != Waiting {
		return up, nil
	}
	atHand, cancel := context.WithTimeout(ctx, scanAtHand)
	defer cancel()
	if up.State, err = a.scan(atHand, judged{uploadRow: row}, body); err != nil {
		a.o.Log.WarnContext(ctx, "document: an upload waits for the scanner", "upload", up.ID, "error", err)
	}
	if up.State == Infected {
		return Upload{}, ErrUnclean
	}
	return up, nil
}

// Stat describes an upload of owner without opening it, also one that was Infected; ErrNotFound.
func (a *Archive) Stat(ctx context.Context, owner, id uuid.UUID) (Upload, error) {
	u, err := readUpload(ctx, a.o.Pool, id, "u.owner = $2", owner)
	return u.Upload, err
}

// StatOf describes an upload that a form of the application names, for somebody who may see that application: the caller has made sure of that.
// ErrNotFound.
func (a *Archive) StatOf(ctx context.Context, application, id uuid.UUID) (Upload, error) {
	u, err := readUpload(ctx, a.o.Pool, id, "u.application = $2", application)
	return u.Upload, err
}

// Claim ties uploads to the application whose form names them, in the caller's transaction. ErrNotFound when one is not the owner's or belongs
// to another application. Again changes nothing: what the application holds already, others may name again who correct its form.
func (a *Archive) Claim(ctx context.Context, tx pgx.Tx, owner, application uuid.UUID, uploads []uuid.UUID) error {
	if len(uploads) == 0 {
		return nil
	}
	distinct := map[uuid.UUID]bool{}
	for _, id := range uploads {
		distinct[id] = true
	}
	claimed, err := claimUploads(ctx, tx, owner, application, uploads)
	if err == nil && len(claimed) != len(distinct) {
		err = ErrNotFound
	}
	if err != nil {
		return err
	}
	return a.rekey(ctx, tx, application, claimed)
}

// OpenUpload opens an upload for its owner; ErrNotFound, also while it is in quarantine.
func (a *Archive) OpenUpload(ctx context.Context, owner, id uuid.UUID) (*File, error) {
	return a.openUpload(ctx, id, "u.owner = $2", owner)
}

// OpenUploadOf opens an upload that a form of the application names, for an officer who may see that application: the caller has made sure
// of that. ErrNotFound.
func (a *Archive) OpenUploadOf(ctx context.Context, application, id uuid.UUID) (*File, error) {
	return a.openUpload(ctx, id, "u.application = $2", application)
}

func (a *Archive) openUpload(ctx context.Context, id uuid.UUID, where string, arg uuid.UUID) (*File, error) {
	up, err := readUpload(ctx, a.o.Pool, id, where, arg)
	if err != nil {
		return nil, err
	}
	if !up.Readable() {
		return nil, ErrNotFound
	}
	body, err := a.bodyOf(ctx, a.o.Pool, up)
	if err != nil {
		return nil, err
	}
	return &File{Name: up.Name, MediaType: up.MediaType, Body: body}, nil
}

// Forget erases an upload for ever: its key first, in the caller's transaction, then by Sweep its body, unless another upload of its owner has the
// same. What is left says that there was one.
func (a *Archive) Forget(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	return forgetUploads(ctx, tx, []uuid.UUID{id})
}

// Erase erases for ever what the forms of an application have brought, by throwing its key away; its bodies go with the next Sweep. Nothing can be
// claimed for it any more. Again changes nothing.
func (a *Archive) Erase(ctx context.Context, tx pgx.Tx, application uuid.UUID) error {
	ids, err := readUploadsOf(ctx, tx, application)
	if err == nil {
		err = forgetUploads(ctx, tx, ids)
	}
	if err == nil {
		err = eraseApplicationKey(ctx, tx, application)
	}
	if err == nil {
		err = eraseHolds(ctx, tx, application)
	}
	return err
}
