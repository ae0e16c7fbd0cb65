package editor

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/catalog/source"
)

func typeOf(value any) reflect.Type { return structOf(reflect.TypeOf(value)) }

// keys proposes the keys of a mapping that it does not have, those that it needs first.
func (p *place) keys(t source.Type, mapping *source.Node) {
	keys, owner := keysOf(t)
	if p.isKey {
		keys = writtenKeys(p.up, keys, owner)
	} else { // an item may be the use of a fragment
		keys = append(keys[:len(keys):len(keys)], useKeys[0])
	}
	for _, required := range []bool{true, false} {
		for i := range keys {
			k := &keys[i]
			if k.Required != required {
				continue
			}
			if have, _ := mapping.Get(k.Name); have != nil && !strings.Contains(have.Value, marker) {
				continue
			}
			detail := reference.Value(k.Type)
			if required {
				detail += ", required"
			}
			item := Item{Label: k.Name, Kind: KeyItem, Detail: detail, Doc: k.Doc}
			if p.colon() {
				item.Insert = k.Name
			} else {
				item.Insert, item.Snippet = p.snippet(k), true
			}
			p.add(item)
		}
	}
}

// colon tells whether a colon follows the word already.
func (p *place) colon() bool {
	return bytes.HasPrefix(bytes.TrimLeft(p.content[p.word.to:], " "), []byte(":"))
}

// snippet writes a key with what its value begins with.
func (p *place) snippet(k *source.Key) string {
	flow := p.flowing()
	below := "\n" + strings.Repeat(" ", p.column()+2)
	t := k.Type
	if texts, ok := p.texts(t); ok {
		return k.Name + ": " + texts
	}
	switch t.Kind {
	case "true or false":
		return k.Name + ": true$0"
	case "list":
		if keys, _ := keysOf(*t.Of); keys == nil {
			return k.Name + ": [$0]"
		} else if !flow {
			return k.Name + ":" + below + "- " + first(keys) + ": $0"
		}
		return k.Name + ": [{$0\\}]"
	case "mapping":
		keys, _ := keysOf(t)
		if !flow && len(keys) > 0 && slices.ContainsFunc(keys, func(k source.Key) bool { return k.Required }) {
			return k.Name + ":" + below + first(keys) + ": $0"
		}
		return k.Name + ": {$0\\}"
	case "map", "any":
		if flow || p.owner == reflect.TypeFor[catalog.Scenario]() {
			return k.Name + ": {$0\\}"
		}
		return k.Name + ":" + below + "$0"
	case "time limit":
		return k.Name + ": {$0\\}"
	}
	return k.Name + ": $0"
}

// first is the key with which one begins.
func first(keys []source.Key) string {
	for _, k := range keys {
		if k.Required {
			return k.Name
		}
	}
	return keys[0].Name
}

// texts is a snippet for a text in each language of the catalogue.
func (p *place) texts(t source.Type) (string, bool) {
	if t.Go != textType && t.Go != keywordsType {
		return "", false
	}
	var parts []string
	for i, l := range p.view.catalogue.Settings.Languages {
		form := "%s: $%d"
		if t.Go == keywordsType {
			form = "%s: [$%d]"
		}
		parts = append(parts, fmt.Sprintf(form, l.Value, i+1))
	}
	if len(parts) == 0 {
		parts = []string{"$0"}
	}
	return "{" + strings.Join(parts, ", ") + "\\}", true
}

// column is the column of the word, counted from 0.
func (p *place) column() int {
	return len([]rune(string(p.content[bytes.LastIndexByte(p.content[:p.word.from], '\n')+1 : p.word.from])))
}

// flowing tells whether the word stands in braces or square brackets.
func (p *place) flowing() bool {
	for up := p.up; up != nil; up = up.up {
		if up.node.Kind != source.Mapping && up.node.Kind != source.List {
			continue
		}
		at := up.node.Range().Start.Offset
		return at < len(p.view.content) && (p.view.content[at] == '{' || p.view.content[at] == '[')
	}
	return false
}

// mapKeys proposes keys of a map: names of what is declared, or languages.
func (p *place) mapKeys() {
	sense := keySense(&spot{key: p.key, owner: p.owner, typ: p.up.typ})
	have := func(name string) bool {
		k, _ := p.up.node.Get(name)
		return k != nil && !strings.Contains(k.Value, marker)
	}
	put := func(name, detail string) {
		if have(name) {
			return
		}
		item := Item{Label: name, Kind: NameItem, Detail: detail, Insert: name + ": "}
		if p.colon() {
			item.Insert = name
		}
		p.add(item)
	}
	switch sense {
	case languageSense:
		for _, l := range p.view.catalogue.Settings.Languages {
			put(l.Value, "language")
		}
	case personSense:
		for _, f := range below(fieldNamed(p.view.scope(), catalog.ApplicantRoot).Type) {
			put(f.Name, f.Type.String())
		}
	case decisionSense:
		for _, w := range []string{"approve", "sendBack", "refuse"} {
			put(w, "decision")
		}
	case argumentSense:
		r := &reading{file: p.view.file}
		p.answerKeys(argumentSense, r.asked(p.spot), put)
	case operationSense:
		if p.depth == 2 && p.up.name != nil {
			p.answerKeys(answerSense, p.up.name.Value, put)
			return
		}
		for _, op := range asks(p.view.root) {
			put(op, "operation")
		}
	case "", factSense, amountSense, answerSense:
	default:
		scope := (&reading{file: p.view.file, root: p.view.root, head: p.view.root}).scope(sense, p.spot)
		for _, m := range p.view.declarations(Symbol{Kind: sense, Scope: scope}) {
			if !strings.Contains(m.symbol.Name, ".") {
				put(m.symbol.Name, p.view.title(m))
			}
		}
	}
}

// answerKeys proposes what an operation gives or takes.
func (p *place) answerKeys(sense, op string, put func(name, detail string)) {
	for _, m := range p.view.declarations(Symbol{Kind: sense, Scope: op}) {
		_, value := m.spot.up.node.Get(m.symbol.Name)
		put(m.symbol.Name, value.Value)
	}
}
