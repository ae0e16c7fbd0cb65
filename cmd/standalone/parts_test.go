package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	temporalserver "github.com/diwan-gov/diwan/cmd/standalone/temporal"
	"github.com/diwan-gov/diwan/runtime/app"
	"github.com/diwan-gov/diwan/runtime/postgres/cluster"
)

// parts is an installation as a country runs it: Postgres, Temporal, two of web and two of worker, each a process of its own, and somebody who
// starts again what has ended. What stands in for the rest of the state runs in the test.
type parts struct {
	t       *testing.T
	s       *standalone // the samples, and where everything is
	binary  string      // diwan-server
	env     []string
	webs    [2]string // addresses
	servers []*kept   // Temporal, then web and worker by turns
	stop    context.CancelFunc
	wg      sync.WaitGroup

	mu      sync.Mutex
	cluster *cluster.Cluster
}

// kept is a process that is started again whenever it has ended.
type kept struct {
	name    string
	command func() *exec.Cmd
	mu      sync.Mutex
	process *os.Process
	said    bytes.Buffer
	ready   chan struct{} // closed when the present one is
}

// builtServer is diwan-server, built once.
var builtServer struct {
	once sync.Once
	dir  string
	err  error
}

func serverBinary(t *testing.T) string {
	t.Helper()
	builtServer.once.Do(func() {
		if builtServer.dir, builtServer.err = os.MkdirTemp("", "diwan"); builtServer.err != nil {
			return
		}
		if out, err := exec.Command("go", "build", "-o", filepath.Join(builtServer.dir, "diwan-server"), "../server").CombinedOutput(); err != nil {
			builtServer.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if builtServer.err != nil {
		t.Fatal(builtServer.err)
	}
	return filepath.Join(builtServer.dir, "diwan-server")
}

// inParts prepares an installation on a data folder: Postgres and the samples run, the rest waits for begin.
func inParts(t *testing.T, data string) *parts {
	t.Helper()
	p := &parts{t: t, binary: serverBinary(t), s: &standalone{
		o: options{listen: "127.0.0.1:0", data: data, catalog: sampleCatalogue}, log: slog.New(slog.DiscardHandler), progress: &progress{out: t.Output()}, secrets: map[string]string{},
	}}
	t.Cleanup(func() { p.end() })
	var err error
	for _, name := range []string{"gateway-key", "gateway-signature", "registries", "client", "events", "temporal", "files"} {
		if p.s.secrets[name], err = secret(data, name); err != nil {
			t.Fatal(err)
		}
	}
	if p.s.people, _, _, err = loadPeople(sampleCatalogue); err != nil {
		t.Fatal(err)
	}
	if err := p.startPostgres(); err != nil {
		t.Fatal(err)
	}
	p.s.cluster = p.cluster
	p.makeDatabase()
	if err := p.s.startSamples(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.webs = [2]string{p.s.listeners.web.Addr().String(), freeAddress(t)}
	_ = p.s.listeners.web.Close() // the first web takes it
	p.env = p.environment(freeAddress(t))
	return p
}

// makeDatabase makes the empty database that an operator gives us, where there is none.
func (p *parts) makeDatabase() {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), p.cluster.URL("postgres"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(p.t.Context())
	if number(p.t, conn, "SELECT count(*) FROM pg_database WHERE datname = $1", database) > 0 {
		return
	}
	if _, err := conn.Exec(p.t.Context(), "CREATE DATABASE "+database); err != nil {
		p.t.Fatal(err)
	}
}

// freeAddress is one that stays free while nobody listens there: its port is below those that the system gives to whoever connects somewhere, among
// them the tests that run beside this one.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000)))
		if err != nil {
			continue
		}
		defer l.Close()
		return l.Addr().String()
	}
	t.Fatal("no port is free")
	return ""
}

// environment is what every web and worker is told.
func (p *parts) environment(temporal string) []string {
	t, s := p.t, p.s
	raw := func(name string) string {
		b, err := base64.RawURLEncoding.DecodeString(s.secrets[name])
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	registries := map[string]map[string]string{}
	for _, code := range s.registers {
		registries[code] = map[string]string{"url": url(s.listeners.registries), "key": s.secrets["registries"]}
	}
	told, err := json.Marshal(registries)
	if err != nil {
		t.Fatal(err)
	}
	signing := filepath.Join(s.o.data, "secrets", "signing.pem")
	if _, err := os.Stat(signing); err != nil {
		if out, err := exec.Command("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", signing).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	files := filepath.Join(s.o.data, "files")
	if err := os.MkdirAll(files, 0o700); err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(),
		"DIWAN_DATABASE_URL="+p.cluster.URL(database), "DIWAN_PUBLIC_URL=http://"+p.webs[0], "DIWAN_OPERATIONS=127.0.0.1:0",
		"DIWAN_TEMPORAL="+temporal, "DIWAN_TEMPORAL_KEYS=standalone "+raw("temporal"), "DIWAN_FILES="+files, "DIWAN_FILES_KEYS="+raw("files"),
		"DIWAN_SIGNING_KEYS="+signing, "DIWAN_SIGN_IN_ISSUER="+url(s.listeners.provider), "DIWAN_SIGN_IN_CLIENT=diwan", "DIWAN_SIGN_IN_SECRET="+s.secrets["client"],
		"DIWAN_GATEWAY_URL="+url(s.listeners.gateway), "DIWAN_GATEWAY_KEY="+s.secrets["gateway-key"], "DIWAN_GATEWAY_SECRET="+s.secrets["gateway-signature"],
		"DIWAN_REGISTRIES="+string(told),
		asCommand+"=temporal", temporalAt+"="+temporal, temporalOn+"="+p.cluster.SocketDir())
}

// server is one run of diwan-server.
func (p *parts) server(args ...string) *exec.Cmd {
	c := exec.Command(p.binary, args...)
	c.Env = p.env
	return c
}

// begin starts everything, and starts again what ends.
func (p *parts) begin() {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p.stop = cancel
	p.servers = []*kept{{name: "Temporal", command: func() *exec.Cmd {
		c := exec.Command(os.Args[0])
		c.Env = p.env
		return c
	}}}
	for i := range p.webs {
		p.servers = append(p.servers, &kept{name: fmt.Sprint("web ", i+1), command: func() *exec.Cmd {
			c := p.server(string(app.Web))
			c.Env = append(c.Env, "DIWAN_LISTEN="+p.webs[i])
			return c
		}}, &kept{name: fmt.Sprint("worker ", i+1), command: func() *exec.Cmd { return p.server(string(app.Worker)) }})
	}
	for _, k := range p.servers {
		k.ready = make(chan struct{})
		p.wg.Go(func() { k.keep(ctx) })
	}
	p.wg.Go(func() { p.keepPostgres(ctx) })
	p.wg.Go(func() { p.s.gateway.Run(ctx) })
	p.awaitReady()
}

// again is the pause of whoever starts again what has ended.
const again = 200 * time.Millisecond

func (k *kept) keep(ctx context.Context) {
	for ctx.Err() == nil {
		c := k.command()
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		out, err := c.StdoutPipe()
		c.Stderr = writer(func(b []byte) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.said.Write(b)
		})
		c.WaitDelay = time.Second
		if err = errors.Join(err, c.Start()); err == nil {
			k.mu.Lock()
			k.process = c.Process
			k.mu.Unlock()
			stopped := context.AfterFunc(ctx, func() { _ = c.Process.Signal(syscall.SIGTERM) })
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if strings.HasPrefix(lines.Text(), "ready") {
					k.mu.Lock()
					close(k.ready)
					k.mu.Unlock()
				}
			}
			_ = c.Wait()
			stopped()
		}
		k.mu.Lock()
		fmt.Fprintf(&k.said, "--- ended: %v %v\n", c.ProcessState, err)
		k.process = nil
		select {
		case <-k.ready:
			k.ready = make(chan struct{})
		default:
		}
		k.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}

// kill is kill -9. It tells whether there was something to kill.
func (k *kept) kill() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.process != nil && k.process.Kill() == nil
}

func (k *kept) isReady() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ready
}

