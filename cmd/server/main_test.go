package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/app"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/module/softhsm"
	"github.com/diwan-gov/diwan/runtime/document/s3/s3test"
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
	for _, args := range [][]string{nil, {"wep"}, {"web", "x"}, {"release", "x", "y"}} {
		if code, _, errs := call(t, nil, args...); code != exitUsage || errs != out {
			t.Errorf("%v: %d %q", args, code, errs)
		}
	}
}

// forRelease is what publishing a catalogue needs to know.
func forRelease(t *testing.T, database string) map[string]string {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys.pem")
	if err := app.Rotate(keys, "", func(string) (string, bool) { return "", false }); err != nil {
		t.Fatal(err)
	}
	return map[string]string{app.DatabaseVariable: database, "DIWAN_SIGNING_KEYS": keys}
}

func TestWhatIsNotConfiguredIsSaid(t *testing.T) {
	for _, args := range [][]string{{"web"}, {"worker"}, {"release", t.TempDir()}, {"release"}} {
		if code, _, errs := call(t, nil, args...); code != exitUsage || !strings.Contains(errs, app.DatabaseVariable+": is not set") {
			t.Errorf("%v: %d %q", args, code, errs)
		}
	}
	if code, _, errs := call(t, forRelease(t, "postgres://x"), "release", filepath.Join(t.TempDir(), "none")); code != exitUsage || !strings.Contains(errs, "no catalogue") {
		t.Errorf("%d %q", code, errs)
	}
}

func TestADatabaseThatIsNotThereIsAFailure(t *testing.T) {
	hush := "postgres://u:hush@" + filepath.Join(os.TempDir(), "nowhere") + "/x?connect_timeout=1"
	if code, _, errs := call(t, forRelease(t, hush), "release", t.TempDir()); code != exitFailure || strings.Contains(errs, "hush") {
		t.Errorf("%d %q", code, errs)
	}
}

func TestBodiesAreCopiedFromAFolderToABucketAndBack(t *testing.T) {
	o := s3test.Bucket(t)
	from, back := t.TempDir(), t.TempDir()
	env := map[string]string{"DIWAN_S3": o.Endpoint, "DIWAN_S3_REGION": o.Region, "DIWAN_S3_ID": o.ID, "DIWAN_S3_SECRET": o.Secret}
	folder, err := document.NewDisk(from)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		id := uuid.New()
		if err := folder.Put(t.Context(), id, id[:]); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ from, to, want string }{
		{from, "s3://bodies/files", "copied 3, there already 0, failed 0\n"}, {from, "s3://bodies/files", "copied 0, there already 3, failed 0\n"},
		{"s3://bodies/files", back, "copied 3, there already 0, failed 0\n"},
	} {
		if code, out, errs := call(t, env, "copy", c.from, c.to); code != exitClean || out != c.want {
			t.Errorf("copy %s %s: %d %q %q", c.from, c.to, code, out, errs)
		}
	}
	for _, c := range []struct{ from, to, want string }{
		{from, "s3://elsewhere/files", "make it first"}, {from, "/nowhere/at/all", "DIWAN_FILES"},
	} {
		if code, out, errs := call(t, env, "copy", c.from, c.to); code != exitFailure || !strings.Contains(errs, c.want) || strings.Contains(out+errs, o.Secret) {
			t.Errorf("copy %s %s: %d %q", c.from, c.to, code, errs)
		}
	}
	delete(env, "DIWAN_S3_SECRET")
	if code, _, errs := call(t, env, "copy", from, "s3://bodies/files"); code != exitFailure || !strings.Contains(errs, "DIWAN_S3_SECRET") {
		t.Errorf("%d %q", code, errs)
	}
}

func TestAKeyIsMadeInATokenThatTheEnvironmentNames(t *testing.T) {
	file, pin := filepath.Join(t.TempDir(), "signing.pem"), filepath.Join(t.TempDir(), "pin")
	if code, _, errs := call(t, nil, "rotate", file, "papers"); code != exitFailure || !strings.Contains(errs, "DIWAN_PKCS11 is not set") {
		t.Errorf("%d %q", code, errs)
	}
	if err := os.WriteFile(pin, []byte(softhsm.PIN+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"DIWAN_PKCS11": softhsm.Library(t, "papers"), "DIWAN_PKCS11_PIN_FILE": pin}
	for _, args := range [][]string{{"rotate", file}, {"rotate", file, "papers"}} {
		if code, _, errs := call(t, env, args...); code != exitClean {
			t.Fatalf("%v: %d %q", args, code, errs)
		}
	}
	if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(b), "-----BEGIN PKCS#11 PROVIDER URI-----") || strings.Contains(string(b), softhsm.PIN) {
		t.Errorf("%s, %v", b, err)
	}
	if code, out, errs := call(t, env, "request", file, "Ministry of Transport"); code != exitClean || !strings.HasPrefix(out, "-----BEGIN CERTIFICATE REQUEST-----") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	if code, out, errs := call(t, nil, "request", file, "Ministry of Transport"); code != exitFailure || out != "" || !strings.Contains(errs, "DIWAN_PKCS11") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	env["DIWAN_PKCS11_PIN"] = "31337"
	delete(env, "DIWAN_PKCS11_PIN_FILE")
	if code, _, errs := call(t, env, "rotate", file, "papers"); code != exitFailure || !strings.Contains(errs, "does not take the PIN") || strings.Contains(errs, "31337") {
		t.Errorf("%d %q", code, errs)
	}
}
