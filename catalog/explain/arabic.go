package explain

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"

	"github.com/diwan-gov/diwan/catalog/diag"
)

//go:embed pages words.txt base.txtar
var files embed.FS

// wordsFile has the words that many sentences share.
const wordsFile = "words.txt"

// Arabic is the language of the findings in Arabic. It is read once and safe for parallel use; its map must not be changed.
var Arabic = sync.OnceValue(func() *diag.Language {
	l := &diag.Language{Code: "ar", Sentences: map[diag.Phrase]string{}}
	for _, s := range sentences() {
		l.Sentences[s.English] = s.Arabic
	}
	return l
})

// Sentence is a phrase of the sources with its Arabic.
type Sentence struct {
	English diag.Phrase
	Arabic  string
	File    string // in which it stands
}

// Sentences lists every sentence as the files have them.
func Sentences() []Sentence { return sentences() }

func sentences() []Sentence {
	words, err := files.ReadFile(wordsFile)
	if err != nil {
		panic(err) // embedded
	}
	out := pairs(wordsFile, string(words))
	names, err := fs.Glob(files, "pages/*.txtar")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		for _, section := range txtar.Parse(content).Files {
			if section.Name == "sentences" {
				out = append(out, pairs(path.Base(name), string(section.Data))...)
			}
		}
	}
	return out
}

// pairs reads pairs of lines; empty lines stand between them.
func pairs(file, text string) []Sentence {
	var out []Sentence
	var english string
	for line := range strings.Lines(text) {
		switch line = strings.TrimRight(line, "\n"); {
		case line == "":
			if english != "" {
				panic(fmt.Sprintf("explain: %s: %q has no Arabic under it", file, english))
			}
		case english == "":
			english = line
		default:
			out = append(out, Sentence{diag.Phrase(english), line, file})
			english = ""
		}
	}
	if english != "" {
		panic(fmt.Sprintf("explain: %s: %q has no Arabic under it", file, english))
	}
	return out
}
