package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// mostSigns is how long a text may be where little room is: a title stands on a button or a card, a label above a field, a hint under it.
var mostSigns = map[string]int{"title": 80, "label": 120, "hint": 300}

// mostWords is how many words a sentence may have. GOV.UK asks the same of its writers (Content design: planning, writing and managing
// content, "Short sentences"): what is longer is read again, or not at all.
const mostWords = 25

// plain warns of texts that are hard to read: too long for their place, a sentence of many words, capitals, foreign abbreviations. They
// work; so nothing here is an error.
func plain(language, key string, text source.Text, add func(diag.Diagnostic)) {
	words := text.Value
	if most := mostSigns[key]; most > 0 && len(words) > most && utf8.RuneCountInString(words) > most {
		add(warning("long-text", text.Range(), "the {key} has {count} signs", "key", key, "count", utf8.RuneCountInString(words)).
			WithHelp("Write at most {most}: what people need first, and the rest where there is room.", "most", most))
	}
	if n := longestSentence(words); n > mostWords {
		add(warning("long-sentence", text.Range(), "a sentence has {count} words", "count", n).
			WithHelp("Write sentences of at most {most} words: make two of it.", "most", mostWords))
	}
	if shouted := capitals(words); shouted != "" {
		add(warning("capitals", text.Range(), "{word:q} is written in capitals", "word", shouted).
			WithHelp("Write small letters: capitals are read more slowly, and a screen reader may spell them."))
	}
	if language == "ar" {
		if short := abbreviated(words); short != "" {
			add(warning("foreign-abbreviation", text.Range(), "{word:q} stands in an Arabic text", "word", short).
				WithHelp("Write the Arabic words for it."))
		}
	}
}

// longestSentence is the most words between two ends of a sentence. A full stop inside a number ends none.
func longestSentence(text string) int {
	if len(text) < 2*mostWords {
		return 0 // so many words do not fit in
	}
	most, n := 0, 0
	for word := range strings.FieldsSeq(text) {
		n++
		most = max(most, n)
		switch last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(word, `"'»)]`)); last {
		case '.', '!', '?', '؟', ':', ';', '؛', '…':
			n = 0
		}
	}
	return most
}

// capitals is a run of two or more words in capitals, or "". One alone may be a name: IBAN.
func capitals(text string) string {
	first, end, run, at := 0, 0, 0, 0
	for word := range strings.FieldsSeq(text) {
		begin := at + strings.Index(text[at:], word)
		at = begin + len(word)
		if !shouted(word) {
			if run > 1 {
				break
			}
			run = 0
			continue
		}
		if run == 0 {
			first = begin
		}
		run, end = run+1, at
	}
	if run < 2 {
		return ""
	}
	return text[first:end]
}

// shouted: three letters or more, all of them capitals.
func shouted(word string) bool {
	n := 0
	for _, r := range word {
		switch {
		case unicode.IsUpper(r):
			n++
		case unicode.IsLetter(r):
			return false
		}
	}
	return n > 2
}

// abbreviated is the first word of two to six Latin capitals, or "". With a figure or a dash it is a number: BN-20260001.
func abbreviated(text string) string {
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, `()[]«»"'.,:;!?،؛؟`)
		if len(word) >= 2 && len(word) <= 6 && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			return word
		}
	}
	return ""
}
