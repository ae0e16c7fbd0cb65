package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// dataVersion is the major version that made the data folder, empty when there is none yet.
func dataVersion(data string) string {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// create makes the data folder when it is missing: beside its place first, then renamed, so that a killed
// initdb leaves nothing that looks like a cluster.
func create(ctx context.Context, o Options, as identity, dir, data string) error {
	if dataVersion(data) != "" {
		return nil
	}
	if entries, err := os.ReadDir(data); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty and is no PostgreSQL data folder: move it away", data)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh := data + ".new"
	if err := os.RemoveAll(fresh); err != nil { // never was a cluster
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	if err := as.own(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions"}
	if runtime.GOOS == "linux" {
		args = append(args, "--locale=C.UTF-8")
	} else {
		args = append(args, "--locale=C", "--lc-ctype=UTF-8")
	}
	if o.NoSync {
		args = append(args, "--no-sync")
	}
	if out, err := as.command(ctx, dir, filepath.Join(o.BinDir, "initdb"), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
	}
	if err := os.Rename(fresh, data); err != nil {
		return err
	}
	if o.NoSync {
		return nil
	}
	parent, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}
