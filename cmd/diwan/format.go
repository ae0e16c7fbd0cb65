package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

func formatCommand() *cobra.Command {
	var f formatter
	c := &cobra.Command{
		Use:   "fmt [--check|--diff] FILE|DIR…",
		Short: "Bring definitions into the one layout; what they mean, comments and order stay",
		Long: "Fmt writes the definitions again in the one layout that there is and names those that it changed. With --check it changes nothing and exits\n" +
			"with 1 where it would; with --diff it shows what it would change. A file that cannot be read is left as it is and told with its finding. The\n" +
			"file - is standard input, which is formatted to standard output.",
		Args: arguments(1, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.check && f.diff {
				return usage("write --check or --diff, not both")
			}
			f.in, f.out = cmd.InOrStdin(), cmd.OutOrStdout()
			return f.all(args)
		},
	}
	c.Flags().BoolVar(&f.check, "check", false, "change nothing; exit with 1 where something would change")
	c.Flags().BoolVar(&f.diff, "diff", false, "change nothing; show what would change")
	return c
}

// formatter formats files one after the other.
type formatter struct {
	check, diff bool
	in          io.Reader
	out         io.Writer
	found       bool // there were findings, or with check something to change
}

func (f *formatter) all(args []string) error {
	for _, arg := range args {
		if err := f.argument(arg); err != nil {
			return err
		}
	}
	if f.found {
		return errFindings
	}
	return nil
}

func (f *formatter) argument(arg string) error {
	if arg == "-" {
		return f.stream()
	}
	info, err := os.Stat(arg)
	if os.IsNotExist(err) {
		return usage("there is no %s", arg)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return f.file(filepath.Clean(arg))
	}
	return filepath.WalkDir(arg, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != arg && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.Type().IsRegular() && filepath.Ext(name) == ".yaml" && isDefinition(name):
			return f.file(name)
		}
		return nil
	})
}

// isDefinition tells whether a file belongs to the language: sample people and data beside the definitions do not.
func isDefinition(name string) bool {
	p, err := placeOf(name)
	return err != nil || catalog.Declares(p.inside) != nil
}

// largestDefinition is the largest file that is read; the parser's own limit is lower, and says so.
const largestDefinition = 4 << 20

func (f *formatter) stream() error {
	content, err := io.ReadAll(io.LimitReader(f.in, largestDefinition))
	if err != nil {
		return err
	}
	formatted, ok, err := f.format("-", content)
	if err != nil || !ok {
		return err
	}
	if f.check || f.diff {
		return f.tell("-", content, formatted)
	}
	_, err = f.out.Write(formatted)
	return err
}

func (f *formatter) file(name string) error {
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	formatted, ok, err := f.format(filepath.ToSlash(name), content)
	if err != nil || !ok || bytes.Equal(content, formatted) {
		return err
	}
	if !f.check && !f.diff {
		if err := replaceFile(name, formatted); err != nil {
			return err
		}
	}
	return f.tell(filepath.ToSlash(name), content, formatted)
}

// format gives the text in its layout; ok is false for one that cannot be read, which is told.
func (f *formatter) format(name string, content []byte) (formatted []byte, ok bool, err error) {
	formatted, list := source.Format(name, content)
	if formatted != nil {
		return formatted, true, nil
	}
	f.found = true
	return nil, false, diag.WriteText(f.out, list.Cap(mostShown), func(string) []byte { return content })
}

// tell names a file that is changed, or would be.
func (f *formatter) tell(name string, before, after []byte) error {
	if bytes.Equal(before, after) {
		return nil
	}
	f.found = f.found || f.check
	if f.diff {
		_, err := f.out.Write(diff.Diff(name, before, name+" (formatted)", after))
		return err
	}
	_, err := fmt.Fprintln(f.out, name)
	return err
}

// replaceFile writes a file whole or not at all, and keeps who may read it.
func replaceFile(name string, content []byte) error {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(real), ".diwan-fmt-*")
	if err != nil {
		return err
	}
	_, err = t.Write(content)
	if closed := t.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(t.Name(), info.Mode().Perm())
	}
	if err == nil {
		err = os.Rename(t.Name(), real)
	}
	if err != nil {
		_ = os.Remove(t.Name())
	}
	return err
}
