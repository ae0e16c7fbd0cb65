package source_test

import (
	"fmt"
	"strings"
	"testing"

	yaml "gopkg.in/yaml.v3"

	"github.com/diwan-gov/diwan/catalog/source"
)

// BenchmarkRead prints what Parse and Decode cost beside the library's bare parse of the same 300-line file.
// The ratio to keep is below 4.
func BenchmarkRead(b *testing.B) {
	var s strings.Builder
	s.WriteString("service: a.b\nfields:\n")
	for i := range 60 {
		fmt.Fprintf(&s, "  - field: f%d\n    type: text\n    label: حقل في الطلب\n    max: 60\n    when: \"form.x > %d\"\n", i, i)
	}
	content := []byte(s.String())
	b.Run("parse+decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			root, list := source.Parse("f", content, source.Limits{})
			var d definition
			if list.Add(source.Decode(root, &d)...); len(list) > 0 || len(d.Fields) != 60 {
				b.Fatal(list)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var n yaml.Node
			if err := yaml.Unmarshal(content, &n); err != nil {
				b.Fatal(err)
			}
		}
	})
}
