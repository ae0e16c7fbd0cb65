package difference

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Segment is a piece of a sentence in parts; what is quoted stands alone, so that its direction does not disturb the marks round it.
type Segment struct {
	compare.Segment
	Dir   string // of the sentence, where something is quoted; else "": the letters say it
	Parts []Quoted
}

// Quoted is a part of a piece; Is tells what stands between marks of quotation.
type Quoted struct {
	Text string
	Is   bool
}

// quotes are the marks of quotation in Arabic and in English sentences.
var quotes = map[string][2]string{"ar": {"«", "»"}, "en": {"“", "”"}}

// Segments are the pieces of a sentence in Arabic or English.
func Segments(all []compare.Segment, lang string) []Segment {
	opens, closes := quotes[lang][0], quotes[lang][1]
	out := make([]Segment, len(all))
	for i, s := range all {
		one := Segment{Segment: s}
		for rest := s.Text; rest != ""; {
			before, after, opened := strings.Cut(rest, opens)
			inner, next, closed := strings.Cut(after, closes)
			if !opened || !closed {
				one.Parts = append(one.Parts, Quoted{Text: rest})
				break
			}
			one.Parts = append(one.Parts, Quoted{Text: before + opens}, Quoted{Text: inner, Is: true}, Quoted{Text: closes})
			one.Dir, rest = ui.Dir(lang), next
		}
		out[i] = one
	}
	return out
}
