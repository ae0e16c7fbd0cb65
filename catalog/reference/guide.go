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

var (
	codeBlock = regexp.MustCompile("(?s)```[a-z]*\n.*?```")
	blockHole = regexp.MustCompile(`\[\[([0-9]+)\]\]`)
)

// Guide is the way from a leaflet to a running service, in Arabic (ar) or English. The definitions in it are the same in both: the Arabic
// text names them by their number.
func Guide(language string) string {
	if language != "ar" {
		return guideEnglish
	}
	blocks := codeBlock.FindAllString(guideEnglish, -1)
	return blockHole.ReplaceAllStringFunc(guideArabic, func(hole string) string {
		n, err := strconv.Atoi(hole[2 : len(hole)-2])
		if err != nil || n < 1 || n > len(blocks) {
			return hole
		}
		return blocks[n-1]
	})
}
