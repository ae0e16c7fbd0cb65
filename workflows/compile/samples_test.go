package compile_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/machine"
)

func TestEveryServiceOfTheSampleCatalogueCompilesAndLoads(t *testing.T) {
	c, findings := catalog.Load(os.DirFS("../../samples/palestine"))
	if findings.HasErrors() || len(c.Services) == 0 {
		t.Fatalf("%d services: %s", len(c.Services), told(findings, nil))
	}
	for _, s := range c.Services {
		p, texts, list := compile.Compile(c, s)
		if len(list) > 0 {
			t.Errorf("%s: %s", s.Code.Value, told(list, c.Files))
			continue
		}
		if _, err := machine.Load(p); err != nil {
			t.Error(err)
		}
		if len(texts.Title) != 2 || len(texts.Fields) != len(p.Form.Fields) {
			t.Errorf("%s: texts %+v", s.Code.Value, texts.Title)
		}
	}
}

func told(list diag.List, files map[string][]byte) string {
	var b bytes.Buffer
	if err := diag.WriteText(&b, list, func(f string) []byte { return files[f] }); err != nil {
		return err.Error()
	}
	return b.String()
}
