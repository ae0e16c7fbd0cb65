package catalog

import (
	"regexp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

type factEntry = source.Entry[Fact]

// facts compiles the facts of s and adds them to the scope. The type of a fact is what its formula gives, so a fact is compiled after
// those that it reads: in rounds, since an environment costs more than many formulas.
func (sc *Scope) facts(s *Service) {
	roots := slices.Clone(sc.Fields)
	var known []formula.Field
	open := openFacts(s)
	for len(open) > 0 {
		env := environment(append(roots[:len(roots):len(roots)], object(FactsRoot, known)))
		var later []*factEntry
		var found []formula.Field
		for _, e := range open {
			name := e.Key.Value
			switch {
			case slices.ContainsFunc(e.Value.Formulas(), func(t source.Text) bool { return sc.readsBroken(t.Value) }):
				sc.broken = append(sc.broken, name)
			case readsAny(&e.Value, open):
				later = append(later, e)
			default:
				f := sc.fact(env, e)
				if f.Formula == nil {
					sc.broken = append(sc.broken, name)
					continue
				}
				sc.Facts = append(sc.Facts, f)
				found = append(found, formula.Field{Name: name, Type: f.Formula.Type()})
			}
		}
		if len(later) == len(open) {
			sc.circle(later)
			break
		}
		known, open = append(known, found...), later
	}
	sc.Fields = append(roots, object(FactsRoot, known))
}

// openFacts are the facts whose names a formula can write; the checker reports the others.
func openFacts(s *Service) []*factEntry {
	var open []*factEntry
	for i := range s.Facts.Entries {
		if e := &s.Facts.Entries[i]; IsName(e.Key.Value) && len(e.Value.Formulas()) > 0 {
			open = append(open, e)
		}
	}
	return open
}

// readsAny tells whether f reads one of the facts.
func readsAny(f *Fact, facts []*factEntry) bool {
	for _, name := range f.mentioned() {
		if slices.ContainsFunc(facts, func(e *factEntry) bool { return e.Key.Value == name }) {
			return true
		}
	}
	return false
}

// circle reports each circle of facts that need each other, at the first of them.
func (sc *Scope) circle(open []*factEntry) {
	for _, e := range open {
		sc.broken = append(sc.broken, e.Key.Value)
	}
	told := map[string]bool{}
	for _, e := range open {
		if path := wayBack(e.Key.Value, open); path != nil && !told[e.Key.Value] {
			for _, name := range path {
				told[name] = true
			}
			sc.Problems.Add(diag.New(diag.Error, "fact-circle", e.Key.Range(), "the fact {fact} needs itself: {path}",
				"fact", e.Key.Value, "path", strings.Join(path, " → ")).WithHelp("Write one of them so that it does not read the next."))
		}
	}
}

// wayBack is a way from name over what the facts read back to it, or nil.
func wayBack(name string, facts []*factEntry) []string {
	reads := map[string][]string{}
	for _, e := range facts {
		reads[e.Key.Value] = e.Value.mentioned()
	}
	seen := map[string]bool{}
	var walk func(at string, way []string) []string
	walk = func(at string, way []string) []string {
		for _, next := range reads[at] {
			if next == name {
				return append(way, next)
			}
			if seen[next] {
				continue
			}
			seen[next] = true
			if found := walk(next, append(way[:len(way):len(way)], next)); found != nil {
				return found
			}
		}
		return nil
	}
	return walk(name, []string{name})
}

var (
	quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`)
	factRead   = regexp.MustCompile(`(?:^|[^A-Za-z0-9_.])facts\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)`)
)

// mentionedFacts lists the facts that a formula names, before it can be compiled.
func mentionedFacts(text string) []string {
	if !strings.Contains(text, FactsRoot) {
		return nil
	}
	var names []string
	for _, m := range factRead.FindAllStringSubmatch(quotedText.ReplaceAllString(text, `""`), -1) {
		names = append(names, m[1])
	}
	return names
}

// mentionsRoot tells whether a formula names a root.
func mentionsRoot(text, root string) bool {
	if !strings.Contains(text, root) {
		return false
	}
	text = quotedText.ReplaceAllString(text, `""`)
	for i := strings.Index(text, root); i >= 0; {
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = text[i-1]
		}
		if end := i + len(root); end < len(text) {
			after = text[end]
		}
		if !partOfName(before) && before != '.' && !partOfName(after) {
			return true
		}
		next := strings.Index(text[i+1:], root)
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

func partOfName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