func (k *kept) log() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.said.String()
}

// awaitReady waits until everything runs.
func (p *parts) awaitReady() {
	p.t.Helper()
	over := time.After(startLimit)
	for _, k := range p.servers {
		select {
		case <-k.isReady():
		case <-over:
			p.t.Fatalf("%s is not ready in %v\n%s", k.name, startLimit, k.log())
		}
	}
}

func (p *parts) startPostgres() error {
	log, err := os.OpenFile(filepath.Join(p.s.o.data, "postgres.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	c, err := cluster.Start(context.Background(), cluster.Options{Dir: filepath.Join(p.s.o.data, "postgres"), Log: log, Settings: map[string]string{"max_connections": "200"}})
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cluster = c
	return nil
}

func (p *parts) postgres() *cluster.Cluster {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cluster
}

func (p *parts) keepPostgres(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.postgres().Done():
		}
		_ = p.postgres().Stop(ctx) // it has ended; this gives its folder free
		for ctx.Err() == nil {
			err := p.startPostgres()
			if err == nil {
				break
			}
			p.t.Logf("Postgres: %v", err)
			time.Sleep(again)
		}
	}
}

// end stops everything.
func (p *parts) end() {
	if p.stop != nil {
		p.stop()
		p.wg.Wait()
	}
	p.s.close()
	if p.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), endLimit)
		defer cancel()
		_ = p.postgres().Stop(ctx)
	}
}

