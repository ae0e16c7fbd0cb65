package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// childDir makes this test binary a process that opens a cluster in the folder named and waits to be killed.
const childDir = "CLUSTER_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		c, err := Start(context.Background(), Options{Dir: dir, NoSync: true})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("ready", c.process.Pid)
		select {}
	}
	os.Exit(m.Run())
}

// folder is a short path that the user whom root drops to can reach, unlike t.TempDir.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cluster")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, o Options) *Cluster {
	t.Helper()
	o.NoSync = true
	c, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop(context.Background()) })
	return c
}

func query(t *testing.T, c *Cluster, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var text string
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return text
}

func TestDataSurvivesStopAndStart(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	c := start(t, Options{Dir: dir, Settings: map[string]string{"work_mem": "7MB"}})
	if got := query(t, c, "show work_mem"); got != "7MB" {
		t.Errorf("work_mem = %s, want the setting given", got)
	}
	if got := query(t, c, "show listen_addresses"); got != "" {
		t.Errorf("listen_addresses = %q, want none", got)
	}
	query(t, c, "create table kept as select 'still here' as word")
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.Done():
	default:
		t.Error("Done is open after Stop")
	}
	if got := query(t, start(t, Options{Dir: dir}), "select word from kept"); got != "still here" {
		t.Errorf("after a restart word = %q", got)
	}
}

func TestSyncIsOnUnlessATestTurnsItOff(t *testing.T) {
	if args := strings.Join(arguments(Options{}, "d", "s"), " "); strings.Contains(args, "fsync") {
		t.Errorf("arguments touch fsync: %s", args)
	}
	if args := strings.Join(arguments(Options{NoSync: true}, "d", "s"), " "); !strings.Contains(args, "-c fsync=off") {
		t.Errorf("NoSync leaves fsync on: %s", args)
	}
}

func TestSecondStarterIsRefused(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	c := start(t, Options{Dir: dir})
	_, err := Start(t.Context(), Options{Dir: dir, NoSync: true})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Fatalf("err = %v, want ErrInUse naming this process", err)
	}
	if got := query(t, c, "select 'alive'"); got != "alive" {
		t.Error("the first cluster was disturbed")
	}
}

func TestServerDiesWithAKilledParentAndStartsAgain(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready ") {
		t.Fatalf("child said %q, %v", line, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	// At once: the old server may still be on its way out.
	c := start(t, Options{Dir: dir})
	if alive(pid) {
		t.Error("the old server still runs")
	}
	if got := query(t, c, "select 'alive'"); got != "alive" {
		t.Error("no cluster after the crash")
	}
}

func TestPidFileOfAStrangerIsRemoved(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	c := start(t, Options{Dir: dir})
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	// As after a reboot: the number in the file now belongs to another process, this one.
	pidFile := filepath.Join(dir, "data", "postmaster.pid")
	text := fmt.Sprintf("%d\n%s\n1700000000\n5432\n%s\n\n", os.Getpid(), filepath.Join(dir, "data"), c.SocketDir())
	if err := os.WriteFile(pidFile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := query(t, start(t, Options{Dir: dir}), "select 'alive'"); got != "alive" {
		t.Error("not started")
	}
}

func TestLongPathGetsAShortSocket(t *testing.T) {
	dir := filepath.Join(folder(t), strings.Repeat("long", 25), "pg")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c := start(t, Options{Dir: dir})
	if len(c.SocketDir()) > 40 {
		t.Errorf("socket in %s", c.SocketDir())
	}
	if got := query(t, c, "select 'reached'"); got != "reached" {
		t.Error("not reached")
	}
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.SocketDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the temporary socket folder is left: %v", err)
	}
}

func TestFolderThatOthersCannotReachWorks(t *testing.T) {
	closed := filepath.Join(folder(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := query(t, start(t, Options{Dir: filepath.Join(closed, "pg")}), "select 'reached'"); got != "reached" {
		t.Error("not reached")
	}
}

func TestForeignDataFolderIsLeftAlone(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	precious := filepath.Join(dir, "data", "precious.txt")
	if err := os.MkdirAll(filepath.Dir(precious), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(precious, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir, NoSync: true})
	if err == nil || !strings.Contains(err.Error(), "no PostgreSQL data folder") {
		t.Errorf("err = %v", err)
	}
	if text, err := os.ReadFile(precious); err != nil || string(text) != "kept" {
		t.Errorf("the file is gone: %v", err)
	}
}

func TestDataOfAnotherMajorVersionIsRefused(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir, NoSync: true})
	if err == nil || !strings.Contains(err.Error(), "made by PostgreSQL 9") {
		t.Errorf("err = %v", err)
	}
}

func TestBadSettingIsToldAndTheFolderIsFreeAgain(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	_, err := Start(t.Context(), Options{Dir: dir, NoSync: true, Settings: map[string]string{"work_mem": "lots"}})
	if err == nil || !strings.Contains(err.Error(), "work_mem") {
		t.Errorf("err = %v, want PostgreSQL's own words", err)
	}
	if got := query(t, start(t, Options{Dir: dir}), "select 'alive'"); got != "alive" {
		t.Error("not started")
	}
}

func TestStopThatMayNotWaitEndsTheServerAtOnce(t *testing.T) {
	c := start(t, Options{Dir: filepath.Join(folder(t), "pg")})
	if err := c.process.Signal(syscall.SIGSTOP); err != nil { // a server that does not answer
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	go func() {
		// Going on lets it take the immediate stop, not the five seconds until it is killed.
		_ = c.process.Signal(syscall.SIGCONT)
	}()
	if err := c.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if alive(c.process.Pid) {
		t.Error("the server still runs")
	}
}
