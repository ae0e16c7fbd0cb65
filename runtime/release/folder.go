package release

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// LastFolder is the release that a folder of definitions was when one was last released; what was published then may be joined with what was live. ErrNone
// where there was none.
func LastFolder(ctx context.Context, q Querier) (id int64, err error) {
	err = q.QueryRow(ctx, "SELECT release FROM release_folder ORDER BY number DESC LIMIT 1").Scan(&id)
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	last, err := LastOf(ctx, q, Folder) // from before folders were written down
	return last.ID, err
}

// KeepFolder writes down which release a folder is that is being released.
func KeepFolder(ctx context.Context, tx pgx.Tx, id int64) error {
	_, err := tx.Exec(ctx, "INSERT INTO release_folder (release) VALUES ($1)", id)
	return err
}

// LiveSinceFolder tells whether a release has gone live after a folder was last released: then a folder that says that it was made of it is newer.
func LiveSinceFolder(ctx context.Context, q Querier, id int64) (since bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM publication WHERE release = $1 AND called_off_at IS NULL AND live_from <= now()
		AND live_from > coalesce((SELECT max(at) FROM release_folder), (SELECT max(live_from) FROM publication WHERE way = 'folder'), '-infinity'))`, id).Scan(&since)
	return since, err
}
