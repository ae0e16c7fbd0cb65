package editor

import (
	"fmt"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Explanation is what is shown beside a place: Markdown.
type Explanation struct {
	Range diag.Range
	Text  string
}

// Hover explains what stands at a byte: a key by its type and meaning, a name by what declares it, a name in a formula also by its type.
func (v *View) Hover(offset int) (Explanation, bool) {
	s := v.spotAt(offset)
	if s == nil {
		return Explanation{}, false
	}
	if s.isKey && s.depth == 0 {
		if s.key == nil {
			return Explanation{}, false
		}
		return Explanation{s.node.Range(), keyText(s.key)}, true
	}
	if !s.isKey && textSense(s) == formulaSense {
		if e, ok := v.hoverFormula(s, offset); ok {
			return e, true
		}
	}
	for _, m := range v.mentionsAt(offset) {
		if text := v.told(m.symbol); text != "" {
			return Explanation{m.at, text}, true
		}
	}
	if s.key != nil && s.node.Kind == source.Scalar {
		return Explanation{s.node.Range(), keyText(s.key)}, true
	}
	return Explanation{}, false
}

// keyText explains a key of the language.
func keyText(k *source.Key) string {
	required := ""
	if k.Required {
		required = ", required"
	}
	text := fmt.Sprintf("`%s`: %s%s", k.Name, reference.Value(k.Type), required)
	if k.Doc != "" {
		text += "\n\n" + k.Doc
	}
	each(k.Type, func(t source.Type) {
		if t.Doc != "" && t.Doc != k.Doc {
			text += "\n\n" + t.Doc
		}
	})
	return text
}

// hoverFormula explains the name of a formula at a byte.
func (v *View) hoverFormula(s *spot, offset int) (Explanation, bool) {
	names := formula.Names(s.node.Value)
	at := offsetIn(s.node, offset)
	for i, n := range names {
		if at < n.Start || at > n.End {
			continue
		}
		where := s.node.Span(n.Start, n.End)
		if n.Call {
			for _, f := range formula.Functions() {
				if f.Name == n.Word {
					return Explanation{where, fmt.Sprintf("`%s`\n\n%s", f.Use, f.Doc)}, true
				}
			}
			return Explanation{}, false
		}
		f := resolve(names, v.scopeAt(s))[i]
		if f.Name == "" {
			return Explanation{}, false
		}
		text := fmt.Sprintf("`%s`: %s", spelled(names, i), f.Type)
		if absent := presence(f); absent != "" {
			text += "\n\n" + absent
		}
		for _, m := range v.mentionsAt(offset) {
			if told := v.told(m.symbol); told != "" {
				text += "\n\n" + told
				break
			}
		}
		return Explanation{where, text}, true
	}
	return Explanation{}, false
}

// presence says when a value may be absent.
func presence(f formula.Field) string {
	switch {
	case f.When != "" && f.Optional:
		return "May be absent; it is there at most when `" + f.When + "`."
	case f.When != "":
		return "It is there only when `" + f.When + "`."
	case f.Optional:
		return "May be absent."
	}
	return ""
}

// spelled writes a name with what it is of.
func spelled(names []formula.Name, i int) string {
	text := names[i].Word
	for at := names[i].Of; at >= 0; at = names[at].Of {
		text = names[at].Word + "." + text
	}
	return text
}

// told explains a symbol by its declaration, or is "".
func (v *View) told(symbol Symbol) string {
	for _, m := range v.everywhere(symbol) {
		if m.declares {
			return declaration(v, m)
		}
	}
	return ""
}

// longestShown is how many lines of a declaration are shown.
const longestShown = 14

// declaration shows the title of what m declares, and how it is written.
func declaration(v *View, m mention) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** `%s`", m.symbol.Kind, m.symbol.Name)
	if title := v.title(m); title != "" {
		fmt.Fprintf(&b, " · %s", title)
	}
	node := m.spot.mapping
	if m.spot.isKey {
		node = m.spot.up.node
	}
	from, to := node.Range().Start, node.Range().End.Offset
	if m.spot.isKey {
		from = m.spot.node.Range().Start
		if _, value := node.Get(m.spot.node.Value); value != nil {
			to = value.Range().End.Offset
		}
	}
	content := v.catalogue.Files[m.at.File]
	if m.at.File == v.file {
		content = v.content
	}
	if from.Offset > to || to > len(content) {
		return b.String()
	}
	fmt.Fprintf(&b, "\n\n```yaml\n%s\n```", excerpt(string(content[from.Offset:to]), from.Column-1))
	return b.String()
}

// excerpt takes the indentation off and cuts what is long.
func excerpt(text string, indent int) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	if len(lines) > longestShown {
		lines = append(lines[:longestShown], "…")
	}
	for i, l := range lines {
		if i > 0 && len(l) >= indent && strings.TrimSpace(l[:indent]) == "" {
			l = l[indent:]
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}

// title is what people call what m declares, in the main language; "" where it has no title.
func (v *View) title(m mention) string {
	if m.spot.isKey || m.spot.mapping == nil {
		return ""
	}
	for _, key := range []string{"title", "label"} {
		_, text := m.spot.mapping.Get(key)
		if text == nil || text.Kind != source.Mapping {
			continue
		}
		if _, main := text.Get(language(v.catalogue)); main != nil {
			return main.Value
		}
		for _, first := range text.Pairs() {
			return first.Value
		}
	}
	return ""
}
