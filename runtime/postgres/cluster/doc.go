// Package cluster runs a private PostgreSQL cluster as a child of this process.
//
// It owns one folder: the data in it, the lock that keeps a second starter out, and the socket. The data
// is created once and never wiped; a cluster listens on a unix socket only and dies with its parent. The
// package may not know what is stored in the cluster, and imports nothing of ours.
//
//	c, err := cluster.Start(ctx, cluster.Options{Dir: "data/postgres", Log: logFile})
//	if err != nil {
//		return err
//	}
//	defer c.Stop(context.Background())
//	pool, err := pgxpool.New(ctx, c.URL("postgres"))
package cluster
