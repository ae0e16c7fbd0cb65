package check_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A definition in the middle of being written is the usual case. Whatever is deleted or changed, loading and checking end without a panic.
func TestMutatedCataloguesNeverPanicAndAlwaysEnd(t *testing.T) {
	original := filesOf(archive(t, "testdata/base.txtar"))
	var names []string
	for name := range original {
		names = append(names, name)
	}
	slices.Sort(names)
	words := []string{"", "''", "[]", "{}", "~", "form", "licence", "facts", "step", "when", "true", "-", "?", ": ", "0", "9999999999999999999", "ق", "\t"}
	random := rand.New(rand.NewPCG(1, 2))
	dirty := 0
	const rounds = 300
	for range rounds {
		files := fstest.MapFS{}
		for name, f := range original {
			files[name] = &fstest.MapFile{Data: f.Data}
		}
		for range 1 + random.IntN(3) {
			name := names[random.IntN(len(names))]
			files[name] = &fstest.MapFile{Data: []byte(mutate(random, string(files[name].Data), words))}
		}
		if told(t, files) != "clean\n" {
			dirty++
		}
	}
	if dirty < rounds/2 {
		t.Errorf("only %d of %d mutations were noticed", dirty, rounds)
	}
}

func mutate(random *rand.Rand, text string, words []string) string {
	lines := strings.Split(text, "\n")
	i := random.IntN(len(lines))
	switch random.IntN(4) {
	case 0:
		lines = slices.Delete(lines, i, i+1)
	case 1:
		j := random.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
	case 2:
		parts := strings.SplitAfter(lines[i], " ")
		parts[random.IntN(len(parts))] = words[random.IntN(len(words))] + " "
		lines[i] = strings.Join(parts, "")
	case 3:
		if n := len(lines[i]); n > 0 {
			at := random.IntN(n)
			lines[i] = lines[i][:at] + words[random.IntN(len(words))] + lines[i][at:]
		}
	}
	return strings.Join(lines, "\n")
}
