package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/app"
)

func call(t *testing.T, env map[string]string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, func(name string) (string, bool) { v, ok := env[name]; return v, ok }, &o, &e)
	return code, o.String(), e.String()
}

func TestHelpNamesEveryVariableAndWrongUsageShowsIt(t *testing.T) {
	code, out, _ := call(t, nil, "help")
	for _, v := range app.Variables() {
		if code != exitClean || !strings.Contains(out, v.Name) {
			t.Errorf("%d, %s is not in\n%s", code, v.Name, out)
		}
	}
	for _, args := range [][]string{nil, {"wep"}, {"web", "x"}, {"release"}} {
		if code, _, errs := call(t, nil, args...); code != exitUsage || errs != out {
			t.Errorf("%v: %d %q", args, code, errs)
		}
	}
}

func TestWhatIsNotConfiguredIsSaid(t *testing.T) {
	for _, args := range [][]string{{"web"}, {"worker"}, {"release", t.TempDir()}} {
		if code, _, errs := call(t, nil, args...); code != exitUsage || !strings.Contains(errs, app.DatabaseVariable+": is not set") {
			t.Errorf("%v: %d %q", args, code, errs)
		}
	}
	if code, _, errs := call(t, map[string]string{app.DatabaseVariable: "postgres://x"}, "release", filepath.Join(t.TempDir(), "none")); code != exitUsage || !strings.Contains(errs, "no catalogue") {
		t.Errorf("%d %q", code, errs)
	}
}

func TestADatabaseThatIsNotThereIsAFailure(t *testing.T) {
	hush := "postgres://u:hush@" + filepath.Join(os.TempDir(), "nowhere") + "/x?connect_timeout=1"
	if code, _, errs := call(t, map[string]string{app.DatabaseVariable: hush}, "release", t.TempDir()); code != exitFailure || strings.Contains(errs, "hush") {
		t.Errorf("%d %q", code, errs)
	}
}
