// Package postgres opens the pool, runs transactions and migrates the schema diwan.
//
// It owns the numbered list of migrations and nothing inside the tables: each capability writes its own SQL beside its code. It knows no
// application and no service.
//
//	pool, err := postgres.Open(ctx, url)
//	err = postgres.Migrate(ctx, pool)
//	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error { … })
package postgres
