package api

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/diwan-gov/diwan/runtime/release"
)

// search gives the services in which every word of q begins some word, those with hits in titles first; without words all of them, by code.
func search(services []*release.Live, q string) []*release.Live {
	asked := strings.Fields(folded(q))
	if len(asked) == 0 {
		return services
	}
	type hit struct {
		live   *release.Live
		weight int
	}
	var hits []hit
	for _, l := range services {
		if w := weight(l, asked); w > 0 {
			hits = append(hits, hit{l, w})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.weight - a.weight })
	out := make([]*release.Live, len(hits))
	for i, h := range hits {
		out[i] = h.live
	}
	return out
}

// weight is 0 when a word is nowhere; a word in a title weighs 4, among the keywords 2, elsewhere 1.
func weight(l *release.Live, asked []string) int {
	var title, keywords, rest strings.Builder
	for _, t := range l.Texts.Title {
		title.WriteString(" " + t)
	}
	for _, list := range l.Texts.Keywords {
		keywords.WriteString(" " + strings.Join(list, " "))
	}
	rest.WriteString(strings.NewReplacer(".", " ", "-", " ").Replace(l.Service) + " " + l.Service)
	for _, t := range l.Texts.Summary {
		rest.WriteString(" " + t)
	}
	for _, t := range l.Texts.Authority {
		rest.WriteString(" " + t)
	}
	places := []struct {
		words  []string
		weight int
	}{{strings.Fields(folded(title.String())), 4}, {strings.Fields(folded(keywords.String())), 2}, {strings.Fields(folded(rest.String())), 1}}
	total := 0
	for _, word := range asked {
		best := 0
		for _, p := range places {
			if best == 0 && slices.ContainsFunc(p.words, func(w string) bool { return strings.HasPrefix(w, word) }) {
				best = p.weight
			}
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}

var letters = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ٱ", "ا", "ى", "ي", "ئ", "ي", "ؤ", "و", "ة", "ه", "ـ", "")

// folded writes a text as it is compared: no case, no marks, one form of each Arabic letter, no article.
func folded(s string) string {
	s = letters.Replace(strings.ToLower(norm.NFC.String(s)))
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("،؛؟,;:()\"'", r) })
	for i, w := range words {
		w = strings.Map(func(r rune) rune {
			switch {
			case r >= '٠' && r <= '٩':
				return '0' + r - '٠'
			case r >= '۰' && r <= '۹':
				return '0' + r - '۰'
			case unicode.Is(unicode.Mn, r):
				return -1
			}
			return r
		}, w)
		for _, article := range []string{"وال", "بال", "لل", "ال"} {
			if rest, ok := strings.CutPrefix(w, article); ok && len(rest) >= 6 { // three letters
				w = rest
				break
			}
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}
