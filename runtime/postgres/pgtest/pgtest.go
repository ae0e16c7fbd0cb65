package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres/cluster"
)

// limit bounds everything done for one test outside of the test itself.
const limit = time.Minute

// server is the cluster of this process, started by the first test that asks for it.
var server struct {
	mu        sync.Mutex
	inMain    bool
	dir       string
	cluster   *cluster.Cluster
	err       error               // of the start: it is not tried again
	databases int                 // given out so far
	templates map[string]template // by the setup function's name
}

type template struct {
	name string
	err  error
}

// Main runs the tests and then stops the cluster if one was started; it does not return.
func Main(m *testing.M) {
	server.inMain = true
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func stop() error {
	server.mu.Lock()
	defer server.mu.Unlock()
	if server.cluster == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return errors.Join(server.cluster.Stop(ctx), os.RemoveAll(server.dir))
}

// New returns a pool on an empty database that is dropped when the test ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return Pool(t, nil)
}

// Pool is [Database] with a pool on it, closed when the test ends.
func Pool(t testing.TB, setup func(ctx context.Context, url string) error) *pgxpool.Pool {
	t.Helper()
	url := Database(t, setup)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// Database returns the URL of a fresh database that is dropped when the test ends. setup fills it, for example
// with the migrations. A setup that is a plain function runs once for each process, on a template of which every
// test gets a copy; a closure or method value may mean something else each time and runs for each test. It may leave
// no connection open.
func Database(t testing.TB, setup func(ctx context.Context, url string) error) string {
	t.Helper()
	url, name, err := makeDatabase(t.Context(), setup)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := execute(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return url
}

func makeDatabase(ctx context.Context, setup func(context.Context, string) error) (url, name string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	// One at a time: PostgreSQL refuses to copy a template that is in use.
	server.mu.Lock()
	defer server.mu.Unlock()
	if err := start(); err != nil {
		return "", "", err
	}
	from, perTest := "template1", setup
	if key := plainFunction(setup); key != "" {
		made, ok := server.templates[key]
		if !ok {
			made = template{name: fmt.Sprintf("template_%d", len(server.templates)+1)}
			_, made.err = fill(ctx, made.name, "template1", setup)
			server.templates[key] = made
		}
		if made.err != nil {
			return "", "", fmt.Errorf("setup: %w", made.err)
		}
		from, perTest = made.name, nil
	}
	server.databases++
	name = fmt.Sprintf("test_%d", server.databases)
	url, err = fill(ctx, name, from, perTest)
	return url, name, err
}

// fill makes a database as a copy and runs setup, if any, on it.
func fill(ctx context.Context, name, from string, setup func(context.Context, string) error) (url string, err error) {
	if err := execute(ctx, "create database "+pgx.Identifier{name}.Sanitize()+" template "+pgx.Identifier{from}.Sanitize()); err != nil {
		return "", err
	}
	url = server.cluster.URL(name)
	if setup != nil {
		err = setup(ctx, url)
	}
	return url, err
}

// start starts the cluster when it is not running. The caller holds the lock.
func start() error {
	switch {
	case !server.inMain:
		return errors.New("write `func TestMain(m *testing.M) { pgtest.Main(m) }` so that the cluster is stopped")
	case server.cluster != nil || server.err != nil:
		return server.err
	}
	sweep(os.TempDir())
	dir, err := os.MkdirTemp("", folderPrefix)
	if err == nil {
		err = os.Chmod(dir, 0o755) // root's cluster runs as another user, who must get in
	}
	if err == nil {
		server.dir = dir
		server.templates = map[string]template{}
		server.cluster, err = cluster.Start(context.Background(), cluster.Options{
			Dir:    filepath.Join(dir, "pg"),
			NoSync: true,
			Settings: map[string]string{
				"shared_buffers": "32MB",
				"wal_level":      "minimal", "max_wal_senders": "0",
				"autovacuum": "off",
			},
		})
	}
	server.err = err
	return err
}

func execute(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, server.cluster.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

var notPlain = regexp.MustCompile(`\.func[0-9]+|-fm$`)

// plainFunction is the function's full name, or empty for none, a closure or a method value.
func plainFunction(f func(context.Context, string) error) string {
	if f == nil {
		return ""
	}
	name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	if notPlain.MatchString(name) {
		return ""
	}
	return name
}
