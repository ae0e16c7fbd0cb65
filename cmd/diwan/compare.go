package main

import (
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/impact"
)

func compareCommand() *cobra.Command {
	var format, lang string
	c := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Tell what changed between two definitions or two catalogues, in the words of the domain",
		Long: "Compare takes two folders or two files. A folder is a catalogue. An old file that lies in no catalogue is read as it would stand\n" +
			"in the place of the new one, so that an earlier version of a file can be compared. Changes are no findings: the exit code is 1\n" +
			"only where one of the two is broken.",
		Args: arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "json", "html"}, format) {
				return usage("there is no format %q: write text, json or html", format)
			}
			if lang != "ar" && lang != "en" {
				return usage("there is no language %q: write ar or en", lang)
			}
			d, err := difference(args[0], args[1], cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			switch format {
			case "json":
				return d.WriteJSON(cmd.OutOrStdout())
			case "html":
				return d.WriteHTML(cmd.OutOrStdout(), lang)
			}
			return d.WriteText(cmd.OutOrStdout(), lang)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "how to show the difference: text, json or html")
	c.Flags().StringVar(&lang, "lang", "en", "language of the sentences: ar or en; json has both")
	return c
}

// side is one of the two that are compared.
type side struct {
	at        place
	catalogue *catalog.Catalogue
	findings  diag.List
}

func difference(oldName, newName string, errs io.Writer) (compare.Difference, error) {
	after, err := sideOf(newName)
	if err != nil {
		return nil, err
	}
	before, err := sideOf(oldName)
	if err != nil && after.at.file {
		before, err = inPlaceOf(oldName, after, err)
	}
	if err != nil {
		return nil, err
	}
	if before.at.file != after.at.file {
		return nil, usage("one of the two is a file and the other a folder")
	}
	broken := false
	for _, s := range []*side{before, after} {
		bad, err := s.report(errs)
		if err != nil {
			return nil, err
		}
		broken = broken || bad
	}
	if broken {
		return nil, errFindings
	}
	if !after.at.file {
		if before.at.inside != "." || after.at.inside != "." {
			return nil, usage("name the folder of a catalogue, the one with %s", catalog.SettingsFile)
		}
		d := compare.Catalogues(before.catalogue, after.catalogue)
		return d.With(impact.Of(before.catalogue, after.catalogue, d)...), nil
	}
	d, ok := compare.Definitions(before.catalogue, before.at.inside, after.catalogue, after.at.inside)
	if !ok {
		return nil, usage("%s and %s do not declare the same kind of thing", oldName, newName)
	}
	return d.With(impact.Of(before.catalogue, after.catalogue, d)...), nil
}

func sideOf(name string) (*side, error) {
	at, err := placeOf(name)
	if err != nil {
		return nil, err
	}
	s := &side{at: at}
	s.catalogue, s.findings = catalog.Load(os.DirFS(at.root))
	return s, nil
}

// inPlaceOf reads a file that lies in no catalogue as another content of the new file.
func inPlaceOf(name string, after *side, outside error) (*side, error) {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		return nil, outside
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s := &side{at: after.at}
	s.catalogue, s.findings = after.catalogue.WithFile(after.at.inside, content)
	return s, nil
}

// report shows the findings of a side that is broken. Scenarios are not run: a price that changed breaks them by right.
func (s *side) report(errs io.Writer) (broken bool, err error) {
	list := slices.Clone(s.findings)
	if !list.HasErrors() {
		list.Add(check.Check(s.catalogue)...)
	}
	if !list.HasErrors() {
		for _, service := range s.catalogue.Services {
			_, _, found := compile.Compile(s.catalogue, service)
			list.Add(found...)
		}
	}
	list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Severity != diag.Error || !s.at.concerns(d) })
	if len(list) == 0 {
		return false, nil
	}
	list.Sort()
	files := map[string][]byte{}
	for name, content := range s.catalogue.Files {
		files[s.at.path(name)] = content
	}
	return true, diag.WriteText(errs, s.at.shown(list).Cap(mostShown), func(f string) []byte { return files[f] })
}
