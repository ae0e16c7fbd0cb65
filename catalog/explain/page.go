package explain

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Page explains one code.
type Page struct {
	Code diag.Code
	// Meaning says in each language, ar and en, what the finding means and why it matters.
	Meaning map[string]string
	// Wrong gives exactly this finding and Right gives none, each in place of the same lines of the base catalogue.
	Wrong, Right Example
	// NoExample says why there is none, in each language; it is empty where there is one.
	NoExample map[string]string
	// Found is what the check prints of Wrong, in each language.
	Found map[string]string

	in   string       // the lines of the base that the examples replace; "" where those are Right
	also []txtar.File // what else the examples need of the base
}

// Example is a piece of a definition.
type Example struct {
	File string // in the catalogue
	Text string
	// Escaped: in Text \uXXXX and \xXX stand for what nobody could see.
	Escaped bool
}

// Codes lists the codes that have a page, sorted.
func Codes() []diag.Code {
	var out []diag.Code
	for _, p := range pages() {
		out = append(out, p.Code)
	}
	return out
}

// Of gives the page of a code; false where there is none.
func Of(code string) (Page, bool) {
	all := pages()
	i, found := slices.BinarySearchFunc(all, code, func(p Page, c string) int { return strings.Compare(string(p.Code), c) })
	if !found {
		return Page{}, false
	}
	return all[i], true
}

var pages = sync.OnceValue(func() []Page {
	names, err := fs.Glob(files, "pages/*.txtar")
	if err != nil {
		panic(err) // the pattern is right
	}
	var out []Page
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		out = append(out, parse(diag.Code(strings.TrimSuffix(path.Base(name), ".txtar")), txtar.Parse(content)))
	}
	slices.SortFunc(out, func(a, b Page) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return out
})

func parse(code diag.Code, a *txtar.Archive) Page {
	p := Page{Code: code, Meaning: map[string]string{}, NoExample: map[string]string{}, Found: map[string]string{}}
	for _, f := range a.Files {
		text := string(f.Data)
		what, rest, _ := strings.Cut(f.Name, " ")
		switch what {
		case "en", "ar":
			p.Meaning[what] = strings.TrimSpace(text)
		case "wrong":
			p.Wrong = example(rest, text)
		case "right":
			p.Right = example(rest, text)
		case "in":
			p.in = text
		case "also":
			p.also = append(p.also, txtar.File{Name: rest, Data: f.Data})
		case "found":
			p.Found[rest] = text
		case "none":
			p.NoExample[rest] = strings.TrimSpace(text)
		}
	}
	return p
}

func example(name, text string) Example {
	name, escaped := strings.CutSuffix(name, " escaped")
	return Example{File: name, Text: text, Escaped: escaped}
}
