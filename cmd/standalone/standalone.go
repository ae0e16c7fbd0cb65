package main

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/cmd/standalone/gateway"
	"github.com/diwan-gov/diwan/cmd/standalone/memory"
	"github.com/diwan-gov/diwan/cmd/standalone/provider"
	"github.com/diwan-gov/diwan/cmd/standalone/registries"
	temporalserver "github.com/diwan-gov/diwan/cmd/standalone/temporal"
	"github.com/diwan-gov/diwan/runtime/app"
	"github.com/diwan-gov/diwan/runtime/document/pades/tsa"
	"github.com/diwan-gov/diwan/runtime/mail"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/cluster"
	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/runtime/temporal"
	"github.com/diwan-gov/diwan/workflows/interpret"
)

const (
	database  = "diwan"
	namespace = "diwan"
	stopLimit = 20 * time.Second
)

// standalone is everything of one run, in the order in which it was started.
type standalone struct {
	o         options
	progress  *progress
	log       *slog.Logger
	people    []provider.Person // with whom one may sign in
	listeners listeners
	secrets   map[string]string
	cluster   *cluster.Cluster
	temporal  *temporalserver.Server
	gateway   *gateway.Gateway
	stamps    app.Stamps
	mail      mail.Options
	registers []string // codes of the registries that answer
	app       *app.App
	closers   []func()
}

// run starts everything, says that it is ready, and stops everything when ctx ends.
func run(ctx context.Context, o options) (err error) {
	defer memory.Bound()()
	s := &standalone{o: o, progress: &progress{out: os.Stderr}, log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	defer s.close()
	if err := s.open(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // stopped while it was starting
		}
		return err
	}
	return s.serve(ctx)
}

// statements is the folder in which the bank's statements are put, one file a day.
func (s *standalone) statements() string { return filepath.Join(s.o.data, "statements") }

