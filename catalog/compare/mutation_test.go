package compare_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/source"
)

const samples = "../../samples/palestine"

// load reads the samples, which are sound.
func load(t *testing.T) *catalog.Catalogue {
	t.Helper()
	c, list := catalog.Load(os.DirFS(samples))
	if list.HasErrors() {
		t.Fatal(list)
	}
	return c
}

// yamlFiles are the definitions of a catalogue.
func yamlFiles(c *catalog.Catalogue) []string {
	return slices.DeleteFunc(c.FileNames(), func(f string) bool { return !strings.HasSuffix(f, ".yaml") })
}

// differ compares a definition with what it becomes when the file has another content.
func differ(c *catalog.Catalogue, file, content string) compare.Difference {
	after, _ := c.WithFile(file, []byte(content))
	d, _ := compare.Definitions(c, file, after, file)
	return d
}

// declares tells whether the file still declares anything with another content.
func declares(c *catalog.Catalogue, file, content string) bool {
	after, _ := c.WithFile(file, []byte(content))
	for name := range after.Definitions() {
		if name == file {
			return true
		}
	}
	return false
}

// often is how many values that stand in the same place of the language are tried.
const often = 1

// Values of the samples are changed in turn, a few of each place of the language, and every key and item removed: each time there is a
// change to tell, in both languages.
func TestEveryChangeOfMeaningIsTold(t *testing.T) {
	c := load(t)
	tried := 0
	seen := map[string]int{}
	for _, file := range yamlFiles(c) {
		src := string(c.Files[file])
		root, _ := source.Parse(file, []byte(src), source.Limits{})
		folder, _, _ := strings.Cut(file, "/")
		eachScalar(root, folder, func(n *source.Node, way string) {
			r := n.Range()
			if seen[way]++; seen[way] > often {
				return
			}
			for _, to := range other(n) {
				changed := src[:r.Start.Offset] + to + src[r.End.Offset:]
				if !declares(c, file, changed) {
					continue // it is made of something that there is not, which is a finding
				}
				tried++
				told(t, differ(c, file, changed), fmt.Sprintf("%s:%d %q becomes %s", file, r.Start.Line, n.Value, to))
			}
		})
		eachWhole(root, src, func(what, changed string) {
			if seen[folder+what]++; seen[folder+what] > 4*often {
				return
			}
			if _, list := c.WithFile(file, []byte(changed)); !list.HasErrors() {
				tried++
				told(t, differ(c, file, changed), file+" without "+what)
			}
		})
	}
	if tried < 200 {
		t.Errorf("only %d mutations were tried", tried)
	}
}

var (
	placeholder = regexp.MustCompile(`\{[a-z]+:?\}`)
	quotation   = regexp.MustCompile(`“[^”]*”|«[^»]*»`) // what a definition says may have its own, as the texts of a layout
)

func told(t *testing.T, d compare.Difference, what string) {
	t.Helper()
	if len(d) == 0 {
		t.Errorf("%s: nothing is told", what)
	}
	for _, change := range d {
		for _, lang := range []string{"ar", "en"} {
			if s := change.Sentence(lang); s == "" || placeholder.MatchString(quotation.ReplaceAllString(s, "")) {
				t.Errorf("%s: %s says %q in %s", what, change.Kind, s, lang)
			}
		}
		if change.Kind == "" || change.Concern == "" || change.Old.File == "" && change.New.File == "" {
			t.Errorf("%s: %+v", what, change)
		}
	}
}

// other gives a different value of the same shape.
func other(n *source.Node) []string {
	switch {
	case n.Value == "true":
		return []string{"false"}
	case n.Value == "false":
		return []string{"true"}
	case n.Style == source.Plain && strings.Trim(n.Value, "0123456789") == "":
		return []string{n.Value + "1"}
	}
	if _, ok := catalog.ParseDuration(n.Value); ok {
		return []string{"1" + n.Value}
	}
	if strings.HasSuffix(n.Value, " ILS") {
		return []string{"1" + n.Value}
	}
	return []string{`"` + strings.ReplaceAll(strings.ReplaceAll(n.Value, `\`, `\\`), `"`, `\"`) + `x"`}
}

// eachScalar visits values with the keys on the way to them.
func eachScalar(n *source.Node, way string, do func(n *source.Node, way string)) {
	switch n.Kind {
	case source.Scalar:
		do(n, way)
	case source.List:
		for _, c := range n.Items() {
			eachScalar(c, way, do)
		}
	case source.Mapping:
		for k, v := range n.Pairs() {
			eachScalar(v, way+" "+k.Value, do)
		}
	}
}

// eachWhole removes each key that begins a line with all that stands under it, and each item of a list that does.
func eachWhole(root *source.Node, src string, do func(what, changed string)) {
	var visit func(n *source.Node)
	cut := func(start, end int, what string) {
		begin := strings.LastIndexByte(src[:start], '\n') + 1
		if strings.Trim(src[begin:start], " -") != "" || strings.Contains(src[begin:start], "-") && !strings.HasSuffix(strings.TrimSpace(src[begin:start]), "-") {
			return
		}
		if i := strings.IndexByte(src[end:], '\n'); i >= 0 {
			end += i + 1
		}
		do(what, src[:begin]+src[end:])
	}
	visit = func(n *source.Node) {
		for k, v := range n.Pairs() {
			if line := src[strings.LastIndexByte(src[:k.Range().Start.Offset], '\n')+1 : k.Range().Start.Offset]; strings.TrimSpace(line) == "" {
				cut(k.Range().Start.Offset, v.Range().End.Offset, k.Value)
			}
			visit(v)
		}
		for i, c := range n.Items() {
			cut(c.Range().Start.Offset, c.Range().End.Offset, fmt.Sprint("item ", i+1))
			visit(c)
		}
	}
	visit(root)
}
