package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

const (
	// startLimit bounds the whole start; the first one also writes the schemas.
	startLimit = 2 * time.Minute
	// portTries is how often ports are picked again when another process was faster.
	portTries = 5
)

// Options says which database the server lives on and what it offers.
type Options struct {
	PostgresSocketDir string // folder of the unix socket, as user postgres without a password
	Port              int    // names the socket file; 0: 5432
	Database          string // created when missing
	Namespace         string // created when missing
	// ClientPort is where clients find the server; 0: any that is free. Only one that is given is the same after the next start.
	ClientPort int
	// Shards is how many parts the history is divided into, fixed when the database is made; 0: 8.
	Shards int32
	// Retention is how long a closed workflow can still be read; 0: 30 days. A changed value applies from the next start.
	Retention time.Duration
	// SearchAttributes are offered in the namespace by name. Attributes may be added later; none is ever taken away.
	SearchAttributes map[string]enumspb.IndexedValueType
	// SuggestContinueAfter is after how many events a workflow is advised to continue as new; 0: Temporal's own 4096. For tests.
	SuggestContinueAfter int
	// Connections bounds each of the server's pools; 0: 20.
	Connections int
	// Log receives the server's errors; nil: slog.Default.
	Log *slog.Logger
}

// Server is a running server. It cannot be started again; start another on the same database.
type Server struct {
	inner    temporal.Server
	hostPort string
	fatal    *fatalLog
}

// Start prepares the database and returns when the server takes requests. Open workflows of earlier runs go on.
func Start(ctx context.Context, o Options) (*Server, error) {
	return start(ctx, o, func(n int) ([]int, error) {
		ports, err := freePorts(n)
		if i := slices.Index(temporal.DefaultServices, string(primitives.FrontendService)); err == nil && o.ClientPort != 0 {
			ports[i] = o.ClientPort
		}
		return ports, err
	})
}

func start(ctx context.Context, o Options, pick func(n int) ([]int, error)) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	o = o.withDefaults()
	stores, err := prepareDatabase(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("temporal: database: %w", err)
	}
	if err := ensureNamespace(ctx, stores.main, o); err != nil {
		return nil, fmt.Errorf("temporal: namespace %s: %w", o.Namespace, err)
	}
	for try := 1; ; try++ {
		ports, err := pick(len(temporal.DefaultServices))
		if err != nil {
			return nil, fmt.Errorf("temporal: ports: %w", err)
		}
		s, err := launch(ctx, o, stores, ports)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, errPortTaken) || try == portTries {
			return nil, fmt.Errorf("temporal: %w", err)
		}
	}
}

func (o Options) withDefaults() Options {
	if o.Port == 0 {
		o.Port = 5432
	}
	if o.Shards == 0 {
		o.Shards = 8
	}
	if o.Retention == 0 {
		o.Retention = 30 * 24 * time.Hour
	}
	if o.Connections == 0 {
		o.Connections = 20
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// launch builds and starts one server object on the given ports.
func launch(ctx context.Context, o Options, stores stores, ports []int) (*Server, error) {
	cfg, hosts := configuration(o, stores, ports)
	fatal := newFatalLog(o.Log)
	s := &Server{hostPort: cfg.PublicClient.HostPort, fatal: fatal}
	// A fatal log call may end its goroutine, so the start has one of its own.
	ended := make(chan error, 1)
	go func() {
		err := errors.New("the start ended early")
		defer func() {
			if problem := recover(); problem != nil {
				err = fmt.Errorf("panic: %v", problem)
			}
			ended <- err
		}()
		s.inner, err = temporal.NewServer(
			temporal.WithConfig(cfg),
			temporal.ForServices(temporal.DefaultServices),
			temporal.WithStaticHosts(hosts),
			temporal.WithLogger(fatal),
			temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
			temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
			temporal.WithDynamicConfigClient(o.limits()),
			temporal.WithCustomMetricsHandler(metrics.NoopMetricsHandler),
		)
		fatal.built.Store(true)
		if err == nil {
			err = s.inner.Start()
		}
	}()
	select {
	case err := <-ended:
		if fatal.err() != nil {
			err = fatal.err()
		}
		if err != nil {
			return nil, err
		}
		return s, nil
	case <-fatal.done:
		return nil, fatal.err()
	case <-ctx.Done():
		go func() { // when it does come up, nobody wants it any more
			if <-ended == nil {
				fatal.ended.Store(true)
				_ = s.inner.Stop()
			}
		}()
		return nil, fmt.Errorf("not ready in time: %w", ctx.Err())
	}
}

// HostPort is the address that clients dial, on 127.0.0.1.
func (s *Server) HostPort() string { return s.hostPort }

// Done is closed when the server met an error that it cannot go on after; Err then says which.
func (s *Server) Done() <-chan struct{} { return s.fatal.done }

// Err is the error behind Done, nil before.
func (s *Server) Err() error { return s.fatal.err() }

// Stop ends the server and waits until it has ended or ctx has. What is open stays in the database.
func (s *Server) Stop(ctx context.Context) error {
	s.fatal.ended.Store(true)
	stopped := make(chan error, 1)
	go func() { stopped <- s.inner.Stop() }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
		return fmt.Errorf("temporal: did not stop in time: %w", ctx.Err())
	}
}
