package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/cluster"
)

const (
	dataFolder = "data" // on the disk where standalone keeps its data too: a folder in memory would have fsync for nothing
	databaseAs = "diwan"
	stopLimit  = 20 * time.Second
)

// database is a private PostgreSQL with fsync and our schema in it.
type database struct {
	dir     string
	cluster *cluster.Cluster
	pool    *pgxpool.Pool
}

func openDatabase(ctx context.Context) (_ *database, err error) {
	if err := os.MkdirAll(dataFolder, 0o755); err != nil {
		return nil, err
	}
	d := &database{}
	if d.dir, err = os.MkdirTemp(dataFolder, "bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if err := os.Chmod(d.dir, 0o755); err != nil { // PostgreSQL may run as another user
		return nil, err
	}
	if d.cluster, err = cluster.Start(ctx, cluster.Options{Dir: d.dir + "/postgres"}); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, d.cluster.URL("postgres"))
	if err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+databaseAs)
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, err
	}
	if d.pool, err = postgres.Open(ctx, d.cluster.URL(databaseAs)); err != nil {
		return nil, err
	}
	return d, postgres.Migrate(ctx, d.pool)
}

// close ends the cluster and removes its folder.
func (d *database) close() (err error) {
	if d.pool != nil {
		d.pool.Close()
	}
	if d.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		err = d.cluster.Stop(ctx)
	}
	if removed := os.RemoveAll(d.dir); removed != nil {
		err = errors.Join(err, fmt.Errorf("%s stays: %w", d.dir, removed))
	}
	return err
}
