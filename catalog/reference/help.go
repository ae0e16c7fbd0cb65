package reference

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

// helpArabic has a line for each sentence that stands at a key: the English one, a tab, and the Arabic one.
//
//go:embed help.ar.tsv
var helpArabic string

var arabicHelp = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(helpArabic) {
		if english, arabic, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			out[english] = latin.ReplaceAllStringFunc(arabic, apart)
		}
	}
	return out
})

// latin are words of the language within an Arabic sentence.
var latin = regexp.MustCompile(`[A-Za-z0-9{(\[][ -~…]*[A-Za-z0-9})\]]|[A-Za-z0-9]`)

// apart keeps such words from taking part in the direction of the sentence: {to: 0.50 ILS} would be read from its other end. A bracket whose other half
// stands outside belongs to the sentence.
func apart(run string) string {
	before, after := "", ""
	for _, pair := range []string{"()", "[]", "{}"} {
		if strings.HasPrefix(run, pair[:1]) && !strings.Contains(run, pair[1:]) {
			before, run = before+run[:1], run[1:]
		}
		if strings.HasSuffix(run, pair[1:]) && !strings.Contains(run, pair[:1]) {
			run, after = run[:len(run)-1], run[len(run)-1:]+after
		}
	}
	return before + "\u2066" + run + "\u2069" + after
}

// Help is what a key means, in a language: doc, as source.Key has it, or its Arabic. lang says in which it is: ar or en.
func Help(doc, language string) (text, lang string) {
	if arabic := arabicHelp()[doc]; language == "ar" && arabic != "" {
		return arabic, "ar"
	}
	return doc, "en"
}
