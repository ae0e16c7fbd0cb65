package editor

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Symbol is a thing that has a name: the fee late of one service, the role licensing-officer of one authority.
type Symbol struct {
	Kind  string // field, fee, step, role, operation and so on
	Scope string // what the name belongs to: a file for what services declare, the code of an authority for its own roles; "" for the catalogue
	Name  string // a field of a group is group.field; an operation is registry/operation
}

// mention is a place where a symbol is named.
type mention struct {
	symbol   Symbol
	at       diag.Range
	declares bool
	spot     *spot  // the declaring text or key
	scalar   string // the whole text in which it stands
}

// reading is one look at a file for the names in it.
type reading struct {
	file  string // where fields, fees and steps belong: the service's file, also for its documents
	root  *source.Node
	asks  map[string]string // code of a step, or as: name, to the operation that it asks
	head  *source.Node      // the service
	found []mention
}

// mentions lists the names in a definition in the order of the file. service is the root of the service from which it is looked at: the
// definition itself where it is one, the service that issues it where it is a document; it may be nil.
func mentions(file string, root *source.Node, t reflect.Type, serviceFile string, service *source.Node) []mention {
	if root == nil {
		return nil
	}
	r := &reading{file: serviceFile, root: root, head: service}
	if service != nil {
		r.asks = asks(service)
	}
	walk(rootOf(root, t), func(s *spot) bool {
		r.spot(s)
		return true
	})
	return r.found
}

// asks finds the operations that a service asks, by the name under which formulas read the answer.
func asks(service *source.Node) map[string]string {
	out := map[string]string{}
	walk(rootOf(service, serviceType), func(s *spot) bool {
		if s.isKey || s.node.Kind != source.Scalar || textSense(s) != operationSense || s.mapping == nil {
			return true
		}
		for _, name := range []string{"step", "as"} {
			if _, code := s.mapping.Get(name); code != nil && code.Kind == source.Scalar {
				out[code.Value] = s.node.Value
			}
		}
		return true
	})
	return out
}

func (r *reading) spot(s *spot) {
	if s.node.Kind != source.Scalar {
		return
	}
	if s.isKey {
		r.key(s)
		return
	}
	sense := textSense(s)
	switch {
	case sense == "":
	case sense == formulaSense:
		r.formula(s)
	case sense == declares(s.owner) && sense == s.key.Name:
		if !unnamed(sense) {
			r.add(r.declared(s, sense), s, true)
		}
	default:
		r.refer(s, sense)
	}
}

// key takes the key of a map, which declares something or names it.
func (r *reading) key(s *spot) {
	if s.key == nil || s.depth == 0 {
		return // a key of the language
	}
	sense := keySense(&spot{key: s.key, owner: s.owner, typ: s.up.typ})
	name := s.node.Value
	switch sense {
	case "", languageSense, personSense:
	case factSense:
		r.add(Symbol{factSense, r.file, name}, s, true)
	case decisionSense:
		r.add(Symbol{decisionSense, r.file + "#" + code(s, "step"), name}, s, true)
	case amountSense:
		r.add(Symbol{amountSense, code(s, "tariff"), name}, s, true)
	case answerSense, argumentSense:
		op := code(s, "registry") + "/" + code(s, "operation")
		declares := s.owner == reflect.TypeFor[catalog.Operation]()
		if !declares {
			op = r.asked(s)
		}
		if s.depth == 1 {
			r.add(Symbol{sense, op, name}, s, declares)
		}
	case "field":
		r.add(Symbol{"field", r.file, r.path(s, name)}, s, false)
	case operationSense:
		if s.depth == 1 {
			r.operation(s)
		} else if s.depth == 2 && s.up.name != nil { // answers: {registry/operation: {field: …}}
			r.add(Symbol{answerSense, s.up.name.Value, name}, s, false)
		}
	default:
		if s.depth == 1 {
			r.add(Symbol{sense, r.scope(sense, s), name}, s, false)
		}
	}
}

// path is the name of a field in the free mapping of a group's rows.
func (r *reading) path(s *spot, name string) string {
	for up := s.up; up != nil && up.name != nil && up.key == s.key; up = up.up {
		if up.node.Kind == source.Mapping && up.up != nil && up.up.node.Kind == source.List {
			continue
		}
		name = up.name.Value + "." + name
	}
	return name
}

// declared is the symbol that the first key of a mapping declares.
func (r *reading) declared(s *spot, kind string) Symbol {
	name := s.node.Value
	switch kind {
	case "role":
		return Symbol{kind, code(s, "authority"), name}
	case "operation":
		return Symbol{kind, "", code(s, "registry") + "/" + name}
	case "field":
		if step := code(s, "step"); step != "" {
			return Symbol{kind, r.file + "#" + step, name}
		}
		for up := s.up; up != nil; up = up.up {
			if up.node == s.mapping {
				continue
			}
			if up.node.Kind == source.Mapping {
				if _, outer := up.node.Get("field"); outer != nil && outer.Kind == source.Scalar {
					name = outer.Value + "." + name
				}
			}
		}
		return Symbol{kind, r.file, name}
	}
	return Symbol{kind, r.scope(kind, s), name}
}

