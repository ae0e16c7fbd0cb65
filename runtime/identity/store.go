package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// remember takes over what the issuer attested of a person at an instant of the issuer's. It writes once for each newer instant and never
// over something newer: a token from before a role was taken away counts by itself until it ends, but does not bring the role back to the
// person's sessions.
func (g *Guard) remember(ctx context.Context, issuer string, c claims, at time.Time) (*Person, error) {
	if at.Unix() <= 0 { // OpenID Connect asks for it, the library does not
		return nil, errNoInstant
	}
	facts, err := json.Marshal(c.attested())
	if err != nil {
		return nil, err
	}
	capacities := c.capacities()
	id, known, err := g.seen(ctx, issuer, c.Subject)
	if err != nil {
		return nil, err
	}
	changed := !sameJSON(facts, known.facts) || !slices.Equal(capacities, known.capacities)
	if id == uuid.Nil || at.After(known.at) || at.Equal(known.at) && changed {
		if err := g.write(ctx, id == uuid.Nil, issuer, c, facts, capacities, at); err != nil {
			return nil, fmt.Errorf("identity: %w", err)
		}
		if id == uuid.Nil { // perhaps another request was first
			if id, _, err = g.seen(ctx, issuer, c.Subject); err != nil {
				return nil, err
			}
		}
	}
	return personOf(id, facts, capacities)
}

// write stores what was attested. Whoever is new here may be known by national number already: then that row becomes theirs, with everything that
// hangs on it.
func (g *Guard) write(ctx context.Context, fresh bool, issuer string, c claims, facts []byte, capacities []string, at time.Time) error {
	return postgres.InTx(ctx, g.o.Pool, func(tx pgx.Tx) error {
		if fresh && c.NationalNumber != "" {
			if err := lockNumber(ctx, tx, c.NationalNumber); err != nil {
				return err
			}
			taken, err := tx.Exec(ctx, `UPDATE person SET issuer = $1, subject = $2, facts = $3, capacities = $4, seen_at = $5
				WHERE issuer = $6 AND subject = $7 AND NOT EXISTS (SELECT FROM person WHERE issuer = $1 AND subject = $2)`,
				issuer, c.Subject, facts, capacities, at, byNumber, c.NationalNumber)
			if err != nil || taken.RowsAffected() == 1 {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO person (id, issuer, subject, facts, capacities, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (issuer, subject) DO UPDATE SET facts = excluded.facts, capacities = excluded.capacities, seen_at = excluded.seen_at
			WHERE person.seen_at <= excluded.seen_at`, uuid.New(), issuer, c.Subject, facts, capacities, at)
		return err
	})
}

var errNoInstant = errors.New("the token does not say when it was issued")

// seen is what is written down of a person.
type seen struct {
	facts      []byte
	capacities []string
	at         time.Time
}

// seen gives the zero UUID where a person has not been seen before.
func (g *Guard) seen(ctx context.Context, issuer, subject string) (id uuid.UUID, s seen, err error) {
	err = g.o.Pool.QueryRow(ctx, "SELECT id, facts, capacities, seen_at FROM person WHERE issuer = $1 AND subject = $2", issuer, subject).
		Scan(&id, &s.facts, &s.capacities, &s.at)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, s, fmt.Errorf("identity: %w", err)
	}
	return id, s, nil
}

// sameJSON compares what this package wrote with what the database makes of it.
func sameJSON(a, b []byte) bool {
	var x attested
	if json.Unmarshal(b, &x) != nil {
		return false
	}
	again, err := json.Marshal(x)
	return err == nil && bytes.Equal(a, again)
}

func readPerson(ctx context.Context, pool *pgxpool.Pool, id uuid.UUID) (*Person, error) {
	var facts []byte
	var capacities []string
	err := pool.QueryRow(ctx, "SELECT facts, capacities FROM person WHERE id = $1", id).Scan(&facts, &capacities)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return personOf(id, facts, capacities)
}

// store keeps sessions for scs. Unlike its ready-made one it ends with the request, and does not write a session for every page.
type store struct{ pool *pgxpool.Pool }

// slack is how much of the idle time may be lost so that a session is not written for every page.
const slack = time.Minute

func (s store) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.pool.QueryRow(ctx, "SELECT data FROM sessions WHERE token = $1 AND expiry > now()", token).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

func (s store) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO sessions (token, data, expiry) VALUES ($1, $2, $3)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry
		WHERE sessions.data <> excluded.data OR sessions.expiry < excluded.expiry - $4::interval`, token, data, expiry, slack)
	return err
}

func (s store) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.pool.Exec(ctx, "DELETE FROM sessions WHERE token = $1", token)
	return err
}

// storeTimeout bounds a call without a context; scs makes none where the others are there.
const storeTimeout = 5 * time.Second

func (s store) Find(token string) ([]byte, bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return s.FindCtx(ctx, token)
}

func (s store) Commit(token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return s.CommitCtx(ctx, token, data, expiry)
}

func (s store) Delete(token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return s.DeleteCtx(ctx, token)
}

// pruneAtOnce bounds one statement of pruneSessions, so that it holds up nobody.
const pruneAtOnce = 10000

// pruneSessions forgets every session that is over: whoever only looks at the sign-in leaves one behind.
func pruneSessions(ctx context.Context, pool *pgxpool.Pool) error {
	for {
		done, err := pool.Exec(ctx, "DELETE FROM sessions WHERE token IN (SELECT token FROM sessions WHERE expiry < now() LIMIT $1)", pruneAtOnce)
		if err != nil || done.RowsAffected() < pruneAtOnce {
			return err
		}
	}
}
