package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/tools/common/schema"
	toolsql "go.temporal.io/server/tools/sql"
)

// stores are the two halves of Temporal's data. Each has a schema of its own: both keep a table schema_version.
type stores struct{ main, visibility *config.SQL }

const (
	mainSchema       = "temporal"
	visibilitySchema = "temporal_visibility"
)

// prepareDatabase makes the database and brings both schemas to the version that this server needs.
func prepareDatabase(ctx context.Context, o Options) (stores, error) {
	address := fmt.Sprintf("host=%s port=%d user=postgres sslmode=disable", o.PostgresSocketDir, o.Port)
	if err := withConnection(ctx, address+" dbname=postgres", func(c *pgx.Conn) error {
		var there bool
		err := c.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", o.Database).Scan(&there)
		if err == nil && !there {
			_, err = c.Exec(ctx, "create database "+pgx.Identifier{o.Database}.Sanitize())
		}
		return err
	}); err != nil {
		return stores{}, err
	}
	if err := withConnection(ctx, address+" dbname="+o.Database, func(c *pgx.Conn) error {
		// In public, because the visibility schema's indexes must see it.
		_, err := c.Exec(ctx, "create extension if not exists btree_gin with schema public;"+
			"create schema if not exists "+mainSchema+"; create schema if not exists "+visibilitySchema)
		return err
	}); err != nil {
		return stores{}, err
	}
	s := stores{main: o.store(mainSchema), visibility: o.store(visibilitySchema)}
	return s, errors.Join(
		migrate(s.main, o.Database, "postgresql/v12/temporal"),
		migrate(s.visibility, o.Database, "postgresql/v12/visibility"),
	)
}

func withConnection(ctx context.Context, address string, use func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(use(c), c.Close(ctx))
}

func (o Options) store(searchPath string) *config.SQL {
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, User: "postgres", DatabaseName: o.Database,
		ConnectAddr: fmt.Sprintf("127.0.0.1:%d", o.Port), // required, overridden by the host attribute
		MaxConns:    o.Connections, MaxIdleConns: o.Connections, MaxConnLifetime: time.Hour,
		ConnectAttributes: map[string]string{
			"host": o.PostgresSocketDir, "port": fmt.Sprint(o.Port), "search_path": searchPath + ",public",
		},
	}
}

// migrate runs the server's own schema files.
func migrate(store *config.SQL, database, files string) error {
	db, err := toolsql.NewConnection(store, log.NewNoopLogger())
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ReadSchemaVersion(); err != nil { // there is no version table yet
		if err := schema.NewSetupSchemaTask(db, &schema.SetupConfig{InitialVersion: "0.0"}, log.NewNoopLogger()).Run(); err != nil {
			return fmt.Errorf("set up %s: %w", files, err)
		}
	}
	if err := schema.NewUpdateSchemaTask(db, &schema.UpdateConfig{SchemaName: files, DBName: database}, log.NewNoopLogger()).Run(); err != nil {
		return fmt.Errorf("update %s: %w", files, err)
	}
	return nil
}
