package document

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document/pades"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// sealBytes is the room for a signature in a file: two certificates, and a time-stamp with those of its authority.
const sealBytes = 12 << 10

// sealed draws the file and signs it, where the keys have a certificate. The time-stamp comes later: nobody waits for another house while the
// register's number is held.
func (a *Archive) sealed(ctx context.Context, tx pgx.Tx, r IssueRequest, p Paper, rec record, carried string) (body []byte, sealed bool, err error) {
	signer, sealed, err := a.o.Keys.seals()
	if err != nil {
		return nil, false, err
	}
	room := 0
	if sealed {
		room = sealBytes
	}
	if body, err = a.draw(ctx, tx, r, p, rec, carried, room); err != nil || !sealed {
		return body, false, err
	}
	body, err = pdf.Seal(body, func(covered []byte) ([]byte, error) { return pades.Sign(covered, signer) })
	return body, true, err
}

// Stamps is an authority for time-stamps, such as *pades.Authority.
type Stamps interface {
	Stamp(ctx context.Context, signature []byte) ([]byte, error)
}

// stampWithin bounds how long who opens a paper waits for its time-stamp.
const stampWithin = 2 * time.Second

// restAfter is how long nobody who opens a paper asks an authority that has just failed.
const restAfter = time.Minute

// stampNow gives a paper its time-stamp before it is delivered. Where the authority does not answer in time the paper is delivered as it is,
// signed, and is stamped later.
func (a *Archive) stampNow(ctx context.Context, d documentRow) documentRow {
	if !d.stampDue || a.o.Stamps == nil || a.o.Now().Before(time.Unix(a.resting.Load(), 0)) {
		return d
	}
	within, cancel := context.WithTimeout(ctx, stampWithin)
	defer cancel()
	stamped, err := a.stamp(within, d)
	if err != nil {
		a.resting.Store(a.o.Now().Add(restAfter).Unix())
		a.o.Log.WarnContext(ctx, "document: a paper is delivered without its time-stamp", "document", d.id, "error", err)
		return d
	}
	return stamped
}

// Stamp gives papers their time-stamps that were issued without, the oldest first, at most 200. It stops at the first failure: the authority is
// probably away.
func (a *Archive) Stamp(ctx context.Context) error {
	if a.o.Stamps == nil {
		return nil
	}
	due, err := readDocuments(ctx, a.o.Pool, "stamp_due ORDER BY issued_at")
	if err != nil {
		return err
	}
	for _, d := range due {
		if _, err := a.stamp(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// stamp puts a time-stamp into the file of a paper. The file is another one then: it gets a record and a row of its own, and the digest of the one
// before is kept with its record, since somebody may have it. The bytes of neither are ever another's.
func (a *Archive) stamp(ctx context.Context, d documentRow) (documentRow, error) {
	rec, err := a.o.Keys.open(d.record)
	if err != nil {
		return d, err
	}
	body, err := a.body(ctx, d)
	if err != nil {
		return d, err
	}
	stamped, err := pdf.Reseal(body, func(signature []byte) ([]byte, error) { return a.o.Stamps.Stamp(ctx, signature) })
	if err != nil {
		return d, err
	}
	sum := sha256.Sum256(stamped)
	rec.File = hex.EncodeToString(sum[:])
	signed, err := a.o.Keys.sign(rec)
	if err != nil {
		return d, err
	}
	file := fileRow{id: uuid.New(), sha256: sum[:], size: int64(len(stamped)), mediaType: "application/pdf"}
	if file.key, err = a.put(ctx, file.id, stamped); err != nil {
		return d, err
	}
	err = postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error { return exchangeFile(ctx, tx, d, signed, file) })
	if errors.Is(err, ErrNotFound) { // somebody else was first
		rows, err := readDocuments(ctx, a.o.Pool, "d.id = $1", d.id)
		if err != nil || len(rows) == 0 {
			return d, err
		}
		return rows[0], nil
	}
	if err == nil {
		d.file, d.sha256, d.record, d.stampDue = file.id, file.sha256, signed, false
	}
	return d, err
}

func (a *Archive) body(ctx context.Context, d documentRow) ([]byte, error) {
	key, err := readKey(ctx, a.o.Pool, d.file)
	if err != nil {
		return nil, err
	}
	return a.get(ctx, d.file, key)
}
