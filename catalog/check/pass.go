package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// overview is one look at what services share.
type overview struct {
	catalogue *catalog.Catalogue
	list      diag.List
}

func (o *overview) add(d diag.Diagnostic) { o.list.Add(d) }

// pass is one look at one service. The formulas are compiled before the rules run, since several rules ask what they read.
type pass struct {
	catalogue *catalog.Catalogue
	service   *catalog.Service
	scope     *catalog.Scope
	positions []*position
	list      diag.List
}

func newPass(c *catalog.Catalogue, s *catalog.Service) *pass {
	p := &pass{catalogue: c, service: s, scope: c.Scope(s)}
	p.positions = positionsOf(p)
	return p
}

func (p *pass) add(d diag.Diagnostic) { p.list.Add(d) }

// problem is an error at a place; warning is something that somebody should look at.
func problem(code string, r diag.Range, template string, args ...string) diag.Diagnostic {
	return diag.New(diag.Error, code, r, template, args...)
}

func warning(code string, r diag.Range, template string, args ...string) diag.Diagnostic {
	return diag.New(diag.Warning, code, r, template, args...)
}

// unknown is a name that stands for nothing; what says of what kind: "authority", "fee".
func unknown(what string, name source.Text, have []string) diag.Diagnostic {
	have = once(have)
	d := problem("unknown-"+dashed(what), name.Range(), "there is no {what} {name:q}", "what", what, "name", name.Value).
		WithSuggestion(diag.Near(name.Value, have))
	if d.Suggestion == "" && len(have) > 0 && len(have) <= 12 {
		d.Help = "There is " + enumerate(have) + "."
	}
	return d
}

// once drops repeats: a code that is declared twice is said once.
func once(words []string) []string {
	var out []string
	for _, w := range words {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// dashed makes a code of words.
func dashed(words string) string { return strings.ReplaceAll(words, " ", "-") }

// enumerate writes "a", "a and b", "a, b and c".
func enumerate(words []string) string {
	out := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out += " and "
		default:
			out += ", "
		}
		out += w
	}
	return out
}

// values are the values of texts.
func values(texts []source.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.Value
	}
	return out
}

// lookupIndex is the place among the steps of the lookup whose answer is read under name, or -1.
func (p *pass) lookupIndex(name string) int {
	if slices.Contains(catalog.Roots(), name) {
		return -1
	}
	return slices.IndexFunc(p.service.Steps, func(s catalog.Step) bool {
		return s.Code.Value == name && s.Kind() == catalog.LookupStep
	})
}
