package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrOld says that the database was not brought to this version yet.
var ErrOld = errors.New("the database is of an older version than this program")

// Migrated makes sure, without changing anything, that the database was brought to this version or a later one: the version before goes on
// running on a database that has been migrated. ErrOld.
func Migrated(ctx context.Context, pool *pgxpool.Pool) error {
	files, err := fs.Glob(embedded, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	err = pool.QueryRow(ctx, "SELECT version FROM diwan.schema_version").Scan(&version)
	if none := (*pgconn.PgError)(nil); errors.Is(err, pgx.ErrNoRows) || errors.As(err, &none) && (none.Code == "42P01" || none.Code == "3F000") {
		version, err = 0, nil // no table, or no schema
	}
	if err == nil && version < len(files) {
		err = fmt.Errorf("%w: %d, not %d", ErrOld, version, len(files))
	}
	return err
}