func (s *standalone) open(ctx context.Context) (err error) {
	if s.o.data, err = filepath.Abs(s.o.data); err != nil {
		return err
	}
	if err := os.MkdirAll(s.statements(), 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if info, err := os.Stat(s.o.catalog); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no catalogue at %s; name one with --catalog DIR", s.o.catalog)
	}
	var told diag.List
	var unheld []need
	if s.people, told, unheld, err = loadPeople(s.o.catalog); err != nil {
		return err
	}
	if len(told) > 0 {
		writeFindings(told, os.DirFS(s.o.catalog))
	}
	if len(unheld) > 0 {
		s.progress.say("%s", saidUnheld(unheld))
	}
	// Who has named a port that is taken need not wait for a database to hear of it.
	if err := free(s.o.listen); err != nil {
		return err
	}
	s.secrets = map[string]string{}
	for _, name := range []string{"gateway-key", "gateway-signature", "bank-key", "registries", "client", "events", "temporal", "files"} {
		if s.secrets[name], err = secret(s.o.data, name); err != nil {
			return fmt.Errorf("secrets: %w", err)
		}
	}
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"Postgres", s.startPostgres},
		{"Temporal", s.startTemporal},
		{"sample servers", s.startSamples},
		{"Diwan", s.startApp},
	} {
		if err := s.progress.step(step.what, func() error { return step.do(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *standalone) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
}

// later adds what close does, within a bounded time.
func (s *standalone) later(what string, stop func(context.Context) error) {
	s.closers = append(s.closers, func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		if err := stop(ctx); err != nil {
			s.log.Error("stop "+what, "error", err)
		}
	})
}

func (s *standalone) startPostgres(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(s.o.data, "postgres.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() { _ = log.Close() })
	s.cluster, err = cluster.Start(ctx, cluster.Options{Dir: filepath.Join(s.o.data, "postgres"), Log: log, Settings: map[string]string{"max_connections": "200"}})
	if errors.Is(err, cluster.ErrInUse) {
		return fmt.Errorf("%s is used by another standalone; stop that one or name another folder with --data: %w", s.o.data, err)
	}
	if err != nil {
		return err
	}
	s.later("Postgres", s.cluster.Stop)
	return nil
}

func (s *standalone) startTemporal(ctx context.Context) (err error) {
	s.temporal, err = temporalserver.Start(ctx, temporalserver.Options{
		PostgresSocketDir: s.cluster.SocketDir(), Port: s.cluster.Port(), Database: database, Namespace: namespace,
		SearchAttributes: interpret.SearchAttributes(), Log: s.log,
	})
	if err != nil {
		return err
	}
	s.later("Temporal", s.temporal.Stop)
	return nil
}

// startSamples opens every port and starts what stands in for the rest of the state.
func (s *standalone) startSamples(ctx context.Context) (err error) {
	if s.listeners, err = listen(s.o.data, s.o.listen); err != nil {
		return err
	}
	s.closers = append(s.closers, s.listeners.close)
	web := url(s.listeners.web)
	signIn, err := provider.New(provider.Options{
		Issuer: url(s.listeners.provider), KeyDir: filepath.Join(s.o.data, "provider"), People: s.people,
		Clients: append([]provider.Client{
			{ID: "diwan", Secret: s.secrets["client"], RedirectURIs: []string{web + "/sign-in/callback"}, PostLogoutRedirectURIs: []string{web + "/"}},
			{ID: "diwan-cli", Direct: true},
		}, senders(os.DirFS(s.o.catalog), s.secrets["events"])...),
	})
	if err != nil {
		return err
	}
	s.serveOn(s.listeners.provider, signIn.Handler())

	pool, err := postgres.Open(ctx, s.cluster.URL(database))
	if err != nil {
		return err
	}
	s.closers = append(s.closers, pool.Close)
	zone, err := time.LoadLocation("Asia/Hebron") // today of the sample rows and of the gateway
	if err != nil {
		return err
	}
	if s.gateway, err = gateway.New(ctx, gateway.Options{
		Pool: pool, Address: url(s.listeners.gateway), Key: s.secrets["gateway-key"], Secret: s.secrets["gateway-signature"], Zone: zone, Log: s.log,
	}); err != nil {
		return err
	}
	s.serveOn(s.listeners.gateway, s.gateway.Handler())

	rows, err := registries.New(registries.Options{
		Files: os.DirFS(filepath.Join(s.o.catalog, sampleRows)), Key: s.secrets["registries"], Now: func() time.Time { return time.Now().In(zone) },
	})
	if err != nil {
		return err
	}
	var silent []string
	s.registers, silent = declared(os.DirFS(s.o.catalog), rows)
	if len(silent) > 0 {
		s.progress.say("%s has no rows in %s of the catalogue: an application that asks it waits for an operator", strings.Join(silent, ", "), sampleRows)
	}
	s.serveOn(s.listeners.registries, rows.Handler())
	if err := s.startMailbox(); err != nil {
		return err
	}
	return s.startStamps()
}

// startStamps serves time-stamps that nobody else vouches for. No link leads there, so any port will do.
func (s *standalone) startStamps() error {
	authority, err := tsa.New()
	if err != nil {
		return err
	}
	s.stamps.Roots = x509.NewCertPool()
	s.stamps.Roots.AddCert(authority.Root())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.stamps.URL = url(l)
	s.serveOn(l, authority)
	return nil
}

// A bank that takes bills, for tests and demonstrations: whoever has its key plays it.
const (
	sampleBiller = "4170"
	sampleBank   = "sample-bank"
)

func (s *standalone) startApp(ctx context.Context) error {
	keys, err := temporalKeys(s.secrets["temporal"])
	if err != nil {
		return err
	}
	master, err := base64.RawURLEncoding.DecodeString(s.secrets["files"])
	if err != nil {
		return err
	}
	gatewayURL := url(s.listeners.gateway)
	endpoints := map[string]registry.Endpoint{}
	for _, code := range s.registers {
		endpoints[code] = registry.Endpoint{URL: url(s.listeners.registries), Key: s.secrets["registries"]}
	}
	catalogue := os.DirFS(s.o.catalog)
	s.app, err = app.Open(ctx, app.Config{
		PublicURL: url(s.listeners.web), Database: s.cluster.URL(database), Catalogue: catalogue,
		Temporal: app.Temporal{HostPort: s.temporal.HostPort(), Namespace: namespace, Keys: keys},
		Bank:     s.statements(),
		Files:    filepath.Join(s.o.data, "files"), Masters: [][]byte{master}, Signing: filepath.Join(s.o.data, "secrets", "signing.pem"), Stamps: s.stamps, Mail: s.mail,
		SignIn:    app.SignIn{Issuer: url(s.listeners.provider), ClientID: "diwan", ClientSecret: s.secrets["client"]},
		Gateway:   app.Gateway{URL: gatewayURL, Origin: gatewayURL, Key: s.secrets["gateway-key"], Secret: s.secrets["gateway-signature"]},
		Bills:     app.Bills{Biller: sampleBiller, Payers: map[string][]string{sampleBank: {s.secrets["bank-key"]}}},
		Registers: endpoints, Log: s.log, Fault: faultFromEnvironment(),
	}, func(r *app.Refused) {
		writeFindings(r.Findings, catalogue)
		if r.Why != nil {
			s.progress.say("%v", r)
		}
		s.progress.say("the catalogue at %s was refused; the last good release goes on", s.o.catalog)
	})
	var refused *app.Refused
	if errors.As(err, &refused) {
		writeFindings(refused.Findings, catalogue)
	}
	if err != nil {
		return err
	}
	s.closers = append(s.closers, s.app.Close)
	return nil
}

// serve answers until ctx ends or something that everything rests on has failed. No more is taken in before what was taken is brought to its
// end.
func (s *standalone) serve(ctx context.Context) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go s.gateway.Run(working)
	closeWeb := s.serveOn(s.listeners.web, s.app.Handler())
	s.serveOn(s.listeners.operations, s.app.Operations())
	ended := make(chan error, 1)
	go func() { ended <- s.app.Run(working) }()
	s.progress.say("metrics %s/metrics", url(s.listeners.operations))
	s.progress.say("sample mailbox %s", url(s.listeners.mailbox))
	fmt.Printf("ready %s\n", url(s.listeners.web))
	var failed error
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		s.progress.say("stopping")
	case <-s.cluster.Done():
		failed = errors.New("Postgres has ended; see postgres.log in the data folder")
	case <-s.temporal.Done():
		failed = fmt.Errorf("Temporal has ended: %w", s.temporal.Err())
	}
	closeWeb()
	stop()
	return errors.Join(failed, <-ended)
}

// serveOn serves until close, or until the end at the latest.
func (s *standalone) serveOn(l net.Listener, h http.Handler) (closeNow func()) {
	closeNow = sync.OnceFunc(app.Answer(l, h, s.log))
	s.closers = append(s.closers, closeNow)
	return closeNow
}

// temporalKeys makes a ring of the one key of this data folder.
func temporalKeys(secret string) (*temporal.Keys, error) {
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil {
		return nil, err
	}
	return temporal.ParseKeys("standalone " + base64.StdEncoding.EncodeToString(raw))
}

// faultFromEnvironment kills the process at the point that DIWAN_CRASH_AT names, for the crash test: no deferred call runs, as in a power cut.
func faultFromEnvironment() outbox.Fault {
	at := os.Getenv("DIWAN_CRASH_AT")
	if at == "" {
		return nil
	}
	return func(point string) {
		if point == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it arrives
		}
	}
}

func writeFindings(findings diag.List, catalogue fs.FS) {
	_ = diag.WriteText(os.Stderr, findings, func(file string) []byte {
		b, _ := fs.ReadFile(catalogue, file)
		return b
	})
}
