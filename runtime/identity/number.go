package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// byNumber is the issuer of people of whom only the national number is known: no real issuer has an empty address.
const byNumber = ""

const mostNumber = 64

// ErrNumber: what was given is no national number.
var ErrNumber = errors.New("identity: no national number")

// ByNumber gives the person with a national number, as they were attested last. Somebody who has never signed in is written down, with nothing
// known but the number: what is begun for them is theirs from their first sign-in with it. It is for callers that may begin something for
// others; it proves nobody's identity. ErrNumber.
func ByNumber(ctx context.Context, tx pgx.Tx, number string) (*Person, error) {
	number = strings.TrimSpace(number)
	if number == "" || len(number) > mostNumber || !postgres.Storable(number) {
		return nil, ErrNumber
	}
	if err := lockNumber(ctx, tx, number); err != nil {
		return nil, err
	}
	var id uuid.UUID
	var facts []byte
	var capacities []string
	err := tx.QueryRow(ctx, `SELECT id, facts, capacities FROM person WHERE facts ? 'nationalNumber' AND facts->>'nationalNumber' = $1
		ORDER BY seen_at DESC, id LIMIT 1`, number).Scan(&id, &facts, &capacities)
	if errors.Is(err, pgx.ErrNoRows) {
		id, capacities = uuid.New(), []string{}
		if facts, err = json.Marshal(attested{Name: map[string]string{}, NationalNumber: number}); err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, "INSERT INTO person (id, issuer, subject, facts, seen_at) VALUES ($1, $2, $3, $4, 'epoch')", id, byNumber, number, facts)
	}
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return personOf(id, facts, capacities)
}

// ByID gives a person as they were attested last.
func ByID(ctx context.Context, tx pgx.Tx, id uuid.UUID) (*Person, error) {
	var facts []byte
	var capacities []string
	if err := tx.QueryRow(ctx, "SELECT facts, capacities FROM person WHERE id = $1", id).Scan(&facts, &capacities); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return personOf(id, facts, capacities)
}

// lockNumber lets one transaction at a time decide who has a national number.
func lockNumber(ctx context.Context, tx pgx.Tx, number string) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('person ' || $1, 0))", number)
	return err
}
