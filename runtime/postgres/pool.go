package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Limits of the pool; pool_max_conns and server parameters of the URL win over them.
const (
	maxConns       = 24
	connectTimeout = 5 * time.Second
	idleTime       = 5 * time.Minute
	// statementLimit ends a statement that went wrong; nothing that a request does comes near it.
	statementLimit = "30s"
	// lockLimit ends a wait for a row before the caller's own patience does.
	lockLimit = "10s"
	// idleInTxLimit frees the rows that a stuck process holds.
	idleInTxLimit = "60s"
)

// Open gives a pool on the database of url, with the schema diwan as search path, and tries it once. The caller closes it. The error never
// holds the password.
func Open(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	for name, value := range map[string]string{
		"search_path":                         "diwan",
		"statement_timeout":                   statementLimit,
		"lock_timeout":                        lockLimit,
		"idle_in_transaction_session_timeout": idleInTxLimit,
		"application_name":                    "diwan",
		"timezone":                            "UTC",
	} {
		if _, given := config.ConnConfig.RuntimeParams[name]; !given {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = maxConns
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.MaxConnIdleTime = idleTime
	config.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		registerUUIDs(c.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*connectTimeout)
	defer cancel()
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return pool, nil
}
