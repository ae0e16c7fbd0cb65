package lsp

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// What is found at once after each edit is what a check of the whole finds, unless the server says itself that the whole has to be checked.
func TestFindingsAfterAnEditAreThoseOfTheWhole(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("../../../samples/palestine")); err != nil {
		t.Fatal(err)
	}
	whole := func(c *catalog.Catalogue, loaded diag.List) diag.List {
		list := append(slices.Clone(loaded), check.Check(c)...)
		list.Sort()
		return list.Once()
	}
	s := New(Options{Findings: whole, Service: func(c *catalog.Catalogue, s *catalog.Service, _ diag.List) diag.List { return check.Service(c, s) }})
	s.out = &writer{out: io.Discard}
	const renew, fines, card = "services/transport/driving-licence-renew.yaml", "services/transport/traffic-fines.yaml", "documents/driving-licence.yaml"
	const family = "blueprints/status-enquiry.yaml"
	original := map[string]string{}
	for _, file := range []string{renew, fines, card, family} {
		b, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		original[file] = string(b)
		s.open(textDocument{URI: uriOf(filepath.Join(root, file)), Text: string(b)})
	}
	w := s.workspaces[root]
	compared := 0
	for i, edit := range []struct{ file, old, text string }{
		{renew, "when: licence.blocked", "when: licence.blokked"},
		{fines, "authority: transport", "authority: trnsport"},
		{renew, "pay: [renewal, late]", "pay: [renewal]"},
		{renew, "form:", "form: ["},
		{renew, "", ""},
		{card, "value: licence.category", "value: licence.catgory"},
		{renew, "licenceNumber\n        type", "number\n        type"},
		{family, "{parameter: pattern,", "{parameter: patern,"},
		{family, "", ""},
		{fines, "", ""},
		{card, "", ""},
		{renew, "", ""},
	} {
		text := strings.Replace(original[edit.file], edit.old, edit.text, 1)
		if edit.old != "" && text == original[edit.file] {
			t.Fatalf("edit %d changes nothing", i)
		}
		s.documents[filepath.Join(root, edit.file)].content = text
		w.touch(edit.file)
		s.update(w)
		want := whole(w.catalogue, w.loaded)
		if w.whole {
			s.settle(verdict{workspace: w, generation: w.generation, findings: want})
			continue
		}
		compared++
		if got := fmt.Sprint(w.findings); got != fmt.Sprint(want) {
			t.Errorf("edit %d\ngot  %s\nwant %s", i, got, want)
		}
	}
	if compared < 3 {
		t.Errorf("only %d edits were checked alone", compared)
	}
	if list := whole(w.catalogue, w.loaded); list.HasErrors() {
		t.Errorf("everything is as it was, and yet: %v", list)
	}
}
