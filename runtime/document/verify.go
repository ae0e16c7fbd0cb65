package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Verification is what a stranger is shown. It holds nothing personal; beside Status everything is empty where Status is Unknown.
type Verification struct {
	Status     Status
	ID         string
	Title      plan.Text
	Number     string
	Authority  string // code
	IssuedAt   time.Time
	ValidUntil string    // YYYY-MM-DD or ""
	Since      time.Time // since when it has its status
	Because    plan.Text // why, where that is said
}

// Verify says what is known about the paper with that ID, as it was read from the paper: upper or lower case, with or without hyphens.
func (a *Archive) Verify(ctx context.Context, id string) (Verification, error) {
	id, ok := cleanID(id)
	if !ok {
		return Verification{Status: Unknown}, nil
	}
	rows, err := readDocuments(ctx, a.o.Pool, "d.id = $1", id)
	if err != nil || len(rows) == 0 {
		return Verification{Status: Unknown}, err
	}
	return a.verified(rows[0]), nil
}

// VerifyFile says what is known about a file: Valid (or Revoked, Expired) when it is, byte for byte, one that we issued; Altered when it is not
// and yet carries the ID of one. ErrTooLarge.
func (a *Archive) VerifyFile(ctx context.Context, r io.Reader) (Verification, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxUpload+1))
	if err != nil {
		return Verification{}, fmt.Errorf("document: verify: %w", err)
	}
	if len(body) > MaxUpload {
		return Verification{}, ErrTooLarge
	}
	sum := sha256.Sum256(body)
	rows, err := readDocuments(ctx, a.o.Pool, "sha256 = $1", sum[:])
	if err == nil && len(rows) == 0 {
		rows, err = readEarlier(ctx, a.o.Pool, sum[:])
	}
	if err != nil {
		return Verification{}, err
	}
	if len(rows) > 0 {
		return a.verified(rows[0]), nil
	}
	rows, err = readDocuments(ctx, a.o.Pool, "d.id = ANY($1)", carriedIDs(body))
	if err != nil || len(rows) == 0 {
		return Verification{Status: Unknown}, err
	}
	v := a.verified(rows[0])
	if v.Status != Unknown {
		v.Status = Altered
	}
	return v, nil
}

// verified believes a row only as far as its signed record does: what was changed in the database alone is not ours.
func (a *Archive) verified(d documentRow) Verification {
	rec, err := a.o.Keys.open(d.record)
	sum, hexErr := hex.DecodeString(rec.File)
	if err != nil || hexErr != nil || rec.ID != d.id || rec.Number != d.number || rec.Code != d.code || rec.Authority != d.authority ||
		rec.ValidUntil != d.validUntil || !rec.IssuedAt.Equal(d.issuedAt) || !bytes.Equal(sum, d.sha256) {
		a.o.Log.Error("document: a row does not agree with its signed record", "document", d.id, "error", err)
		return Verification{Status: Unknown}
	}
	turn := a.status(d)
	return Verification{Status: turn.Status, ID: rec.ID, Title: rec.Title, Number: rec.Number, Authority: rec.Authority,
		IssuedAt: rec.IssuedAt, ValidUntil: rec.ValidUntil, Since: turn.At, Because: turn.Because}
}

const idLength = 26 // of rand.Text: 130 random bits

// cleanID makes an ID of what somebody typed. Its alphabet has neither 0 nor 1, so these can only be misread letters.
func cleanID(s string) (string, bool) {
	if len(s) > 100 {
		return "", false
	}
	s = strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I").Replace(strings.ToUpper(s))
	return s, len(s) == idLength && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
