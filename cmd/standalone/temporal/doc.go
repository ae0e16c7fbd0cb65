// Package temporalserver runs a Temporal server in this process, on a PostgreSQL that is only ours.
//
// It owns the schemas `temporal` and `temporal_visibility` of one database and four ports on 127.0.0.1. It may not
// be used beside another server on the same database, and only cmd/standalone links it: production points at a
// Temporal cluster of its own.
//
//	s, err := temporalserver.Start(ctx, temporalserver.Options{
//		PostgresSocketDir: pg.SocketDir(), Port: pg.Port(), Database: "diwan", Namespace: "diwan",
//	})
//	if err != nil {
//		return err
//	}
//	defer s.Stop(context.Background())
//	c, err := client.DialContext(ctx, client.Options{HostPort: s.HostPort(), Namespace: "diwan"})
package temporalserver
