package compare

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// concernWords head the changes of each concern.
var concernWords = map[Concern]word{
	Money: {"money", "المال"}, Right: {"rights", "الحقوق"}, Time: {"time", "المواعيد"}, Course: {"course", "سير الطلب"}, Data: {"data", "البيانات"},
	Wording: {"wording", "النصوص"}, Example: {"examples", "الأمثلة"},
}

// nothing is said of two equal catalogues.
var nothing = word{"nothing changed", "لا تغيير"}

// WriteText shows the difference to a person at a terminal in a language, ar or en: each definition that changed, what it touches, a sentence
// for each change and its line in both files. The only errors are those of out.
func (d Difference) WriteText(out io.Writer, lang string) error {
	var b strings.Builder
	for i, g := range d.Groups() {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s%s\n", g.Definition.in(lang), inFile(g))
		for _, c := range g.Changes {
			fmt.Fprintf(&b, "  %s: %s%s\n", concernWords[c.Concern].in(lang), visible(c.Sentence(lang)), lines(c))
		}
	}
	if len(d) == 0 {
		b.WriteString(nothing.in(lang) + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// inFile is the file of a definition, or both where it has moved.
func inFile(g Group) string {
	switch {
	case g.Old == g.New || g.Old == "":
		return "  (" + g.New + ")"
	case g.New == "":
		return "  (" + g.Old + ")"
	}
	return "  (" + g.Old + " → " + g.New + ")"
}

// lines are the lines of a change, such as [57 → 58].
func lines(c Change) string {
	line := func(r diag.Range) string {
		if r.File == "" || r.Start.Line == 0 {
			return ""
		}
		return strconv.Itoa(r.Start.Line)
	}
	old, new := line(c.Old), line(c.New)
	switch {
	case old == "" && new == "":
		return ""
	case old == new:
		return "  [" + new + "]"
	}
	return "  [" + strings.TrimSpace(old+" → "+new) + "]"
}

// visible keeps what could drive a terminal from it.
func visible(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 {
			return '\ufffd'
		}
		return c
	}, s)
}
