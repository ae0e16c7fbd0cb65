package schema

import (
	"strings"
	"unicode"
)

// Pattern gives the pattern of a field, which must match the whole text, as a schema says it: anchored, and with the scripts that RE2 knows
// by name, as \p{Arabic}, written out as ranges, since browsers name them differently. It is false where browsers and RE2 would still not
// read it alike (flags, \s, look-around); such a pattern can't be published, and whoever validates must try it beside the schema.
func Pattern(re2 string) (string, bool) {
	p := "^(?:" + spellScripts(re2) + ")$"
	if _, err := compilePattern(p); err != nil {
		return "", false
	}
	return p, true
}

// spellScripts replaces \p{Script} by its ranges. What it doesn't know it leaves for sharedSyntax to refuse.
func spellScripts(p string) string {
	if !strings.Contains(p, `\p{`) {
		return p
	}
	var out strings.Builder
	inClass := false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\' && i+1 < len(p):
			name, _, closed := strings.Cut(strings.TrimPrefix(p[i:], `\p{`), "}")
			table := unicode.Scripts[name]
			if !strings.HasPrefix(p[i:], `\p{`) || !closed || table == nil {
				out.WriteString(p[i : i+2])
				i++
				continue
			}
			ranges := scriptRanges(table)
			if !inClass {
				ranges = "[" + ranges + "]"
			}
			out.WriteString(ranges)
			i += len(`\p{`) + len(name)
			continue
		case c == '[' && !inClass:
			inClass = true
		case c == ']':
			inClass = false
		}
		out.WriteByte(p[i])
	}
	return out.String()
}

// scriptRanges writes a table as the inside of a class. Scripts hold no mark that means something there: those are common to all.
func scriptRanges(t *unicode.RangeTable) string {
	var b strings.Builder
	write := func(lo, hi, stride rune) {
		if stride != 1 {
			for r := lo; r <= hi; r += stride {
				b.WriteRune(r)
			}
			return
		}
		b.WriteRune(lo)
		if hi > lo {
			b.WriteByte('-')
			b.WriteRune(hi)
		}
	}
	for _, r := range t.R16 {
		write(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		write(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return b.String()
}
