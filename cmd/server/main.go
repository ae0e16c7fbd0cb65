// Command server runs Diwan in production as processes of their own, against a Postgres and a Temporal that are there: as many of web and of
// worker as are needed. They keep nothing; what they need to know stands in the environment. It is built as diwan-server.
//
//	diwan-server release DIR         # bring the database to this version and publish the catalogue in DIR; once, before the others
//	diwan-server release             # the same of what is live already: compile it as this version does
//	diwan-server web                 # the pages and the API
//	diwan-server worker              # the workflows and their effects
//	diwan-server rotate FILE [TOKEN] # put a new key before the others in the file of signing keys, or make the file; the key itself into a token
//	diwan-server request FILE NAME   # ask an authority to vouch for the newest of them
//	diwan-server copy FROM TO        # copy the bodies of files from one folder or bucket to another; again copies what is left
//	diwan-server help                # the variables
//
// Exit codes: 0 stopped as asked, 1 findings, 2 wrong usage or configuration, 3 failure.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	_ "time/tzdata" // every process must know the same time zones, whatever the machine has

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/runtime/app"
	"github.com/diwan-gov/diwan/runtime/document/inspect"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1
	exitUsage    = 2
	exitFailure  = 3
)

func main() {
	// The pool of scripts starts this program again as its worker. Nothing else may run before.
	if len(os.Args) == 2 && os.Args[1] == "script-worker" {
		script.Worker(os.Stdin, os.Stdout)
		return
	}
	if len(os.Args) == 2 && os.Args[1] == inspect.Command { // and for each upload as who looks into it
		inspect.Worker(os.Stdin, os.Stdout)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole command.
func run(ctx context.Context, args []string, lookup func(string) (string, bool), out, errs io.Writer) int {
	switch {
	case len(args) == 1 && (args[0] == string(app.Web) || args[0] == string(app.Worker)):
		return serve(ctx, app.Part(args[0]), lookup, out, errs)
	case len(args) == 1 && args[0] == "release":
		return release(ctx, "", lookup, errs)
	case len(args) == 2 && args[0] == "release":
		return release(ctx, args[1], lookup, errs)
	case len(args) == 2 && args[0] == "rotate":
		return failure(app.Rotate(args[1], "", lookup), errs)
	case len(args) == 3 && args[0] == "rotate":
		return failure(app.Rotate(args[1], args[2], lookup), errs)
	case len(args) == 3 && args[0] == "request":
		request, err := app.CertificateRequest(args[1], args[2], lookup)
		_, _ = out.Write(request)
		return failure(err, errs)
	case len(args) == 3 && args[0] == "copy":
		done, err := app.CopyFiles(ctx, args[1], args[2], lookup)
		if err == nil || done.Failed > 0 {
			fmt.Fprintf(out, "copied %d, there already %d, failed %d\n", done.Copied, done.Had, done.Failed)
		}
		return failure(err, errs)
	case len(args) == 1 && args[0] == "help":
		help(out)
		return exitClean
	}
	help(errs)
	return exitUsage
}

func serve(ctx context.Context, part app.Part, lookup func(string) (string, bool), out, errs io.Writer) int {
	config, at, err := app.FromEnvironment(part, lookup)
	if err != nil {
		fmt.Fprintf(errs, "diwan-server: %v\n", err)
		return exitUsage
	}
	config.Log = slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return failure(app.Serve(ctx, config, at, out), errs)
}

func release(ctx context.Context, dir string, lookup func(string) (string, bool), errs io.Writer) int {
	config, err := app.ForRelease(lookup)
	if err != nil {
		fmt.Fprintf(errs, "diwan-server: %v\n", err)
		return exitUsage
	}
	var catalogue fs.FS
	if dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			fmt.Fprintf(errs, "diwan-server: there is no catalogue at %s\n", dir)
			return exitUsage
		}
		catalogue = os.DirFS(dir)
	}
	err = app.Release(ctx, config, catalogue)
	var refused *app.Refused
	if !errors.As(err, &refused) || refused.Why != nil {
		return failure(err, errs)
	}
	_ = diag.WriteText(errs, refused.Findings, func(file string) []byte { // where it cannot be written there is nobody to tell
		if catalogue == nil {
			return nil
		}
		b, _ := fs.ReadFile(catalogue, file)
		return b
	})
	return exitFindings
}

func failure(err error, errs io.Writer) int {
	if err == nil {
		return exitClean
	}
	fmt.Fprintf(errs, "diwan-server: %v\n", err)
	if advice := app.Explained(err); advice != "" {
		fmt.Fprintln(errs, advice)
	}
	return exitFailure
}

func help(out io.Writer) {
	fmt.Fprint(out, `usage: diwan-server release [DIR] | web | worker | rotate FILE [TOKEN] | request FILE NAME | copy FROM TO

release brings the database to this version and publishes the catalogue in DIR, signed by the newest of the signing keys; web and worker run beside each other, as many as are needed.
What was released since the folder was made, or pulled, stays: it is joined with what the folder changes, by meaning; where both have changed the same place, nothing is released and the places are named.
Without DIR what is live is compiled as this version does: after an upgrade where the catalogue lies in no folder.
rotate puts a new key, with a certificate that nobody vouches for, before the others in the file of signing keys, or makes the file. Web and worker
take the key when they start again; what the others have signed stays valid. With the label of a token (PKCS#11, DIWAN_PKCS11) the key is made there and
never leaves it; the file says where it lies. request prints what an authority needs to vouch for the newest key (PKCS#10): put the certificates that it
gives in the place of the one behind that key.
copy copies the sealed bodies of files from one folder or bucket to another, as DIWAN_FILES would name them, and compares each. Again it copies what
is left: copy, let every process use the other place, and copy once more.

`)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer func() { _ = w.Flush() }()
	for _, v := range app.Variables() {
		means := v.Means
		switch {
		case v.Default != "":
			means += "; " + v.Default
		case v.Optional:
			means += "; may be left out"
		}
		if v.WebOnly {
			means += "; for web only"
		}
		name := v.Name
		if v.Secret {
			name += "[_FILE]"
		}
		fmt.Fprintf(w, "%s\t%s\n", name, means)
	}
}
