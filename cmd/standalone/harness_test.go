package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document/inspect"
)

// The tests of this package use the product as its users do: as a process of its own, from outside. The process is this test binary, run as
// the command that it was built from.
const asCommand = "DIWAN_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "script-worker", len(os.Args) == 2 && os.Args[1] == inspect.Command, os.Getenv(asCommand) == "1":
		main()
		return
	case os.Getenv(asCommand) == "temporal":
		os.Exit(temporalAlone())
	}
	code := m.Run()
	shared.stop()
	os.Exit(code)
}

const (
	startLimit = 2 * time.Minute
	endLimit   = 40 * time.Second
)

// product is one running standalone.
type product struct {
	url     string
	data    string
	command *exec.Cmd
	ready   chan string // its address, once
	ended   chan struct{}
	mu      sync.Mutex
	said    bytes.Buffer // everything on standard error
}

// launch starts a standalone on a data folder; env are more variables such as DIWAN_CRASH_AT=point. It fails the test when it does not get ready.
func launch(t testing.TB, data, catalogue string, env ...string) *product {
	t.Helper()
	p, err := tryLaunch(data, catalogue, env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	return p
}

func tryLaunch(data, catalogue string, env ...string) (*product, error) {
	p, err := begin(data, catalogue, "127.0.0.1:0", env...)
	if err != nil {
		return nil, err
	}
	select {
	case p.url = <-p.ready:
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("standalone ended before it was ready: %v\n%s", p.command.ProcessState, p.log())
	case <-time.After(startLimit):
		p.kill()
		return nil, fmt.Errorf("standalone not ready in %v\n%s", startLimit, p.log())
	}
}

// begin starts the process and does not wait.
func begin(data, catalogue, listen string, env ...string) (*product, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &product{data: data, ready: make(chan string, 1), ended: make(chan struct{})}
	p.command = exec.Command(self, "--listen", listen, "--data", data, "--catalog", catalogue)
	p.command.Env = append(append(os.Environ(), asCommand+"=1"), env...)
	p.command.Stderr = writer(func(b []byte) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.said.Write(b)
	})
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
				p.ready <- url
			}
		}
		_ = p.command.Wait()
	}()
	return p, nil
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

// log is what it has said so far.
func (p *product) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// stop presses Ctrl-C and waits for a clean end.
func (p *product) stop(t testing.TB) {
	t.Helper()
	_ = p.command.Process.Signal(syscall.SIGINT)
	select {
	case <-p.ended:
	case <-time.After(endLimit):
		p.kill()
		t.Fatalf("standalone did not stop in %v\n%s", endLimit, p.log())
	}
	if code := p.command.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("standalone ended with %d\n%s", code, p.log())
	}
}

// kill is kill -9.
func (p *product) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// awaitEnd waits until the process has ended by itself, as it does at the point of DIWAN_CRASH_AT.
func (p *product) awaitEnd(t testing.TB) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(endLimit):
		t.Fatalf("standalone still runs after %v\n%s", endLimit, p.log())
	}
}

// shared is one standalone for all tests that leave it running.
var shared sharedProduct

type sharedProduct struct {
	once sync.Once
	p    *product
	dir  string
	err  error
}

func (s *sharedProduct) get(t testing.TB) *product {
	t.Helper()
	s.once.Do(func() {
		if s.dir, s.err = os.MkdirTemp("", "diwan"); s.err == nil {
			s.err = copyPrepared(s.dir)
		}
		if s.err == nil {
			s.p, s.err = tryLaunch(s.dir, sampleCatalogue)
		}
	})
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.p
}

func (s *sharedProduct) stop() {
	if s.p != nil {
		_ = s.p.command.Process.Signal(syscall.SIGINT)
		select {
		case <-s.p.ended:
		case <-time.After(endLimit):
			s.p.kill()
		}
	}
	for _, dir := range []string{s.dir, prepared.dir, builtServer.dir} {
		if dir != "" {
			removeData(dir)
		}
	}
}

const sampleCatalogue = "../../samples/palestine"

// caller speaks the JSON API as one sample person.
type caller struct {
	t     testing.TB
	url   string
	token string
}

// as signs a sample person in, the way `diwan token` does.
func (p *product) as(t testing.TB, person string) *caller {
	t.Helper()
	return p.signedIn(t, neturl.Values{"grant_type": {"urn:diwan:sample-person"}, "client_id": {"diwan-cli"}, "person": {person}})
}

// signedIn takes a token in exchange for a grant.
func (p *product) signedIn(t testing.TB, grant neturl.Values) *caller {
	t.Helper()
	var installation struct{ Issuer string }
	c := &caller{t: t, url: p.url}
	if status, _ := c.call("GET", "/.well-known/diwan", "", nil, &installation); status != http.StatusOK {
		t.Fatalf("discovery answers %d", status)
	}
	answer, err := http.PostForm(installation.Issuer+"/token", grant)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil || got.Token == "" {
		t.Fatalf("no token for %s of %s: %v", grant.Get("person"), grant.Get("client_id"), err)
	}
	c.token = got.Token
	return c
}

// call sends one request; key is the idempotency key, "" for a fresh one on a POST. A transport error gives status 0 and the error.
func (c *caller) call(method, path, key string, body, into any) (int, error) {
	var reader io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(b)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		if key == "" {
			key = uuid.NewString()
		}
		r.Header.Set("Idempotency-Key", key)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if into != nil {
		if err := json.Unmarshal(b, into); err != nil {
			return answer.StatusCode, fmt.Errorf("%s %s answers %d with %q: %w", method, path, answer.StatusCode, b, err)
		}
	}
	return answer.StatusCode, nil
}