// web is one of the webs as the tests see a product.
func (p *parts) web(i int) *product { return &product{url: "http://" + p.webs[i], data: p.s.o.data} }

// people are signed in once; what they do goes to one web or the other. Pages come from the first, which has the public address.
func (p *parts) people() (all [2]people) {
	p.t.Helper()
	all[0] = p.web(0).people(p.t)
	all[1] = people{p.web(1).as(p.t, "citizen"), p.web(1).as(p.t, "officer.transport"), all[0].browser}
	return all
}

func (p *parts) logs() string {
	var all strings.Builder
	for _, k := range p.servers {
		fmt.Fprintf(&all, "=== %s\n%s", k.name, k.log())
	}
	return all.String()
}

// What the process of Temporal is told.
const (
	temporalAt = "DIWAN_TEST_TEMPORAL_AT"
	temporalOn = "DIWAN_TEST_TEMPORAL_ON"
)

// temporalAlone is the process of Temporal.
func temporalAlone() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, "Temporal:", err)
		return 3
	}
	_, port, err := net.SplitHostPort(os.Getenv(temporalAt))
	if err != nil {
		return fail(err)
	}
	o := temporalserver.Options{
		PostgresSocketDir: os.Getenv(temporalOn), Database: database, Namespace: namespace, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	if o.ClientPort, err = strconv.Atoi(port); err != nil {
		return fail(err)
	}
	server, err := temporalserver.Start(ctx, o)
	if err != nil {
		return fail(err)
	}
	fmt.Println("ready")
	select {
	case <-ctx.Done():
	case <-server.Done():
		return fail(server.Err())
	}
	ending, cancel := context.WithTimeout(context.Background(), endLimit)
	defer cancel()
	if err := server.Stop(ending); err != nil {
		return fail(err)
	}
	return 0
}

// As a country starts: tables and catalogue first, then as many of each as it needs.
func TestWebAndWorkerRunAsProcessesOfTheirOwn(t *testing.T) {
	t.Parallel()
	data, err := os.MkdirTemp("", "diwan")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeData(data) })
	p := inParts(t, data)
	for _, part := range []app.Part{app.Web, app.Worker} {
		if out, err := p.server(string(part)).CombinedOutput(); err == nil || !strings.Contains(string(out), "diwan-server release DIR") {
			t.Errorf("%s on an empty database says %q (%v)", part, out, err)
		}
	}
	for range 2 { // the second changes nothing
		if out, err := p.server("release", sampleCatalogue).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	p.begin()
	var all []*journey
	var keys []string
	with := p.people()
	ctx, cancel := context.WithTimeout(t.Context(), journeyLimit)
	defer cancel()
	for i := range 4 {
		all, keys = append(all, &journey{key: fmt.Sprint("key ", i)}), append(keys, fmt.Sprint("key ", i))
		if i%2 == 0 { // handed in at one web, gone on with at the other
			if err := all[i].submit(with[1].citizen); err != nil {
				t.Fatal(err)
			}
		}
		if err := all[i].drive(ctx, with[0]); err != nil {
			t.Fatalf("%v\n%s", err, p.logs())
		}
	}
	conn := p.web(0).database(t)
	drain(t, conn)
	audit(t, conn, keys)
	p.searched(t, conn)
	p.stop()
	p.wg.Wait()
	for _, k := range p.servers {
		if !strings.HasSuffix(k.log(), "--- ended: exit status 0 <nil>\n") {
			t.Errorf("%s ends with\n%s", k.name, k.log())
		}
	}
}
