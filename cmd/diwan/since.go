package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// changes are the files of a catalogue that differ from a revision of its repository, by their path inside the catalogue, with what they held
// then; nil for a file that there was not.
type changes map[string][]byte

// mostGit is how long one question to git may take.
const mostGit = time.Minute

// changesSince asks git what has changed in the folder root since a revision, files that git does not know yet included.
func changesSince(ctx context.Context, root, revision string) (changes, error) {
	ctx, cancel := context.WithTimeout(ctx, mostGit)
	defer cancel()
	if _, err := exec.LookPath("git"); err != nil {
		return nil, usage("--since needs git, which is not installed")
	}
	if _, err := git(ctx, root, nil, "rev-parse", "--is-inside-work-tree"); err != nil {
		return nil, usage("--since needs a git repository, and %s lies in none", root)
	}
	hash, err := git(ctx, root, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return nil, usage("git knows no revision %q", revision)
	}
	commit := strings.TrimSpace(string(hash))
	out := changes{}
	for _, question := range [][]string{
		{"diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", commit, "--", "."},
		{"ls-files", "--others", "--exclude-standard", "-z"},
	} {
		names, err := git(ctx, root, nil, question...)
		if err != nil {
			return nil, err
		}
		for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
			if name != "" {
				out[name] = nil
			}
		}
	}
	return out, out.read(ctx, root, commit)
}

// read asks what the files held at the commit.
func (c changes) read(ctx context.Context, root, commit string) error {
	var ask bytes.Buffer
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if !strings.Contains(name, "\n") {
			names = append(names, name)
			fmt.Fprintf(&ask, "%s:./%s\n", commit, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	answer, err := git(ctx, root, &ask, "cat-file", "--batch")
	if err != nil {
		return err
	}
	r := bufio.NewReader(bytes.NewReader(answer))
	for _, name := range names {
		head, err := r.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git cat-file: %w", err)
		}
		if strings.HasSuffix(head, " missing\n") {
			continue
		}
		var hash, kind string
		var size int
		if _, err := fmt.Sscanf(head, "%s %s %d", &hash, &kind, &size); err != nil {
			return fmt.Errorf("git cat-file said %s", diag.Quote(head))
		}
		content := make([]byte, size+1)
		if _, err := io.ReadFull(r, content); err != nil {
			return fmt.Errorf("git cat-file: %w", err)
		}
		if kind == "blob" {
			c[name] = content[:size]
		}
	}
	return nil
}

// git runs git in a folder and gives what it prints.
func git(ctx context.Context, folder string, in io.Reader, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, args...)...)
	command.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	command.Stdin = in
	out, err := command.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && len(failed.Stderr) > 0 {
		return nil, fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(string(failed.Stderr)))
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out, nil
}

// caused gives those of the findings that stand in a changed file, name one, or were not there before the changes.
func (c changes) caused(of *catalog.Catalogue, loaded, found diag.List) diag.List {
	touches := func(d diag.Diagnostic) bool {
		if _, changed := c[d.Range.File]; changed {
			return true
		}
		return slices.ContainsFunc(d.Related, func(r diag.Related) bool { _, changed := c[r.Range.File]; return changed })
	}
	if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return !touches(d) }) {
		return found
	}
	before := of
	old := slices.DeleteFunc(slices.Clone(loaded), touches)
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if _, known := of.Files[name]; known || catalog.Declares(name) != nil || strings.HasSuffix(name, ".js") || strings.HasSuffix(name, ".svg") {
			var list diag.List
			before, list = before.WithFile(name, c[name])
			old.Add(list...)
		}
	}
	type finding struct {
		code    diag.Code
		at      diag.Range
		summary string
	}
	known := map[finding]bool{}
	for _, d := range findings(before, old) {
		known[finding{d.Code, d.Range, d.Summary}] = true
	}
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
		return !touches(d) && known[finding{d.Code, d.Range, d.Summary}]
	})
}
