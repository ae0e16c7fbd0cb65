package check_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
)

// BenchmarkCheckOneService is what an edit costs: one file read again and its service checked.
func BenchmarkCheckOneService(b *testing.B) {
	c, list := catalog.Load(os.DirFS(samples))
	const code = "transport.driving-licence.renew"
	if list.HasErrors() || c.Service(code) == nil {
		b.Fatal(list)
	}
	file := c.Service(code).File
	for b.Loop() {
		edited, list := c.WithFile(file, c.Files[file])
		list.Add(check.Service(edited, edited.Service(code))...)
		if list.HasErrors() {
			b.Fatal(list)
		}
	}
}

// BenchmarkCheckCatalogue is 1,400 services from cold: reading, decoding and every rule.
func BenchmarkCheckCatalogue(b *testing.B) {
	files := fstest.MapFS{}
	c, _ := catalog.Load(os.DirFS(samples))
	for name, content := range c.Files {
		files[name] = &fstest.MapFile{Data: content}
	}
	for i := range 1400 - len(c.Services) {
		s := c.Services[i%len(c.Services)]
		code := s.Code.Value
		text := strings.Replace(string(c.Files[s.File]), "service: "+code, fmt.Sprintf("service: %s-%d", code, i), 1)
		files[fmt.Sprintf("%s-%d.yaml", strings.TrimSuffix(s.File, ".yaml"), i)] = &fstest.MapFile{Data: []byte(text)}
	}
	for b.Loop() {
		c, list := catalog.Load(files)
		list.Add(check.Check(c)...)
		if list.HasErrors() || len(c.Services) != 1400 {
			b.Fatal(list[:min(3, len(list))], len(c.Services))
		}
	}
}
