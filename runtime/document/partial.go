package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Partial is an upload that arrives in parts: whoever has lost the line goes on where it broke, at any process.
type Partial struct {
	ID             uuid.UUID
	Name           string // cleaned, with an extension of its own until it is known what the file is
	Size, Received int64
	Expires        time.Time
	Upload         uuid.UUID // what it has become, zero while it is none
}

const (
	partSize    = 1 << 20 // bytes that are stored at once; more in one request are several parts
	mostPartial = 10      // of one owner at a time
	partialName = ".part"
	partialFor  = 24 * time.Hour // from its beginning
)

// Errors of parts, for errors.Is.
var (
	// ErrOffset: the part does not begin where the last one has ended. Ask where, and go on there.
	ErrOffset = errors.New("document: the part begins elsewhere")
	// ErrLength: more bytes came than the upload has.
	ErrLength = errors.New("document: more bytes than the upload has")
)

// Begin announces an upload of so many bytes. ErrEmpty, ErrTooLarge, ErrTooMany.
func (a *Archive) Begin(ctx context.Context, owner uuid.UUID, name string, size int64) (Partial, error) {
	switch {
	case size <= 0:
		return Partial{}, ErrEmpty
	case size > a.o.MaxUpload:
		return Partial{}, ErrTooLarge
	}
	p := Partial{ID: uuid.New(), Name: cleanName(name, partialName), Size: size, Expires: a.o.Now().Add(partialFor)}
	begun, err := insertPartial(ctx, a.o.Pool, owner, p, a.o.Now(), mostPartial)
	if err == nil && !begun {
		err = ErrTooMany
	}
	return p, err
}

// Partial tells how far an upload of owner has come. ErrNotFound; a Refusal or ErrUnclean where it came whole and was not taken.
func (a *Archive) Partial(ctx context.Context, owner, id uuid.UUID) (Partial, error) {
	p, refused, err := readPartial(ctx, a.o.Pool, owner, id, a.o.Now().Add(-partialFor))
	if err == nil {
		err = refusalOf(refused)
	}
	p.Expires = p.Expires.Add(partialFor)
	return p, err
}

// Append adds what r gives from offset on, and keeps what came also where r breaks off. With the last byte the parts become an upload, by all
// that Upload does and with its errors; where that could not be done now, Append nothing at the end to try again. Of two who send the same
// bytes at once one is told ErrOffset. ErrNotFound, ErrLength.
func (a *Archive) Append(ctx context.Context, owner, id uuid.UUID, offset int64, r io.Reader) (Partial, error) {
	p, err := a.Partial(ctx, owner, id)
	switch {
	case err != nil:
		return p, err
	case offset != p.Received:
		return p, ErrOffset
	}
	piece := make([]byte, min(partSize, p.Size-p.Received+1))
	for broken := error(nil); broken == nil; {
		var n int
		n, broken = io.ReadFull(r, piece)
		if p.Received+int64(n) > p.Size {
			return p, ErrLength
		}
		if n > 0 {
			if err := a.keepPart(ctx, &p, piece[:n]); err != nil {
				return p, err
			}
		}
		if broken != nil && !errors.Is(broken, io.EOF) && !errors.Is(broken, io.ErrUnexpectedEOF) {
			return p, fmt.Errorf("document: part: %w", broken)
		}
	}
	if p.Received < p.Size || p.Upload != uuid.Nil {
		return p, nil
	}
	return a.whole(ctx, owner, p)
}

func (a *Archive) keepPart(ctx context.Context, p *Partial, piece []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second) // the line has broken, and what came stays
	defer cancel()
	part := uuid.New()
	key, err := a.put(ctx, part, piece)
	if err != nil {
		return err
	}
	err = postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error {
		return insertPart(ctx, tx, p.ID, part, p.Received, int64(len(piece)), key)
	})
	if err != nil {
		return errors.Join(err, a.o.Files.Remove(ctx, part))
	}
	p.Received += int64(len(piece))
	return nil
}

// whole makes an upload of the parts.
func (a *Archive) whole(ctx context.Context, owner uuid.UUID, p Partial) (Partial, error) {
	parts, err := readParts(ctx, a.o.Pool, p.ID)
	if err != nil {
		return p, err
	}
	body := bytes.NewBuffer(make([]byte, 0, p.Size))
	for _, part := range parts {
		piece, err := a.get(ctx, part.id, part.key)
		if err != nil {
			return p, err
		}
		body.Write(piece)
	}
	up, err := a.Upload(ctx, owner, p.Name, body)
	refused := refusedAs(err)
	if err != nil && refused == "" {
		return p, err // not the owner's to put right: the parts stay
	}
	if ended := endPartial(ctx, a.o.Pool, p.ID, up.ID, refused); ended != nil {
		return p, errors.Join(err, ended)
	}
	for _, part := range parts {
		if failed := a.o.Files.Remove(ctx, part.id); failed != nil {
			a.o.Log.WarnContext(ctx, "document: a part stays for the sweep", "part", part.id, "error", failed)
		}
	}
	p.Upload = up.ID
	return p, err
}

// Abandon forgets an upload that has not become one. Again changes nothing.
func (a *Archive) Abandon(ctx context.Context, owner, id uuid.UUID) error {
	return deletePartial(ctx, a.o.Pool, owner, id) // a sweep removes the bodies
}

// unclean is how ErrUnclean is written down; a Refusal is by its own code.
const unclean = "unclean"

func refusedAs(err error) string {
	refusal := Refusal("")
	switch {
	case errors.As(err, &refusal):
		return string(refusal)
	case errors.Is(err, ErrUnclean):
		return unclean
	}
	return ""
}

func refusalOf(code string) error {
	switch code {
	case "":
		return nil
	case unclean:
		return ErrUnclean
	}
	return Refusal(code)
}
