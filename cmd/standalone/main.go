// Command standalone runs the whole of Diwan on one machine that has Go and nothing prepared: a private Postgres, a Temporal server in the
// process, the pages, the API and the worker, and sample servers to sign in, to pay and to ask.
//
// It is for trying, for developing and for tests. Production runs the same App in parts, against a Postgres and a Temporal cluster of its own: see
// cmd/server.
//
//	go run ./cmd/standalone [--listen ADDR] [--data DIR] [--catalog DIR]
//	go run ./cmd/standalone bench [PREFIX]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // every worker must know the same time zones, whatever the machine has

	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/cmd/standalone/bench"
	"github.com/diwan-gov/diwan/runtime/document/inspect"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "script-worker" {
		script.Worker(os.Stdin, os.Stdout)
		return
	}
	if len(os.Args) == 2 && os.Args[1] == inspect.Command { // and for each upload as who looks into it
		inspect.Worker(os.Stdin, os.Stdout)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(command(ctx, os.Args[1:]))
}

// command gives the exit code: 0 stopped as asked, 2 usage, 3 failure.
func command(ctx context.Context, args []string) int {
	var err error
	if len(args) > 0 && args[0] == "bench" {
		only := ""
		if len(args) > 1 {
			only = args[1]
		}
		err = bench.Run(ctx, os.Stdout, only)
	} else {
		o, usage := parse(args)
		if errors.Is(usage, flag.ErrHelp) {
			return 0
		}
		if usage != nil {
			return 2
		}
		err = run(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "standalone:", err)
		return 3
	}
	return 0
}

type options struct{ listen, data, catalog string }

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("standalone", flag.ContinueOnError)
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address of the web pages; port 0 takes a free one")
	f.StringVar(&o.data, "data", "data", "folder that keeps everything between runs")
	f.StringVar(&o.catalog, "catalog", "samples/palestine", "folder of the catalogue")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		fmt.Fprintf(f.Output(), "what is %q? standalone takes flags only, or bench\n", f.Arg(0))
		return o, errors.New("usage")
	}
	return o, nil
}
