package editor

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// ItemKind says what a proposal is.
type ItemKind uint8

const (
	KeyItem      ItemKind = iota // a key of the language
	ValueItem                    // one of a closed set of values
	NameItem                     // something that is declared elsewhere
	FunctionItem                 // of formulas
	WordItem                     // of formulas, or a value that others use
)

// Item is one proposal for what could stand at the cursor.
type Item struct {
	Label  string
	Kind   ItemKind
	Detail string // its type or title, in a few words
	Doc    string // Markdown
	// Insert is what to write instead of the bytes From to To of the content. With Snippet, $1 or ${1:text} are places to fill, $0 is where
	// the cursor comes to stand, and $ } and \ of the text stand behind a backslash.
	Insert   string
	Snippet  bool
	From, To int
}

// mostItems bounds one list; nobody reads more, and editors ask again while somebody types.
const mostItems = 300

// wordSigns are the signs of codes beside letters and digits.
const wordSigns = "_-"

// Complete lists what could stand at a byte, the likeliest first. The file may be broken, above all at the cursor.
func (v *View) Complete(offset int) []Item {
	if v.typ == nil || offset < 0 || offset > len(v.content) {
		return nil
	}
	w := wordAt(v.content, offset, wordSigns)
	root, text := marked(v.file, v.content, w)
	if root == nil {
		return nil
	}
	var s *spot
	walk(rootOf(root, v.typ), func(at *spot) bool {
		if at.node.Kind == source.Scalar && strings.Contains(at.node.Value, marker) {
			s = at
		}
		return s == nil
	})
	if s == nil {
		return nil
	}
	p := &place{spot: s, word: w, content: v.content}
	p.view = &View{file: v.file, content: text, typ: v.typ, root: root, catalogue: with(v.catalogue, v.file, text)}
	p.complete()
	return p.items[:min(len(p.items), mostItems)]
}

// place is the cursor in a file in which the marker stands, and what could stand there.
type place struct {
	*spot
	word    word
	content []byte // as it is in the editor
	view    *View  // with the marker
	items   []Item
}

func (p *place) complete() {
	switch {
	case p.isKey && p.depth == 0:
		p.keys(p.up.typ, p.mapping)
	case p.isKey:
		p.mapKeys()
	default:
		p.value()
	}
}

// add appends an item if it fits what is written of the word. What begins like it comes first.
func (p *place) add(i Item) {
	if i.Label == "" || strings.Contains(i.Label, marker) || slices.ContainsFunc(p.items, func(o Item) bool { return o.Label == i.Label }) {
		return
	}
	if i.From == 0 && i.To == 0 {
		i.From, i.To = p.word.from, p.word.to
	}
	if i.Insert == "" {
		i.Insert = i.Label
	}
	p.items = append(p.items, i)
}

// value proposes values.
func (p *place) value() {
	if keys, _ := keysOf(p.typ); keys != nil && len(p.typ.Shapes) == 0 {
		p.keys(p.typ, nil) // the first key of an item
		return
	}
	sense := textSense(p.spot)
	if sense == formulaSense {
		p.formula()
		return
	}
	before := len(p.items)
	each(p.typ, func(t source.Type) {
		switch t.Kind {
		case "choice":
			for _, w := range t.Values {
				p.add(Item{Label: w, Kind: ValueItem, Doc: t.Doc})
			}
		case "true or false":
			p.add(Item{Label: "true", Kind: ValueItem})
			p.add(Item{Label: "false", Kind: ValueItem})
		case "mapping":
			p.flow(t)
		case "map":
			if insert, ok := p.texts(t); ok {
				p.add(Item{Label: "{…}", Kind: ValueItem, Detail: "text in each language", Insert: insert, Snippet: true})
			}
		}
	})
	if sense != "" {
		p.names(sense)
	}
	if p.owner == stepType && p.key != nil && p.key.Name == "of" { // or a formula begins here
		p.formula()
	}
	if p.key != nil {
		for _, w := range words[p.key.Name] {
			p.add(Item{Label: w, Kind: ValueItem})
		}
	}
	if p.key != nil && p.key.Name == scriptSense {
		p.scripts()
	}
	if p.key != nil && p.key.Names == drawingSense {
		for _, name := range p.view.catalogue.Images() {
			p.add(Item{Label: name, Kind: NameItem})
		}
	}
	if len(p.items) == before && p.typ.Kind == "text" {
		p.usual()
	}
}

