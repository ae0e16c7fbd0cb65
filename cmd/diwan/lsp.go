package main

import (
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/cmd/diwan/lsp"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

func lspCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "Serve editors: findings, completion, definitions and renaming over the Language Server Protocol",
		Long: "Lsp speaks the Language Server Protocol over standard input and output. An editor starts it; nothing is printed for people. The initialization\n" +
			"option docs is the address at which the reference of findings is served.",
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			scripts := new(lazyPool)
			defer scripts.Close()
			server := lsp.New(lsp.Options{
				Findings: findings,
				Service: func(c *catalog.Catalogue, s *catalog.Service, known diag.List) diag.List {
					return serviceFindings(c, s, known, scripts)
				},
				Log: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)),
			})
			err := server.Serve(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
			if errors.Is(err, lsp.ErrNoShutdown) {
				return errFindings // the protocol wants exit code 1
			}
			return err
		},
	}
}

// serviceFindings is what findings gives of one service, where the rest of the catalogue has the known ones.
func serviceFindings(c *catalog.Catalogue, s *catalog.Service, known diag.List, scripts *lazyPool) diag.List {
	list := check.Service(c, s)
	broken := brokenBy(append(known[:len(known):len(known)], list...))
	if !broken[s.File] && c.Sound(s.File) && !rests(c, s, broken) {
		report := servicetest.New(c, scripts).Service(s, nil)
		list.Add(report.Findings()...)
	}
	return list
}
