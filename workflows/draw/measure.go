package draw

import (
	"strings"
	"unicode"
)

// width is about how wide a text is in a sans-serif face of a size; it errs on the wide side, since nobody knows which face there will be.
func width(s string, size float64) float64 {
	total := 0.0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Cf):
		case strings.ContainsRune(" .,:;!|'ijlI()[]،؛", r):
			total += 0.34
		case strings.ContainsRune("mwMW@%—", r):
			total += 0.95
		case unicode.In(r, unicode.Arabic):
			total += arabicWidth(r)
		case unicode.IsUpper(r):
			total += 0.72
		case r < 0x2e80:
			total += 0.58
		default:
			total += 1.05
		}
	}
	return total * size
}

func arabicWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("اأإآلىدذرزوؤء", r):
		return 0.42
	case strings.ContainsRune("سشصضطظك", r):
		return 0.82
	}
	return 0.6
}

// codeWidth is the width of a text in a fixed-width face.
func codeWidth(s string, size float64) float64 {
	return 0.62 * size * float64(len([]rune(s)))
}

// wrap breaks a text into lines no wider than most; a word that is too long is broken. Past the last allowed line it ends with an ellipsis.
func wrap(s string, most float64, lines int, measure func(string) float64) []string {
	var out []string
	now := ""
	for _, word := range strings.Fields(s) {
		for measure(word) > most {
			cut := []rune(word)
			n := len(cut) - 1
			for n > 1 && measure(string(cut[:n])) > most {
				n--
			}
			if now != "" {
				out, now = append(out, now), ""
			}
			out = append(out, string(cut[:n]))
			word = string(cut[n:])
		}
		switch {
		case now == "":
			now = word
		case measure(now+" "+word) <= most:
			now += " " + word
		default:
			out, now = append(out, now), word
		}
	}
	if now != "" {
		out = append(out, now)
	}
	if len(out) > lines {
		out = out[:lines]
		last := []rune(out[lines-1])
		for len(last) > 1 && measure(string(last)+"…") > most {
			last = last[:len(last)-1]
		}
		out[lines-1] = strings.TrimSpace(string(last)) + "…"
	}
	return out
}
