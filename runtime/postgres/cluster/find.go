package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errNotFound is the one line that an operator sees when nothing can be run.
var errNotFound = errors.New("no PostgreSQL server found: install one (Debian: apt-get install postgresql; macOS: brew install postgresql@17) or npm, through which one can be fetched")

// Find returns the folder that holds a runnable initdb and postgres of the same version with their share
// files. It looks on PATH, in Debian's versioned folders from the highest down, in Homebrew's, and where pg_config
// points. Where all of these fail it fetches a pinned build through the npm client into the user's
// cache, which may take a minute. The error is one line that says what to install.
func Find() (binDir string, err error) { return find("") }

// find is Find for a given major version, or any when major is empty: a data folder can only be opened by
// the major version that made it.
func find(major string) (string, error) {
	for _, dir := range candidates() {
		if version, err := verify(dir); err == nil && (major == "" || majorOf(version) == major) {
			return dir, nil
		}
	}
	if major != "" && major != majorOf(fetchedVersion) {
		return "", fmt.Errorf("the data folder was made by PostgreSQL %s, which is not installed: install it (Debian: apt-get install postgresql-%s)", major, major)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	dir, err := fetch(ctx)
	if err == nil {
		_, err = verify(dir)
	}
	if err != nil {
		return "", fmt.Errorf("%w (%w)", errNotFound, err)
	}
	return dir, nil
}

// candidates are the folders worth verifying, best first.
func candidates() []string {
	var dirs []string
	add := func(dir string) {
		if dir != "" && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, name := range []string{"initdb", "postgres"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		// A link on PATH leads to the real folder, where the share files are found relative to it.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			add(filepath.Dir(real))
		}
		add(filepath.Dir(path))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
	} {
		found, _ := filepath.Glob(pattern) // the only error is a bad pattern
		slices.SortStableFunc(found, func(a, b string) int { return pathVersion(b) - pathVersion(a) })
		for _, dir := range found {
			add(dir)
		}
	}
	if dir, err := output("pg_config", "--bindir"); err == nil {
		add(dir)
	}
	return dirs
}

var (
	numberPattern  = regexp.MustCompile(`[0-9]+`)
	versionPattern = regexp.MustCompile(`\(PostgreSQL\) ([0-9]+(?:\.[0-9]+|[a-z]+[0-9]+)?)`)
)

func pathVersion(dir string) int {
	n, _ := strconv.Atoi(numberPattern.FindString(dir)) // none counts as 0, the lowest
	return n
}

func majorOf(version string) string { return numberPattern.FindString(version) }

// verify answers the version when the folder can really make and run a cluster.
func verify(dir string) (version string, err error) {
	versions := map[string]string{}
	for _, name := range []string{"initdb", "postgres"} {
		text, err := output(filepath.Join(dir, name), "--version")
		if err != nil {
			return "", err
		}
		match := versionPattern.FindStringSubmatch(text)
		if match == nil {
			return "", fmt.Errorf("%s: unexpected version %q", filepath.Join(dir, name), text)
		}
		versions[name] = match[1]
	}
	version = versions["postgres"]
	if versions["initdb"] != version {
		return "", fmt.Errorf("%s: initdb is %s and postgres is %s", dir, versions["initdb"], version)
	}
	shares := []string{filepath.Join(dir, "../share/postgresql"), filepath.Join(dir, "../share")}
	if dir == filepath.Join("/usr/lib/postgresql", majorOf(version), "bin") {
		shares = append(shares, filepath.Join("/usr/share/postgresql", majorOf(version)))
	}
	if share, err := output(filepath.Join(dir, "pg_config"), "--sharedir"); err == nil {
		shares = append(shares, share)
	}
	for _, share := range shares {
		// The first line of the bootstrap file names the major version that it belongs to.
		head, err := firstLine(filepath.Join(share, "postgres.bki"))
		if err == nil && strings.HasSuffix(head, " "+majorOf(version)) {
			return version, nil
		}
	}
	return "", fmt.Errorf("%s: no share folder for version %s beside it", dir, version)
}

func firstLine(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 80)
	n, err := f.Read(head)
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return strings.TrimSpace(line), err
}

// output runs a quick command and returns its trimmed standard output.
func output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return strings.TrimSpace(string(out)), err
}

// cacheDir is where a fetched build is kept. Root's own cache cannot be entered by the user that postgres
// runs as, so root uses the machine's.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 && runtime.GOOS == "linux" {
		return "/var/cache/diwan", nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "diwan"), err
}
