package reference

import (
	_ "embed"
	"regexp"
	"strconv"
)

//go:embed guide/en.md
var guideEnglish string

//go:embed guide/ar.md
var guideArabic string

//go:embed guide/api.en.md
var apiEnglish string

//go:embed guide/api.ar.md
var apiArabic string

var (
	codeBlock = regexp.MustCompile("(?s)```[a-z]*\n.*?```")
	blockHole = regexp.MustCompile(`\[\[([0-9]+)\]\]`)
)

// Guide is the way from a leaflet to a running service, in Arabic (ar) or English. The definitions in it are the same in both: the Arabic
// text names them by their number.
func Guide(language string) string {
	return either(language, guideArabic, guideEnglish)
}

// API is one application over the HTTP API, command by command, in Arabic (ar) or English; the commands are the same in both.
func API(language string) string { return either(language, apiArabic, apiEnglish) }

// either is a text in a language; the Arabic one has the blocks of the English one in its numbered holes.
func either(language, arabic, english string) string {
	if language != "ar" {
		return english
	}
	blocks := codeBlock.FindAllString(english, -1)
	return blockHole.ReplaceAllStringFunc(arabic, func(hole string) string {
		n, err := strconv.Atoi(hole[2 : len(hole)-2])
		if err != nil || n < 1 || n > len(blocks) {
			return hole
		}
		return blocks[n-1]
	})
}
