package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog/reference"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// The page about the API is followed as a reader does: every block in one bash, at another address.
func TestAReaderOfTheAPIPageEndsWithTheirPaper(t *testing.T) {
	p := shared.get(t)
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "bin", "diwan"), "../diwan").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script := "set -euo pipefail\n"
	for _, block := range shellBlock.FindAllStringSubmatch(reference.API("en"), -1) {
		script += block[1]
	}
	const address = "DIWAN=http://127.0.0.1:8080\n"
	if strings.Count(script, address) != 1 {
		t.Fatal("the page does not say where the installation is")
	}
	command := exec.CommandContext(ctx, "bash", "-c", strings.Replace(script, address, "DIWAN="+p.url+"\n", 1))
	command.Dir = dir
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`"code":"` + licence + `"`, `"total":{"value":"100.00","currency":"ILS"}`, `"actions":["approve"`} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("nothing shows %s in:\n%s", want, out)
		}
	}
	paper, err := os.ReadFile(filepath.Join(dir, "licence.pdf"))
	if err != nil || !bytes.HasPrefix(paper, []byte("%PDF-")) {
		t.Errorf("the paper is %.200q (%v)", paper, err)
	}
}
