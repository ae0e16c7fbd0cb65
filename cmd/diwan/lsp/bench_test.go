package lsp

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// BenchmarkOneEdit is what the server does when somebody has typed in one of 1,400 services: the file is read again, its service checked, and the
// findings published. Scenarios are left out, as in check.one_edit_ms.
func BenchmarkOneEdit(b *testing.B) {
	root := b.TempDir()
	if err := os.CopyFS(root, os.DirFS("../../../samples/palestine")); err != nil {
		b.Fatal(err)
	}
	c, _ := catalog.Load(os.DirFS(root))
	const edited = "services/transport/driving-licence-renew.yaml"
	for i := range 1400 - len(c.Services) {
		s := c.Services[i%len(c.Services)]
		text := strings.Replace(string(c.Files[s.File]), "service: "+s.Code.Value, fmt.Sprintf("service: %s-%d", s.Code.Value, i), 1)
		name := fmt.Sprintf("%s-%d.yaml", strings.TrimSuffix(s.File, ".yaml"), i)
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	s := New(Options{
		Findings: func(*catalog.Catalogue, diag.List) diag.List { return nil },
		Service:  func(c *catalog.Catalogue, s *catalog.Service, _ diag.List) diag.List { return check.Service(c, s) },
	})
	s.out = &writer{out: io.Discard}
	file := filepath.Join(root, edited)
	content := string(c.Files[edited])
	s.open(textDocument{URI: uriOf(file), Text: content})
	w := s.workspaces[root]
	if w == nil || len(w.catalogue.Services) != 1400 {
		b.Fatal("the catalogue was not read")
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		s.documents[file].content = content + strings.Repeat("\n", i%2)
		w.touch(edited)
		s.update(w)
	}
}