// scope is what a name of that kind belongs to.
func (r *reading) scope(kind string, s *spot) string {
	switch {
	case global()[kind]:
		return ""
	case kind == "role":
		if _, of := s.mapping.Get("of"); of != nil && of.Kind == source.Scalar && s.key != nil && s.key.Name != "of" {
			if !catalog.NamesAuthority(of.Value) {
				return "" // whichever it gives: the role is one that every authority has
			}
			return of.Value
		}
		if r.head != nil {
			if _, authority := r.head.Get("authority"); authority != nil {
				return authority.Value
			}
		}
		return ""
	case kind == "parameter":
		if _, use := s.mapping.Get("use"); use != nil {
			return "fragment " + use.Value
		}
		if fragment := code(s, "fragment"); fragment != "" {
			return "fragment " + fragment
		}
		return "blueprint " + code(s, "blueprint")
	case kind == decisionSense:
		step := code(s, "step")
		if s.name != nil { // decide: {review: approve}
			step = s.name.Value
		}
		return r.file + "#" + step
	}
	return r.file
}

func (r *reading) refer(s *spot, sense string) {
	switch sense {
	case operationSense:
		r.operation(s)
	case scriptSense, drawingSense, languageSense, personSense, outcomeSense:
	default:
		r.add(Symbol{sense, r.scope(sense, s), s.node.Value}, s, false)
	}
}

// operation takes registry/operation apart.
func (r *reading) operation(s *spot) {
	registry, name, ok := refers(s.node.Value)
	r.found = append(r.found, mention{symbol: Symbol{"registry", "", registry}, at: s.node.Span(0, len(registry)), spot: s, scalar: s.node.Value})
	if ok {
		r.found = append(r.found, mention{
			symbol: Symbol{operationSense, "", registry + "/" + name}, at: s.node.Span(len(registry)+1, len(s.node.Value)), spot: s, scalar: s.node.Value,
		})
	}
}

// asked is the operation whose arguments stand round s.
func (r *reading) asked(s *spot) string {
	if s.mapping == nil {
		return ""
	}
	for k, v := range s.mapping.Pairs() {
		if textNames[k.Value] == operationSense && v.Kind == source.Scalar {
			return v.Value
		}
	}
	return ""
}

// formula takes the names in a formula.
func (r *reading) formula(s *spot) {
	if within(s, triggerType) != nil {
		return // it reads only what the event or the right brings, which nothing in the service declares
	}
	names := formula.Names(s.node.Value)
	paths := make([]string, len(names))
	for i, n := range names {
		switch {
		case n.Item >= 0:
			paths[i] = paths[n.Item]
			continue
		case n.Of >= 0:
			paths[i] = paths[n.Of] + "." + n.Word
		default:
			paths[i] = n.Word
		}
		if n.Call && n.Of < 0 {
			continue
		}
		if symbol, ok := r.named(paths[i]); ok {
			r.found = append(r.found, mention{symbol: symbol, at: s.node.Span(n.Start, n.End), spot: s, scalar: s.node.Value})
		}
	}
}

// named is the symbol that a path in a formula names.
func (r *reading) named(path string) (Symbol, bool) {
	root, rest, deeper := strings.Cut(path, ".")
	first, _, _ := strings.Cut(rest, ".")
	switch root {
	case catalog.FormRoot:
		return Symbol{"field", r.file, rest}, deeper
	case catalog.FactsRoot:
		return Symbol{factSense, r.file, rest}, deeper && first == rest
	case "fees":
		return Symbol{"fee", r.file, rest}, deeper && first == rest
	case catalog.TariffRoot:
		if r.head != nil && deeper && first == rest {
			if _, tariff := r.head.Get("tariff"); tariff != nil {
				return Symbol{amountSense, tariff.Value, rest}, true
			}
		}
		return Symbol{}, false
	case catalog.ApplicantRoot, catalog.RepresentativeRoot, catalog.AsOfRoot, catalog.IssuedRoot:
		return Symbol{}, false
	}
	if !deeper {
		return Symbol{"step", r.file, root}, true
	}
	if op, asks := r.asks[root]; asks {
		return Symbol{answerSense, op, rest}, first == rest
	}
	return Symbol{"field", r.file + "#" + root, rest}, true
}

func (r *reading) add(symbol Symbol, s *spot, declares bool) {
	if symbol.Name != "" {
		r.found = append(r.found, mention{symbol: symbol, at: s.node.Span(0, len(s.node.Value)), declares: declares, spot: s, scalar: s.node.Value})
	}
}

// code is the code of the thing of that kind in which s stands, or "".
func code(s *spot, kind string) string {
	for up := s; up != nil; up = up.up {
		if up.node.Kind != source.Mapping {
			continue
		}
		if _, v := up.node.Get(kind); v != nil && v.Kind == source.Scalar && v != s.node {
			return v.Value
		}
	}
	return ""
}

// global are the kinds whose names belong to the whole catalogue: those that a file of their own declares, operations, and revenue heads.
var global = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{operationSense: true, "head": true} // revenue heads stand in catalogue.yaml
	for _, k := range catalog.FileKinds() {
		if d := declares(k.Type); d != "" {
			out[d] = true
		}
	}
	return out
})

// sorted drops repeats and orders places by file and offset.
func sorted(list []diag.Range) []diag.Range {
	slices.SortFunc(list, func(a, b diag.Range) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Start.Offset - b.Start.Offset
	})
	return slices.Compact(list)
}
