package release

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// KeepSource keeps a version of a file of a catalogue in the caller's transaction, once for its content, and gives its digest.
func KeepSource(ctx context.Context, tx pgx.Tx, content []byte) (digest string, err error) {
	b := bodyOf(content)
	_, err = tx.Exec(ctx, "INSERT INTO source (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING", b.digest, content)
	return b.digest, err
}

// Source is a version of a file by its digest, or ErrNone.
func Source(ctx context.Context, q Querier, digest string) (content []byte, err error) {
	err = q.QueryRow(ctx, "SELECT body FROM source WHERE digest = $1", digest).Scan(&content)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, ErrNone
	case err != nil:
		return nil, err
	case bodyOf(content).digest != digest:
		return nil, fmt.Errorf("release: source %s: the stored bytes are not what the digest says", digest)
	}
	return content, nil
}

// Digests are the digests of the files of a release by path, or ErrNone.
func Digests(ctx context.Context, q Querier, id int64) (files map[string]string, err error) {
	err = q.QueryRow(ctx, "SELECT files FROM release WHERE id = $1", id).Scan(&files)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNone
	}
	return files, err
}
