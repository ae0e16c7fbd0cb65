package compare_test

import (
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/compare"
)

// A definition in the middle of being written is compared too, by editors. Whatever lines are lost, doubled or changed, in either of the two,
// the comparison ends, and what it says can be shown.
func TestBrokenDefinitionsAreComparedWithoutAPanic(t *testing.T) {
	c := load(t)
	random := rand.New(rand.NewPCG(3, 4))
	words := []string{"", "''", "[]", "{}", "~", "[[]]", "{a: {}}", "form", "- x", "? :", "9999999999999999999", "\t", "{end: [refused]}"}
	told := 0
	for range 60 {
		lines := strings.Split(string(c.Files[licence]), "\n")
		for range 1 + random.IntN(4) {
			i, j := random.IntN(len(lines)), random.IntN(len(lines))
			switch random.IntN(4) {
			case 0:
				lines = slices.Delete(lines, i, i+1)
			case 1:
				lines = slices.Insert(lines, i, lines[j])
			case 2:
				lines[i], lines[j] = lines[j], lines[i]
			case 3:
				head, _, _ := strings.Cut(lines[i], ":")
				lines[i] = head + ": " + words[random.IntN(len(words))]
			}
		}
		other, _ := c.WithFile(licence, []byte(strings.Join(lines, "\n")))
		there, _ := compare.Definitions(c, licence, other, licence)
		back, _ := compare.Definitions(other, licence, c, licence)
		for _, d := range []compare.Difference{there, back} {
			told += len(d)
			for _, lang := range []string{"ar", "en"} {
				if d.WriteText(io.Discard, lang) != nil || d.WriteHTML(io.Discard, lang) != nil {
					t.Fatal("it cannot be shown")
				}
			}
		}
	}
	if told < 60 {
		t.Errorf("only %d changes were told", told)
	}
}
