package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/tern/v2/migrate"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrationLock serialises the creation of the schema; tern takes a lock of its own for what follows.
const migrationLock = 0x6469_7761_6e

// Migrate creates the schema diwan where it is missing and brings it to the newest version. Any number of processes may call it at once;
// it does nothing where there is nothing to do. A database of a newer version than this build is an error.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer conn.Release()
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS diwan")
		return err
	})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	m, err := migrate.NewMigrator(ctx, conn.Conn(), "diwan.schema_version")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := load(m); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// load gives the migrator every file by its number. A number that no file has stands for nothing, so that parts of the schema that are made
// side by side need not wait for each other; two files of one number are an error.
func load(m *migrate.Migrator) error {
	names, err := fs.Glob(embedded, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		digits, _, _ := strings.Cut(path.Base(name), "_")
		number, err := strconv.Atoi(digits)
		if err != nil || number <= len(m.Migrations) {
			return fmt.Errorf("%s: its number is taken, or none", name)
		}
		for len(m.Migrations) < number-1 {
			m.AppendMigration("none", "SELECT 1", "")
		}
		text, err := fs.ReadFile(embedded, name)
		if err != nil {
			return err
		}
		m.AppendMigration(path.Base(name), string(text), "")
	}
	return nil
}
