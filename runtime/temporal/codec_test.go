package temporal_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	sdk "go.temporal.io/sdk/temporal"

	"github.com/diwan-gov/diwan/runtime/temporal"
)

func line(id string, b byte) string {
	return id + " " + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) + "\n"
}

func ring(t *testing.T, lines ...string) *temporal.Keys {
	t.Helper()
	k, err := temporal.ParseKeys(strings.Join(lines, ""))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func encrypted(t *testing.T, k *temporal.Keys, v string) *commonpb.Payload {
	t.Helper()
	p, err := temporal.DataConverter(k).ToPayload(v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRotationReadsWhatEveryKeyWroteAndWritesWithTheNewest(t *testing.T) {
	first := ring(t, line("2026a", 1))
	both := ring(t, line("2026b", 2), line("2026a", 1))
	old := encrypted(t, first, "national number 900000001")
	if bytes.Contains(old.Data, []byte("900000001")) {
		t.Error("the payload is in clear")
	}
	var got string
	if err := temporal.DataConverter(both).FromPayload(old, &got); err != nil || got != "national number 900000001" {
		t.Errorf("%q, %v", got, err)
	}
	new := encrypted(t, both, "x")
	if string(new.Metadata["diwan-key"]) != "2026b" {
		t.Errorf("written with %s", new.Metadata["diwan-key"])
	}
	if err := temporal.DataConverter(first).FromPayload(new, &got); err == nil {
		t.Error("read without its key")
	}
	if err := temporal.DataConverter(ring(t, line("2026b", 2))).FromPayload(old, &got); err == nil {
		t.Error("read after its key was thrown away")
	}
}

func TestWhatWasNotEncryptedWithAKeyOfTheRingIsRefused(t *testing.T) {
	k := ring(t, line("a", 1), line("b", 2))
	good := encrypted(t, k, "x")
	var got string
	for name, change := range map[string]func(p *commonpb.Payload){
		"a changed byte":  func(p *commonpb.Payload) { p.Data[len(p.Data)-1] ^= 1 },
		"cut short":       func(p *commonpb.Payload) { p.Data = p.Data[:5] },
		"another key":     func(p *commonpb.Payload) { p.Metadata["diwan-key"] = []byte("b") },
		"in clear":        func(p *commonpb.Payload) { p.Metadata["encoding"] = []byte("json/plain"); p.Data = []byte(`"x"`) },
		"no such key":     func(p *commonpb.Payload) { p.Metadata["diwan-key"] = []byte("z") },
		"nothing in it":   func(p *commonpb.Payload) { p.Data = nil },
		"no key is named": func(p *commonpb.Payload) { delete(p.Metadata, "diwan-key") },
	} {
		p := &commonpb.Payload{Data: bytes.Clone(good.Data), Metadata: map[string][]byte{}}
		for k, v := range good.Metadata {
			p.Metadata[k] = v
		}
		change(p)
		if err := temporal.DataConverter(k).FromPayload(p, &got); err == nil {
			t.Errorf("%s: read %q", name, got)
		}
	}
}

func TestFailuresTravelEncrypted(t *testing.T) {
	k := ring(t, line("a", 1))
	c := temporal.FailureConverter(k)
	f := c.ErrorToFailure(sdk.NewApplicationError("Mariam Salem has fines", "kind", errors.New("900000001")))
	if s := f.String(); strings.Contains(s, "Mariam") || strings.Contains(s, "900000001") {
		t.Errorf("in clear: %s", s)
	}
	if err := c.FailureToError(f); !strings.Contains(err.Error(), "Mariam Salem has fines") {
		t.Errorf("comes back as %v", err)
	}
}

func TestKeysAreReadFromAFileOfTheirOwnerOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, []byte("# newest first\n\n"+line("b", 2)+line("a", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := temporal.LoadKeys(file, ""); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := temporal.LoadKeys(file, ""); err == nil {
		t.Error("read from a file that the group may read")
	}
	t.Setenv("DIWAN_TEST_KEYS", strings.ReplaceAll(line("b", 2)+line("a", 1), "\n", ";"))
	if _, err := temporal.LoadKeys("", "DIWAN_TEST_KEYS"); err != nil {
		t.Error(err)
	}
	if _, err := temporal.LoadKeys("", "DIWAN_TEST_NO_SUCH_VARIABLE"); err == nil {
		t.Error("no keys are enough")
	}
	secret := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 16))
	for _, text := range []string{"", "#\n", "a " + secret, "a\n", line("a b", 1), line("a", 1) + line("a", 2)} {
		if _, err := temporal.ParseKeys(text); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
