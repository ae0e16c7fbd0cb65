package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
)

const (
	// tokenVariable holds a bearer token, as diwan token prints one; on the command line every process would see it.
	tokenVariable = "DIWAN_TOKEN"
	// releaseFile says beside the definitions from which release they were taken.
	releaseFile = ".diwan-release"
	// changeWait is for a catalogue of a country: its checks and scenarios run before it is answered.
	changeWait     = 5 * time.Minute
	mostCatalogue  = 256 << 20
	apiPrefix      = "/api/v1/"
	folderMode     = 0o755
	definitionMode = 0o644
)

// installation is where the commands that follow talk to.
type installation struct{ address string }

func (i *installation) flag(c *cobra.Command) {
	c.Flags().StringVar(&i.address, "url", "", "address of the installation, such as http://localhost:8080")
}

// call sends a request with the token of the environment and reads what is answered.
func (i *installation) call(ctx context.Context, method, path string, body, into any) error {
	base, err := webAddress(i.address)
	if err != nil {
		return usage("--url: %w", err)
	}
	token := os.Getenv(tokenVariable)
	if token == "" {
		return usage("%s is not set: diwan token prints one for a trial installation", tokenVariable)
	}
	ctx, cancel := context.WithTimeout(ctx, changeWait)
	defer cancel()
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, base+apiPrefix+path, sent)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Language", "en") // as everything else that the command says
	web := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := web.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(response.Body, mostCatalogue+1))
	switch {
	case err != nil:
		return err
	case len(b) > mostCatalogue:
		return errors.New("the answer is too long")
	case response.StatusCode >= 300:
		return refusal(response.Status, b)
	}
	return json.Unmarshal(b, into)
}

// refusal is what an installation says against a request, place by place.
func refusal(status string, body []byte) error {
	var p struct {
		Title, Detail string
		Errors        []struct{ Path, Message string }
	}
	if json.Unmarshal(body, &p) != nil || p.Title == "" {
		return errors.New(status)
	}
	said := p.Title + ": " + p.Detail
	for _, e := range p.Errors {
		said += "\n  " + strings.TrimPrefix(e.Path, "/files/") + ": " + e.Message
	}
	return errors.New(said)
}

func pullCommand() *cobra.Command {
	var at installation
	var release int64
	c := &cobra.Command{
		Use:   "pull --url URL DIR",
		Short: "Take the catalogue that is live into a folder",
		Long: "Pull writes the definitions of the live release, or of another one, into a folder, and beside them the file " + releaseFile + ", which says what\n" +
			"they are; diwan propose needs it. Files of the folder that are not of the release are removed where they lie in the folders of a catalogue\n" +
			"and nothing was changed since the last pull; else nothing is done. Keep the folder under git, or not. The environment variable " + tokenVariable + "\n" +
			"holds a bearer token of an analyst or reviewer.",
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := args[0]
			was, err := pulled(dir)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			var now struct {
				Release int64
				Files   map[string]string
			}
			if err := at.call(cmd.Context(), http.MethodGet, "catalogue?release="+strconv.FormatInt(release, 10), nil, &now); err != nil {
				return err
			}
			local, err := folder(dir)
			if err != nil {
				return err
			}
			if was == 0 && len(local) > 0 {
				return fmt.Errorf("%s holds definitions that were not pulled: name an empty folder", dir)
			}
			if was != 0 {
				changed, err := at.changed(cmd.Context(), was, local)
				if err != nil {
					return err
				}
				if len(changed) > 0 {
					return fmt.Errorf("%d files of %s are changed and not proposed: propose them, or take them back first", len(changed), dir)
				}
			}
			if err := write(dir, now.Files, local); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, releaseFile), []byte(strconv.FormatInt(now.Release, 10)+"\n"), definitionMode); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "release %d, %d files\n", now.Release, len(now.Files))
			return err
		},
	}
	at.flag(c)
	c.Flags().Int64Var(&release, "release", 0, "another release than the live one")
	return c
}

