package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == workerCommand { // the pool of scripts starts this program again
		main()
		return
	}
	testscript.Main(m, map[string]func(){"diwan": main})
}

// The scripts run the command as its users do. "exits CODE ARGUMENTS…" is diwan with these arguments, which must exit with that code.
func TestTheCommandLine(t *testing.T) {
	samples, err := filepath.Abs("../../samples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAMPLES", samples)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARGUMENTS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var failed *exec.ExitError
	if err := ts.Exec("diwan", args[1:]...); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func call(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = run(context.Background(), args, &o, &e)
	return code, o.String(), e.String()
}

func TestTokenComesFromTheIssuerThatTheInstallationNames(t *testing.T) {
	t.Setenv(secretVariable, "s3cret/+")
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, secret, _ := r.BasicAuth()
		switch {
		case r.URL.Path != "/oidc/token" || r.Method != http.MethodPost || r.FormValue("grant_type") != sampleGrant || user != "me" || secret != "s3cret%2F%2B":
			http.Error(w, "", http.StatusTeapot)
		case r.FormValue("person") != "layla":
			w.WriteHeader(http.StatusBadRequest)
			reply(t, w, map[string]string{"error": "invalid_grant", "error_description": "there is no such sample person"})
		default:
			reply(t, w, map[string]string{"access_token": "abc.def"})
		}
	}))
	defer issuer.Close()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/diwan" {
			http.NotFound(w, r)
			return
		}
		reply(t, w, map[string]string{"issuer": issuer.URL + "/oidc/"})
	}))
	defer site.Close()

	if code, out, errs := call(t, "token", "--client", "me", "--url", site.URL+"/", "layla"); code != exitClean || out != "abc.def\n" {
		t.Errorf("%d %q %q", code, out, errs)
	}
	code, out, errs := call(t, "token", "--client", "me", "--url", site.URL, "nobody")
	if code != exitFailure || out != "" || !strings.Contains(errs, "there is no such sample person") || strings.Contains(errs, "s3cret") {
		t.Errorf("%d %q %q", code, out, errs)
	}
}

func TestTokenTellsWhatIsWrongWithAnInstallation(t *testing.T) {
	var answer string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer == "" {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		if _, err := w.Write([]byte(answer)); err != nil {
			t.Error(err)
		}
	}))
	defer site.Close()
	for _, test := range []struct{ answer, want string }{
		{"", "302 Found"}, {"<html>", "not the JSON"}, {"{}", "is no web address"}, {`{"issuer":"file:///etc/x"}`, "is no web address"},
		{`{"issuer":"` + site.URL + `"}`, "holds no token"},
	} {
		answer = test.answer
		if code, out, errs := call(t, "token", "--url", site.URL, "layla"); code != exitFailure || out != "" || !strings.Contains(errs, test.want) {
			t.Errorf("%q: %d %q %q", test.answer, code, out, errs)
		}
	}
	site.Close()
	if code, _, errs := call(t, "token", "--url", site.URL, "layla"); code != exitFailure || !strings.Contains(errs, "refused") {
		t.Errorf("%d %q", code, errs)
	}
}

func reply(t *testing.T, w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		t.Error(err)
	}
}

func TestAnUnreadableFileIsAFindingAndNoFailure(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"catalogue.yaml": "catalogue: x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "services"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "services", "lost.yaml")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, "check", dir); code != exitFindings || !strings.Contains(out, "unreadable-file") {
		t.Errorf("%d %s", code, out)
	}
}
