package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// formats are the ways to show findings.
var formats = []string{"text", "json", "sarif"}

// mostShown is how many findings a terminal shows; nobody reads further. The other formats have all.
const mostShown = 200

func checkCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "check DIR|FILE…",
		Short: "Check a catalogue, or some files of one, and run the scenarios",
		Long: "Check reads the whole catalogue round each argument, checks it, compiles its services and runs their scenarios. Of a file\n" +
			"only the findings are shown that stand in it or are caused by it.",
		Args: arguments(1, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(formats, format) {
				return usage("there is no format %q: write text, json or sarif", format)
			}
			return checkPlaces(args, format, cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&format, "format", "text", "how to show the findings: text, json or sarif")
	return c
}

func checkPlaces(args []string, format string, out io.Writer) error {
	byRoot := map[string][]place{}
	var roots []string
	for _, arg := range args {
		p, err := placeOf(arg)
		if err != nil {
			return err
		}
		if byRoot[p.root] == nil {
			roots = append(roots, p.root)
		}
		byRoot[p.root] = append(byRoot[p.root], p)
	}
	var list diag.List
	files := map[string][]byte{}
	services := 0
	for _, root := range roots {
		places := byRoot[root]
		c, loaded := catalog.Load(os.DirFS(root))
		services += len(c.Services)
		all := slices.DeleteFunc(findings(c, loaded), func(d diag.Diagnostic) bool {
			return !slices.ContainsFunc(places, func(p place) bool { return p.concerns(d) })
		})
		list.Add(places[0].shown(all)...)
		for name, content := range c.Files {
			files[places[0].path(name)] = content
		}
	}
	if err := show(out, list, format, files, services); err != nil {
		return err
	}
	if list.HasErrors() {
		return errFindings
	}
	return nil
}

func show(out io.Writer, list diag.List, format string, files map[string][]byte, services int) error {
	switch format {
	case "json":
		return diag.WriteJSON(out, list)
	case "sarif":
		return diag.WriteSARIF(out, list)
	}
	if err := diag.WriteText(out, list.Cap(mostShown), func(f string) []byte { return files[f] }); err != nil {
		return err
	}
	errors, warnings := 0, 0
	for _, d := range list {
		if d.Severity == diag.Error {
			errors++
		} else {
			warnings++
		}
	}
	_, err := fmt.Fprintf(out, "%s checked: %s, %s\n", count(services, "service"), count(errors, "error"), count(warnings, "warning"))
	return err
}

// count writes "1 error", "2 errors".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
