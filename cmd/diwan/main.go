// Command diwan checks catalogues, shows plans and takes tokens for sample people. It owns the command line: arguments, formats and exit
// codes. What is right or wrong in a definition is decided in catalog/check, workflows/compile and workflows/servicetest; this package only
// brings their findings together. It writes no files.
//
//	diwan check samples/palestine
//	diwan test samples/palestine --coverage
//	diwan try samples/palestine/services/transport/driving-licence-renew.yaml
//	diwan compare before after
//	diwan draw --lang en samples/palestine/services/transport/driving-licence-renew.yaml > steps.svg
//	diwan reference > docs/language.md
//	diwan plan samples/palestine/services/transport/driving-licence-renew.yaml
//	TOKEN=$(diwan token --url http://localhost:8080 layla)
//
// Exit codes: 0 clean (warnings are allowed), 1 findings, 2 wrong usage, 3 failure.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/diwan-gov/diwan/catalog/script"
)

func main() {
	// The pool of scripts starts this program again as its worker. Nothing else may run before.
	if len(os.Args) == 2 && os.Args[1] == workerCommand {
		script.Worker(os.Stdin, os.Stdout)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// workerCommand is the argument with which the pool of scripts starts its workers.
const workerCommand = "script-worker"
