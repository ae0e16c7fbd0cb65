package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// port only names the socket file: a cluster never listens on TCP.
const port = 5432

// startLimit bounds initdb and the wait for the first connection, which includes crash recovery.
const startLimit = 2 * time.Minute

// Options says where a cluster lives and how it runs.
type Options struct {
	Dir      string            // the cluster's own folder, created when missing
	BinDir   string            // folder of initdb and postgres; empty: Find
	Settings map[string]string // postgresql.conf settings, over the defaults of this package
	NoSync   bool              // for tests only: a crash of the machine loses data
	Log      io.Writer         // PostgreSQL's own log; nil: dropped
}

// Cluster is a running server. Its methods may be called concurrently.
type Cluster struct {
	socketDir string
	tempDir   string // removed at the end; empty when the socket is in the cluster's own folder
	lock      *os.File
	process   *os.Process
	done      chan struct{} // closed when the server is gone
	tail      *tail
}

// Start opens the cluster in o.Dir, creating it the first time, and returns when it takes connections. A server
// left over in that folder by a killed process is stopped first. When another process has the folder open
// the error wraps [ErrInUse]. A data folder is never removed or replaced, whatever goes wrong.
func Start(ctx context.Context, o Options) (_ *Cluster, err error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	c := &Cluster{tail: &tail{}, done: make(chan struct{})}
	if c.lock, err = lockFolder(dir); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("cluster: %w", err)
			c.release()
		}
	}()
	data := filepath.Join(dir, "data")
	if o.BinDir == "" {
		if o.BinDir, err = find(dataVersion(data)); err != nil {
			return nil, err
		}
	}
	as, err := chooseIdentity(dir, data, o.BinDir)
	if err != nil {
		return nil, err
	}
	if err := as.own(dir); err != nil {
		return nil, err
	}
	if err := c.makeSocketDir(dir, as); err != nil {
		return nil, err
	}
	if err := stopLeftOver(ctx, data); err != nil {
		return nil, err
	}
	if err := create(ctx, o, as, dir, data); err != nil {
		return nil, err
	}
	if err := c.run(as.command(context.Background(), dir, filepath.Join(o.BinDir, "postgres"), arguments(o, data, c.socketDir)...), o.Log); err != nil {
		return nil, err
	}
	if err := c.awaitReady(ctx); err != nil {
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = c.Stop(stopCtx) // the first error is the one worth reading
		return nil, err
	}
	return c, nil
}

// URL is the connection string for a database of the cluster.
func (c *Cluster) URL(database string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s&port=%d&sslmode=disable", url.PathEscape(database), url.QueryEscape(c.socketDir), port)
}

// SocketDir is the folder of the unix socket, for clients that take host and port apart.
func (c *Cluster) SocketDir() string { return c.socketDir }

// Port goes with SocketDir.
func (c *Cluster) Port() int { return port }

// Done is closed when the server is gone, asked for or not.
func (c *Cluster) Done() <-chan struct{} { return c.done }

// Stop ends the server in the fast way (open transactions are rolled back) and waits for it. When ctx ends
// first the server is ended at once, which the next start recovers from, and the error says so. Stopping
// twice is fine.
func (c *Cluster) Stop(ctx context.Context) error {
	defer c.release()
	_ = c.process.Signal(fastStop) // fails only when it is gone already
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
	}
	_ = c.process.Signal(immediateStop)
	select {
	case <-c.done:
	case <-time.After(5 * time.Second):
		_ = c.process.Kill()
		<-c.done
	}
	return fmt.Errorf("cluster: the server did not stop in time and was ended at once: %w", ctx.Err())
}

// release gives the folder free for the next starter.
func (c *Cluster) release() {
	_ = c.lock.Close() // closing twice is harmless
	if c.tempDir != "" {
		_ = os.RemoveAll(c.tempDir)
	}
}

// run starts the server and watches it.
func (c *Cluster) run(cmd *exec.Cmd, log io.Writer) error {
	cmd.Stdout, cmd.Stderr = c.tail, c.tail
	if log != nil {
		both := io.MultiWriter(log, c.tail)
		cmd.Stdout, cmd.Stderr = both, both
	}
	cmd.WaitDelay = 5 * time.Second // for a grandchild that holds the log pipe open
	started := make(chan error)
	go func() {
		// The parent-death signal fires when the thread that forked ends, so this one stays until the child is gone.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in the log
			close(c.done)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	c.process = cmd.Process
	return nil
}

func (c *Cluster) awaitReady(ctx context.Context) error {
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.done:
			return fmt.Errorf("the server ended while starting: %s", c.tail)
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready: %w: %s", errors.Join(ctx.Err(), err), c.tail)
		case <-retry.C:
		}
	}
}

// maxSocketPath is the shortest limit among the platforms for a socket's path.
const maxSocketPath = 103

// makeSocketDir prefers the cluster's own folder, and takes a short private one when the path would be too long.
func (c *Cluster) makeSocketDir(dir string, as identity) error {
	c.socketDir = filepath.Join(dir, "socket")
	if len(c.socketDir)+len("/.s.PGSQL.5432") <= maxSocketPath {
		if err := os.MkdirAll(c.socketDir, 0o700); err != nil {
			return err
		}
		return as.own(c.socketDir)
	}
	temp, err := os.MkdirTemp("/tmp", "diwan-pg-")
	if err != nil {
		return err
	}
	c.socketDir, c.tempDir = temp, temp
	return as.own(temp)
}

// arguments gives the settings in a fixed order, so that two starts look the same in a process list.
func arguments(o Options, data, socketDir string) []string {
	settings := map[string]string{
		"max_connections":         "200",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"jit":                     "off", // compiling costs more than it saves on queries that take a millisecond
		"unix_socket_permissions": "0700",
	}
	if o.NoSync {
		settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"] = "off", "off", "off"
	}
	for name, value := range o.Settings {
		settings[name] = value
	}
	args := []string{"-D", data, "-k", socketDir, "-p", fmt.Sprint(port), "-c", "listen_addresses="}
	names := make([]string, 0, len(settings))
	for name := range settings {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// lastLine is what a failed command ended with.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
