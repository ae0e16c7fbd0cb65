package check

import (
	"iter"
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
	flow      *catalog.Flow
	positions []*position
	tariffDay *position // the formula of tariffOn, or nil
	list      diag.List
}

func newPass(c *catalog.Catalogue, s *catalog.Service) *pass {
	p := &pass{catalogue: c, service: s, scope: c.Scope(s)}
	p.flow = p.scope.Flow
	p.positions = positionsOf(p)
	return p
}

func (p *pass) add(d diag.Diagnostic) { p.list.Add(d) }

// fields are the fields of every list of the service, those in groups too.
func (p *pass) fields() iter.Seq[*catalog.Field] {
	return func(yield func(*catalog.Field) bool) {
		for _, l := range p.service.FieldLists() {
			for a := range l.All() {
				if !yield(a.Field) {
					return
				}
			}
		}
	}
}

// soundSteps tells that no error was found among the steps so far.
func (p *pass) soundSteps() bool {
	steps := p.service.RangeOf("steps")
	return !slices.ContainsFunc(p.list, func(d diag.Diagnostic) bool {
		at := d.Range.Start.Offset
		return d.Severity == diag.Error && d.Range.File == steps.File && at >= steps.Start.Offset && at <= steps.End.Offset
	})
}

// problem is an error at a place; warning is something that somebody should look at.
func problem(code diag.Code, r diag.Range, phrase diag.Phrase, args ...any) diag.Diagnostic {
	return diag.New(diag.Error, code, r, phrase, args...)
}

func warning(code diag.Code, r diag.Range, phrase diag.Phrase, args ...any) diag.Diagnostic {
	return diag.New(diag.Warning, code, r, phrase, args...)
}

// told tells that something of this code was found within a range.
func (p *pass) told(code diag.Code, within diag.Range) bool {
	return slices.ContainsFunc(p.list, func(d diag.Diagnostic) bool {
		return d.Code == code && d.Range.File == within.File && d.Range.Start.Offset >= within.Start.Offset && d.Range.End.Offset <= within.End.Offset
	})
}

// unknown is a name that stands for nothing; what says of what kind: "authority", "fee".
func unknown(what diag.Phrase, name source.Text, have []string) diag.Diagnostic {
	return unknownAt(what, name.Range(), name.Value, have)
}

// mostNames is how many names a help lists; nobody reads more.
const mostNames = 12

func unknownAt(what diag.Phrase, at diag.Range, name string, have []string) diag.Diagnostic {
	return missing("unknown-"+dashed(what), what, at, name, have)
}

// missing is a name that stands for nothing, under the code of its own.
func missing(code diag.Code, what diag.Phrase, at diag.Range, name string, have []string) diag.Diagnostic {
	have = once(have)
	d := problem(code, at, "there is no {what} {name:q}", "what", what, "name", name).
		WithSuggestion(diag.Near(name, have))
	switch {
	case d.Suggestion != "":
		return d
	case len(have) == 0 && folders[what] != "":
		return d.WithHelp("There is none yet: declare it in a file of {folder}.", "folder", folders[what])
	case len(have) == 0:
		return d.WithHelp("There is none yet: declare it first.")
	case len(have) > mostNames:
		return d.WithHelp("There is, among others, {names}.", "names", have[:mostNames])
	}
	return d.WithHelp("There is {names}.", "names", have)
}

// folders are where what can be missing is declared.
var folders = map[diag.Phrase]string{
	"authority": "authorities/", "blueprint": "blueprints/", "calendar": "calendars/", "document": "documents/", "event": "events/",
	"registry operation": "registries/", "right": "rights/", "service": "services/", "tariff": "tariffs/",
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
func dashed(words diag.Phrase) diag.Code {
	return diag.Code(strings.ReplaceAll(string(words), " ", "-"))
}

// values are the values of texts.
func values(texts []source.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.Value
	}
	return out
}

// roleOf is the role with that code of the authority of, or of the service's where none is written; nil where there is none.
func (p *pass) roleOf(code string, of source.Text) *catalog.Role {
	authority := p.service.Authority
	if !of.IsZero() {
		authority = of
	}
	return p.catalogue.Role(authority.Value, code)
}
