package reference

import (
	"embed"
	"io/fs"
	"regexp"
	"strings"
	"sync"
)

//go:embed guide/steps.en.md
var stepsEnglish string

//go:embed guide/steps.ar.md
var stepsArabic string

//go:embed guide/town/services guide/town/calendars
var town embed.FS

var (
	exampleHole = regexp.MustCompile(`\[\[([a-zA-Z-]+)\]\]`)
	kindHeading = regexp.MustCompile("(?m)^### .*")
	kindWord    = regexp.MustCompile("`([a-zA-Z]+)")
)

// Steps is the chapter of the guide that shows each kind of step, in Arabic (ar) or English. The examples are the same in both: parts of
// the services and calendars in guide/town, which stand there between "#> name" and "#<". A name that stands there nowhere stays as it is, which a test
// sees.
func Steps(language string) string {
	text := stepsEnglish
	if language == "ar" {
		text = stepsArabic
	}
	return exampleHole.ReplaceAllStringFunc(text, func(hole string) string {
		example, ok := examples()[hole[2:len(hole)-2]]
		if !ok {
			return hole
		}
		return "```yaml\n" + example + "```"
	})
}

// ShownKinds lists what the headings of the chapter name between backticks.
func ShownKinds() []string {
	var out []string
	for _, heading := range kindHeading.FindAllString(stepsEnglish, -1) {
		for _, word := range kindWord.FindAllStringSubmatch(heading, -1) {
			out = append(out, word[1])
		}
	}
	return out
}

// examples are the marked parts of the services and calendars by name. One may stand inside another.
var examples = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	names, err := fs.Glob(town, "guide/town/*/*.yaml")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		content, err := town.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		var open []string
		for line := range strings.Lines(string(content)) {
			mark := strings.TrimSpace(line)
			switch example, begins := strings.CutPrefix(mark, "#> "); {
			case begins:
				open = append(open, example)
			case mark == "#<" && len(open) > 0:
				open = open[:len(open)-1]
			default:
				for _, example := range open {
					out[example] += line
				}
			}
		}
	}
	for name, text := range out {
		out[name] = shifted(text)
	}
	return out
})

// shifted moves a text to the left margin.
func shifted(text string) string {
	margin := len(text)
	for line := range strings.Lines(text) {
		if rest := strings.TrimLeft(line, " "); strings.TrimSpace(rest) != "" {
			margin = min(margin, len(line)-len(rest))
		}
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(line[min(margin, len(line)-1):])
	}
	return b.String()
}
