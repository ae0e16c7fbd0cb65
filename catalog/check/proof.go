package check

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// What follows proves of conditions that one of them always holds, and which of them never does, by trying every case that they can tell
// apart. It reads comparisons of a value with a number, a text or true and false, joined by and, or and not. Anything else stands for
// itself: a question that may be answered by yes or no.

// condition is one condition as a tree.
type condition interface {
	holds(world) bool
}

// world is one case: what each value is, as the index of its sample.
type world map[string]sample

// sample is one value that the conditions can tell from others: a number, a text (with = before it), or yes or no.
type sample struct {
	number *big.Rat
	text   string
	yes    bool
}

type (
	allOf      []condition
	anyOf      []condition
	not        struct{ condition }
	asks       string // a question
	comparison struct {
		path, op string
		with     []sample
		kind     tokenKind
	}
)

func (c allOf) holds(w world) bool {
	return !slices.ContainsFunc(c, func(x condition) bool { return !x.holds(w) })
}

func (c anyOf) holds(w world) bool {
	return slices.ContainsFunc(c, func(x condition) bool { return x.holds(w) })
}

func (c not) holds(w world) bool  { return !c.condition.holds(w) }
func (c asks) holds(w world) bool { return w[string(c)].yes }

func (c comparison) holds(w world) bool {
	v := w[c.path]
	if c.kind == wordToken {
		is := slices.ContainsFunc(c.with, func(s sample) bool { return s.text == v.text })
		return is == (c.op != "!=")
	}
	if c.op == "in" {
		return slices.ContainsFunc(c.with, func(s sample) bool { return s.number.Cmp(v.number) == 0 })
	}
	order := v.number.Cmp(c.with[0].number)
	switch c.op {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// domain is what a value may be, as far as is known.
type domain struct {
	whole    bool // only whole numbers
	min, max string
	texts    []string // all that there are; nil where there may be others
}

// mostWorlds bounds a proof.
const mostWorlds = 50_000

// proof is what was found out about cases, tried in their order.
type proof struct {
	known bool   // something was found out
	open  string // a case for which none holds, in words; "" where one always does
	never []int  // cases that are never reached
}

// prove tries the conditions in every world in which those given hold. An empty condition always holds.
func prove(conditions, given []string, domainOf func(path string) domain) proof {
	var read, under []condition
	values := map[string][]sample{}
	for _, text := range conditions {
		if text == "" {
			read = append(read, allOf{})
			continue
		}
		c, ok := readCondition(text)
		if !ok {
			return proof{}
		}
		read = append(read, c)
	}
	for _, text := range given {
		if c, ok := readCondition(text); ok {
			under = append(under, c)
		}
	}
	for _, c := range append(slices.Clone(read), under...) {
		gather(c, values)
	}
	paths := make([]string, 0, len(values))
	worlds := 1
	for path, seen := range values {
		if slices.ContainsFunc(seen, func(s sample) bool {
			return (s.number == nil) != (seen[0].number == nil) || (s.text == "?") != (seen[0].text == "?")
		}) {
			return proof{} // of two types, which is reported itself
		}
		values[path] = samples(seen, domainOf(path))
		paths = append(paths, path)
		if worlds *= len(values[path]); worlds > mostWorlds || worlds == 0 {
			return proof{}
		}
	}
	slices.Sort(paths)
	out := proof{known: true}
	taken := make([]bool, len(read))
	var try func(i int, w world)
	try = func(i int, w world) {
		if i < len(paths) {
			for _, s := range values[paths[i]] {
				w[paths[i]] = s
				try(i+1, w)
			}
			return
		}
		if !allOf(under).holds(w) {
			return
		}
		if k := slices.IndexFunc(read, func(c condition) bool { return c.holds(w) }); k >= 0 {
			taken[k] = true
		} else if out.open == "" {
			out.open = describe(paths, w)
		}
	}
	try(0, world{})
	for i, t := range taken {
		if !t {
			out.never = append(out.never, i)
		}
	}
	return out
}

// gather notes what each value is compared with.
func gather(c condition, values map[string][]sample) {
	switch c := c.(type) {
	case allOf:
		for _, x := range c {
			gather(x, values)
		}
	case anyOf:
		for _, x := range c {
			gather(x, values)
		}
	case not:
		gather(c.condition, values)
	case asks:
		values[string(c)] = append(values[string(c)], sample{text: "?"})
	case comparison:
		values[c.path] = append(values[c.path], c.with...)
	}
}

// samples are the values that conditions can tell apart: each that is named, one between two neighbours, and one beyond each side.
func samples(seen []sample, d domain) []sample {
	if seen[0].text == "?" {
		return []sample{{text: "no"}, {text: "yes", yes: true}}
	}
	if seen[0].text != "" {
		return textSamples(seen, d)
	}
	slices.SortFunc(seen, func(a, b sample) int { return a.number.Cmp(b.number) })
	seen = slices.CompactFunc(seen, func(a, b sample) bool { return a.number.Cmp(b.number) == 0 })
	if d.texts != nil {
		return numberSamples(d.texts)
	}
	step := big.NewRat(1, 1)
	if !d.whole {
		step = big.NewRat(1, 1_000_000_000)
	}
	var out []sample
	for _, s := range seen {
		out = append(out, sample{number: new(big.Rat).Sub(s.number, step)}, s, sample{number: new(big.Rat).Add(s.number, step)})
	}
	bound := func(text string, outside int) {
		limit, ok := new(big.Rat).SetString(text)
		if !ok {
			return
		}
		out = slices.DeleteFunc(out, func(s sample) bool { return s.number.Cmp(limit) == outside })
		out = append(out, sample{number: limit})
	}
	bound(d.min, -1)
	bound(d.max, 1)
	return out
}

// numberSamples are the numbers among which is chosen.
func numberSamples(texts []string) []sample {
	var out []sample
	for _, t := range texts {
		if n, ok := new(big.Rat).SetString(t); ok {
			out = append(out, sample{number: n})
		}
	}
	return out
}

func textSamples(seen []sample, d domain) []sample {
	if d.texts != nil {
		var out []sample
		for _, t := range d.texts {
			out = append(out, sample{text: "=" + t})
		}
		return out
	}
	return append(seen, sample{text: "=…"})
}

// describe says in words what a world is.
func describe(paths []string, w world) string {
	var out []string
	for _, path := range paths {
		switch s := w[path]; {
		case strings.HasPrefix(s.text, "="):
			out = append(out, path+" == "+strconv.Quote(s.text[1:]))
		case s.text != "":
			out = append(out, map[bool]string{true: path, false: "not " + path}[s.yes])
		default:
			out = append(out, path+" == "+inWords(s.number))
		}
	}
	return strings.Join(out, " and ")
}

// inWords writes a number as a definition would.
func inWords(n *big.Rat) string {
	if n.IsInt() {
		return n.Num().String()
	}
	return strings.TrimRight(n.FloatString(9), "0")
}
