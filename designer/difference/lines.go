package difference

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Line is a line of a difference. Sign is Plus, Minus, "" of one that stayed, and Gap where some are left out.
type Line struct {
	Old, New int // 0: it stands only on the other side
	Sign     string
	Text     string
}

// Signs of lines.
const (
	Plus  = "+"
	Minus = "−"
	Gap   = "…"
)

// Lines compares two texts, with a few lines round what changed.
func Lines(was, is []byte) (out []Line) {
	unified := diff.Diff("was", ended(was), "is", ended(is))
	old, now := 0, 0
	for i, text := range strings.Split(strings.TrimSuffix(string(unified), "\n"), "\n") {
		switch {
		case i < 3 || text == "": // the head
		case strings.HasPrefix(text, "@@"):
			old, now = begins(text, "-"), begins(text, "+")
			if len(out) > 0 || old > 1 && now > 1 {
				out = append(out, Line{Sign: Gap})
			}
		case text[0] == '+':
			out = append(out, Line{New: now, Sign: Plus, Text: text[1:]})
			now++
		case text[0] == '-':
			out = append(out, Line{Old: old, Sign: Minus, Text: text[1:]})
			old++
		default:
			out = append(out, Line{Old: old, New: now, Text: text[1:]})
			old++
			now++
		}
	}
	return out
}

// ended is a text whose last line ends, as the comparison wants it.
func ended(b []byte) []byte {
	if len(b) == 0 || bytes.HasSuffix(b, []byte("\n")) {
		return b
	}
	return append(bytes.Clone(b), '\n')
}

// begins is the line at which a part begins, by its head such as @@ -3,7 +3,8 @@.
func begins(head, sign string) int {
	for _, word := range strings.Fields(head) {
		if at, found := strings.CutPrefix(word, sign); found {
			at, _, _ = strings.Cut(at, ",")
			n, _ := strconv.Atoi(at) // written by the comparison
			return n
		}
	}
	return 0
}
