package source

import (
	"strings"
	"unicode/utf8"

	yaml "gopkg.in/yaml.v3"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Limits bound what Parse accepts. A field that is zero or less has its default.
type Limits struct {
	Bytes int // size of the file; 1 MiB
	Nodes int // values in the file; 50,000
	Depth int // nesting; 32
	Keys  int // keys of one mapping; 2,000
}

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		limit    *int
		standard int
	}{{&l.Bytes, 1 << 20}, {&l.Nodes, 50_000}, {&l.Depth, 32}, {&l.Keys, 2_000}} {
		if *f.limit <= 0 {
			*f.limit = f.standard
		}
	}
	// Offsets are 32 bits wide.
	l.Bytes = min(l.Bytes, 1<<30)
	return l
}

// Parse reads one file. file is the name that ranges carry. It returns the root of the tree and every problem
// that the file shows at once; the list is sorted. The node is nil only if there is no tree to go on with
// (not YAML, empty, over a limit). With a node and errors, Decode can report more of what is wrong, but the
// values must not be used.
func Parse(file string, b []byte, limits Limits) (*Node, diag.List) {
	limits = limits.withDefaults()
	var list diag.List
	if len(b) > limits.Bytes {
		list.Add(tooLarge(diag.Range{File: file}, "bytes", limits.Bytes))
		return nil, list
	}
	d := newDocument(file, b)
	if !d.hidden(&list) {
		return nil, list
	}
	root, err := readYAML(strings.NewReader(d.src[d.bom:]))
	p := parser{doc: d, limits: limits, list: list, line: 1, offset: d.bom}
	switch {
	case err == errSecond:
		at := p.offsetOf(root)
		p.list.Add(diag.New(diag.Error, "second-document", d.span(at, min(at+3, len(d.src))), "the file holds more than one document").
			WithHelp("Put each definition in a file of its own."))
		return nil, p.list
	case err != nil:
		p.list.Add(d.syntaxError(err, limits))
		return nil, p.list
	case root == nil:
		p.list.Add(diag.New(diag.Error, "empty-file", d.span(0, 0), "the file is empty").
			WithHelp("Write a definition, or remove the file."))
		return nil, p.list
	}
	n := p.node(root, 1)
	p.list.Sort()
	if p.over {
		return nil, p.list
	}
	d.root = n
	for i := range p.list {
		if p.list[i].Severity == diag.Error {
			d.problems++
		}
	}
	return n, p.list
}

