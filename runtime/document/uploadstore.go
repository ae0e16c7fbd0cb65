package document

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// uploads are uploads u with their file f, whose key k is; before uploads had files and keys of their own, those of the file were theirs.
const uploads = "upload u JOIN file f ON f.id = coalesce(u.file, u.id) CROSS JOIN LATERAL (SELECT coalesce(u.key, f.key) AS key) k"

// kept is the key of a file whose uploads have keys of their own, while one of them has it.
var kept = []byte{0}

// uploadRow is an upload and how its body is opened.
type uploadRow struct {
	Upload
	file, application uuid.UUID // application is zero while no form that was sent names it
	key               []byte
}

func insertUpload(ctx context.Context, tx pgx.Tx, owner uuid.UUID, u uploadRow) error {
	_, err := tx.Exec(ctx, "INSERT INTO upload (id, owner, name, file, key) VALUES ($1, $2, $3, $4, $5)", u.ID, owner, u.Name, u.file, u.key)
	return wrap(err)
}

func countUnclaimed(ctx context.Context, pool *pgxpool.Pool, owner uuid.UUID) (n int, err error) {
	err = pool.QueryRow(ctx, "SELECT count(*) FROM "+uploads+" WHERE u.owner = $1 AND u.application IS NULL AND k.key <> ''", owner).Scan(&n)
	return n, wrap(err)
}

const uploadColumns = `u.id, u.name, f.media_type, f.size, f.pages, f.scan, f.id, coalesce(u.application, '00000000-0000-0000-0000-000000000000'), k.key`

func scanUpload(row pgx.CollectableRow) (u uploadRow, err error) {
	return u, row.Scan(&u.ID, &u.Name, &u.MediaType, &u.Size, &u.Pages, &u.State, &u.file, &u.application, &u.key)
}

// readUpload gives an upload that was not erased, or was by the scanner, and for which where, about $2, holds.
func readUpload(ctx context.Context, q querier, id uuid.UUID, where string, arg uuid.UUID) (uploadRow, error) {
	rows, err := q.Query(ctx, "SELECT "+uploadColumns+" FROM "+uploads+" WHERE u.id = $1 AND (k.key <> '' OR f.scan = 'infected') AND "+where, id, arg)
	if err != nil {
		return uploadRow{}, wrap(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, scanUpload)
	return u, wrap(err)
}

// readTwin gives an upload of owner of the same bytes, and holds its file until the transaction ends: nobody forgets it meanwhile. ErrNotFound.
func readTwin(ctx context.Context, tx pgx.Tx, owner uuid.UUID, sum []byte, mediaType string, scanned bool) (uploadRow, error) {
	rows, err := tx.Query(ctx, "SELECT "+uploadColumns+" FROM "+uploads+`
		WHERE u.owner = $1 AND f.sha256 = $2 AND f.media_type = $3 AND f.key <> '' AND k.key <> '' AND (f.scan <> 'none' OR NOT $4)
		ORDER BY u.at DESC LIMIT 1 FOR UPDATE OF f`, owner, sum, mediaType, scanned)
	if err != nil {
		return uploadRow{}, wrap(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, scanUpload)
	return u, wrap(err)
}

// claimUploads ties those that are owner's and nobody's to the application, and gives all of ids that it has now.
func claimUploads(ctx context.Context, tx pgx.Tx, owner, application uuid.UUID, ids []uuid.UUID) ([]uploadRow, error) {
	// Locked first, so that the next statement sees whether a sweep has just erased one.
	if _, err := tx.Exec(ctx, "SELECT FROM upload WHERE id = ANY($1) ORDER BY id FOR UPDATE", ids); err != nil {
		return nil, wrap(err)
	}
	if _, err := tx.Exec(ctx, "UPDATE upload SET application = $2 WHERE id = ANY($3) AND owner = $1 AND application IS NULL", owner, application, ids); err != nil {
		return nil, wrap(err)
	}
	rows, err := tx.Query(ctx, "SELECT "+uploadColumns+" FROM "+uploads+" WHERE u.id = ANY($1) AND u.application = $2 AND k.key <> ''", ids, application)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, scanUpload)
	return list, wrap(err)
}

// setKey gives an upload a key of its own.
func setKey(ctx context.Context, tx pgx.Tx, u uploadRow) error {
	_, err := tx.Exec(ctx, "UPDATE upload SET key = $2 WHERE id = $1", u.ID, u.key)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE file SET key = $2 WHERE id = $1 AND key <> $2 AND NOT EXISTS (SELECT FROM upload u WHERE coalesce(u.file, u.id) = $1 AND u.key IS NULL)", u.file, kept)
	}
	return wrap(err)
}

// forgetUploads forgets the keys and names of uploads, and with the last of a file the file and by what it could be known again.
func forgetUploads(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) error {
	// In the order of files, so that two who forget do not wait for each other.
	_, err := tx.Exec(ctx, "SELECT FROM file WHERE id IN (SELECT coalesce(file, id) FROM upload WHERE id = ANY($1)) ORDER BY id FOR UPDATE", ids)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE upload SET key = '', name = '' WHERE id = ANY($1)", ids)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE file SET key = '', sha256 = '' WHERE id IN (SELECT coalesce(file, id) FROM upload WHERE id = ANY($1))
			AND NOT EXISTS (SELECT FROM upload u WHERE coalesce(u.file, u.id) = file.id AND coalesce(u.key, file.key) <> '')`, ids)
	}
	return wrap(err)
}

// readUnclaimed locks uploads that nobody has named in time.
func readUnclaimed(ctx context.Context, tx pgx.Tx, before time.Time, limit int) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, "SELECT u.id FROM "+uploads+` WHERE u.application IS NULL AND u.at < $1 AND k.key <> '' ORDER BY u.id LIMIT $2
		FOR UPDATE OF u SKIP LOCKED`, before, limit)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return list, wrap(err)
}

func readUploadsOf(ctx context.Context, tx pgx.Tx, application uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, "SELECT id FROM upload WHERE application = $1 ORDER BY id FOR UPDATE", application)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return list, wrap(err)
}

// keepApplicationKey gives the key of an application, which is the given one where it has none yet. Empty = erased.
func keepApplicationKey(ctx context.Context, tx pgx.Tx, application uuid.UUID, made []byte) (key []byte, err error) {
	if _, err = tx.Exec(ctx, "INSERT INTO application_key (application, key) VALUES ($1, $2) ON CONFLICT DO NOTHING", application, made); err != nil {
		return nil, wrap(err)
	}
	err = tx.QueryRow(ctx, "SELECT key FROM application_key WHERE application = $1 FOR SHARE", application).Scan(&key)
	return key, wrap(err)
}

// readApplicationKey is empty where it was erased or there is none.
func readApplicationKey(ctx context.Context, db querier, application uuid.UUID) (key []byte, err error) {
	err = db.QueryRow(ctx, "SELECT key FROM application_key WHERE application = $1", application).Scan(&key)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return key, wrap(err)
}

func eraseApplicationKey(ctx context.Context, tx pgx.Tx, application uuid.UUID) error {
	_, err := tx.Exec(ctx, "INSERT INTO application_key (application, key) VALUES ($1, '') ON CONFLICT (application) DO UPDATE SET key = ''", application)
	return wrap(err)
}
