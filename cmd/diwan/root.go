package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1
	exitUsage    = 2
	exitFailure  = 3
)

// errFindings says that findings were shown; there is nothing to add.
var errFindings = errors.New("findings")

// usageError is a command that was written wrongly.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// commands are all commands, one a line.
func commands() []*cobra.Command {
	return []*cobra.Command{
		checkCommand(),
		compareCommand(),
		drawCommand(),
		formatCommand(),
		explainCommand(),
		lspCommand(),
		newCommand(),
		planCommand(),
		previewCommand(),
		proposeCommand(),
		pullCommand(),
		referenceCommand(),
		releaseCommand(),
		rollbackCommand(),
		schemaCommand(),
		testCommand(),
		tokenCommand(),
		tryCommand(),
	}
}

// run is the whole command: it writes to out and errs and gives the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	root := &cobra.Command{
		Use:           "diwan",
		Short:         "Check and compile service catalogues",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("there is no command %q", args[0])
			}
			return usage("name a command")
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(commands()...)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	used, err := root.ExecuteContextC(ctx)
	var wrong usageError
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &wrong):
		fmt.Fprintf(errs, "diwan: %v\n%s", err, used.UsageString())
		return exitUsage
	}
	fmt.Fprintf(errs, "diwan: %v\n", err)
	return exitFailure
}

// arguments refuses another number of arguments than least to most.
func arguments(least, most int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usage("an argument is missing")
		case len(args) > most:
			return usage("there are too many arguments")
		}
		return nil
	}
}
