package temporalserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/runtime/postgres/cluster"
)

// childDir makes this test binary a process that opens a workflow in the folder named and waits to be killed.
const childDir = "TEMPORAL_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := openAndWait(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

var office = temporal.NewSearchAttributeKeyKeyword("Office")

// waiting is a workflow that stays open until it is told a word.
func waiting(ctx workflow.Context) (string, error) {
	var word string
	workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
	return "heard " + word, nil
}

func options(pg *cluster.Cluster) Options {
	return Options{
		PostgresSocketDir: pg.SocketDir(), Port: pg.Port(), Database: "diwan", Namespace: "diwan", Shards: 2,
		SearchAttributes: map[string]enumspb.IndexedValueType{"Office": enumspb.INDEXED_VALUE_TYPE_KEYWORD},
		Log:              slog.New(slog.DiscardHandler),
	}
}

// system is a cluster, a server on it, and a client with a worker.
type system struct {
	pg     *cluster.Cluster
	server *Server
	client client.Client
	worker worker.Worker
}

func open(ctx context.Context, dir string) (s system, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if s.pg, err = cluster.Start(ctx, cluster.Options{Dir: dir}); err != nil {
		return s, err
	}
	if s.server, err = Start(ctx, options(s.pg)); err != nil {
		return s, err
	}
	if s.client, err = dial(ctx, s.server); err != nil {
		return s, err
	}
	s.worker = worker.New(s.client, "queue", worker.Options{})
	s.worker.RegisterWorkflow(waiting)
	return s, s.worker.Start()
}

func dial(ctx context.Context, s *Server) (client.Client, error) {
	return client.DialContext(ctx, client.Options{
		HostPort: s.HostPort(), Namespace: "diwan",
		Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
}

// close stops everything that was started, the newest first.
func (s system) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var err error
	if s.worker != nil {
		s.worker.Stop()
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.server != nil {
		err = s.server.Stop(ctx)
	}
	if s.pg != nil {
		err = errors.Join(err, s.pg.Stop(ctx))
	}
	return err
}

func (s system) begin(ctx context.Context, id string) error {
	_, err := s.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: "queue", TypedSearchAttributes: temporal.NewSearchAttributes(office.ValueSet("ramallah")),
	}, waiting)
	return err
}

func (s system) finish(t *testing.T, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := s.client.SignalWorkflow(ctx, id, "", "word", "salaam"); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := s.client.GetWorkflow(ctx, id, "").Get(ctx, &got); err != nil || got != "heard salaam" {
		t.Fatalf("the workflow gave %q, %v", got, err)
	}
}

func openAndWait(dir string) error {
	s, err := open(context.Background(), dir)
	if err != nil {
		return err
	}
	if err := s.begin(context.Background(), "killed"); err != nil {
		return err
	}
	fmt.Println("open")
	select {}
}

// folder can be reached by the user whom root drops to, unlike t.TempDir.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "temporal")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "pg")
}

func TestOpenWorkflowsSurviveAKillAndAStop(t *testing.T) {
	dir := folder(t)
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		rest, _ := io.ReadAll(out)
		t.Fatalf("child said %q %s, %v", line, rest, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed

	s, err := open(t.Context(), dir)
	defer func() { _ = s.close() }()
	if err != nil {
		t.Fatal(err)
	}
	s.finish(t, "killed")
	if err := s.begin(t.Context(), "stopped"); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatalf("clean stop: %v", err)
	}

	again, err := open(t.Context(), dir)
	defer func() { _ = again.close() }()
	if err != nil {
		t.Fatal(err)
	}
	again.finish(t, "stopped")
	if err := again.server.Err(); err != nil {
		t.Errorf("the server reports %v", err)
	}
}

func TestPortThatIsTakenIsPickedAgain(t *testing.T) {
	pg, err := cluster.Start(t.Context(), cluster.Options{Dir: folder(t), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pg.Stop(context.Background()) }()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	picks := 0
	clash := func(n int) ([]int, error) {
		picks++
		ports, err := freePorts(n)
		if picks == 1 {
			ports[0] = taken.Addr().(*net.TCPAddr).Port
		}
		return ports, err
	}
	s, err := start(t.Context(), options(pg), clash)
	if err != nil {
		t.Fatal(err)
	}
	if picks != 2 {
		t.Errorf("ports were picked %d times, want twice", picks)
	}
	c, err := dial(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSearchAttributesAreOnlyEverAdded(t *testing.T) {
	keyword, number := enumspb.INDEXED_VALUE_TYPE_KEYWORD, enumspb.INDEXED_VALUE_TYPE_INT
	aliases := map[string]string{}
	if err := addSearchAttributes(aliases, map[string]enumspb.IndexedValueType{"Office": keyword}); err != nil {
		t.Fatal(err)
	}
	if err := addSearchAttributes(aliases, map[string]enumspb.IndexedValueType{"Office": keyword, "Days": number, "Area": keyword}); err != nil {
		t.Fatal(err)
	}
	if len(aliases) != 3 || aliases["Keyword01"] != "Office" || aliases["Int01"] != "Days" {
		t.Errorf("aliases = %v", aliases)
	}
	if err := addSearchAttributes(aliases, map[string]enumspb.IndexedValueType{"Office": number}); err == nil || !strings.Contains(err.Error(), "Office") {
		t.Errorf("another type: %v", err)
	}
	many := map[string]enumspb.IndexedValueType{}
	for i := range 20 {
		many[fmt.Sprint("K", i)] = keyword
	}
	if err := addSearchAttributes(aliases, many); err == nil || !strings.Contains(err.Error(), "no column") {
		t.Errorf("too many: %v", err)
	}
}
