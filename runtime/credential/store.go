package credential

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
)

func insertOffer(ctx context.Context, tx pgx.Tx, paper string, code, pin []byte, now, until time.Time) error {
	// One after another for each paper, so that the bounds hold.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('credential ' || $1, 0))", paper); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM credential_offer WHERE id IN (SELECT id FROM credential_offer WHERE expires_at < $1 LIMIT 100)", now.Add(-tokenFor)); err != nil {
		return err
	}
	var offers, held int
	err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM credential_offer WHERE document = $1), (SELECT count(*) FROM credential WHERE document = $1)`, paper).Scan(&offers, &held)
	if err != nil {
		return err
	}
	if offers >= mostOffers || held >= mostHeld {
		return ErrTooMany
	}
	_, err = tx.Exec(ctx, "INSERT INTO credential_offer (id, document, code, pin, expires_at) VALUES ($1, $2, $3, $4, $5)", uuid.New(), paper, code, pin, until)
	return err
}

// errGrant: the code of an offer, or what the wallet has asked its holder for, is wrong, used or over.
var errGrant = errors.New("credential: no such grant")

// redeem exchanges the code of an offer for a token, once. A wrong pin is counted, also where nothing else comes of it.
func redeem(ctx context.Context, tx pgx.Tx, code, pin, token []byte, now time.Time) (ok bool, err error) {
	var id uuid.UUID
	var want []byte
	var tries int
	err = tx.QueryRow(ctx, "SELECT id, pin, tries FROM credential_offer WHERE code = $1 AND token IS NULL AND expires_at > $2 FOR UPDATE", code, now).Scan(&id, &want, &tries)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && tries >= mostTries {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if subtle.ConstantTimeCompare(want, pin) != 1 {
		_, err = tx.Exec(ctx, "UPDATE credential_offer SET tries = tries + 1 WHERE id = $1", id)
		return false, err
	}
	_, err = tx.Exec(ctx, "UPDATE credential_offer SET token = $2, expires_at = $3 WHERE id = $1", id, token, now.Add(tokenFor))
	return true, err
}

// authorized is the paper of a token; errGrant.
func (f *Office) authorized(ctx context.Context, token []byte) (paper string, err error) {
	err = f.o.Pool.QueryRow(ctx, "SELECT document FROM credential_offer WHERE token = $1 AND expires_at > $2", token, f.o.Now()).Scan(&paper)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", errGrant
	}
	return paper, err
}

// half of a list is used, so that a free place is soon found by chance; places in their order would tell who came together.
const half = sdjwt.ListSize / 2

// place uses up a token and gives the credential of its paper a place; errGrant.
func place(ctx context.Context, tx pgx.Tx, token []byte, now time.Time) (list, index int, err error) {
	var paper string
	err = tx.QueryRow(ctx, "DELETE FROM credential_offer WHERE token = $1 AND expires_at > $2 RETURNING document", token, now).Scan(&paper)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, errGrant
	}
	if err != nil {
		return 0, 0, err
	}
	// An estimate is enough: lists differ in how full they are, and nothing else. Only the last one is counted.
	err = tx.QueryRow(ctx, `SELECT l.last + CASE WHEN (SELECT count(*) FROM credential WHERE list = l.last) >= $1 THEN 1 ELSE 0 END
		FROM (SELECT coalesce(max(list), 1) AS last FROM credential) l`, half).Scan(&list)
	if err != nil {
		return 0, 0, err
	}
	for range 40 {
		index = rand.IntN(sdjwt.ListSize)
		done, err := tx.Exec(ctx, "INSERT INTO credential (list, index, document, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", list, index, paper, now)
		if err != nil || done.RowsAffected() == 1 {
			return list, index, err
		}
	}
	return 0, 0, fmt.Errorf("credential: no free place in list %d", list)
}

// standings reads how the credentials of a list stand; ok is false where there is no such list.
func (f *Office) standings(ctx context.Context, list int) (l *sdjwt.List, ok bool, err error) {
	rows, err := f.o.Pool.Query(ctx, "SELECT c.index, CASE WHEN d.held AND d.status = 'issued' THEN 'suspended' ELSE d.status END FROM credential c JOIN document d ON d.id = c.document WHERE c.list = $1", list)
	if err != nil {
		return nil, false, err
	}
	l = &sdjwt.List{}
	var index int
	var status string
	_, err = pgx.ForEachRow(rows, []any{&index, &status}, func() error {
		ok = true
		switch status {
		case "issued":
		case "suspended":
			l.Set(index, sdjwt.Suspended)
		default:
			l.Set(index, sdjwt.Invalid)
		}
		return nil
	})
	return l, ok, err
}

// paperAt is the paper whose credential has a place; "" for none.
func (f *Office) paperAt(ctx context.Context, list, index int) (paper string, err error) {
	err = f.o.Pool.QueryRow(ctx, "SELECT document FROM credential WHERE list = $1 AND index = $2", list, index).Scan(&paper)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return paper, err
}
