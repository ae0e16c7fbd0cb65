package temporal

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"
)

// dialWait bounds the first connection.
const dialWait = 10 * time.Second

// Options of Dial. Keys must be given.
type Options struct {
	HostPort  string // 127.0.0.1:7233
	Namespace string
	Keys      *Keys
	TLS       *tls.Config       // nil = in clear, for a server in the same process or machine
	Dial      []grpc.DialOption // more options of the connection, such as a dialer of its own
	Log       *slog.Logger      // slog.Default(); gets warnings and errors only
}

// Dial connects and makes sure that the namespace answers. The caller closes the client.
func Dial(ctx context.Context, o Options) (client.Client, error) {
	options, err := o.client()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("temporal at %s: %w", o.HostPort, err)
	}
	return c, nil
}

// Lazy gives a client that connects when it is first used, for processes that must come up while Temporal is away.
func Lazy(o Options) (client.Client, error) {
	options, err := o.client()
	if err != nil {
		return nil, err
	}
	return client.NewLazyClient(options)
}

func (o Options) client() (client.Options, error) {
	if o.Keys == nil {
		return client.Options{}, errors.New("temporal: no keys")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return client.Options{
		HostPort:          o.HostPort,
		Namespace:         o.Namespace,
		Logger:            log.NewStructuredLogger(slog.New(quiet{o.Log.Handler()})),
		DataConverter:     DataConverter(o.Keys),
		FailureConverter:  FailureConverter(o.Keys),
		ConnectionOptions: client.ConnectionOptions{TLS: o.TLS, DialOptions: o.Dial, GrpcCompression: &client.GrpcCompressionNone{}},
	}, nil
}

// quiet lets warnings and errors through.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a)} }
func (q quiet) WithGroup(name string) slog.Handler   { return quiet{q.Handler.WithGroup(name)} }
