package main

import (
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/compile"
)

func planCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "plan FILE",
		Short: "Print the canonical plan of a service; its SHA-256 is the plan's digest",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return printPlan(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
}

func printPlan(file string, out, errs io.Writer) error {
	at, err := placeOf(file)
	if err != nil {
		return err
	}
	c, list := catalog.Load(os.DirFS(at.root))
	i := slices.IndexFunc(c.Services, func(s *catalog.Service) bool { return s.File == at.inside })
	if i < 0 && !slices.ContainsFunc(list, at.concerns) {
		return usage("%s defines no service", file)
	}
	list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return !at.concerns(d) })
	if i >= 0 {
		list.Add(check.Service(c, c.Services[i])...)
	}
	if !list.HasErrors() {
		p, _, found := compile.Compile(c, c.Services[i])
		list.Add(found...)
		if p != nil {
			canonical, err := p.Canonical()
			if err != nil {
				return err
			}
			if _, err := out.Write(canonical); err != nil {
				return err
			}
		}
	}
	list.Sort()
	shown := at.shown(list)
	files := map[string][]byte{}
	for name, content := range c.Files {
		files[at.path(name)] = content
	}
	if err := diag.WriteText(errs, shown.Cap(mostShown), func(f string) []byte { return files[f] }); err != nil {
		return err
	}
	if list.HasErrors() {
		return errFindings
	}
	return nil
}
