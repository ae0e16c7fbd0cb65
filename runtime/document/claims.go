package document

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
)

// Claimed is a paper as a wallet gets it.
type Claimed struct {
	ID, Code string
	Status   Status
	Until    time.Time // from when on it is over; the zero time for never
	Claims   []sdjwt.Claim
}

// Claimed gives what a wallet gets of a paper; the caller has made sure that it is asked by whose paper it is. ErrNotFound where there is no such
// paper, or it has nothing for a wallet.
func (a *Archive) Claimed(ctx context.Context, id string) (Claimed, error) {
	id, ok := cleanID(id)
	if !ok {
		return Claimed{}, ErrNotFound
	}
	rows, err := readDocuments(ctx, a.o.Pool, "d.id = $1 AND claims IS NOT NULL", id)
	if err != nil {
		return Claimed{}, err
	}
	if len(rows) == 0 || a.verified(rows[0]).Status == Unknown {
		return Claimed{}, ErrNotFound
	}
	d := rows[0]
	key, err := readKey(ctx, a.o.Pool, *d.claims)
	if err != nil {
		return Claimed{}, err
	}
	body, err := a.get(ctx, *d.claims, key)
	if err != nil {
		return Claimed{}, err
	}
	out := Claimed{ID: d.id, Code: d.code, Status: a.status(d).Status}
	if d.validUntil != "" {
		last, err := time.ParseInLocation(time.DateOnly, d.validUntil, a.o.Zone)
		if err != nil {
			return Claimed{}, fmt.Errorf("document: %w", err)
		}
		out.Until = last.AddDate(0, 0, 1)
	}
	if err := json.Unmarshal(body, &out.Claims); err != nil {
		return Claimed{}, fmt.Errorf("document: claims: %w", err)
	}
	return out, nil
}

// putClaims keeps what a wallet gets of a paper, encrypted like the paper itself; nil where it gets nothing.
func (a *Archive) putClaims(ctx context.Context, tx pgx.Tx, rows []paper.Row) (*uuid.UUID, error) {
	var claims []sdjwt.Claim
	for _, r := range rows {
		if r.Claim != "" {
			claims = append(claims, sdjwt.Claim{Name: r.Claim, Value: claimed(r.Cell)})
		}
	}
	if claims == nil {
		return nil, nil
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return nil, fmt.Errorf("document: claims: %w", err)
	}
	sum := sha256.Sum256(body)
	f := fileRow{id: uuid.New(), sha256: sum[:], size: int64(len(body)), mediaType: "application/json"}
	if f.key, err = a.put(ctx, f.id, body); err != nil {
		return nil, err
	}
	return &f.id, insertFile(ctx, tx, f)
}

// claimed is a value as a wallet keeps it: whole numbers and yes or no as JSON has them, lists as lists of records, all else as text. Decimals and
// amounts are text, since programs that read JSON round them.
func claimed(c paper.Cell) any {
	switch c.Kind {
	case "bool":
		return c.Value == "true"
	case "int":
		return json.Number(c.Value)
	case "list", "record":
		items := []map[string]any{}
		for _, line := range c.Rows {
			item := map[string]any{}
			for i, cell := range line {
				if i < len(c.Columns) {
					item[c.Columns[i].Code] = claimed(cell)
				}
			}
			items = append(items, item)
		}
		return items
	}
	return c.Value
}
