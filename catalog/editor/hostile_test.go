package editor_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/editor"
)

// Whatever stands in the file and wherever the cursor is, each question ends without a panic, and what it answers lies inside the file.
func TestAnyBytesAndAnyPlaceAreAnswered(t *testing.T) {
	c := load(t)
	random := rand.New(rand.NewPCG(7, 9))
	files := c.FileNames()
	pieces := []string{"", "'", `"`, "{", "}", "[", ": ", "- ", "\n", "\r\n", "\t", "form.", "facts", "|", ">", "#", "ق", "😀", "\xff", "zqxCursorzqx", "&a", "*a", "!t", "\x00"}
	answered := 0
	for range 80 {
		file := files[random.IntN(len(files))]
		text := string(c.Files[file])
		for range random.IntN(4) {
			at := random.IntN(len(text))
			text = text[:at] + pieces[random.IntN(len(pieces))] + text[min(len(text), at+random.IntN(6)):]
		}
		if random.IntN(5) == 0 {
			text = text[:random.IntN(len(text))]
		}
		v := editor.Of(c, file, []byte(text))
		v.Outline()
		for range 2 {
			offset := random.IntN(len(text) + 1)
			for _, i := range v.Complete(offset) {
				if i.From < 0 || i.From > i.To || i.To > len(text) || strings.Contains(i.Insert, "zqxCursor") {
					t.Fatalf("%s at %d: %+v", file, offset, i)
				}
				answered++
			}
			if e, ok := v.Hover(offset); ok && e.Range.End.Offset > len(text) {
				t.Fatalf("%s at %d: %+v", file, offset, e)
			}
			v.Define(offset)
			v.References(offset, true)
			_, _ = v.Rename(offset, "other")
		}
	}
	if answered < 150 {
		t.Errorf("only %d proposals were made", answered)
	}
	empty := editor.Of(c, "services/new.yaml", nil)
	if got := labels(empty.Complete(0)); len(got) == 0 || got[0] != "service" {
		t.Errorf("an empty file: %v", got)
	}
	for _, offset := range []int{-1, 1, 1 << 40} {
		empty.Complete(offset)
		empty.Hover(offset)
	}
}