// Reads tells whether b is one YAML document, at the price of a bare parse: for those who try several ways to write something. Parse may
// still have problems with it.
func Reads(b []byte) bool {
	root, err := readYAML(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff")))
	return err == nil && root != nil
}

// parser turns the library's nodes into ours and refuses what a definition never needs.
type parser struct {
	doc    *document
	limits Limits
	list   diag.List
	nodes  int
	over   bool   // a limit was met: stop
	slab   []Node // one allocation for many nodes

	line, column, offset int // where the last node began; the next one is seldom before it
}

// offsetOf is the byte at which y begins. The library counts columns in runes.
func (p *parser) offsetOf(y *yaml.Node) int {
	line := max(1, min(y.Line, len(p.doc.lines)))
	if line != p.line || y.Column-1 < p.column {
		p.line, p.column, p.offset = line, 0, int(p.doc.lines[line-1])
	}
	src := p.doc.src
	for p.column < y.Column-1 && p.offset < len(src) && src[p.offset] != '\n' {
		size := 1
		if src[p.offset] >= utf8.RuneSelf {
			_, size = utf8.DecodeRuneInString(src[p.offset:])
		}
		p.offset += size
		p.column++
	}
	return p.offset
}

// node converts y and everything below it; children come before their parents' ends are known.
func (p *parser) node(y *yaml.Node, depth int) *Node {
	if len(p.slab) == 0 {
		p.slab = make([]Node, 64)
	}
	n := &p.slab[0]
	p.slab = p.slab[1:]
	start := p.offsetOf(y)
	n.doc, n.start, n.end = p.doc, int32(start), int32(start)
	if p.nodes++; p.nodes > p.limits.Nodes {
		p.stop(n, "values", p.limits.Nodes)
		return n
	}
	if depth > p.limits.Depth {
		p.over = true
		p.list.Add(tooDeep(n.Range(), p.limits.Depth))
		return n
	}
	if y.Kind == yaml.AliasNode {
		n.end = int32(min(start+1+len(y.Value), len(p.doc.src)))
		p.list.Add(aliasProblem(n.Range()))
		return n
	}
	n.start = int32(p.properties(y, start))
	n.end = n.start
	switch y.Kind {
	case yaml.MappingNode:
		p.mapping(n, y, depth)
	case yaml.SequenceNode:
		n.Kind = List
		n.children = make([]*Node, 0, len(y.Content))
		for _, c := range y.Content {
			if p.over {
				return n
			}
			n.children = append(n.children, p.node(c, depth+1))
		}
		n.end = int32(p.doc.collectionEnd(n))
	case yaml.ScalarNode:
		// "live: !archived" is a tag and no value: the tag is reported, and nothing is left to judge.
		if int(n.start) == start || y.Value != "" {
			p.scalar(n, y)
		}
	}
	return n
}

func (p *parser) scalar(n *Node, y *yaml.Node) {
	n.Kind, n.Value = Scalar, y.Value
	switch {
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.Style = SingleQuoted
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.Style = DoubleQuoted
	case y.Style&yaml.LiteralStyle != 0:
		n.Style = Literal
	case y.Style&yaml.FoldedStyle != 0:
		n.Style = Folded
	case y.Tag == "!!null":
		n.Kind, n.typ = Null, typeNull
	case y.Tag != "!!str":
		n.typ = typeOther
	}
	n.end = int32(p.doc.scalarEnd(n))
	if n.Style == Plain && curly(n.Value) {
		p.list.Add(diag.New(diag.Warning, "curly-quotes", n.Range(), "these quotation marks are part of the text").
			WithHelp("Write plain ones: ' or \"."))
	}
	// Most values stand in the file as they are: share its memory instead of keeping a copy.
	if n.Style == Plain && int(n.end-n.start) == len(n.Value) {
		n.Value = p.doc.src[n.start:n.end]
	}
}

func (p *parser) mapping(n *Node, y *yaml.Node, depth int) {
	n.Kind = Mapping
	if len(y.Content)/2 > p.limits.Keys {
		p.stop(n, "keys", p.limits.Keys)
		return
	}
	n.children = make([]*Node, 0, len(y.Content))
	var seen map[string]*Node
	if len(y.Content) > 32 {
		seen = make(map[string]*Node, len(y.Content)/2)
	}
	last, again := n.start, false
	for i := 0; i+1 < len(y.Content) && !p.over; i += 2 {
		merge := y.Content[i].Tag == "!!merge"
		k := p.node(y.Content[i], depth+1)
		if p.over {
			return
		}
		v := p.node(y.Content[i+1], depth+1)
		last = max(last, k.end, v.end)
		switch {
		case merge:
			p.list.Add(diag.New(diag.Error, "merge-key", k.Range(), "merge keys (<<) are not allowed").
				WithHelp("Write the keys out; what services share belongs in a blueprint."))
			continue
		case k.Kind == Invalid:
			continue
		case k.Kind != Scalar || k.Value == "":
			p.list.Add(diag.New(diag.Error, "key-not-text", k.Head(), "a key must be text, not {have}", "have", emptyOr(k)).
				WithHelp("Write a word, a colon and a space. A text that begins with { or [ stands in quotation marks."))
			continue
		case invisible(k.Value):
			p.list.Add(diag.New(diag.Error, "invisible-in-key", k.Range(), "key {key:q} holds a character that nobody can see", "key", k.Value).
				WithHelp("Type the key again."))
			k.Value = shown(k.Value) // what is meant
		}
		if first := earlier(n, seen, k.Value); first != nil {
			if again { // of an item without its hyphen every key is there already
				continue
			}
			again = first == n.children[0]
			p.list.Add(diag.New(diag.Error, "duplicate-key", k.Range(), "key {key:q} is already there", "key", k.Value).
				WithRelated(first.Range(), "the first one").WithHelp("Keep one of the two. Where a new item of a list begins, a hyphen stands before its first key."))
			continue
		}
		n.children = append(n.children, k, v)
		if seen != nil {
			seen[k.Value] = k
		}
	}
	n.end = last
	n.end = int32(p.doc.collectionEnd(n))
}

// curly tells a text between the quotation marks that word processors make of plain ones.
func curly(s string) bool {
	first, size := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	return len(s) > size && strings.ContainsRune("‘’‚“”„", first) && strings.ContainsRune("‘’“”", last)
}

// earlier is the key of that name which n already has; small mappings need no index.
func earlier(n *Node, seen map[string]*Node, name string) *Node {
	if seen != nil {
		return seen[name]
	}
	k, _ := n.Get(name)
	return k
}

// emptyOr is the kind of a key that is not text.
func emptyOr(k *Node) diag.Phrase {
	if k.Kind == Scalar {
		return "an empty text"
	}
	return k.Kind.Phrase()
}

// properties reports an anchor or a tag before a value and returns where the value itself begins. The
// library does not mark a lone "!", so the bytes are asked, not the node.
func (p *parser) properties(y *yaml.Node, at int) int {
	src := p.doc.src
	for at < len(src) && (src[at] == '&' || src[at] == '!') {
		end := at
		for end < len(src) && !blank(src[end]) && !strings.ContainsRune(",[]{}", rune(src[end])) {
			end++
		}
		r := p.doc.span(at, end)
		if src[at] == '&' {
			p.list.Add(diag.New(diag.Error, "anchor", r, "anchors (&) are not allowed").
				WithHelp("Write the value out; what services share belongs in a blueprint."))
		} else {
			p.list.Add(diag.New(diag.Error, "tag", r, "type tags (!) are not allowed", "tag", src[at:end]).
				WithHelp("In a formula write not, or put the text in quotation marks."))
		}
		if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&^yaml.TaggedStyle == 0 {
			return end
		}
		at = skipBlank(src, end)
	}
	return at
}

func aliasProblem(r diag.Range) diag.Diagnostic {
	return diag.New(diag.Error, "alias", r, "aliases (*) are not allowed").
		WithHelp("Write the value out, or put a text that begins with * in quotation marks.")
}

func tooLarge(r diag.Range, what diag.Phrase, limit int) diag.Diagnostic {
	return diag.New(diag.Error, "too-large", r, "more than {limit} {what}", "limit", limit, "what", what).
		WithHelp("Split the definition.")
}

func tooDeep(r diag.Range, limit int) diag.Diagnostic {
	return diag.New(diag.Error, "too-deep", r, "values are nested more than {limit} deep", "limit", limit).
		WithHelp("Write it flatter: a definition never needs as much.")
}

func (p *parser) stop(n *Node, what diag.Phrase, limit int) {
	p.over = true
	p.list.Add(tooLarge(p.doc.span(int(n.start), int(n.start)+1), what, limit))
}
