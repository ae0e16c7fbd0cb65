package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Addresses are where a process listens. The web is not listened on by a Worker.
type Addresses struct{ Web, Operations string }

// Serve opens an App and runs it as a process of its own until ctx ends, and then until what is under way has come to an end. It writes one line
// to out when it is ready. An error means that the process could not go on; whoever looks after it starts another one.
func Serve(ctx context.Context, c Config, at Addresses, out io.Writer) (err error) {
	c.defaults()
	a, err := Open(ctx, c, func(*Refused) {})
	if err != nil {
		if ctx.Err() != nil {
			return nil // stopped while it was starting
		}
		return err
	}
	defer a.Close()
	operations, err := net.Listen("tcp", at.Operations)
	if err != nil {
		return fmt.Errorf("address for operators: %w", err)
	}
	defer Answer(operations, a.Operations(), c.Log)()
	said := "worker"
	closeWeb := func() {}
	if c.Part != Worker {
		web, err := net.Listen("tcp", at.Web)
		if err != nil {
			return fmt.Errorf("address of the pages: %w", err)
		}
		said, closeWeb = "http://"+web.Addr().String(), Answer(web, a.Handler(), c.Log)
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.Run(working) }()
	fmt.Fprintf(out, "ready %s; metrics http://%s/metrics\n", said, operations.Addr())
	select {
	case err = <-ended:
		closeWeb()
		return err
	case <-ctx.Done():
	}
	closeWeb() // nothing more is taken in
	stop()
	return <-ended
}

// shutdownLimit bounds how long those wait who are being answered when a server is closed.
const shutdownLimit = 5 * time.Second

// Answer serves h on l, with the time limits that every server of ours has, until closed is called: the requests under way are answered,
// within a bounded time.
func Answer(l net.Listener, h http.Handler, log *slog.Logger) (closed func()) {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			log.Error("serve", "address", l.Addr().String(), "error", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close() // a visitor who holds a connection open does not hold up the end
		}
	}
}
