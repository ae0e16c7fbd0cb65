package pdf

import (
	"slices"
	"strings"

	gobidi "github.com/go-text/typesetting/bidi"
	"golang.org/x/text/unicode/bidi"
)

// rightToLeft reports the direction of a language.
func rightToLeft(lang string) bool {
	base, rest, _ := strings.Cut(strings.ToLower(lang), "-")
	if strings.HasPrefix(rest, "latn") || strings.HasPrefix(rest, "cyrl") {
		return false
	}
	return slices.Contains([]string{"ar", "fa", "ur", "he", "ckb", "ps", "sd", "ug", "yi", "dv"}, base) ||
		strings.HasPrefix(rest, "arab")
}

// firstStrong reports whether the first letter of rs runs right to left.
func firstStrong(rs []rune) bool {
	depth := 0
	for _, r := range rs {
		switch {
		case r == popIsolate:
			depth = max(depth-1, 0)
		case isIsolate(r):
			depth++
		case depth == 0:
			switch class(r) {
			case bidi.L:
				return false
			case bidi.R, bidi.AL:
				return true
			}
		}
	}
	return false
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// levels fills out with the embedding level of every rune, base being that of
// the paragraph. The library beneath tells only odd from even, which is not
// enough to put runs in order (a number between Arabic words in an English
// line has an even level but moves with the words), and it sees isolates flat.
// So each isolate is resolved by itself, and even runs are split again.
func levels(p *gobidi.Paragraph, rs []rune, base int, out []int) {
	if len(rs) == 0 {
		return
	}
	const object = '\ufffc' // a neutral in place of everything isolated
	flat := slices.Clone(rs)
	type span struct{ from, to int }
	var inner []span
	for i := 0; i < len(rs); i++ {
		if !isIsolate(rs[i]) || rs[i] == popIsolate {
			continue
		}
		from, depth := i, 1
		for i++; i < len(rs) && depth > 0; i++ {
			if rs[i] == popIsolate {
				depth--
			} else if isIsolate(rs[i]) {
				depth++
			}
		}
		to := i - 1 // the closing character: texts are balanced
		i--
		inner = append(inner, span{from, to})
		for k := from; k <= to; k++ {
			flat[k] = object
		}
	}
	direction := gobidi.LeftToRight
	if base%2 == 1 {
		direction = gobidi.RightToLeft
	}
	runs := p.Segment(flat, direction)
	from := 0
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		for k := from; k < run.End; k++ {
			switch {
			case !run.IsLeftToRight():
				out[k] = base | 1
			case base%2 == 1:
				out[k] = base + 1
			default:
				out[k] = base
			}
		}
		from = run.End
	}
	if base%2 == 0 {
		raiseNumbers(flat, base, out)
	}
	for _, s := range inner {
		text := rs[s.from+1 : s.to]
		odd := rs[s.from] == '\u2067' || rs[s.from] == firstStrongIsolate && firstStrong(text)
		child := base + 1
		if (child%2 == 1) != odd {
			child++
		}
		levels(p, text, child, out[s.from+1:s.to])
	}
}

// raiseNumbers gives the numbers of a left-to-right paragraph their level, two
// above it, unless they follow a left-to-right letter. It applies rules W1 to W7
// of the bidirectional algorithm; what is a number after them is raised.
func raiseNumbers(rs []rune, base int, out []int) {
	classes := make([]bidi.Class, len(rs))
	letter, before := bidi.L, bidi.ON
	for i, r := range rs {
		c := class(r)
		switch c {
		case bidi.NSM:
			c = before
		case bidi.L, bidi.R, bidi.AL:
			letter = c
		case bidi.EN:
			if letter == bidi.AL {
				c = bidi.AN
			}
		}
		classes[i], before = c, c
	}
	for i := 1; i+1 < len(rs); i++ { // one separator between numbers of one kind
		a, c := classes[i-1], classes[i]
		if a == classes[i+1] && (a == bidi.EN && (c == bidi.CS || c == bidi.ES) || a == bidi.AN && c == bidi.CS) {
			classes[i] = a
		}
	}
	for i := range rs { // signs such as % and currencies, before and after
		if classes[i] != bidi.EN {
			continue
		}
		for k := i - 1; k >= 0 && classes[k] == bidi.ET; k-- {
			classes[k] = bidi.EN
		}
		for k := i + 1; k < len(rs) && classes[k] == bidi.ET; k++ {
			classes[k] = bidi.EN
		}
	}
	letter = bidi.L
	for i, c := range classes {
		switch {
		case c == bidi.L || c == bidi.R || c == bidi.AL:
			letter = c
		case c == bidi.AN || c == bidi.EN && letter != bidi.L:
			out[i] = base + 2
		}
	}
}

// visualOrder returns the indices of runs with these levels from left to right.
func visualOrder(levels []int) []int {
	order := make([]int, len(levels))
	highest := 0
	for i, l := range levels {
		order[i], highest = i, max(highest, l)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(order); i++ {
			j := i
			for j < len(order) && levels[order[j]] >= level {
				j++
			}
			if j > i {
				slices.Reverse(order[i:j])
				i = j
			}
		}
	}
	return order
}