// flow proposes a mapping in braces with the keys that it needs.
func (p *place) flow(t source.Type) {
	keys, _ := keysOf(t)
	var parts []string
	for _, k := range keys {
		if k.Required {
			parts = append(parts, k.Name+": ")
		}
	}
	if len(parts) == 0 && len(keys) > 0 {
		for _, k := range keys {
			p.add(Item{Label: "{" + k.Name + ": …}", Kind: ValueItem, Detail: k.Doc, Insert: "{" + k.Name + ": $0\\}", Snippet: true})
		}
		return
	}
	if len(parts) > 0 {
		p.add(Item{Label: "{" + parts[0] + "…}", Kind: ValueItem, Detail: t.Doc, Insert: "{" + strings.Join(parts, "$1, ") + "$0\\}", Snippet: true})
	}
}

// scripts proposes the scripts beside the definition.
func (p *place) scripts() {
	folder := p.view.file[:strings.LastIndexByte(p.view.file, '/')+1]
	for _, file := range p.view.catalogue.FileNames() {
		if name, ok := strings.CutPrefix(file, folder); ok && strings.HasSuffix(name, ".js") && !strings.Contains(name, "/") {
			p.add(Item{Label: name, Kind: NameItem})
		}
	}
}

// mostLooked bounds how many other definitions are looked at for usual values.
const mostLooked = 200

// usual proposes the short values that other definitions have under the same key.
func (p *place) usual() {
	looked := 0
	for file, value := range p.view.catalogue.Definitions() {
		if file == p.view.file || nodeOf(value) == nil || p.view.typ != typeOf(value) {
			continue
		}
		if looked++; looked > mostLooked || len(p.items) >= mostUsual {
			return
		}
		walk(rootOf(nodeOf(value), p.view.typ), func(s *spot) bool {
			if s.key != nil && p.key != nil && s.owner == p.owner && s.key.Name == p.key.Name && !s.isKey && s.name == nil &&
				s.node.Kind == source.Scalar && len(s.node.Value) <= longestUsual && declares(s.owner) != s.key.Name {
				p.add(Item{Label: s.node.Value, Kind: WordItem, Detail: "as in other definitions"})
			}
			return true
		})
	}
}

const (
	mostUsual    = 30
	longestUsual = 40
)

// names proposes what is declared of a kind.
func (p *place) names(sense string) {
	kind := Symbol{Kind: sense, Scope: (&reading{file: p.view.file, root: p.view.root, head: p.view.root}).scope(sense, p.spot)}
	switch sense {
	case operationSense:
		kind.Scope = ""
	case outcomeSense:
		for _, w := range outcomes {
			p.add(Item{Label: w, Kind: ValueItem})
		}
		return
	}
	for _, m := range p.view.declarations(kind) {
		i := Item{Label: m.symbol.Name, Kind: NameItem, Detail: p.view.title(m)}
		if sense == operationSense { // the word ends at the slash, what is replaced does not
			w := wordAt(p.content, p.word.from+len(p.word.prefix), wordSigns+"/")
			i.From, i.To = w.from, w.to
		}
		p.add(i)
	}
}

// outcomes are the words with which applications end.
var outcomes = []string{"issued", "completed", "answered", "refused", "lapsed", "withdrawn"}

// declarations lists what is declared of a kind in a scope, in the order of the files.
func (v *View) declarations(kind Symbol) []mention {
	var out []mention
	keep := func(list []mention) {
		for _, m := range list {
			if m.declares && m.symbol.Kind == kind.Kind && (m.symbol.Scope == kind.Scope || kind.Kind == "role" && m.symbol.Scope == "") {
				out = append(out, m)
			}
		}
	}
	if localTo(kind) != "" {
		keep(v.mentions(v.file, v.root, v.typ, v.file, v.root))
		return out
	}
	for file, value := range v.catalogue.Definitions() {
		if _, service := value.(*catalog.Service); service == (kind.Kind == "service") {
			keep(v.mentions(file, nodeOf(value), typeOf(value), file, nil))
		}
	}
	return out
}
