// Package reference writes the reference of the language from the types that read it, so that the two cannot disagree.
//
// It owns the wording round the keys; what each key means stands on its field in package catalog, and what is checked in the rules of
// catalog/check. It reads no files and writes none.
//
//	os.Stdout.WriteString(reference.Markdown())
package reference

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Mapping is one mapping of the language with its keys.
type Mapping struct {
	Name string // of the Go type, in words: Answer row
	Keys []source.Key
}

// Mappings lists the mappings of the language, each once, in the order in which one meets them.
func Mappings() []Mapping {
	var out []Mapping
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		keys := source.Spec(t)
		if len(keys) == 0 {
			return
		}
		out = append(out, Mapping{name(t), keys})
		for _, k := range keys {
			for _, inner := range mappings(k.Type) {
				visit(inner)
			}
		}
	}
	for _, f := range catalog.FileKinds() {
		visit(f.Type)
	}
	return out
}

// mappings are the Go types of the mappings that a value of type t may hold.
func mappings(t source.Type) []reflect.Type {
	var out []reflect.Type
	if t.Kind == "mapping" && t.Go != nil {
		out = append(out, t.Go)
	}
	if t.Of != nil {
		out = append(out, mappings(*t.Of)...)
	}
	for _, s := range t.Shapes {
		out = append(out, mappings(s)...)
	}
	return out
}

// Markdown is the whole reference. It is the same bytes every time.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# The language\n\nThis page is made from the program that reads the files (`diwan reference`); it is not edited by hand.\n\nA catalogue is a folder with `catalogue.yaml` and these folders:\n\n")
	for _, f := range catalog.FileKinds()[1:] {
		fmt.Fprintf(&b, "- `%s`: one %s a file\n", f.Path, strings.ToLower(name(f.Type)))
	}
	words(&b)
	for _, m := range Mappings() {
		fmt.Fprintf(&b, "\n## %s\n\n| key | value | meaning |\n|---|---|---|\n", m.Name)
		for _, k := range m.Keys {
			required := ""
			if k.Required {
				required = ", required"
			}
			fmt.Fprintf(&b, "| `%s` | %s%s | %s |\n", k.Name, cell(Value(k.Type)), required, cell(k.Doc))
		}
	}
	b.WriteString("\n## What is checked\n\n")
	for _, r := range check.Rules() {
		fmt.Fprintf(&b, "- %s\n", r.Doc)
	}
	return b.String()
}

var (
	textType     = reflect.TypeFor[catalog.Text]()
	keywordsType = reflect.TypeFor[catalog.Keywords]()
)

// Value says in words what stands behind a key, such as "list of text".
func Value(t source.Type) string {
	switch {
	case t.Go == textType:
		return "text in each language"
	case t.Go == keywordsType:
		return "words in each language"
	case t.Kind == "choice":
		return "one of " + strings.Join(quoted(t.Values), ", ")
	case t.Kind == "list":
		return "list of " + Value(*t.Of)
	case t.Kind == "map":
		return "names, each with " + Value(*t.Of)
	case t.Kind == "mapping":
		return strings.ToLower(name(t.Go))
	case t.Kind == "one of":
		var shapes []string
		for _, s := range t.Shapes {
			words := Value(s)
			if s.Kind == "mapping" {
				words = "a mapping"
			}
			shapes = append(shapes, words)
		}
		return strings.Join(shapes, " or ")
	}
	return t.Kind
}

func quoted(words []string) []string {
	out := slices.Clone(words)
	for i := range out {
		out[i] = "`" + out[i] + "`"
	}
	return out
}

// cell keeps a bar from ending the cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// name writes the Go name of a type in words: AnswerRow becomes Answer row.
func name(t reflect.Type) string {
	if t == nil {
		return "mapping"
	}
	var b strings.Builder
	for i, r := range t.Name() {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
