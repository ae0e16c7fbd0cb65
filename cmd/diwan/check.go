package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
)

// formats are the ways to show findings.
var formats = []string{"text", "json", "sarif"}

// mostShown is how many findings a terminal shows; nobody reads further. The other formats have all.
const mostShown = 200

func checkCommand() *cobra.Command {
	var format, lang, since string
	var jobs int
	c := &cobra.Command{
		Use:   "check DIR|FILE…",
		Short: "Check a catalogue, or some files of one, and run the scenarios",
		Long: "Check reads the whole catalogue round each argument, checks it, compiles its services and runs their scenarios. Of a file\n" +
			"only the findings are shown that stand in it or are caused by it. With --since only those are shown that stand in files which have\n" +
			"changed since a revision of the git repository, or are caused by what changed.",
		Args: arguments(1, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(formats, format) {
				return usage("there is no format %q: write text, json or sarif", format)
			}
			l, err := language(lang)
			if err != nil {
				return err
			}
			if jobs < 0 {
				return usage("--jobs is a number of jobs, or 0 for as many as there are cores")
			}
			if jobs > 0 {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(jobs)) // all that works in parallel goes by it
			}
			return checkPlaces(cmd.Context(), args, since, format, l, cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&since, "since", "", "show only what changes since this git revision cause")
	c.Flags().IntVar(&jobs, "jobs", 0, "how much is done at the same time; 0 is as much as there are cores")
	c.Flags().StringVar(&format, "format", "text", "how to show the findings: text, json or sarif")
	c.Flags().StringVar(&lang, "lang", "en", "the language of text and sarif: en or ar; json has both")
	return c
}

func checkPlaces(ctx context.Context, args []string, since, format string, l *diag.Language, out io.Writer) error {
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
		found := findings(c, loaded)
		if since != "" {
			changed, err := changesSince(ctx, root, since)
			if err != nil {
				return err
			}
			found = changed.caused(c, loaded, found)
		}
		all := slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
			return !slices.ContainsFunc(places, func(p place) bool { return p.concerns(d) })
		})
		list.Add(places[0].shown(all)...)
		for name, content := range c.Files {
			files[places[0].path(name)] = content
		}
	}
	if err := show(out, list, format, l, files, services); err != nil {
		return err
	}
	if list.HasErrors() {
		return errFindings
	}
	return nil
}

func show(out io.Writer, list diag.List, format string, l *diag.Language, files map[string][]byte, services int) error {
	switch format {
	case "json":
		return diag.WriteJSON(out, list, explain.Arabic())
	case "sarif":
		return diag.WriteSARIF(out, l, list)
	}
	if err := diag.WriteTextIn(out, l, list.Cap(mostShown), func(f string) []byte { return files[f] }); err != nil {
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
	_, err := fmt.Fprintln(out, diag.Say("{services} checked: {errors}, {warnings}",
		"services", count(services, "1 service", "{n} services"), "errors", count(errors, "1 error", "{n} errors"),
		"warnings", count(warnings, "1 warning", "{n} warnings")).In(l))
	return err
}

// count says "1 error", "2 errors".
func count(n int, one, many diag.Phrase) diag.Message {
	if n == 1 {
		return diag.Say(one)
	}
	return diag.Say(many, "n", n)
}

// language is the language that an option names; nil is English.
func language(code string) (*diag.Language, error) {
	switch code {
	case "en":
		return nil, nil
	case "ar":
		return explain.Arabic(), nil
	}
	return nil, usage("there is no language %q: write ar or en", code)
}