func proposeCommand() *cobra.Command {
	var at installation
	var authority, title, reason, basis, from string
	c := &cobra.Command{
		Use:   "propose --url URL --authority CODE --title TEXT --reason TEXT DIR",
		Short: "Propose what was changed in a folder since it was pulled",
		Long: "Propose sends what differs in a folder from the release from which it was pulled. What others have released since is joined with it. The checks run\n" +
			"at once; then it goes to its reviewers by the route of the catalogue. " + tokenVariable + " holds a bearer token of an analyst of the authority.",
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			was, err := pulled(args[0])
			if errors.Is(err, fs.ErrNotExist) {
				return usage("%s was not pulled: there is no %s in it", args[0], releaseFile)
			}
			if err != nil {
				return err
			}
			var live *time.Time
			if from != "" {
				t, err := time.Parse(time.RFC3339, from)
				if err != nil {
					return usage("--live-from %q: write a moment such as 2027-01-01T00:00:00+02:00", from)
				}
				live = &t
			}
			local, err := folder(args[0])
			if err != nil {
				return err
			}
			files, err := at.changed(cmd.Context(), was, local)
			if err != nil {
				return err
			}
			var made struct {
				Number int64
				Status string
				Page   string
			}
			err = at.call(cmd.Context(), http.MethodPost, "changes", map[string]any{
				"authority": authority, "title": title, "reason": reason, "basis": basis, "liveFrom": live, "release": was, "files": files,
			}, &made)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "change %d is %s: %s\n", made.Number, made.Status, made.Page)
			return err
		},
	}
	at.flag(c)
	c.Flags().StringVar(&authority, "authority", "", "whose services are changed")
	c.Flags().StringVar(&title, "title", "", "what it is about, in a few words")
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.Flags().StringVar(&basis, "basis", "", "the law or decision on which it rests")
	c.Flags().StringVar(&from, "live-from", "", "when it is to go live, such as 2027-01-01T00:00:00+02:00; as soon as it is approved without it")
	return c
}

// publication is a release that is to go live, is or was.
type publication struct {
	Release  int64
	LiveFrom time.Time
	Way      string
	By       string
	Reason   string
	Live     bool
}

func releaseCommand() *cobra.Command {
	var at installation
	c := &cobra.Command{
		Use:   "release --url URL",
		Short: "Show which release is live, which are to go live, and which were",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list struct{ Items []publication }
			if err := at.call(cmd.Context(), http.MethodGet, "releases", nil, &list); err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			for _, p := range list.Items {
				mark := ""
				if p.Live {
					mark = "live"
				} else if p.LiveFrom.After(time.Now()) {
					mark = "to come"
				}
				if _, err := fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", p.Release, p.LiveFrom.UTC().Format(time.RFC3339), mark, p.By, p.Reason); err != nil {
					return err
				}
			}
			return w.Flush()
		},
	}
	at.flag(c)
	return c
}

func rollbackCommand() *cobra.Command {
	var at installation
	var release int64
	var reason string
	c := &cobra.Command{
		Use:   "rollback --url URL --release N --reason TEXT",
		Short: "Make an earlier release live again, at once and for everybody",
		Long: "Rollback is for operators of the platform. What was released since is no longer live; open applications stay on the plans with which they began.\n" +
			"diwan release shows the numbers.",
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if release <= 0 || reason == "" {
				return usage("--release and --reason: say which, and why")
			}
			var p publication
			if err := at.call(cmd.Context(), http.MethodPost, "releases/rollback", map[string]any{"release": release, "reason": reason}, &p); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "release %d is live since %s\n", p.Release, p.LiveFrom.UTC().Format(time.RFC3339))
			return err
		},
	}
	at.flag(c)
	c.Flags().Int64Var(&release, "release", 0, "number of the release")
	c.Flags().StringVar(&reason, "reason", "", "why; it stands in the history")
	return c
}

// pulled is the release from which a folder was taken.
func pulled(dir string) (int64, error) {
	b, err := os.ReadFile(filepath.Join(dir, releaseFile))
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%s: not a number of a release", filepath.Join(dir, releaseFile))
	}
	return n, nil
}

// folder reads the files of a catalogue in a folder; sample data and whatever else lies there is none of it.
func folder(dir string) (map[string]string, error) {
	out := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && p == "." {
			return nil // it is made
		}
		if err != nil || d.IsDir() || !catalog.IsFile(p) {
			return err
		}
		b, err := fs.ReadFile(root, p)
		out[p] = string(b)
		return err
	})
	return out, err
}

// changed are the files that differ in a folder from a release; nil is one that is gone.
func (i *installation) changed(ctx context.Context, release int64, local map[string]string) (map[string]*string, error) {
	var was struct{ Files map[string]string }
	if err := i.call(ctx, http.MethodGet, "catalogue?release="+strconv.FormatInt(release, 10), nil, &was); err != nil {
		return nil, err
	}
	out := map[string]*string{}
	for path, text := range local {
		if had, there := was.Files[path]; !there || had != text {
			out[path] = &text
		}
	}
	for path := range was.Files {
		if _, there := local[path]; !there {
			out[path] = nil
		}
	}
	return out, nil
}

// write makes the files of a folder those of a release. What is not safe as a path is an error: it came over the network.
func write(dir string, files, local map[string]string) error {
	for path := range files {
		if !catalog.IsFile(path) || !filepath.IsLocal(filepath.FromSlash(path)) {
			return fmt.Errorf("%q is no file of a catalogue", path)
		}
	}
	for path, text := range files {
		if had, there := local[path]; there && had == text {
			continue
		}
		at := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(at), folderMode); err != nil {
			return err
		}
		if err := os.WriteFile(at, []byte(text), definitionMode); err != nil {
			return err
		}
	}
	for path := range local {
		if _, there := files[path]; !there {
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(path))); err != nil {
				return err
			}
		}
	}
	return nil
}
