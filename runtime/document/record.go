package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// recordType is the typ of a signed record, so that no other signature of the same key can stand for one.
const recordType = "diwan-record+jws"

// record is what is signed about a paper. What the paper says is in it only as a hash.
type record struct {
	ID         string    `json:"id"`
	Number     string    `json:"number"`
	Code       string    `json:"code"`
	Title      plan.Text `json:"title"`
	Authority  string    `json:"authority"`
	IssuedAt   time.Time `json:"issuedAt"`
	ValidUntil string    `json:"validUntil,omitempty"`
	Rows       string    `json:"rows"`           // hashRows
	File       string    `json:"file,omitempty"` // SHA-256 of the file; not in the copy that the file itself carries
}

// hashRows begins with the paper's ID: without it, nobody can try out what the rows may say.
func hashRows(id string, rows []paper.Row) (string, error) {
	b, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("document: rows: %w", err)
	}
	sum := sha256.Sum256(append([]byte(id+"\n"), b...))
	return hex.EncodeToString(sum[:]), nil
}

// sign gives the record as a compact JWS.
func (k *Keys) sign(r record) (string, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("document: record: %w", err)
	}
	signature, err := k.record.Sign(b)
	if err != nil {
		return "", fmt.Errorf("document: record: %w", err)
	}
	return signature.CompactSerialize()
}

// open gives the record of a compact JWS that one of the keys has signed.
func (k *Keys) open(compact string) (r record, err error) {
	signature, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return r, errors.New("document: no signed record")
	}
	header := signature.Signatures[0].Protected
	key, known := k.public[header.KeyID]
	if !known || header.ExtraHeaders[jose.HeaderType] != recordType {
		return r, errors.New("document: record of another type or an unknown key")
	}
	b, err := signature.Verify(key)
	if err != nil {
		return r, errors.New("document: the record's signature is wrong")
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("document: record: %w", err)
	}
	return r, nil
}
