package application

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// onceLimit is how long a request may be under way before its process is taken for dead.
const onceLimit = time.Minute

// Once runs do for the first request with this key of this actor, stores what it answers and gives that to every repeat, on any process. A
// request is its route and body: another one under the same key is ErrKeyReused. While the first one runs, repeats get ErrUnderway. An error
// of do is not stored, and the next request with the key runs it again.
//
// It is for POSTs that have no key of their own below; Submit and Act have.
func (b *Book) Once(ctx context.Context, actor, key, route string, body []byte, do func(context.Context) (status int, body []byte, err error)) (status int, answer []byte, err error) {
	if actor == "" || key == "" || len(key) > mostKey || !postgres.Storable(key) {
		return 0, nil, fmt.Errorf("%w: a key of 1 to %d characters", ErrInvalid, mostKey)
	}
	request, err := requestHash(route, body)
	if err != nil {
		return 0, nil, err
	}
	mine, status, answer, err := b.claim(ctx, actor, key, route, request)
	if err != nil || !mine {
		return status, answer, err
	}
	ctx, cancel := context.WithTimeout(ctx, onceLimit/2)
	defer cancel()
	// What do has done is recorded even when the caller has gone.
	record, cancelRecord := context.WithTimeout(context.WithoutCancel(ctx), onceLimit)
	defer cancelRecord()
	status, answer, err = do(ctx)
	if err != nil {
		_, forgotten := b.o.Pool.Exec(record, "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND status = 0", actor, key)
		return 0, nil, errors.Join(err, forgotten)
	}
	if answer == nil {
		answer = []byte{} // NULL is not an empty answer
	}
	_, err = b.o.Pool.Exec(record, "UPDATE idempotency SET status = $3, body = $4 WHERE actor = $1 AND key = $2", actor, key, status, answer)
	return status, answer, err
}

// claim makes the key this request's, or gives the answer that it has got already.
func (b *Book) claim(ctx context.Context, actor, key, route string, request []byte) (mine bool, status int, answer []byte, err error) {
	tag, err := b.o.Pool.Exec(ctx, `
		INSERT INTO idempotency (actor, key, route, request) VALUES ($1, $2, $3, $4)
		ON CONFLICT (actor, key) DO UPDATE SET at = now()
			WHERE idempotency.status = 0 AND idempotency.at < now() - $5::interval AND idempotency.request = excluded.request`,
		actor, key, route, request, onceLimit)
	if err != nil || tag.RowsAffected() == 1 {
		return err == nil, 0, nil, err
	}
	var before []byte
	err = b.o.Pool.QueryRow(ctx, "SELECT request, status, body FROM idempotency WHERE actor = $1 AND key = $2", actor, key).
		Scan(&before, &status, &answer)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return false, 0, nil, ErrUnderway // it has just failed
	case err != nil:
		return false, 0, nil, err
	case !bytes.Equal(before, request):
		return false, 0, nil, ErrKeyReused
	case status == 0:
		return false, 0, nil, ErrUnderway
	}
	return false, status, answer, nil
}

// forgetAtOnce bounds one statement of ForgetKeys, so that it holds up nobody.
const forgetAtOnce = 5000

// ForgetKeys drops all keys older than age, a bounded number at a time.
func (b *Book) ForgetKeys(ctx context.Context, age time.Duration) error {
	for {
		done, err := b.o.Pool.Exec(ctx, `DELETE FROM idempotency WHERE (actor, key) IN
			(SELECT actor, key FROM idempotency WHERE at < now() - $1::interval LIMIT $2)`, age, forgetAtOnce)
		if err != nil || done.RowsAffected() < forgetAtOnce {
			return err
		}
	}
}
