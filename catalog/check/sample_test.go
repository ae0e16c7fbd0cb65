package check_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
)

const samples = "../../samples/palestine"

func TestTheSampleCatalogueIsClean(t *testing.T) {
	c, list := catalog.Load(os.DirFS(samples))
	list.Add(check.Check(c)...)
	if len(list) > 0 {
		var b bytes.Buffer
		if err := diag.WriteText(&b, list, func(f string) []byte { return c.Files[f] }); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s", &b)
	}
}
