package portal

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/runtime/release"
)

// Weights of the places in which a word of a service stands.
const (
	inRest    = 2 // summary, authority
	inKeyword = 5
	inTitle   = 9
)

// index finds services by words of any language; it is immutable.
type index struct {
	services []*release.Live
	titles   []string // normalised, with every language
	words    []string // sorted
	postings map[string][]posting
}

type posting struct{ service, weight int }

func newIndex(services []*release.Live, authorityName func(code string) map[string]string) *index {
	x := &index{services: services, titles: make([]string, len(services)), postings: map[string][]posting{}}
	for i, s := range services {
		best := map[string]int{}
		add := func(text string, weight int) {
			for _, w := range split(text) {
				for _, form := range append(stems(w), w) {
					best[form] = max(best[form], weight)
				}
			}
		}
		for _, title := range s.Texts.Title {
			add(title, inTitle)
			x.titles[i] += " " + strings.Join(split(title), " ") + " "
		}
		for _, words := range s.Texts.Keywords {
			for _, w := range words {
				add(w, inKeyword)
			}
		}
		for _, texts := range []map[string]string{s.Texts.Summary, authorityName(s.Authority)} {
			for _, t := range texts {
				add(t, inRest)
			}
		}
		for w, weight := range best {
			x.postings[w] = append(x.postings[w], posting{i, weight})
		}
	}
	for w := range x.postings {
		x.words = append(x.words, w)
	}
	slices.Sort(x.words)
	return x
}

// longestQuery bounds how many words of a query are looked at.
const longestQuery = 12

// find gives the services that match the words, best first: those that match most words, then by where they stand, then by code.
func (x *index) find(query string) []*release.Live {
	words := split(query)
	if meaning := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return stopWords[w] }); len(meaning) > 0 {
		words = meaning
	}
	words = words[:min(len(words), longestQuery)]
	if len(words) == 0 {
		return nil
	}
	matched, score := make([]int, len(x.services)), make([]int, len(x.services))
	for _, w := range words {
		best := map[int]int{}
		x.match(w, func(p posting, quality int) { best[p.service] = max(best[p.service], p.weight*quality) })
		for s, points := range best {
			matched[s]++
			score[s] += points
		}
	}
	most := slices.Max(append([]int{0}, matched...))
	if most*2 < len(words) {
		return nil
	}
	phrase := " " + strings.Join(split(query), " ") + " "
	var found []int
	for i := range x.services {
		if matched[i] != most || most == 0 {
			continue
		}
		if strings.Contains(x.titles[i], phrase) {
			score[i] += 4 * inTitle
		}
		found = append(found, i)
	}
	slices.SortStableFunc(found, func(a, b int) int {
		return cmp.Or(score[b]-score[a], len(x.titles[a])-len(x.titles[b]), strings.Compare(x.services[a].Service, x.services[b].Service))
	})
	out := make([]*release.Live, len(found))
	for i, f := range found {
		out[i] = x.services[f]
	}
	return out
}

// match gives every posting that a word of a query meets: the word itself, words that begin with it, and words of the same stem.
func (x *index) match(word string, hit func(p posting, quality int)) {
	from, _ := slices.BinarySearch(x.words, word)
	for _, w := range x.words[from:] {
		if !strings.HasPrefix(w, word) || w != word && utf8.RuneCountInString(word) < 2 {
			break
		}
		quality := 3
		if w == word {
			quality = 4
		}
		for _, p := range x.postings[w] {
			hit(p, quality)
		}
	}
	for _, stem := range stems(word) {
		for _, p := range x.postings[stem] {
			hit(p, 2)
		}
	}
}

// split gives the normalised words of a text.
func split(text string) []string {
	return strings.FieldsFunc(strings.Map(normal, text), func(r rune) bool { return r == ' ' })
}

// normal maps letters that people write for one another to one of them: hamza and alef forms, ة and ه, ى and ي, digits of any script. Vowel
// signs vanish; what is neither letter nor digit parts words.
func normal(r rune) rune {
	switch {
	case r >= 0x064B && r <= 0x0652, r == 0x0670, r == 0x0640:
		return -1
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	}
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ئ', 'ی':
		return 'ي'
	case 'ؤ':
		return 'و'
	case 'ة':
		return 'ه'
	case 'ک':
		return 'ك'
	case 'ء', '\'', '’':
		return -1
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return unicode.ToLower(r)
	}
	return ' '
}

var (
	prefixes  = []string{"وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل"}
	suffixes  = []string{"ات", "ون", "ين", "يه", "ه", "ي"}
	stopWords = wordSet("في من على الى إلى عن أو و ما هو هي كيف أريد لي the a an of for to in on my i how do and or is get want")
)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range split(text) {
		set[w] = true
	}
	return set
}

// stems are shorter forms of a word under which it is found too: without the article and joined particles, and without the ending of a
// plural or a feminine.
func stems(word string) []string {
	bare := []string{word}
	for _, p := range prefixes {
		rest := strings.TrimPrefix(word, p)
		if least := 5 - utf8.RuneCountInString(p); rest != word && utf8.RuneCountInString(rest) >= max(3, least) {
			bare = append(bare, rest)
		}
	}
	out := bare[1:]
	for _, b := range bare {
		for _, s := range suffixes {
			if rest := strings.TrimSuffix(b, s); rest != b && utf8.RuneCountInString(rest) >= 3 {
				out = append(out, rest)
			}
		}
		switch {
		case len(b) > 4 && strings.HasSuffix(b, "ies"):
			out = append(out, strings.TrimSuffix(b, "ies")+"y")
		case len(b) > 3 && strings.HasSuffix(b, "s") && !strings.HasSuffix(b, "ss"):
			out = append(out, strings.TrimSuffix(b, "s"))
		}
	}
	return out
}
