package cluster

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindGivesAFolderThatRuns(t *testing.T) {
	dir, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify(dir); err != nil {
		t.Error(err)
	}
}

// binaries writes scripts that only tell their version, and a share folder for the major version given.
func binaries(t *testing.T, initdb, postgres, share string) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"bin", "share/postgresql"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, version := range map[string]string{"initdb": initdb, "postgres": postgres} {
		script := "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + "'\n"
		if err := os.WriteFile(filepath.Join(root, "bin", name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "share/postgresql/postgres.bki"), []byte("# PostgreSQL "+share+"\nmore\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "bin")
}

func TestOnlyAMatchingSetOfBinariesIsTaken(t *testing.T) {
	for name, c := range map[string]struct{ initdb, postgres, share, want string }{
		"whole":                   {"16.2 (Debian 16.2-1)", "16.2 (Debian 16.2-1)", "16", ""},
		"beta":                    {"19beta1", "19beta1", "19", ""},
		"two versions":            {"16.2", "15.6", "15", "initdb is 16.2 and postgres is 15.6"},
		"share of another":        {"16.2", "16.2", "15", "no share folder"},
		"wrapper that says other": {"nothing", "16.2", "16", "unexpected version"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verify(binaries(t, c.initdb, c.postgres, c.share))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("err = %v, want %q", err, c.want)
			}
		})
	}
}

func TestLinkOnPathLeadsToTheRealFolder(t *testing.T) {
	real, links := binaries(t, "16.2", "16.2", "16"), t.TempDir()
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.Symlink(filepath.Join(real, name), filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", links+":/usr/bin:/bin")
	real, err := filepath.EvalSymlinks(real)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Find(); err != nil || got != real {
		t.Errorf("Find() = %s, %v; want %s", got, err, real)
	}
}

// archive makes an npm archive and tells its hash.
func archive(t *testing.T, files map[string]string) (path, hash string) {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	out := tar.NewWriter(zipped)
	for name, text := range files {
		if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "build.tgz")
	if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(packed.Bytes())
	return path, base64.StdEncoding.EncodeToString(sum[:])
}

func TestFetchedBuildIsUnpackedWithItsLinks(t *testing.T) {
	path, hash := archive(t, map[string]string{
		"package/native/bin/postgres":         "program",
		"package/native/lib/liba.so.1.2":      "library",
		"package/native/pg-symlinks.json":     `[{"source":"native/lib/liba.so.1.2","target":"native/lib/liba.so"}]`,
		"package/scripts/hydrate-symlinks.js": "never wanted",
	})
	dir := filepath.Join(t.TempDir(), "out")
	if err := unpack(path, hash, dir); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "lib/liba.so")); err != nil || string(text) != "library" {
		t.Errorf("the link reads %q, %v", text, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "bin/postgres")); err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Errorf("postgres cannot be run: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "scripts")); err == nil {
		t.Error("scripts were unpacked")
	}
}

func TestFetchedBuildWithAnotherHashIsRefused(t *testing.T) {
	path, _ := archive(t, map[string]string{"package/native/bin/postgres": "program"})
	dir := filepath.Join(t.TempDir(), "out")
	err := unpack(path, fetchedBuilds["linux/amd64"].sha512, dir)
	if err == nil || !strings.Contains(err.Error(), "not the pinned") {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was unpacked")
	}
}

func TestFetchedBuildCannotWriteOutside(t *testing.T) {
	path, hash := archive(t, map[string]string{"package/native/../../../escaped": "x"})
	if err := unpack(path, hash, filepath.Join(t.TempDir(), "out")); err == nil {
		t.Error("a path that leads outside was unpacked")
	}
}
